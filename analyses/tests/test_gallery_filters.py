"""Pictures chosen by what models said about them: on the page of a project and in the API."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from analyses.models import Analysis, Status
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from analyses.views import gallery
from analyses.wanted import NOT_ANALYSED, Wanted
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory
from vista.errors import Invalid


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


@pytest.fixture
def client(project: Project) -> Client:
    user = User.objects.create_user("one@example.org")
    user.groups.add(project.group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def show(client: Client, project: Project) -> Any:
    """`show(status="failed")`: the HTML of the project's show, asked so."""

    def load(**query: str) -> str:
        load.answer = client.get(reverse("project", args=[project.pk]), query)
        return load.answer.content.decode()

    return load


def box(class_name: str = "person", confidence: float | None = 0.65, **other: Any) -> dict[str, Any]:
    return BOX | {"class_name": class_name, "confidence": confidence} | other


def analysed(
    project: Project, name: str, *items: dict[str, Any], status: str = Status.COMPLETED, **fields: Any
) -> Analysis:
    """A picture of this name (or the one that is there), with an analysis that found these objects."""
    image = project.images.filter(filename=name).first() or ImageFactory(project=project, filename=name)
    analysis = AnalysisFactory(image=image, **fields)
    if items:
        add_annotations(analysis, *items)
    return analysis.move_to(status)


def names(html: str) -> list[str]:
    return re.findall(r'class="tile__link"[^>]*>([^<]+)</a>', html)


# --- which pictures ---------------------------------------------------------------------------------------
@pytest.fixture
def street(project: Project) -> Project:
    """Pictures a to f; newest first they read f, e, d, c, b, a."""
    analysed(project, "a", *[box()] * 3, box(confidence=0.1))
    analysed(project, "b", *[box()] * 2, box("car", 0.9), model_name="resnet50")
    analysed(project, "c", box("car", 0.61), box("car", 0.59), box("car", None))
    analysed(project, "d", status=Status.FAILED)
    analysed(project, "e", box("cat", None), model_name="resnet50", status=Status.PROCESSING)
    ImageFactory(project=project, filename="f")
    return project


CHOICES = [
    ({}, "fedcba"),
    ({"model_name": "resnet50"}, "eb"),
    ({"model_name": "yolo_v8"}, "dca"),
    ({"status": "failed"}, "d"),
    ({"status": "completed"}, "cba"),
    ({"status": "completed", "model_name": "resnet50"}, "b"),
    ({"status": NOT_ANALYSED}, "f"),
    ({"status": NOT_ANALYSED, "model_name": "resnet50"}, "fdca"),
    ({"class_name": "person"}, "ba"),
    ({"class_name": "Person"}, ""),
    ({"class_name": "car", "min_confidence": "0.9"}, "b"),
    ({"class_name": "car", "min_confidence": "0.6"}, "cb"),
    ({"class_name": "person", "min_confidence": "0.6", "min_count": "3"}, "a"),
    ({"class_name": "car", "min_confidence": "0.5", "min_count": "2"}, "c"),
    ({"class_name": "car", "min_confidence": "0.5", "min_count": "3"}, ""),
    ({"class_name": "car", "min_count": "3"}, "c"),
    ({"class_name": "cat", "min_confidence": "0"}, ""),
    ({"min_confidence": "0.6", "min_count": "3"}, "ba"),
    ({"min_confidence": "0.9"}, "b"),
    ({"min_count": "4"}, "a"),
    ({"min_count": "1"}, "ecba"),
    ({"model_name": "resnet50", "class_name": "person", "min_count": "3"}, ""),
    ({"model_name": "", "status": "", "class_name": "", "min_confidence": "", "min_count": ""}, "fedcba"),
]


@pytest.mark.parametrize(("query", "found"), CHOICES)
def test_the_page_shows_the_pictures_that_are_wanted(street, show, query, found):
    assert "".join(names(show(**query))) == found


@pytest.mark.parametrize(("query", "found"), CHOICES)
def test_the_api_lists_the_pictures_that_are_wanted(street, client, query, found):
    answer = client.get(reverse("project_images", args=[street.pk]), query).json()
    assert "".join(image["filename"] for image in answer["results"]) == found


def test_one_analysis_must_meet_all_of_it(project, show):
    analysed(project, "a", box("cat"), model_name="one")
    analysed(project, "a", box("dog"), model_name="two")
    assert names(show(model_name="one", class_name="dog")) == []


