"""Reading a picture: its type, size and orientation from the bytes, and thumbnails. No database here."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple
from unicodedata import normalize

from django.conf import settings
from PIL import Image
from PIL.ExifTags import Base as ExifTag

from vista.errors import Invalid, TooLarge

# What Pillow calls a file -> what it is for a browser. MPO is a camera's JPEG with a second one behind it.
CONTENT_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
THUMBNAIL_TYPE = "image/jpeg"
NEUTRAL = (128, 128, 128)  # behind transparent pictures: black and white drawings both show on it
MAX_FILENAME = 255  # characters

# What Pillow's decoders raise on damaged or hostile bytes.
DAMAGE = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    struct.error,
    zlib.error,
)

UPRIGHT = {  # EXIF orientation -> how to turn the pixels
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
KEEPS_COLOURS = ("RGB", "RGBA", "P", "PA")  # modes whose colour profile stays true as JPEG or PNG
LYING = {5, 6, 7, 8}  # those that swap width and height


class NotAPicture(Invalid):
    """Bytes that are not a whole JPEG, PNG or WebP picture."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, [("file", sentence)])


class PictureTooLarge(TooLarge):
    """More bytes or pixels than the settings allow."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, [("file", sentence)])


class Picture(NamedTuple):
    """What the bytes say: `width` and `height` in pixels, those of the upright picture."""

    content_type: str
    width: int
    height: int


def read_picture(file: BinaryIO | Any, name: str = "The file") -> Picture:
    """Look at a seekable file and decode it once, so that whatever is accepted can be shown.

    `name` begins the sentences of the refusals: NotAPicture, PictureTooLarge.
    """
    size = file.seek(0, io.SEEK_END) or file.tell()
    if size == 0:
        raise NotAPicture(f"{name} is empty.")
    if size > settings.MAX_IMAGE_BYTES:
        raise PictureTooLarge(
            f"{name} has {size:,} bytes; at most {settings.MAX_IMAGE_BYTES:,} are accepted."
        )
    with opened(file, name) as picture:
        content_type, (width, height) = CONTENT_TYPES[picture.format], picture.size
        picture.draft("L", (max(width // 8, 1), max(height // 8, 1)))  # a JPEG: all bytes, few pixels
        picture.load()
        lying = orientation_of(picture) in LYING
    return Picture(content_type, *((height, width) if lying else (width, height)))


def make_thumbnail(file: BinaryIO | Any, size: int, name: str = "The file") -> bytes:
    """The picture as an upright JPEG inside a square of `size` pixels; smaller pictures stay as they are."""
    with opened(file, name) as picture:
        profile = picture.info.get("icc_profile")
        transparent = picture.has_transparency_data
        small = with_whole_bytes(picture)
        small.thumbnail((size, size), Image.Resampling.LANCZOS)
        keeps_colours = picture.mode in KEEPS_COLOURS
        orientation = orientation_of(picture)
        if transparent:
            small = small.convert("RGBA")
            ground = Image.new("RGBA", small.size, NEUTRAL)
            small = Image.alpha_composite(ground, small)
        small = small.convert("RGB")
        if orientation in UPRIGHT:
            small = small.transpose(UPRIGHT[orientation])
    output = io.BytesIO()
    small.save(
        output,
        "JPEG",
        quality=82,
        progressive=True,
        icc_profile=profile if profile and keeps_colours else None,
    )
    return output.getvalue()


def with_whole_bytes(picture: Image.Image) -> Image.Image:
    """The picture with a byte a channel and no palette, so that its pixels can be mixed; itself where it has."""
    if picture.mode in ("I", "I;16", "F"):  # 16-bit grey
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in ("1", "P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def clean_filename(text: str) -> str:
    """A name that can be shown and downloaded: the last segment, printable, 1..255 characters, its ending kept."""
    name = normalize("NFC", text).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = "".join(c for c in " ".join(name.split()) if c.isprintable()).strip()
    if name.strip(".") == "":
        return "unnamed"
    if len(name) > MAX_FILENAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: MAX_FILENAME - len(ending)] + ending
    return name


@contextmanager
def opened(file: Any, name: str) -> Iterator[Image.Image]:
    """The picture, its header read and its number of pixels checked, before anything is decoded."""
    Image.MAX_IMAGE_PIXELS = settings.MAX_IMAGE_PIXELS  # Pillow warns beyond it and refuses beyond twice that
    file.seek(0)
    try:
        picture = Image.open(file, formats=["JPEG", "PNG", "WEBP"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(_too_many_pixels(name)) from error
    except DAMAGE as error:
        raise NotAPicture(f"{name} is not a JPEG, PNG or WebP picture.") from error
    if 0 in picture.size:
        raise NotAPicture(f"{name} has no pixels.")
    if picture.width * picture.height > settings.MAX_IMAGE_PIXELS:
        raise PictureTooLarge(_too_many_pixels(name))
    try:
        yield picture
    except DAMAGE as error:
        raise NotAPicture(f"{name} is damaged or incomplete.") from error


def _too_many_pixels(name: str) -> str:
    return f"{name} has more than the {settings.MAX_IMAGE_PIXELS:,} pixels that are accepted."


def orientation_of(picture: Image.Image) -> int:
    """EXIF's 1..8, as browsers see it: nothing but EXIF counts, and nonsense means upright."""
    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif"))
        value = exif.get(ExifTag.Orientation)
    except DAMAGE:
        return 1
    return value if value in UPRIGHT else 1
