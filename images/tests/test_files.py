"""Reading pictures from bytes alone."""

import io
import re
import struct
import zlib

import pytest
from PIL import Image

from images.files import NotAPicture, Picture, PictureTooLarge, clean_filename, make_thumbnail, read_picture
from images.tests.factories import picture_bytes


def read(content: bytes, name: str = "a.jpg") -> Picture:
    return read_picture(io.BytesIO(content), name)


def thumbnail(content: bytes, size: int = 256) -> Image.Image:
    return Image.open(io.BytesIO(make_thumbnail(io.BytesIO(content), size)))


def near(pixel: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


# --- what is accepted -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_the_type_is_read_from_the_bytes(kind, content_type):
    assert read(picture_bytes(kind), "a.gif") == Picture(content_type, 40, 30)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "1"),
        ("PNG", "P"),
        ("PNG", "LA"),
        ("PNG", "RGBA"),
        ("WEBP", "RGBA"),
    ],
)
def test_modes_other_than_plain_colour_are_read(kind, mode):
    assert read(picture_bytes(kind, mode=mode))[1:] == (40, 30)


def test_a_progressive_jpeg_is_read():
    assert read(picture_bytes(progressive=True)) == Picture("image/jpeg", 40, 30)


def test_a_cameras_picture_with_a_second_one_behind_it_is_a_jpeg():
    second = Image.new("RGB", (10, 10))
    assert read(picture_bytes("MPO", save_all=True, append_images=[second])) == Picture("image/jpeg", 40, 30)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_counts(kind):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("green", "white")]
    content = picture_bytes(kind, save_all=True, append_images=frames)
    assert near(thumbnail(content).getpixel((5, 15)), (254, 0, 0))


def test_the_file_may_have_been_read_before():
    file = io.BytesIO(picture_bytes())
    file.read()
    assert read_picture(file).width == 40


# --- orientation ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 4])
def test_a_standing_picture_keeps_its_sides(kind, orientation):
    assert read(picture_bytes(kind, orientation=orientation))[1:] == (40, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_lying_picture_is_measured_upright(kind, orientation):
    assert read(picture_bytes(kind, orientation=orientation))[1:] == (30, 40)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_means_upright(orientation):
    assert read(picture_bytes(orientation=orientation))[1:] == (40, 30)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's own word to the log
def test_damaged_exif_means_upright():
    content = picture_bytes(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert read(content)[1:] == (40, 30)


@pytest.mark.parametrize(
    ("orientation", "red"),  # where the stored picture's left half is when shown
    [
        (1, (5, 15)),
        (2, (35, 15)),
        (3, (35, 15)),
        (4, (5, 15)),
        (5, (15, 5)),
        (6, (15, 5)),
        (7, (15, 35)),
        (8, (15, 35)),
    ],
)
def test_a_thumbnail_is_upright(orientation, red):
    assert near(thumbnail(picture_bytes(orientation=orientation)).getpixel(red), (254, 0, 0))


# --- what is refused --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"not a picture",
        b"\x00" * 1000,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        picture_bytes("GIF"),
        picture_bytes("BMP"),
        picture_bytes("TIFF"),
        b"\xff\xd8\xff",
    ],
    ids=["text", "zeros", "svg", "pdf", "gif", "bmp", "tiff", "three bytes of JPEG"],
)
def test_others_are_refused_with_a_sentence(content):
    with pytest.raises(NotAPicture, match=re.escape("a.jpg is not a JPEG, PNG or WebP picture.")):
        read(content)


def test_an_empty_file_is_refused():
    with pytest.raises(NotAPicture, match=r"a\.jpg is empty\."):
        read(b"")


