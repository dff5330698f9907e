"""Identical batches at once, and batches that meet an ending: both databases, real threads."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from analyses import formats, ingest
from analyses.models import Analysis, Annotation
from analyses.tests.conftest import Callback
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from vista.errors import Invalid


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` … `act(count - 1)` in threads that start together; the results in that order."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        try:
            barrier.wait()
            results[index] = act(index)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_eight_times_at_once_is_stored_once(callback: Callback) -> None:
    answers = at_once(8, lambda _: callback("bulk", {"annotations": [BOX] * 20}))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert Annotation.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_of_conflicting_finalizes_one_wins(callback: Callback, analysis: Analysis) -> None:
    endings = ["completed", "failed"] * 4
    answers = at_once(8, lambda i: callback("finalize", {"status": endings[i]}))
    analysis.refresh_from_db()
    expected = [200 if ending == analysis.status else 409 for ending in endings]
    assert [answer.status_code for answer in answers] == expected


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_makes_one_analysis(analysis: Analysis, member_client: Any) -> None:
    def create(_: int) -> Any:
        return member_client.post(
            f"/api/images/{analysis.image_id}/analyses",
            {"model_name": "yolo_v8", "model_version": "1"},
            "application/json",
            headers={"Idempotency-Key": "once"},
        )

    answers = at_once(4, create)
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_fault_in_the_last_item_stores_nothing(callback: Callback, analysis: Analysis) -> None:
    callback("bulk", {"annotations": [BOX] * 10 + [BOX | {"confidence": 2}]})
    analysis.refresh_from_db()
    assert (Annotation.objects.count(), analysis.annotation_count) == (0, 0)


def test_the_order_of_batches_is_the_order_of_reading(analysis: Analysis) -> None:
    for name in "abc":
        add_annotations(analysis, BOX | {"class_name": name}, BOX | {"class_name": name.upper()})
    assert [a.class_name for a in analysis.annotations.all()] == ["a", "A", "b", "B", "c", "C"]


def test_a_batch_of_one_analysis_is_no_replay_of_anothers(callback: Callback) -> None:
    other = AnalysisFactory()
    callback("bulk", {"annotations": [BOX]})
    response = callback("bulk", {"annotations": [BOX]}, to=other.pk)
    assert "Idempotent-Replayed" not in response


@pytest.mark.django_db(transaction=True)
def test_a_fault_that_is_seen_behind_the_last_row_leaves_nothing(analysis: Analysis) -> None:
    box = b'{"annotation_type":"bounding_box","class_name":"a","data":{"bbox":[1,2,3,4],"format":"xywh"}}'
    twice = box.replace(b'"class_name":"a"', b'"class_name":"b","class_name":"a"')
    with pytest.raises(Invalid):
        ingest.submit(analysis, b'{"annotations":[' + box + b"," + twice + b"]}")
    assert (Annotation.objects.count(), analysis.tallies.count(), analysis.receipts.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_only_the_thorough_way_takes_is_stored_once(analysis: Analysis) -> None:
    edges = {"x_min": 1, "y_min": 2, "x_max": 3, "y_max": 4}
    accepted = add_annotations(analysis, BOX, BOX | {"data": edges})
    assert [str(a.pk) for a in Annotation.objects.order_by("id")] == accepted.ids()


EVERY_TYPE = [
    BOX,
    BOX | {"confidence": None, "class_name": "Größe"},
    {"annotation_type": "classification", "class_name": "cat", "data": {"scores": {"cat": 1}}},
    {
        "annotation_type": "segmentation",
        "class_name": "dog",
        "confidence": 0.5,
        "data": {"rle": {"size": [4, 5], "counts": [3, 4, 13]}, "format": "rle"},
    },
]


@pytest.mark.parametrize(
    "count", [98, 99, 100, 198, 1001]
)  # SQLite takes 99 at a time, PostgreSQL a thousand
def test_all_that_was_sent_is_stored_in_its_order(analysis: Analysis, count: int) -> None:
    items = [EVERY_TYPE[i % len(EVERY_TYPE)] for i in range(count)]
    accepted = add_annotations(analysis, *items)
    fields = ("annotation_type", "class_name", "confidence", "x_min", "y_min", "x_max", "y_max", "data")
    stored = list(Annotation.objects.order_by("id").values_list(*fields))
    expected = [annotation.row() for annotation in formats.read_batch(items)]
    assert stored == [(*row[:-1], json.loads(row[-1])) for row in expected]
    assert [
        str(pk) for pk in Annotation.objects.order_by("id").values_list("pk", flat=True)
    ] == accepted.ids()
