"""Downloads as generators: text out of a QuerySet, one piece at a time."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from analyses.models import Annotation

CHUNK = 2000  # rows fetched at once
CSV_COLUMNS = [
    "annotation_id",
    "annotation_type",
    "class_name",
    "confidence",
    "x_min",
    "y_min",
    "x_max",
    "y_max",
    "data",
]
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # a spreadsheet runs what starts so


class Echo:
    """A file whose `write` gives the text back, so that csv.writer can feed a generator."""

    def write(self, text: str) -> str:
        return text


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs: a quote goes before what looks like a formula."""
    if text[:1] in ("\t", "\r", "\n") or text.lstrip().startswith(FORMULA_STARTS):
        return "'" + text
    return text


def csv_rows(annotations: QuerySet[Annotation]) -> Iterator[str]:
    """A header and a row an annotation; bounds in pixels, `data` as JSON, UTF-8 without a byte order mark."""
    writer = csv.writer(Echo())
    yield writer.writerow(CSV_COLUMNS)
    for a in annotations.iterator(CHUNK):
        yield writer.writerow(
            [
                a.id,
                a.annotation_type,
                harmless(a.class_name),
                a.confidence,
                a.x_min,
                a.y_min,
                a.x_max,
                a.y_max,
                json.dumps(a.data, ensure_ascii=False, separators=(",", ":")),
            ]
        )


def json_document(analysis: dict[str, Any], annotations: Iterable[dict[str, Any]]) -> Iterator[str]:
    """`{"analysis": {…}, "annotations": […]}`; both arrive ready to be written, in the shapes of the API."""
    yield '{"analysis": ' + json.dumps(analysis, ensure_ascii=False) + ', "annotations": ['
    for i, annotation in enumerate(annotations):
        yield (",\n" if i else "\n") + json.dumps(annotation, ensure_ascii=False)
    yield "\n]}\n"
