"""The comparison of two analyses of a picture: what it answers, to whom, and at what cost."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analyses import comparison
from analyses.comparison import gate
from analyses.models import Analysis
from analyses.tests.factories import AnalysisFactory, add_annotations

Compare = Callable[..., Any]
GUIDE = (settings.BASE_DIR / "docs" / "api-guide.md").read_text(encoding="utf-8")


def box(
    x: float, class_name: str = "dog", confidence: float | None = 0.9, width: float = 10
) -> dict[str, Any]:
    return {
        "annotation_type": "bounding_box",
        "class_name": class_name,
        "confidence": confidence,
        "data": {"bbox": [x, 0, width, 10]},
    }


@pytest.fixture
def other(analysis: Analysis) -> Analysis:
    return AnalysisFactory(image=analysis.image, model_name="resnet50", model_version="1.2")


@pytest.fixture
def compare(member_client: Client, analysis: Analysis, other: Analysis) -> Compare:
    """`compare(iou=0.7)`: A is `analysis`, B is `other`."""

    def call(**params: Any) -> Any:
        both = {"a": analysis.pk, "b": other.pk}
        return member_client.get(f"/api/images/{analysis.image_id}/compare", both | params)

    return call


def ids_of(analysis: Analysis) -> list[str]:
    return [str(pk) for pk in analysis.annotations.order_by("id").values_list("pk", flat=True)]


@pytest.fixture
def guides(analysis: Analysis, other: Analysis) -> None:
    """What the guide's sample is about."""
    add_annotations(
        analysis, box(0, "dog", 0.9), box(30, "horse", 0.8), box(60, "dog", 0.4), box(90, "dog", 0.2)
    )
    add_annotations(other, box(0, "dog", 0.7), box(30, "zebra", 0.6, width=5))


# --- what it answers ----------------------------------------------------------------------------------------
def without_ids(said: dict[str, Any]) -> dict[str, Any]:
    """A comparison with every id replaced by its kind."""
    text = re.sub(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '"id"', json.dumps(said))
    return json.loads(text)


def test_it_answers_as_the_guide_says(compare: Compare, guides: None) -> None:
    sample = re.search(r"<!-- compared: two detectors -->\n```json\n(.*?)```", GUIDE, re.DOTALL)
    assert sample
    said = json.loads(sample[1])
    for side in ("a", "b"):
        said[side]["status"] = "queued"
    assert without_ids(compare(min_a=0.3).json()) == without_ids(said)


def test_the_ids_are_those_of_the_annotations(
    compare: Compare, guides: None, analysis: Analysis, other: Analysis
) -> None:
    found = compare().json()
    a, b = ids_of(analysis), ids_of(other)
    assert [(pair["a"], pair["b"]) for pair in found["pairs"]] == [(a[0], b[0]), (a[1], b[1])]
    assert (found["a_only"], found["b_only"]) == (a[2:], [])
    assert (found["a"]["id"], found["b"]["id"]) == (str(analysis.pk), str(other.pk))
    assert found["image_id"] == str(analysis.image_id)


def test_exchanging_both_exchanges_the_answer(
    compare: Compare, guides: None, analysis: Analysis, other: Analysis
) -> None:
    found, turned = compare().json(), compare(a=other.pk, b=analysis.pk).json()
    assert [(pair["b"], pair["a"]) for pair in found["pairs"]] == [(p["a"], p["b"]) for p in turned["pairs"]]
    assert (found["a_only"], found["b_only"]) == (turned["b_only"], turned["a_only"])


@pytest.mark.parametrize(
    ("params", "pairs"),
    [
        ({}, 2),
        ({"iou": 0.51}, 1),
        ({"iou": 0.1}, 2),
        ({"min_a": 0.85}, 1),
        ({"min_b": 0.65}, 1),
        ({"min_b": 0.7}, 1),
        ({"min_b": 0.71}, 0),
    ],
    ids=str,
)
def test_what_is_paired(compare: Compare, guides: None, params: dict[str, float], pairs: int) -> None:
    assert len(compare(**params).json()["pairs"]) == pairs


