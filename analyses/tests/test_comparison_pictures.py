"""The pictures of a comparison: the worst ones, and those behind each number."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import reverse

from analyses.tests.comparison_pages import AB, ABC, Look, link_of, links, tiles
from analyses.tests.report_projects import A, B, analysed, box, picture, tiny
from analyses.views.comparison import behind
from images.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return tiny()


@pytest.fixture
def look(project: Project) -> Look:
    return Look(project)


# --- the pictures -----------------------------------------------------------------------------------------
def test_the_worst_come_first(look: Look) -> None:
    look(**AB)
    assert tiles(look.html) == [
        "street",
        "yard",
        "sky",
    ]


def test_a_picture_opens_with_both_analyses_and_the_verdicts(look: Look, project: Project) -> None:
    look(**AB, threshold_a="0.3", iou="0.4")
    street = project.images.get(filename="street.jpg")
    a, b = (street.analyses.get(model_name=name) for name in ("yolo", "resnet"))
    link = next(link for link in links(look.html) if link.startswith(reverse("image", args=[street.pk])))
    assert unquote(urlsplit(link).fragment).split("&") == [
        f"a={a.pk},{b.pk}",
        "th=yolo 1*0.3,resnet 2*0",
        f"pair={a.pk}*yolo 1,{b.pk}*resnet 2",
        "iou=0.4",
        "by=verdict",
        "tab=compare",
        "o=",
    ]


def test_both_are_drawn_over_the_thumbnail_as_they_were_cut(look: Look, project: Project) -> None:
    look(**AB, threshold_a="0.3")
    street = project.images.get(filename="street.jpg")
    a, b = (street.analyses.get(model_name=name).pk for name in ("yolo", "resnet"))
    drawings = [
        source.replace("&amp;", "&")
        for source in re.findall(r'class="tile__overlay"\s+src="([^"]+)"', look.html)
    ]
    assert drawings[:2] == [
        f"{reverse('overlay', args=[a])}?line=a&threshold=0.3",
        f"{reverse('overlay', args=[b])}?line=b&threshold=0",
    ]


def test_files_have_the_same_parameters(look: Look) -> None:
    look(**AB, iou="0.4")
    query = link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "CSV")
    assert (query["a"], query["iou"], query["format"]) == ("yolo@1", "0.4", "csv")


def test_names_are_text(look: Look, project: Project) -> None:
    image = picture(project, "<b>.jpg")
    analysed(image, A, box(0, "<script>alert(1)</script>"))
    analysed(image, B)
    look(**AB)
    assert "<script>alert" not in look.html
    assert "<b>.jpg" not in look.html


def test_nothing_is_styled_or_scripted_inline(look: Look) -> None:
    look(**ABC)
    assert re.findall(r'\sstyle="|<style|\son\w+="|<script(?![^>]*src=)', look.html) == []


# --- the pictures behind a number -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "title", "wanted"),
    [
        ({}, "All compared pictures 3 of 3", ["street", "yard", "sky"]),
        ({"verdict": "a_only"}, "Objects that only A saw, and not B 1 in 1 of 3", ["street"]),
        ({"class": "dog"}, "Objects of one class: dog 4 in 2 of 3", ["street", "yard"]),
        ({"class_a": "horse", "class_b": "zebra"}, "A says horse where B says zebra 1 in 1 of 3", ["street"]),
        ({"class_a": "", "class_b": "dog"}, "A says nothing where B says dog 1 in 1 of 3", ["yard"]),
        ({"threshold": "0.65"}, "Disagreement, both from 0.65 2 in 2 of 3", ["street", "yard"]),
        ({"first_a": "garden", "first_b": "farm"}, "A puts garden first, B farm 1 in 1 of 3", ["yard"]),
        ({"empty": "a"}, "A has processed them and found nothing 1 in 1 of 3", ["sky"]),
        ({"only": "a"}, "Only A has processed them 1 of 3", ["alone"]),
        (
            {"reference": "a", "verdict": "false_positive", "class": "zebra"},
            "Wrong detections of B: zebra 1 in 1 of 3",
            ["street"],
        ),
        (
            {"reference": "a", "score_from": "0.3", "score_to": "0.4"},
            "Detections of B with a score from 0.3 to 0.4 1 in 1 of 3",
            ["yard"],
        ),
    ],
    ids=str,
)
def test_the_pictures_behind_a_number(
    look: Look, query: dict[str, str], title: str, wanted: list[str]
) -> None:
    assert title in look("compare-pictures", **AB | query)
    assert tiles(look.html) == wanted


@pytest.mark.parametrize(
    "query", [{"verdict": "sideways"}, {"class": "cow"}, {"threshold": "0.33"}, {"only": "d"}]
)
def test_a_number_that_is_none_is_refused(look: Look, query: dict[str, str]) -> None:
    text = look("compare-pictures", **AB | query)
    assert look.status == 400
    assert next(iter(query)) in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 30])
def test_a_page_that_is_none_is_refused(look: Look, page: str) -> None:
    look("compare-pictures", **AB, page=page)
    assert look.status == 400


def test_pages_go_on_and_back(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behind, "PICTURES_A_PAGE", 2)
    look("compare-pictures", **AB)
    first, onward = tiles(look.html), link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "Next")
    look("compare-pictures", **onward)
    assert (first, tiles(look.html)) == (["street", "yard"], ["sky"])
    assert link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "Previous")["page"] == "1"


def test_a_class_is_drawn_and_opened_alone(look: Look) -> None:
    look("compare-pictures", **AB, **{"class": "dog", "verdict": "a_only"})
    assert "&class_name=dog" in look.html.replace("&amp;", "&")
    assert any(link.endswith("&only=dog") for link in links(look.html))


def test_a_cell_draws_the_class_of_each_side(look: Look) -> None:
    look("compare-pictures", **AB, class_a="horse", class_b="zebra")
    drawings = re.findall(r'class="tile__overlay"\s+src="[^"]+class_name=(\w+)', look.html)
    assert drawings == ["horse", "zebra"]
    assert any(link.endswith("&only=horse,zebra") for link in links(look.html))


def test_of_a_class_that_differs_both_are_drawn(look: Look) -> None:
    look("compare-pictures", **AB, **{"class": "horse", "verdict": "class_differs"})
    assert tiles(look.html) == ["street"]
    assert "class_name=" not in look.html
    assert "only=" not in look.html


def test_another_threshold_is_taken_along(look: Look) -> None:
    look("compare-pictures", **AB, threshold="0.65")
    assert any("th=yolo%201*0.65,resnet%202*0.65" in link for link in links(look.html))


def test_the_pictures_as_csv_are_the_same_ones(look: Look) -> None:
    look("compare-pictures", **AB, verdict="a_only")
    query = link_of(re.sub(r"(?s)<svg.*?</svg>", "", look.html), "CSV")
    assert (query["verdict"], query["format"]) == ("a_only", "csv")
