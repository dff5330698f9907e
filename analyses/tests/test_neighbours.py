"""The pictures before and after one are those of the gallery that it was reached from."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analyses.models import Analysis
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory


@pytest.fixture
def street(db: None) -> Project:
    """Pictures b, A, d and c from the oldest to the newest, each with its analysis; people are on b, d and c."""
    project = ProjectFactory()
    for name in "bAdc":
        analysis = AnalysisFactory(image=ImageFactory(project=project, filename=name))
        add_annotations(analysis, BOX | {"class_name": "car" if name == "A" else "person"})
    ImageFactory(filename="z")  # of another project
    return project


@pytest.fixture
def client(street: Project) -> Client:
    user = User.objects.create_user("one@example.org")
    user.groups.add(street.group)
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, project: Project, name: str, **query: str) -> str:
    image = project.images.get(filename=name)
    return client.get(reverse("image", args=[image.pk]), query).content.decode()


def links(html: str) -> dict[str, str]:
    """Previous and next, as addresses."""
    found = re.findall(r'data-neighbour="([^"]+)"\s+href="([^"]+)"', html)
    return {which: address.replace("&amp;", "&") for which, address in found}


def path_of(project: Project, name: str) -> str:
    return reverse("image", args=[project.images.get(filename=name).pk])


@pytest.mark.parametrize(
    ("name", "query", "before", "after"),
    [
        ("A", {}, "d", "b"),
        ("A", {"sort": "oldest"}, "b", "d"),
        ("b", {"sort": "name"}, "A", "c"),
        ("d", {"class_name": "person"}, "c", "b"),
        ("c", {"class_name": "person", "sort": "name"}, "b", "d"),
        ("A", {"class_name": "person"}, "d", "b"),  # it is none of them: its place counts
        ("c", {"class_name": "person"}, "", "d"),
        ("b", {"class_name": "person"}, "d", ""),
        ("A", {"min_confidence": "many"}, "d", "b"),  # of all, where the address is mangled
    ],
)
def test_they_are_those_of_the_gallery(client, street, name, query, before, after):
    found = {
        which: address.split("?")[0].split("#")[0]
        for which, address in links(page_of(client, street, name, **query)).items()
    }
    wanted = {"previous": before, "next": after}
    assert found == {which: path_of(street, other) for which, other in wanted.items() if other}


def test_they_go_on_in_the_same_gallery_and_with_what_was_found(client, street):
    html = page_of(client, street, "d", class_name="person", min_confidence="0.6", status="")
    shown = Analysis.objects.get(image__filename="b")
    assert unquote(links(html)["next"]) == (
        f"{path_of(street, 'b')}?class_name=person&min_confidence=0.6#a={shown.pk}&t=0.6&only=person"
    )


def test_without_a_choice_their_addresses_are_bare(client, street):
    assert links(page_of(client, street, "A"))["next"] == path_of(street, "b")


def test_the_way_back_leads_to_the_same_gallery(client, street):
    query = "?class_name=person&amp;sort=name"
    assert f'href="{reverse("project", args=[street.pk])}{query}"' in page_of(
        client, street, "c", class_name="person", sort="name"
    )


def test_a_mangled_choice_is_not_passed_on(client, street):
    assert "min_confidence" not in page_of(client, street, "A", min_confidence="many")


def test_switched_off_analyses_choose_nothing(client, street, settings):
    settings.ML_ANALYSIS_ENABLED = False
    assert links(page_of(client, street, "A", class_name="dodo"))["next"] == path_of(street, "b")


@pytest.mark.parametrize("query", [{}, {"class_name": "person", "min_count": "1", "sort": "name"}])
def test_a_choice_asks_no_more_queries(client, street, query, django_assert_num_queries):
    path = path_of(street, "d")
    with django_assert_num_queries(9):
        assert links(client.get(path, query).content.decode())


def test_the_last_one_keeps_the_place_of_the_next(client, street):
    """Else the button that leads back would come under the pointer of who goes on."""
    html = page_of(client, street, "b", class_name="person")
    assert re.search(r'disabled\s+title="No next picture that matches"', html)


@pytest.mark.parametrize("route", ["mark-analysis", "cancel-analysis"])
def test_what_is_done_on_the_page_leads_back_among_the_chosen(client, street, route):
    html = page_of(client, street, "d", class_name="person", sort="name")
    chosen = re.search(r'name="chosen" value="([^"]+)"', html)[1].replace("&amp;", "&")
    analysis = Analysis.objects.get(image__filename="d")
    answer = client.post(reverse(route, args=[analysis.pk]), {"what": "analysis", "chosen": chosen})
    assert answer["Location"] == f"{path_of(street, 'd')}?class_name=person&sort=name"


def test_a_form_leads_nowhere_else(client, street):
    analysis = Analysis.objects.get(image__filename="d")
    sent = {"what": "analysis", "chosen": "https://example.org/?sort=name%0d%0aX: 1"}
    answer = client.post(reverse("mark-analysis", args=[analysis.pk]), sent)
    assert answer["Location"] == path_of(street, "d")
