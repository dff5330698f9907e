"""The counters agree with the rows, whatever came in and in however many batches."""

from typing import Any

from analyses.models import Analysis
from analyses.tests.conftest import STATEMENTS_A_BATCH, Callback
from analyses.tests.factories import BOX, add_annotations


def counters(analysis: Analysis) -> dict[tuple[str, str], list[int]]:
    return {
        (t.annotation_type, t.class_name): [t.count, t.at_0, t.at_5, t.at_9] for t in analysis.tallies.all()
    }


def test_a_batch_is_counted_by_type_class_and_level(analysis: Analysis) -> None:
    scores = [0.0, 0.49, 0.5, 0.9, 1.0, None]
    add_annotations(analysis, *(BOX | {"confidence": score} for score in scores))
    assert counters(analysis) == {("bounding_box", "person"): [6, 5, 3, 2]}


def test_batches_add_up(analysis: Analysis) -> None:
    add_annotations(analysis, BOX, BOX | {"class_name": "car"})
    add_annotations(analysis, BOX)
    assert counters(analysis) == {
        ("bounding_box", "person"): [2, 2, 2, 2],
        ("bounding_box", "car"): [1, 1, 1, 1],
    }


def test_a_replay_is_not_counted_again(callback: Callback, analysis: Analysis) -> None:
    for _ in range(2):
        callback("bulk", {"annotations": [BOX]})
    assert counters(analysis) == {("bounding_box", "person"): [1, 1, 1, 1]}


def test_replace_counts_anew(callback: Callback, analysis: Analysis) -> None:
    callback("bulk", {"annotations": [BOX] * 3})
    callback("bulk", {"annotations": [BOX | {"class_name": "car"}], "mode": "replace"})
    assert counters(analysis) == {("bounding_box", "car"): [1, 1, 1, 1]}


def test_counting_takes_as_many_queries_for_fifty_classes_as_for_one(
    callback: Callback, django_assert_num_queries: Any
) -> None:
    many = [BOX | {"class_name": f"class {i}"} for i in range(50)]
    with django_assert_num_queries(STATEMENTS_A_BATCH):
        callback("bulk", {"annotations": many})
