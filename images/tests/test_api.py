"""The endpoints of projects and pictures, as users call them."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from images.models import Image, Project
from images.tests.factories import GroupFactory, ImageFactory, ProjectFactory, picture_bytes

JSON = "application/json"


def upload(client: Client, project: Project, *files: SimpleUploadedFile, field: str = "file") -> Any:
    return client.post(f"/api/projects/{project.pk}/images", {field: list(files)})


def file(name: str = "cat.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes() if content is None else content, "text/html")


def stored() -> list[str]:
    """The names of all files in the storage."""
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- projects ---------------------------------------------------------------------------------------------
def test_a_project_reads_back(member, project):
    ImageFactory(project=project)
    assert member.get(f"/api/projects/{project.pk}").json() == {
        "id": str(project.pk),
        "name": "Street scenes",
        "description": "Crossings at noon.",
        "group": "traffic team",
        "image_count": 1,
        "created_at": ANY,
    }


def test_times_are_utc(member, project):
    created_at = member.get(f"/api/projects/{project.pk}").json()["created_at"]
    assert created_at == project.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_members_see_the_projects_of_their_groups_newest_first(member, project):
    ProjectFactory()
    newer = ProjectFactory(group=project.group)
    answer = member.get("/api/projects").json()
    assert [row["id"] for row in answer["results"]] == [str(newer.pk), str(project.pk)]


def test_a_list_says_that_there_is_nothing_before_or_after(member, project):
    answer = member.get("/api/projects").json()
    assert (answer["next"], answer["previous"]) == (None, None)


def test_staff_see_every_project(staff, project):
    assert len(staff.get("/api/projects").json()["results"]) == 1


def test_strangers_see_no_project(stranger, project):
    assert stranger.get("/api/projects").json()["results"] == []


def test_staff_make_a_project_by_the_groups_name(staff):
    group = GroupFactory(name="traffic team")
    answer = staff.post("/api/projects", {"name": "Harbour", "description": "x", "group": group.name}, JSON)
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": ANY,
            "name": "Harbour",
            "description": "x",
            "group": "traffic team",
            "image_count": 0,
            "created_at": ANY,
        },
    )


@pytest.mark.parametrize("kind", [int, str])
def test_staff_make_a_project_by_the_groups_id(staff, kind):
    group = GroupFactory()
    answer = staff.post("/api/projects", {"name": "Harbour", "group": kind(group.pk)}, JSON)
    assert answer.json()["group"] == group.name


def test_the_answer_says_where_the_new_project_is(staff):
    answer = staff.post("/api/projects", {"name": "Harbour", "group": GroupFactory().name}, JSON)
    assert staff.get(answer["Location"]).json()["id"] == answer.json()["id"]


def test_members_make_no_projects(member, project):
    answer = member.post("/api/projects", {"name": "Mine", "group": project.group.name}, JSON)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Only staff make projects."})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": 7}, "name"),
        ({"name": True}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"description": ["x"]}, "description"),
        ({"description": None}, "description"),
        ({"group": None}, "group"),
        ({"group": "nobody"}, "group"),
        ({"group": 10**19}, "group"),
        ({"group": -1}, "group"),
        ({"group": True}, "group"),
        ({"group": {}}, "group"),
        ({"group": 1.0}, "group"),
    ],
)
def test_a_faulty_project_is_refused_by_field(staff, change, field):
    answer = staff.post("/api/projects", {"name": "Harbour", "group": GroupFactory().name} | change, JSON)
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (400, [field])


@pytest.mark.parametrize("missing", ["name", "group"])
def test_a_missing_field_is_named(staff, missing):
    whole = {"name": "Harbour", "group": GroupFactory().name}
    del whole[missing]
    answer = staff.post("/api/projects", whole, JSON)
    assert answer.json()["errors"] == [{"field": missing, "message": "This field is required."}]


def test_an_unknown_group_is_named(staff):
    answer = staff.post("/api/projects", {"name": "Harbour", "group": "nobody"}, JSON)
    assert answer.json()["errors"] == [{"field": "group", "message": "There is no group 'nobody'."}]


# --- who may ----------------------------------------------------------------------------------------------
READS = [
    "/api/projects/{project}",
    "/api/projects/{project}/images",
    "/api/images/{image}",
    "/api/images/{image}/content",
    "/api/images/{image}/thumbnail",
]


@pytest.mark.parametrize("path", READS)
def test_strangers_cannot_tell_a_picture_from_nothing(stranger, project, path):
    image = ImageFactory(project=project)
    answer = stranger.get(path.format(project=project.pk, image=image.pk))
    nothing = stranger.get(path.format(project=uuid.uuid4(), image=uuid.uuid4()))
    assert (answer.status_code, answer.content) == (404, nothing.content)


@pytest.mark.parametrize("path", [*READS, "/api/projects"])
def test_without_a_login_it_is_401(client, project, path):
    image = ImageFactory(project=project)
    answer = client.get(path.format(project=project.pk, image=image.pk))
    assert (answer.status_code, "WWW-Authenticate" in answer) == (401, True)


def test_strangers_upload_nothing(stranger, project):
    assert upload(stranger, project, file()).status_code == 404
    assert stored() == []


def test_a_stranger_who_was_given_a_304_would_know_that_there_is_a_picture(stranger, project):
    image = ImageFactory(project=project)
    answer = stranger.get(f"/api/images/{image.pk}/content", headers={"If-None-Match": f'"{image.pk}"'})
    assert answer.status_code == 404


# --- upload -----------------------------------------------------------------------------------------------
def test_a_member_uploads_a_picture(member, project):
    content = picture_bytes("PNG", size=(40, 30), orientation=6)
    answer = upload(member, project, file("cat.jpg", content))
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": ANY,
            "project_id": str(project.pk),
            "filename": "cat.jpg",
            "content_type": "image/png",
            "size": len(content),
            "width": 30,
            "height": 40,
            "created_at": ANY,
        },
    )


def test_an_uploaded_picture_reads_back_as_it_was_answered(member, project):
    answer = upload(member, project, file())
    assert member.get(answer["Location"]).json() == answer.json()


def test_the_uploader_is_remembered(member, project):
    answer = upload(member, project, file())
    assert Image.objects.get(pk=answer.json()["id"]).uploaded_by == member.user


def test_the_bytes_come_back_equal(member, project):
    content = picture_bytes("WEBP")
    image_id = upload(member, project, file("a.webp", content)).json()["id"]
    assert body(member.get(f"/api/images/{image_id}/content")) == content


def test_a_large_file_that_django_keeps_on_disk_comes_back_equal(member, project, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    content = picture_bytes()
    image_id = upload(member, project, file("a.jpg", content)).json()["id"]
    assert body(member.get(f"/api/images/{image_id}/content")) == content


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Größe ☃.jpg", "Größe ☃.jpg"),
        ("../../evil.jpg", "evil.jpg"),
        ("a\x07b.jpg", "ab.jpg"),
        ("x" * 400 + ".jpg", "x" * 251 + ".jpg"),
        ("<img src=x>.jpg", "<img src=x>.jpg"),
    ],
)
def test_names_are_kept_clean(member, project, name, kept):
    assert upload(member, project, file(name)).json()["filename"] == kept


def test_no_name_becomes_a_path(member, project):
    image_id = upload(member, project, file("../../evil.jpg")).json()["id"]
    assert stored() == [f"images/{project.pk}/{image_id}"]


def refused(member: Client, project: Project, *files: SimpleUploadedFile, **how: Any) -> tuple[int, Any]:
    """Upload what must be refused; nothing may be left of it."""
    answer = upload(member, project, *files, **how)
    assert (Image.objects.count(), stored()) == (0, [])
    return answer.status_code, answer.json()


def test_what_is_no_picture_is_refused(member, project):
    sentence = "notes.txt is not a JPEG, PNG or WebP picture."
    assert refused(member, project, file("notes.txt", b"hello")) == (
        400,
        {"detail": sentence, "errors": [{"field": "file", "message": sentence}], "error_count": 1},
    )


def test_an_empty_file_is_refused(member, project):
    status, answer = refused(member, project, file("empty.jpg", b""))
    assert (status, answer["detail"]) == (400, "empty.jpg is empty.")


def test_a_picture_cut_off_is_refused(member, project):
    status, answer = refused(member, project, file("cut.jpg", picture_bytes(size=(400, 300))[:-500]))
    assert (status, answer["detail"]) == (400, "cut.jpg is damaged or incomplete.")


def test_too_many_pixels_are_refused(member, project, settings):
    settings.MAX_IMAGE_PIXELS = 100
    assert refused(member, project, file())[0] == 413


def test_too_many_bytes_are_refused(member, project, settings):
    settings.MAX_IMAGE_BYTES = 100
    assert refused(member, project, file())[0] == 413


def test_far_too_many_bytes_are_refused_unread(member, project):
    answer = member.generic(
        "POST",
        f"/api/projects/{project.pk}/images",
        b"x",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10**10),
    )
    assert answer.status_code == 413


def test_two_files_at_once_are_refused(member, project):
    status, answer = refused(member, project, file(), file("dog.jpg"))
    assert (status, answer["errors"]) == (400, [{"field": "file", "message": "expected one file, got 2"}])


def test_another_field_is_named(member, project):
    status, answer = refused(member, project, file(), field="picture")
    assert (status, answer["errors"]) == (400, [{"field": "file", "message": "is missing; got picture"}])


def test_a_file_that_is_only_text_is_missing(member, project):
    answer = member.post(f"/api/projects/{project.pk}/images", {"file": "cat.jpg"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "file")


@pytest.mark.parametrize(
    "content_type", ["application/json", "image/jpeg", "application/x-www-form-urlencoded"]
)
def test_other_content_types_are_refused(member, project, content_type):
    answer = member.generic("POST", f"/api/projects/{project.pk}/images", picture_bytes(), content_type)
    assert answer.status_code == 415


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_refused(member, project, content_type):
    answer = member.generic("POST", f"/api/projects/{project.pk}/images", b"x", content_type)
    assert answer.status_code == 400


def test_a_body_of_unknown_length_is_refused(member, project):
    answer = member.generic(
        "POST",
        f"/api/projects/{project.pk}/images",
        b"x",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH="",  # what a chunked body looks like here
    )
    assert answer.status_code == 411


def test_a_row_that_cannot_be_written_takes_its_bytes_along(member, project, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(IntegrityError):
        upload(member, project, file())
    assert stored() == []


def test_deleting_a_picture_deletes_its_bytes(member, project, django_capture_on_commit_callbacks):
    image_id = upload(member, project, file()).json()["id"]
    body(member.get(f"/api/images/{image_id}/thumbnail"))
    with django_capture_on_commit_callbacks(execute=True):
        Image.objects.get(pk=image_id).delete()
    assert stored() == []


# --- lists ------------------------------------------------------------------------------------------------
def test_pictures_are_listed_newest_first(member, project):
    old, new = ImageFactory(project=project), ImageFactory(project=project)
    ImageFactory()
    answer = member.get(f"/api/projects/{project.pk}/images").json()
    assert [row["id"] for row in answer["results"]] == [str(new.pk), str(old.pk)]


def walk(client: Client, url: str) -> Iterator[dict[str, Any]]:
    while url:
        page = client.get(url).json()
        yield from page["results"]
        url = page["next"]


def test_pages_show_each_picture_once(member, project):
    made = [str(ImageFactory(project=project).pk) for _ in range(7)]
    seen = [row["id"] for row in walk(member, f"/api/projects/{project.pk}/images?page_size=3")]
    assert seen == made[::-1]


def test_next_is_an_absolute_address(member, project):
    ImageFactory.create_batch(2, project=project)
    page = member.get(f"/api/projects/{project.pk}/images?page_size=1").json()
    assert page["next"].startswith(f"http://testserver/api/projects/{project.pk}/images?")


@pytest.mark.parametrize("count", [3, 30])
def test_listing_projects_asks_a_constant_number_of_queries(
    member, project, count, django_assert_num_queries
):
    for other in ProjectFactory.create_batch(count, group=project.group):
        ImageFactory.create_batch(2, project=other)
    listing: DjangoAssertNumQueries = django_assert_num_queries
    with listing(3):  # session, user, page
        assert len(member.get("/api/projects").json()["results"]) == count + 1


@pytest.mark.parametrize("count", [3, 30])
def test_listing_pictures_asks_a_constant_number_of_queries(
    member, project, count, django_assert_num_queries
):
    ImageFactory.create_batch(count, project=project)
    with django_assert_num_queries(4):  # session, user, project, page
        assert len(member.get(f"/api/projects/{project.pk}/images").json()["results"]) == count