def test_what_has_no_score_always_counts(compare: Compare, analysis: Analysis, other: Analysis) -> None:
    add_annotations(analysis, box(0, confidence=None))
    add_annotations(other, box(0))
    assert len(compare(min_a=1).json()["pairs"]) == 1


def test_nothing_at_all_is_an_answer(compare: Compare) -> None:
    found = compare().json()
    assert (found["pairs"], found["a_only"], found["classes"]) == ([], [], [])
    assert found["agreement"]["object_agreement"] is None


def test_an_analysis_agrees_with_itself(compare: Compare, guides: None, analysis: Analysis) -> None:
    found = compare(b=analysis.pk).json()["agreement"]
    assert (found["agree"], found["object_agreement"], found["mean_iou"]) == (4, 1, 1)


def test_what_has_no_place_is_not_compared(compare: Compare, analysis: Analysis) -> None:
    add_annotations(
        analysis,
        {"annotation_type": "classification", "class_name": "dog", "confidence": 0.9, "data": {}},
    )
    assert compare().json()["agreement"]["count_a"] == 0


def test_a_mask_is_stretched_over_the_picture(compare: Compare, analysis: Analysis, other: Analysis) -> None:
    """Its grid is a tenth of the picture: four pixels of it are forty by forty of ours."""
    image = analysis.image
    image.width, image.height = 100, 100
    image.save()
    mask = {"size": [10, 10], "counts": [0, 4, 6, 4, 6, 4, 6, 4, 66]}
    add_annotations(
        analysis,
        {"annotation_type": "segmentation", "class_name": "dog", "confidence": 0.5, "data": {"rle": mask}},
    )
    ring = [[0, 0], [40, 0], [40, 40], [0, 40]]
    add_annotations(
        other,
        {"annotation_type": "segmentation", "class_name": "dog", "confidence": 0.5, "data": {"points": ring}},
    )
    assert [pair["iou"] for pair in compare().json()["pairs"]] == [1]


# --- what it refuses ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a", "yolo"),
        ("b", ""),
        ("iou", "0"),
        ("iou", "1.1"),
        ("iou", "nan"),
        ("iou", "half"),
        ("min_a", "-0.1"),
        ("min_a", "2"),
        ("min_b", ""),
        ("min_b", "inf"),
    ],
)
def test_a_bad_parameter_is_named(compare: Compare, name: str, text: str) -> None:
    response = compare(**{name: text})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [name]


@pytest.mark.parametrize("name", ["a", "b"])
def test_an_analysis_of_another_picture_is_404(compare: Compare, analysis: Analysis, name: str) -> None:
    elsewhere = AnalysisFactory(image__project=analysis.image.project)
    assert compare(**{name: elsewhere.pk}).status_code == 404


def test_an_unknown_analysis_is_404(compare: Compare) -> None:
    assert compare(b=uuid.uuid4()).status_code == 404


def test_strangers_get_404(stranger_client: Client, analysis: Analysis, other: Analysis) -> None:
    both = {"a": analysis.pk, "b": other.pk}
    assert stranger_client.get(f"/api/images/{analysis.image_id}/compare", both).status_code == 404


def test_the_feature_can_be_switched_off(compare: Compare, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert compare().status_code == 404


def test_too_many_overlaps_are_a_400(
    compare: Compare, analysis: Analysis, other: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MOST", 8)
    for one in (analysis, other):
        add_annotations(one, *[box(0)] * 3)
    response = compare()
    assert response.status_code == 400
    assert "Ask for a higher iou" in response.json()["detail"]


# --- what it costs --------------------------------------------------------------------------------------------
def test_it_takes_the_same_queries_whatever_is_compared(
    compare: Compare, analysis: Analysis, other: Analysis
) -> None:
    with CaptureQueriesContext(connection) as empty:
        compare()
    for one in (analysis, other):
        add_annotations(one, *[box(20 * place) for place in range(40)])
    with CaptureQueriesContext(connection) as full:
        assert len(compare().json()["pairs"]) == 40
    assert len(full) == len(empty) == 6  # session, user, picture, both analyses, the annotations of each


def test_the_default_is_the_one_of_the_sums(compare: Compare) -> None:
    assert compare().json()["iou"] == comparison.DEFAULT_IOU
