"""Test data: projects, and pictures whose bytes are real."""

import io
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from images.models import Image, Project


def picture_bytes(
    kind: str = "JPEG",
    size: tuple[int, int] = (40, 30),
    orientation: int | None = None,
    mode: str = "RGB",
    **save: Any,
) -> bytes:
    """A small picture, its left half red and its right half blue (grey or inked in other modes)."""
    picture = Pillow.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    if orientation is not None:
        exif = Pillow.Exif()
        exif[0x0112] = orientation
        save["exif"] = exif
    output = io.BytesIO()
    picture.convert(mode).save(output, kind, **save)
    return output.getvalue()


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence("team {}".format)


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    name = factory.Sequence("project {}".format)
    group = factory.SubFactory(GroupFactory)


class ImageFactory(factory.django.DjangoModelFactory):
    """A picture with a real file; `ImageFactory(bytes=…)` for other bytes."""

    class Meta:
        model = Image

    class Params:
        bytes = factory.LazyFunction(picture_bytes)

    project = factory.SubFactory(ProjectFactory)
    filename = factory.Sequence("picture_{}.jpg".format)
    file = factory.LazyAttribute(lambda o: ContentFile(o.bytes, o.filename))
    content_type = "image/jpeg"
    size = factory.LazyAttribute(lambda o: len(o.bytes))
    width = 40
    height = 30
