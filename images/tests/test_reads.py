"""Counts that no page counts, pages by name, and plans that never walk through a big table."""

from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from images.models import Image, Project
from images.paging import BY_NAME, NEWEST, OLDEST, Order, page_by_id
from images.tests import plans
from images.tests.factories import ImageFactory, ProjectFactory, picture_bytes

ROWS = 1_000_000 if plans.POSTGRES else 20_000  # SQLite plans by rules, whatever the size
pytestmark = pytest.mark.django_db


# --- counts -----------------------------------------------------------------------------------------------
@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


def counted(project: Project) -> int:
    project.refresh_from_db()
    return project.image_count


def test_a_new_picture_counts(project):
    ImageFactory(project=project)
    assert counted(project) == 1


def test_a_picture_made_through_its_project_counts(project):
    like = ImageFactory()
    fields = {"filename": "a.jpg", "content_type": "image/jpeg", "size": 1, "width": 1, "height": 1}
    project.images.create(file=like.file.name, **fields)
    assert counted(project) == 1


def test_an_uploaded_picture_counts(member):
    from_member = ProjectFactory(group=member.user.groups.get())
    upload = {"file": SimpleUploadedFile("a.jpg", picture_bytes())}
    assert member.post(reverse("project_images", args=[from_member.pk]), upload).status_code == 201
    assert counted(from_member) == 1


def test_a_picture_that_cannot_be_written_does_not_count(project):
    image = ImageFactory(project=project)
    twin = Image(pk=image.pk, project=project, filename="twin.jpg")
    with pytest.raises(Exception, match=r"(?i)constraint"):
        Image.objects.keep(twin)
    assert counted(project) == 1


def test_a_deleted_picture_counts_no_more(project):
    ImageFactory.create_batch(2, project=project)[0].delete()
    assert counted(project) == 1


def test_pictures_deleted_as_a_set_count_no_more(project):
    ImageFactory.create_batch(3, project=project)
    Image.objects.filter(pk__in=project.images.values("pk")[:2]).delete()
    assert counted(project) == 1


def test_a_project_goes_without_counting_its_pictures_down(project, django_assert_max_num_queries):
    ImageFactory.create_batch(20, project=project)
    with django_assert_max_num_queries(19):
        project.delete()


def test_a_picture_moved_by_an_admin_counts_in_its_new_project(client, project):
    client.force_login(User.objects.create_superuser("root@example.org"))
    image, other = ImageFactory(project=project), ProjectFactory()
    url = reverse("admin:images_image_change", args=[image.pk])
    client.post(url, {"filename": image.filename, "project": str(other.pk)})
    assert (counted(project), counted(other)) == (0, 1)


def test_an_admin_who_saves_a_project_sets_no_old_count(client, project):
    client.force_login(User.objects.create_superuser("root@example.org"))
    ImageFactory(project=project)
    Project.objects.update(image_count=F("image_count") + 5)  # as if read before five were deleted
    url = reverse("admin:images_project_change", args=[project.pk])
    client.post(url, {"name": "renamed", "description": "", "group": project.group_id})
    assert counted(project) == 1


def test_all_can_be_counted_anew(project):
    ImageFactory(project=project)
    Project.objects.update(image_count=7)
    Project.objects.recount()
    assert counted(project) == 1


# --- pages ------------------------------------------------------------------------------------------------
NAMES = ["b.jpg", "A.jpg", "c.jpg", "a.jpg", "b.jpg"]


def walk(project: Project, order: Order, way: str = "next") -> list[list[str]]:
    """The names on each page of two, from the first page on."""
    pages, query = [], ""
    while True:
        page = page_by_id(project.images.all(), QueryDict(query.lstrip("?")), 2, order)
        pages.append([image.filename for image in page.rows])
        query = page.next
        if not query:
            return pages


@pytest.fixture
def named(project: Project) -> Project:
    for name in NAMES:
        ImageFactory(project=project, filename=name)
    return project


@pytest.mark.parametrize(
    ("order", "pages"),
    [
        (NEWEST, [["b.jpg", "a.jpg"], ["c.jpg", "A.jpg"], ["b.jpg"]]),
        (OLDEST, [["b.jpg", "A.jpg"], ["c.jpg", "a.jpg"], ["b.jpg"]]),
        (BY_NAME, [["A.jpg", "a.jpg"], ["b.jpg", "b.jpg"], ["c.jpg"]]),
    ],
)
def test_pages_go_on_to_the_last_row(named, order, pages):
    assert walk(named, order) == pages


@pytest.mark.parametrize("order", [NEWEST, OLDEST, BY_NAME])
def test_pages_go_back_the_way_they_came(named, order):
    def page(query: str) -> Any:
        return page_by_id(named.images.all(), QueryDict(query.lstrip("?")), 2, order)

    second = page(page("").next)
    third = page(second.next)
    assert page(third.previous).rows == second.rows


def test_links_keep_the_other_parameters(named):
    page = page_by_id(named.images.all(), QueryDict("status=failed"), 2, BY_NAME)
    assert QueryDict(page.next.lstrip("?"))["status"] == "failed"


def test_the_last_row_of_a_page_may_be_gone(named):
    first = page_by_id(named.images.all(), QueryDict(""), 2, BY_NAME)
    first.rows[-1].delete()
    assert page_by_id(named.images.all(), QueryDict(first.next[1:]), 2, BY_NAME).rows[0].filename == "b.jpg"


# --- plans ------------------------------------------------------------------------------------------------
@pytest.fixture
def crowd(project: Project) -> Project:
    """A project of many pictures, and honest statistics."""
    image = ImageFactory(project=project)
    plans.multiply(image, ROWS, filename="'picture_' || n || '.jpg'")
    plans.settle()
    return project


def pages_in_both_directions(project: Project, order: Order) -> None:
    images = project.images.all()
    first = page_by_id(images, QueryDict(""), 60, order)
    second = page_by_id(images, QueryDict(first.next[1:]), 60, order)
    page_by_id(images, QueryDict(second.previous[1:]), 60, order)


def test_no_read_walks_through_all_pictures(member, crowd):
    Project.objects.update(group=member.user.groups.get())
    of_project = f"/api/projects/{crowd.pk}"
    urls = [
        "/",
        "/api/projects",
        of_project,
        f"{of_project}/images",
        f"/api/images/{crowd.images.first().pk}",
    ]
    reads = {url: partial(member.get, url) for url in urls}
    reads |= {
        str(order): partial(pages_in_both_directions, crowd, order) for order in (NEWEST, OLDEST, BY_NAME)
    }
    walks = {name: plans.walked_through(read, Image) for name, read in reads.items()}
    assert {name for name, queries in walks.items() if queries} == set()


def test_a_walk_through_all_would_be_seen(project):
    ImageFactory(project=project)
    assert len(plans.walked_through(lambda: list(Image.objects.order_by().filter(size=-1)), Image)) == 1
