"""The admin of projects and pictures."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from images.models import Image
from images.tests.factories import ImageFactory, ProjectFactory

PROJECTS, IMAGES = reverse("admin:images_project_changelist"), reverse("admin:images_image_changelist")


@pytest.fixture
def admin(staff):
    staff.user.user_permissions.set(Permission.objects.all())
    return staff


def test_projects_are_listed_with_their_counts(admin, project):
    ImageFactory.create_batch(3, project=project)
    page = admin.get(PROJECTS).content.decode()
    assert re.search(r"field-pictures[^>]*>3<", page)


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_projects_asks_a_constant_number_of_queries(admin, count, django_assert_max_num_queries):
    ProjectFactory.create_batch(count)
    admin.get(PROJECTS)  # content types are remembered after the first page
    with django_assert_max_num_queries(10):
        page = admin.get(PROJECTS).content.decode()
    assert page.count("field-pictures") == count


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_pictures_asks_a_constant_number_of_queries(admin, count, django_assert_max_num_queries):
    ImageFactory.create_batch(count)
    admin.get(IMAGES)
    with django_assert_max_num_queries(8):
        page = admin.get(IMAGES).content.decode()
    assert page.count("field-pixels") == count


def test_a_picture_is_shown_in_its_row(admin):
    image = ImageFactory()
    assert f"{reverse('read_thumbnail', args=[image.pk])}?size=64" in admin.get(IMAGES).content.decode()


def test_pictures_are_found_by_name(admin):
    ImageFactory(filename="cat.jpg")
    ImageFactory(filename="dog.jpg")
    page = admin.get(IMAGES, {"q": "cat"}).content.decode()
    assert set(re.findall(r"(?:cat|dog)\.jpg", page)) == {"cat.jpg"}


@pytest.mark.parametrize("query", ["not-a-uuid", "%", "'"])
def test_any_search_is_answered(admin, query):
    ImageFactory()
    assert admin.get(IMAGES, {"q": query}).status_code == 200


def test_pictures_are_not_added_here(admin):
    assert admin.get(reverse("admin:images_image_add")).status_code == 403


def test_a_picture_can_be_moved_to_another_project(admin):
    image, project = ImageFactory(), ProjectFactory()
    url = reverse("admin:images_image_change", args=[image.pk])
    admin.post(url, {"filename": "renamed.jpg", "project": str(project.pk)})
    image.refresh_from_db()
    assert (image.filename, image.project) == ("renamed.jpg", project)


def test_deleting_pictures_goes_through_a_page_that_names_them(admin):
    image = ImageFactory(filename="cat.jpg")
    page = admin.post(IMAGES, {"action": "delete_selected", "_selected_action": [str(image.pk)]})
    assert ("cat.jpg" in page.content.decode(), Image.objects.count()) == (True, 1)