@pytest.mark.parametrize("save", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_jpeg_cut_off_is_refused(save):
    content = picture_bytes(size=(400, 300), **save)
    with pytest.raises(NotAPicture, match=r"a\.jpg is damaged or incomplete\."):
        read(content[: len(content) * 9 // 10])


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_cut_off_is_refused(kind):
    content = picture_bytes(kind, size=(400, 300))
    with pytest.raises(NotAPicture):
        read(content[: len(content) * 9 // 10])


def test_a_png_with_a_changed_pixel_is_refused():
    content = bytearray(picture_bytes("PNG"))
    at = content.index(b"IDAT") + 12
    content[at] ^= 0xFF
    with pytest.raises(NotAPicture):
        read(bytes(content))


def test_too_many_bytes_are_refused(settings):
    settings.MAX_IMAGE_BYTES = 100
    with pytest.raises(PictureTooLarge, match=r"a\.jpg has [\d,]+ bytes; at most 100 are accepted\."):
        read(picture_bytes())


@pytest.mark.filterwarnings(
    "ignore::PIL.Image.DecompressionBombWarning"
)  # outside the tests it is but a word
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_too_many_pixels_are_refused(kind, settings):
    settings.MAX_IMAGE_PIXELS = 40 * 30 - 1
    with pytest.raises(PictureTooLarge, match="more than the 1,199 pixels"):
        read(picture_bytes(kind))


def test_as_many_pixels_as_allowed_are_accepted(settings):
    settings.MAX_IMAGE_PIXELS = 40 * 30
    assert read(picture_bytes()).width == 40


def test_a_bomb_is_refused_by_its_header():
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    with pytest.raises(PictureTooLarge):
        read(b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b""))


def test_text_that_grows_when_unpacked_is_refused():
    content = picture_bytes("PNG")
    packed = b"note\x00\x00" + zlib.compress(bytes(200_000_000), 9)
    text = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    with pytest.raises(NotAPicture):
        read(content[:33] + text + content[33:])


def test_the_refusal_names_its_field():
    with pytest.raises(NotAPicture) as refusal:
        read(b"x")
    assert refusal.value.errors == [("file", "a.jpg is not a JPEG, PNG or WebP picture.")]


# --- thumbnails -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "expected"),
    [((2000, 1000), (256, 128)), ((1000, 2000), (128, 256)), ((100, 50), (100, 50)), ((9000, 2), (256, 1))],
)
def test_a_thumbnail_fits_its_square_and_is_never_made_larger(size, expected):
    assert thumbnail(picture_bytes(size=size)).size == expected


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "RGBA"), ("WEBP", "RGBA"), ("PNG", "RGB")]
)
def test_colours_survive(kind, mode):
    assert near(thumbnail(picture_bytes(kind, size=(400, 300), mode=mode)).getpixel((20, 90)), (254, 0, 0))


def test_transparency_lies_on_neutral_ground():
    output = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(output, "PNG")
    assert near(thumbnail(output.getvalue()).getpixel((10, 10)), (128, 128, 128))


def test_sixteen_bit_grey_keeps_its_range():
    output = io.BytesIO()
    Image.new("I;16", (20, 20), 32768).save(output, "PNG")
    assert near(thumbnail(output.getvalue()).getpixel((10, 10)), (128, 128, 128))


def test_a_colour_profile_stays_with_the_thumbnail():
    profile = bytes(16) + b"RGB " + bytes(108)
    assert thumbnail(picture_bytes(icc_profile=profile)).info["icc_profile"] == profile


def test_an_ink_profile_does_not_stay_with_an_rgb_thumbnail():
    profile = bytes(16) + b"CMYK" + bytes(108)
    assert "icc_profile" not in thumbnail(picture_bytes(mode="CMYK", icc_profile=profile)).info


# --- names ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\cat.jpg", "cat.jpg"),
        ("a\x00b\r\nc\x1b[0m.png", "ab c[0m.png"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("bad\udcff.png", "bad.png"),
        ("  two   words .png", "two words .png"),
        ("Gro\u0308ße.png", "Größe.png"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("\u200b", "unnamed"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_filename(given) == kept


def test_a_long_name_keeps_its_ending():
    name = clean_filename("x" * 300 + ".jpeg")
    assert (len(name), name[-6:]) == (255, "x.jpeg")


def test_a_long_name_without_an_ending_is_cut():
    assert clean_filename("y" * 300) == "y" * 255
