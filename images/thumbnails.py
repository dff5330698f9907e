"""Thumbnails: made when first asked for, kept in the storage, served from there."""

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from images.files import make_thumbnail
from images.models import Image
from vista.errors import Invalid

SIZES = (256, 512, 1024)  # pixels of the longer side
SMALLEST = 16
DEFAULT_SIZE = 256


def nearest_size(text: str | None) -> int:
    """The size that is kept for a wish of 16..1024 pixels: the next larger one. Raises Invalid for others."""
    if text is None:
        return DEFAULT_SIZE
    if text.isascii() and text.isdigit() and len(text) < 6 and SMALLEST <= int(text) <= SIZES[-1]:
        return next(size for size in SIZES if size >= int(text))
    sentence = f"size must be a whole number from {SMALLEST} to {SIZES[-1]}."
    raise Invalid(sentence, [("size", sentence)])


def thumbnail_path(image: Image, size: int) -> str:
    return f"thumbnails/{image.pk}/{size}"


def thumbnail_paths(image: Image) -> list[str]:
    return [thumbnail_path(image, size) for size in SIZES]


def thumbnail_of(image: Image, size: int) -> File:
    """The JPEG for one of SIZES; two requests at once may both make it, and make the same.

    Raises FileNotFoundError where the storage has lost the original.
    """
    path = thumbnail_path(image, size)
    try:
        return default_storage.open(path)
    except FileNotFoundError:
        with default_storage.open(image.file.name) as original:
            content = make_thumbnail(original, size, image.filename)
        default_storage.save(path, ContentFile(content))
        return ContentFile(content)
