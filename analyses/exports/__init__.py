"""Downloads as generators of bytes, from the first row on and in constant memory.

    rows.py       a look at one moment, and annotations at the database's own speed: COPY or a cursor
    spelling.py   how numbers, times and cells are written, in SQL and in Python alike
    csv.py        one row an annotation
    json.py       one document, in the shapes of the API

A new format is a module with a function like `csv.pieces`, and a line in FORMATS; docs/api-guide.md lists them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from analyses.exports import csv, json
from analyses.exports.spelling import harmless
from analyses.models import Annotation

CSV_COLUMNS = list(csv.COLUMNS)

# How the analysis reads back; called inside the same moment as the annotations are read in.
Describe = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its content type, and what makes its bytes out of annotations in their order."""

    content_type: str
    pieces: Callable[[QuerySet[Annotation], Describe], Iterator[bytes]]


# By the name that `?format=` and the file's ending have; the first is the default.
FORMATS = {
    "json": Format("application/json", json.pieces),
    "csv": Format("text/csv; charset=utf-8", csv.pieces),
}

__all__ = ["CSV_COLUMNS", "FORMATS", "Describe", "Format", "harmless"]
