"""Parquet where pyarrow is installed, and a clear sentence where it is not."""

import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from analyses.exports import FORMATS, Contents, Selection, archive, parquet
from analyses.models import Analysis, Annotation
from analyses.tests.annotations_as_sent import item
from analyses.tests.factories import BOX, add_annotations


def test_without_pyarrow_it_is_said_how_to_get_it(
    analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet.importlib.util, "find_spec", lambda name: None)
    selection = Selection(analysis=analysis.pk)
    with pytest.raises(parquet.NotInstalled, match=r"pip install -r requirements-parquet\.txt"):
        FORMATS["parquet"].pieces(selection)
    with pytest.raises(parquet.NotInstalled):
        archive.pieces(selection, Contents([FORMATS["parquet"]]))


def test_a_sink_gives_away_what_was_written() -> None:
    sink = parquet.Sink()
    assert (sink.write(b"abc"), sink.write(memoryview(b"de")), sink.tell()) == (3, 2, 5)
    assert (sink.taken(), sink.taken(), sink.tell()) == (b"abcde", b"", 5)


def test_groups_have_all_rows_in_order(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 50)
    polygon = item("segmentation", {"points": [[1, 1], [5, 1], [5, 5]]}, class_name="a", confidence=None)
    add_annotations(analysis, *[BOX, polygon] * 150)
    found = list(parquet.groups(Selection(analysis=analysis.pk)))
    assert sum(map(len, found)) == 300
    assert len(found) > 1
    rows = [dict(zip(parquet.COLUMNS, row, strict=True)) for rows in found for row in rows]
    expected = list(Annotation.objects.order_by("id"))
    assert [row["annotation_id"] for row in rows] == [str(a.pk) for a in expected]
    assert [(row["class_name"], row["confidence"], row["x_min"]) for row in rows[:2]] == [
        ("person", 0.95, 100.0),
        ("a", None, 1.0),
    ]
    assert {(row["image_id"], row["model_name"]) for row in rows} == {(str(analysis.image_id), "yolo_v8")}


def written(analysis: Analysis) -> Any:
    raw = b"".join(FORMATS["parquet"].pieces(Selection(analysis=analysis.pk)))
    return pq.read_table(io.BytesIO(raw))


def test_pyarrow_reads_what_is_written(analysis: Analysis) -> None:
    add_annotations(analysis, *[BOX] * 10, BOX | {"confidence": 0.1 + 0.2, "class_name": "größe"})
    table = written(analysis)
    assert table.column_names == list(parquet.COLUMNS)
    assert table.num_rows == 11
    last = table.slice(10).to_pylist()[0]
    assert (last["confidence"], last["class_name"]) == (0.1 + 0.2, "größe")


def test_an_empty_file_has_its_columns(analysis: Analysis) -> None:
    assert written(analysis).column_names == list(parquet.COLUMNS)