POSE = {
    "annotation_type": "keypoint",
    "class_name": "person",
    "confidence": 0.9,
    "data": {"keypoints": [{"name": "nose", "x": 1, "y": 1}]},
}


def test_objects_of_several_types_are_chosen_once(project, show):
    analysed(project, "a", box(), POSE)
    assert names(show(class_name="person", min_count="2")) == []


def test_pictures_of_other_projects_stay_there(project, show):
    analysed(ProjectFactory(group=project.group), "elsewhere", box())
    analysed(project, "a", box())
    assert names(show(class_name="person")) == ["a"]


@pytest.mark.parametrize(("sort", "found"), [("newest", "bCa"), ("oldest", "aCb"), ("name", "abC")])
def test_pictures_are_sorted(project, show, sort, found):
    for name in "aCb":
        ImageFactory(project=project, filename=name)
    assert "".join(names(show(sort=sort))) == found


# --- faults -----------------------------------------------------------------------------------------------
BAD = [
    (
        {"status": "lost"},
        "status must be one of queued, processing, completed, failed, cancelled, not_analysed.",
    ),
    (
        {"min_confidence": "0.65"},
        "min_confidence must be one of 0, 0.1, 0.2, … 0.9: scores are counted in tenths.",
    ),
    (
        {"min_confidence": "1"},
        "min_confidence must be one of 0, 0.1, 0.2, … 0.9: scores are counted in tenths.",
    ),
    (
        {"min_confidence": "0.5\n"},
        "min_confidence must be one of 0, 0.1, 0.2, … 0.9: scores are counted in tenths.",
    ),
    ({"min_count": "0"}, "min_count must be a whole number from 1 to 1,000,000."),
    ({"min_count": "many"}, "min_count must be a whole number from 1 to 1,000,000."),
    ({"min_count": "1000001"}, "min_count must be a whole number from 1 to 1,000,000."),
    ({"min_count": "٣"}, "min_count must be a whole number from 1 to 1,000,000."),
    (
        {"status": NOT_ANALYSED, "min_count": "1"},
        "not_analysed goes only with model_name: without an analysis there are no objects.",
    ),
]


@pytest.mark.parametrize(("query", "sentence"), BAD)
def test_what_cannot_be_is_told_on_the_page(street, show, query, sentence):
    name, _, rest = sentence.partition(" ")
    told = f"{gallery.LABELS.get(name, name)} {rest}"
    assert (escape(told) in show(**query), show.answer.status_code) == (True, 400)


@pytest.mark.parametrize(("query", "sentence"), BAD)
def test_what_cannot_be_is_told_by_the_api(street, client, query, sentence):
    answer = client.get(reverse("project_images", args=[street.pk]), query)
    field = sentence.split()[0] if sentence.split()[0] in query else "status"
    expected = {"detail": sentence, "errors": [{"field": field, "message": sentence}], "error_count": 1}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_an_unknown_sort_is_told_on_the_page(street, show):
    assert "Sort must be one of newest, oldest, name." in show(sort="size")


def test_several_faults_are_told_at_once():
    with pytest.raises(Invalid) as refused:
        Wanted.read({"min_count": "-1", "min_confidence": "high"})
    assert [field for field, _ in refused.value.errors] == ["min_confidence", "min_count"]


def test_the_form_shows_what_was_wrong(street, show):
    html = show(min_count="many")
    assert re.search(r'name="min_count"\s+value="many"[^>]*aria-invalid="true"', html)


@pytest.mark.parametrize("edge", ["x", "0192f0c1-0000-7d4e-8f50-61728394a5b6.name", "."])
def test_a_mangled_page_is_a_bad_request(client, project, edge):
    assert client.get(reverse("project", args=[project.pk]), {"after": edge}).status_code == 400


# --- empty ------------------------------------------------------------------------------------------------
def test_where_none_matches_the_filters_can_be_cleared(street, show):
    html = show(class_name="zebra", sort="name")
    empty = html.partition('class="empty"')[2]
    assert ("No picture matches" in empty, 'href="?sort=name"' in empty) == (True, True)


def test_where_every_picture_is_analysed_the_page_says_so(project, show):
    analysed(project, "a")
    assert "Each of 1 picture has such an analysis." in show(status=NOT_ANALYSED)


def test_an_empty_project_has_no_filters(show):
    assert "data-filters" not in show()


