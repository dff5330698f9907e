"""Batches of more than a socket holds: PostgreSQL gets them from a thread; SQLite must do the same."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from analyses import formats, ingest
from analyses.insertion import insert_annotations
from analyses.models import Analysis, Annotation
from analyses.tests.factories import BOX
from vista.errors import Invalid
from vista.fields import new_id

COUNT = 3000
RUNS = [1000 + i for i in range(200)]
MASK = {
    "annotation_type": "segmentation",
    "class_name": "a",
    "data": {"rle": {"size": [1000, 1000], "counts": [*RUNS, 10**6 - sum(RUNS)]}, "format": "rle"},
}
LARGE: list[dict[str, Any]] = [MASK | {"confidence": i / COUNT} for i in range(COUNT)]


def body(items: list[dict[str, Any]]) -> bytes:
    return json.dumps({"annotations": items}, separators=(",", ":")).encode()


@pytest.mark.django_db(transaction=True)
def test_a_large_batch_is_stored_in_its_order(analysis: Analysis) -> None:
    ingest.submit(analysis, body(LARGE))
    stored = Annotation.objects.order_by("id").values_list("confidence", "data")
    assert list(stored) == [(item["confidence"], item["data"]) for item in LARGE]


@pytest.mark.django_db(transaction=True)
def test_no_thread_is_left(analysis: Analysis) -> None:
    before = threading.active_count()
    ingest.submit(analysis, body(LARGE))
    assert threading.active_count() == before


@pytest.mark.django_db(transaction=True)
def test_a_fault_behind_much_that_waits_leaves_nothing(analysis: Analysis) -> None:
    with pytest.raises(Invalid):
        ingest.submit(analysis, body([*LARGE, BOX | {"confidence": 2}]))
    assert Annotation.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_after_a_fault_the_next_batch_is_stored(analysis: Analysis) -> None:
    with pytest.raises(Invalid):
        ingest.submit(analysis, body([*LARGE, BOX | {"confidence": 2}]))
    ingest.submit(analysis, body([BOX]))
    assert Annotation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_meanwhile_is_said(analysis: Analysis) -> None:
    """On SQLite a row that it refuses stands for that."""
    row = formats.read_annotation(MASK).row()

    def rows() -> Iterator[formats.Row]:
        for i in range(COUNT):
            if i == COUNT // 2:
                go_away()
            yield row if i < COUNT - 1 else ("nonsense", *row[1:])

    with pytest.raises(DatabaseError), transaction.atomic():
        insert_annotations(analysis.pk, new_id(), rows())
    connection.close()
    assert Annotation.objects.count() == 0


def go_away() -> None:
    """The server ends our connection."""
    if connection.vendor == "postgresql":
        process = connection.connection.info.backend_pid
        thread = threading.Thread(target=end, args=(process,))
        thread.start()
        thread.join()


def end(process: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    connection.close()
