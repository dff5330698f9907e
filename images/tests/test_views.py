"""The pages of projects and the upload without JavaScript."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from images.models import Image, Project
from images.paging import page_by_id
from images.tests.factories import GroupFactory, ImageFactory, ProjectFactory, picture_bytes


def upload(client: Client, project: Project, *files: SimpleUploadedFile) -> Any:
    return client.post(reverse("upload-images", args=[project.pk]), {"file": list(files)})


def cat(name: str = "cat.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes())


def text(response: Any) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- the list ---------------------------------------------------------------------------------------------
def test_a_member_sees_a_project_with_its_count_and_group(member, project):
    ImageFactory.create_batch(2, project=project)
    page = text(member.get("/"))
    assert "Street scenes Crossings at noon. 2 pictures traffic team" in page


def test_a_project_links_to_its_page(member, project):
    assert f'href="{reverse("project", args=[project.pk])}"' in member.get("/").content.decode()


def test_a_project_shows_its_four_newest_pictures(member, project):
    made = [ImageFactory(project=project).pk for _ in range(5)]
    page = member.get("/").content.decode()
    shown = re.findall(r"/api/images/([0-9a-f-]+)/thumbnail", page)
    assert shown == [str(pk) for pk in made[:0:-1]]


def test_nobody_is_sent_to_the_login_page(client, db):
    assert client.get("/")["Location"] == f"{reverse('login')}?next=/"


def test_a_stranger_is_told_whom_to_ask(stranger, project):
    page = text(stranger.get("/"))
    assert "Ask an administrator to add stranger@example.org" in page


def test_staff_without_projects_are_offered_to_make_one(staff):
    assert f'href="{reverse("new-project")}"' in staff.get("/").content.decode()


def test_members_are_not_offered_to_make_a_project(member):
    assert reverse("new-project") not in member.get("/").content.decode()


def test_descriptions_are_text(member, project):
    Project.objects.update(description="<script>alert(1)</script>")
    assert "<script>alert" not in member.get("/").content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_asks_a_constant_number_of_queries(member, project, count, django_assert_num_queries):
    for other in ProjectFactory.create_batch(count, group=project.group):
        ImageFactory.create_batch(2, project=other)
    with django_assert_num_queries(3):  # session, user, page
        page = member.get("/").content.decode()
    assert page.count("project-card__link") == count + 1


# --- a new project ----------------------------------------------------------------------------------------
def test_staff_make_a_project(staff):
    group = GroupFactory()
    answer = staff.post("/projects/new", {"name": "Harbour", "description": "", "group": group.pk})
    made = Project.objects.get()
    assert (answer["Location"], made.name, made.group) == (
        reverse("project", args=[made.pk]),
        "Harbour",
        group,
    )


def test_a_project_without_a_name_is_explained_at_its_field(staff):
    answer = staff.post("/projects/new", {"name": "", "group": GroupFactory().pk})
    assert (answer.status_code, answer.context["form"].errors) == (400, {"name": ["This field is required."]})


def test_without_a_group_staff_are_sent_to_make_one(staff):
    assert reverse("admin:auth_group_add") in staff.get("/projects/new").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_members_make_no_projects(member, project, method):
    answer = getattr(member, method)("/projects/new", {"name": "Mine", "group": project.group.pk})
    assert (answer.status_code, Project.objects.count()) == (403, 1)


# --- upload -----------------------------------------------------------------------------------------------
def test_several_files_are_added_at_once(member, project):
    answer = upload(member, project, cat("a.jpg"), cat("b.jpg"))
    names = sorted(project.images.values_list("filename", flat=True))
    assert (answer["Location"], names) == (reverse("project", args=[project.pk]), ["a.jpg", "b.jpg"])


def test_the_next_page_says_how_many_were_added(member, project):
    page = member.post(
        reverse("upload-images", args=[project.pk]), {"file": [cat("a.jpg"), cat("b.jpg")]}, follow=True
    )
    assert "2 pictures added." in text(page)


def test_good_files_are_kept_beside_bad_ones(member, project):
    answer = upload(member, project, cat("a.jpg"), SimpleUploadedFile("b.txt", b"hello"), cat("c.jpg"))
    assert (answer.status_code, Image.objects.count()) == (400, 2)


def test_each_bad_file_has_its_own_reason(member, project):
    bad, empty = SimpleUploadedFile("b.txt", b"hello"), SimpleUploadedFile("c.jpg", b"")
    page = text(upload(member, project, cat("a.jpg"), bad, empty))
    assert "2 files were not added. b.txt is not a JPEG, PNG or WebP picture. c.jpg is empty." in page


def test_a_form_without_files_is_explained(member, project):
    answer = upload(member, project)
    assert (answer.status_code, "Choose at least one picture." in text(answer)) == (400, True)


def test_the_form_can_be_opened_by_itself(member, project):
    page = text(member.get(reverse("upload-images", args=[project.pk])))
    assert "JPEG, PNG or WebP, at most 100 MB each" in page


def test_strangers_cannot_tell_the_form_from_nothing(stranger, project):
    assert stranger.get(reverse("upload-images", args=[project.pk])).status_code == 404


def test_strangers_upload_nothing(stranger, project):
    answer = stranger.post(reverse("upload-images", args=[project.pk]), {"file": cat()})
    assert (answer.status_code, Image.objects.count()) == (404, 0)


def test_nobody_uploads_nothing(client, project):
    answer = client.post(reverse("upload-images", args=[project.pk]), {"file": cat()})
    assert (answer["Location"].split("?")[0], Image.objects.count()) == (reverse("login"), 0)


def test_a_form_from_another_site_is_refused(member, project):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(member.user)
    answer = upload(careful, project, cat())
    assert (answer.status_code, Image.objects.count()) == (403, 0)


# --- the frame of every page ------------------------------------------------------------------------------
def test_pages_hold_no_inline_script_or_style(member, project):
    page = member.get("/").content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []


def test_pages_load_nothing_from_elsewhere(member, project):
    page = member.get("/").content.decode()
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(addresses) > 10
    assert [a for a in addresses if not a.startswith(("/", "#"))] == []


def test_staff_find_the_administration(staff):
    assert f'href="{reverse("admin:index")}"' in staff.get("/").content.decode()


def test_members_do_not_find_the_administration(member):
    assert reverse("admin:index") not in member.get("/").content.decode()


def test_an_error_page_quotes_the_request_id(member):
    answer = member.get("/projects/00000000-0000-0000-0000-000000000000/")
    assert (answer.status_code, answer["X-Request-ID"] in answer.content.decode()) == (404, True)


def test_an_error_page_asks_the_database_nothing(rf, django_assert_num_queries, db):
    from vista.views import server_error

    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))
    assert "VISTA made a mistake" in text(answer)


# --- pages by key -----------------------------------------------------------------------------------------
@pytest.fixture
def five(project: Project) -> list[Image]:
    """Newest first."""
    return [ImageFactory(project=project) for _ in range(5)][::-1]


def page(query: str) -> Any:
    from django.http import QueryDict

    return page_by_id(Image.objects.all(), QueryDict(query), 2)


def test_the_first_page_has_only_a_next_one(five):
    assert page("") == (five[:2], "", f"?after={five[1].pk}")


def test_a_page_between_has_both(five):
    assert page(f"after={five[1].pk}") == (five[2:4], f"?before={five[2].pk}", f"?after={five[3].pk}")


def test_the_last_page_has_only_a_previous_one(five):
    assert page(f"after={five[3].pk}") == (five[4:], f"?before={five[4].pk}", "")


def test_going_back_shows_the_page_just_before(five):
    assert page(f"before={five[4].pk}") == (five[2:4], f"?before={five[2].pk}", f"?after={five[3].pk}")


def test_going_back_to_the_beginning_shows_the_whole_first_page(five):
    assert page(f"before={five[1].pk}") == (five[:2], "", f"?after={five[1].pk}")


def test_after_the_last_there_is_a_way_back(five):
    assert page(f"after={five[4].pk}") == ([], "?", "")


def test_other_parameters_go_along(five):
    assert page("model=yolo").next == f"?model=yolo&after={five[1].pk}"


@pytest.mark.parametrize("query", ["after=x", "before=1", "after=%00"])
def test_an_id_that_is_none_is_a_400(member, project, query):
    assert member.get(f"/?{query}").status_code == 400