def test_switched_off_analyses_leave_no_filters(street, show, settings):
    settings.ML_ANALYSIS_ENABLED = False
    assert "data-filters" not in show(status="failed")


def test_switched_off_analyses_choose_no_pictures_in_the_api(street, client, settings):
    settings.ML_ANALYSIS_ENABLED = False
    answer = client.get(reverse("project_images", args=[street.pk]), {"status": "failed"}).json()
    assert len(answer["results"]) == 6


# --- links ------------------------------------------------------------------------------------------------
def test_a_card_opens_the_picture_as_it_was_asked_for(project, show):
    analysis = analysed(project, "a", box("traffic light", 0.7))
    html = show(class_name="traffic light", min_confidence="0.6", status="")
    link = re.search(rf'href="{reverse("image", args=[analysis.image_id])}([^"]+)"', html)[1].replace(
        "&amp;", "&"
    )
    query, _, state = link.partition("#")
    assert query == "?class_name=traffic+light&min_confidence=0.6"  # so that it leads on among them
    assert unquote(state) == f"a={analysis.pk}&t=0.6&only=traffic light"


def test_a_class_name_cannot_end_its_part_of_the_link(project, show):
    analysed(project, "a", box("a,b&t=1"))
    assert "&amp;only=a%2Cb%26t%3D1" in show(class_name="a,b&t=1")


def test_without_a_choice_a_card_links_to_the_bare_picture(project, show):
    analysis = analysed(project, "a", box())
    assert f'href="{reverse("image", args=[analysis.image_id])}"' in show()


def test_pages_keep_the_filters(project, show, client, monkeypatch):
    monkeypatch.setattr(gallery, "PICTURES_A_PAGE", 2)
    for name in "abcd":
        analysed(project, name, box() if name != "b" else box("car"))
    first = show(class_name="person", sort="name")
    link = re.search(r'rel="next"\s+href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(reverse("project", args=[project.pk]) + link).content.decode()
    assert (names(first), names(second)) == (["a", "c"], ["d"])


# --- cards ------------------------------------------------------------------------------------------------
def shown(html: str) -> str:
    return " ".join(
        re.sub(
            r"<[^>]+>", " ", html.partition('class="tile__facts small muted">')[2].partition("</p>")[0]
        ).split()
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"model_name": "yolo_v8"}, "3 objects"),
        ({"class_name": "car"}, "1 × car yolo_v8"),
        ({"class_name": "person", "min_confidence": "0.6"}, "1 × person yolo_v8"),
        ({"min_confidence": "0.6"}, "2 objects yolo_v8"),
    ],
)
def test_a_card_counts_what_was_asked_for(project, show, query, said):
    analysed(project, "a", box("car", 0.9), box(confidence=0.2), box(confidence=0.6))
    assert shown(show(**query)) == said


def test_a_card_counts_objects_of_several_types_once(project, show):
    analysed(project, "a", box(), POSE)
    assert shown(show(class_name="person")) == "1 × person yolo_v8"


def test_a_card_draws_the_newest_analysis_that_was_asked_for(project, show):
    wanted = analysed(project, "a", box(), model_name="one")
    analysed(project, "a", model_name="two")
    assert f'src="{reverse("overlay", args=[wanted.pk])}"' in show(model_name="one")


def test_another_colour_makes_another_address_of_the_drawing(project, show):
    analysed(project, "a", box())
    before = re.search(r'src="([^"]+overlay[^"]+)"', show(class_name="person"))[1]
    project.recolour({"person": "#123456"})
    assert f'"{before}"' not in show(class_name="person")


def test_unasked_for_cards_draw_nothing(project, show):
    analysed(project, "a", box())
    assert "overlay.svg" not in show()


def test_the_form_offers_models_and_classes_of_the_newest_pictures(street, show):
    options = re.findall(r'<option value="([^"]+)"></option>', show())
    assert options == ["resnet50", "yolo_v8", "car", "cat", "person"]


@pytest.mark.parametrize("count", [2, 20])
def test_a_chosen_page_asks_a_constant_number_of_queries(project, show, count, django_assert_num_queries):
    for number in range(count):
        analysed(project, f"{number}", box(), box("car"))
    with django_assert_num_queries(8):  # as without a choice, and how many each analysis has
        html = show(class_name="person", min_confidence="0.5", sort="name")
    assert len(names(html)) == count
