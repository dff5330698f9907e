"""The bytes of pictures and their thumbnails, as browsers fetch them."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from images.models import Image, Project
from images.tests.factories import ImageFactory, picture_bytes


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- content ----------------------------------------------------------------------------------------------
@pytest.fixture
def image(project: Project) -> Image:
    return ImageFactory(project=project, filename="Größe.jpg")


def test_content_is_served_with_our_type_and_never_guessed(member, image):
    answer = member.get(f"/api/images/{image.pk}/content")
    body(answer)
    assert {
        name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Disposition")
    } == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe.jpg",
    }


def test_content_may_be_kept_by_the_browser_alone(member, image):
    answer = member.get(f"/api/images/{image.pk}/content")
    body(answer)
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("what", ["content", "thumbnail"])
def test_what_the_caller_has_is_not_sent_again(member, image, what):
    first = member.get(f"/api/images/{image.pk}/{what}")
    body(first)
    again = member.get(f"/api/images/{image.pk}/{what}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_content_that_the_storage_lost_is_a_404(member, image):
    default_storage.delete(image.file.name)
    assert member.get(f"/api/images/{image.pk}/content").status_code == 404


def test_a_name_cannot_break_the_header(member, project):
    image = ImageFactory(project=project, filename='a"b\\c;d.jpg')
    answer = member.get(f"/api/images/{image.pk}/content")
    body(answer)
    assert answer["Content-Disposition"] == 'inline; filename="a\\"b\\\\c;d.jpg"'


@pytest.mark.parametrize("what", ["content", "thumbnail"])
@pytest.mark.parametrize("accept", ["image/*", "application/json", "text/html", "x/y"])
def test_accept_is_not_looked_at(member, image, what, accept):
    answer = member.get(f"/api/images/{image.pk}/{what}", headers={"Accept": accept})
    body(answer)
    assert answer["Content-Type"] == "image/jpeg"


# --- thumbnails -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "side"),
    [("16", 256), ("255", 256), ("256", 256), ("257", 512), ("0512", 512), ("600", 1024), ("1024", 1024)],
)
def test_the_size_is_rounded_up(member, project, size, side):
    image = ImageFactory(project=project, bytes=picture_bytes(size=(2000, 1000)))
    content = body(member.get(f"/api/images/{image.pk}/thumbnail?size={size}"))
    assert Pillow.open(io.BytesIO(content)).size == (side, side // 2)


def test_without_a_size_it_is_256(member, project):
    image = ImageFactory(project=project, bytes=picture_bytes(size=(2000, 1000)))
    content = body(member.get(f"/api/images/{image.pk}/thumbnail"))
    assert Pillow.open(io.BytesIO(content)).width == 256


@pytest.mark.parametrize("size", ["15", "1025", "0", "-256", "2.5", "", "x", "²", "256px", "9" * 400])
def test_other_sizes_are_refused(member, image, size):
    answer = member.get(f"/api/images/{image.pk}/thumbnail", {"size": size})
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "size must be a whole number from 16 to 1024.",
    )


def test_a_thumbnail_is_made_once(member, image, monkeypatch):
    first = body(member.get(f"/api/images/{image.pk}/thumbnail"))
    default_storage.delete(image.file.name)  # it could not be made again
    assert body(member.get(f"/api/images/{image.pk}/thumbnail")) == first


def test_thumbnails_are_kept_by_id_and_size(member, image):
    body(member.get(f"/api/images/{image.pk}/thumbnail?size=300"))
    assert default_storage.exists(f"thumbnails/{image.pk}/512")


def test_a_thumbnail_is_a_jpeg_that_may_be_kept(member, image):
    answer = member.get(f"/api/images/{image.pk}/thumbnail")
    body(answer)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "image/jpeg",
        "private, max-age=31536000, immutable",
    )


def test_the_sizes_of_a_picture_are_kept_apart(member, image):
    small, large = (member.get(f"/api/images/{image.pk}/thumbnail?size={size}") for size in (256, 512))
    body(small)
    body(large)
    assert small["ETag"] != large["ETag"]


def test_a_thumbnail_of_lost_bytes_is_a_404(member, image):
    default_storage.delete(image.file.name)
    assert member.get(f"/api/images/{image.pk}/thumbnail").status_code == 404
