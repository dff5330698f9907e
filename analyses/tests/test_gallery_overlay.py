"""The drawing over a thumbnail."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analyses.models import Analysis, Status
from analyses.tests.factories import BOX, add_annotations
from analyses.views import overlay


@pytest.fixture
def draw(analysis: Analysis, member_client: Client) -> Any:
    def load(**query: str) -> Any:
        return member_client.get(reverse("overlay", args=[analysis.pk]), query)

    return load


def boxes(answer: Any) -> list[str]:
    """The rectangles in colour, as the lower half of the drawing has them."""
    coloured = answer.content.decode().rpartition("<g ")[2]
    return re.findall(r"M[^Z]+Z", coloured)


def box(left: int, confidence: float | None = 0.5, class_name: str = "person") -> dict[str, Any]:
    data = {"bbox": [left, 2, 3, 4], "format": "xywh"}
    return BOX | {"class_name": class_name, "confidence": confidence, "data": data}


def test_a_box_is_drawn_where_it_is(analysis, draw):
    add_annotations(analysis, box(1))
    assert boxes(draw()) == ["M1.0 2.0H4.0V6.0H1.0Z"]


def test_the_drawing_has_the_size_of_the_picture(draw):
    assert 'viewBox="0 0 40 30"' in draw().content.decode()


def test_it_is_a_picture(draw):
    assert draw()["Content-Type"] == "image/svg+xml"


def test_a_class_has_the_colour_of_its_name(analysis, draw):
    add_annotations(analysis, box(1, class_name="person"))
    assert 'stroke="#54b4e4"' in draw().content.decode()


def test_a_colour_that_people_chose_is_taken(analysis, draw):
    add_annotations(analysis, box(1, class_name="person"))
    analysis.image.project.recolour({"person": "#123456"})
    assert 'stroke="#123456"' in draw().content.decode()


def test_another_colour_makes_another_drawing(analysis, draw):
    before = draw()["ETag"]
    analysis.image.project.recolour({"person": "#123456"})
    assert draw()["ETag"] != before


def test_the_best_lies_on_top(analysis, draw):
    add_annotations(analysis, box(1, 0.9), box(2, None), box(3, 0.1))
    assert [path[:4] for path in boxes(draw())] == ["M2.0", "M3.0", "M1.0"]


def test_only_the_best_are_drawn(analysis, draw, monkeypatch):
    monkeypatch.setattr(overlay, "MOST_DRAWN", 1)
    add_annotations(analysis, box(1, 0.8), box(2, 0.9), box(3, 0.7))
    assert [path[:4] for path in boxes(draw())] == ["M2.0"]


def test_a_class_can_be_chosen(analysis, draw):
    add_annotations(analysis, box(1), box(2, class_name="car"))
    assert [path[:4] for path in boxes(draw(class_name="car"))] == ["M2.0"]


def test_a_least_score_can_be_chosen(analysis, draw):
    add_annotations(analysis, box(1, 0.59), box(2, 0.6), box(3, None))
    assert [path[:4] for path in boxes(draw(min_confidence="0.6"))] == ["M2.0"]


def test_what_has_no_place_is_not_drawn(analysis, draw):
    label = {"annotation_type": "classification", "class_name": "cat", "confidence": 0.9, "data": {}}
    add_annotations(analysis, label)
    assert boxes(draw()) == []


def test_a_score_between_the_tenths_is_a_bad_request(draw):
    assert draw(min_confidence="0.65").status_code == 400


def test_a_final_drawing_may_be_kept(analysis, draw):
    analysis.move_to(Status.COMPLETED)
    assert draw()["Cache-Control"] == "private, max-age=86400"


def test_a_growing_drawing_is_asked_for_again(draw):
    assert draw()["Cache-Control"] == "private, no-cache"


def test_an_unchanged_drawing_is_not_sent_again(analysis, member_client, draw):
    url, etag = reverse("overlay", args=[analysis.pk]), draw()["ETag"]
    assert member_client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_grown_drawing_is_sent_again(analysis, member_client, draw):
    url, etag = reverse("overlay", args=[analysis.pk]), draw()["ETag"]
    add_annotations(analysis, box(1))
    assert member_client.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_switched_off_analyses_are_not_drawn(draw, settings):
    settings.ML_ANALYSIS_ENABLED = False
    assert draw().status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_a_drawing_asks_a_constant_number_of_queries(analysis, draw, count, django_assert_num_queries):
    add_annotations(analysis, *[box(number) for number in range(count)])
    with django_assert_num_queries(4):  # session, user, analysis, objects
        assert len(boxes(draw())) == count


# --- of models that are compared --------------------------------------------------------------------------
def test_a_compared_model_has_one_colour_and_its_dash(analysis, draw):
    add_annotations(analysis, box(1, class_name="person"), box(5, class_name="car"))
    coloured = draw(line="b").content.decode().rpartition("<g ")[2]
    assert re.findall(r'stroke="(#\w+)" stroke-dasharray="([^"]+)"', coloured) == [("#e69f00", "4 2.5")]


def test_an_unknown_line_changes_nothing(analysis, draw):
    add_annotations(analysis, box(1, class_name="person"))
    assert draw(line="x").content == draw().content


def test_a_threshold_leaves_out_what_is_weaker_and_keeps_what_has_no_score(analysis, draw):
    add_annotations(analysis, box(1, 0.35), box(2, 0.34), box(3, None))
    assert sorted(boxes(draw(threshold="0.35"))) == ["M1.0 2.0H4.0V6.0H1.0Z", "M3.0 2.0H6.0V6.0H3.0Z"]


@pytest.mark.parametrize("threshold", ["x", "2", "nan"])
def test_a_threshold_that_is_none_is_refused(draw, threshold):
    assert draw(threshold=threshold).status_code == 400
