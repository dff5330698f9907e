"""CSV: a header and a row an annotation; bounds in pixels, `data` as JSON, UTF-8 without a byte order mark."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from analyses.exports.rows import can_copy, copied, fetched, snapshot
from analyses.exports.spelling import REMEMBERED, TABLE, dashed, harmless, harmless_sql, number_sql
from analyses.models import Annotation

# Header -> the field, and the SQL that PostgreSQL writes the cell with. as_csv() takes the fields in this order.
COLUMNS = {
    "annotation_id": ("id", f"{TABLE}.id"),
    "annotation_type": ("annotation_type", f"{TABLE}.annotation_type"),
    "class_name": ("class_name", harmless_sql("class_name")),
    **{name: (name, number_sql(name)) for name in ("confidence", "x_min", "y_min", "x_max", "y_max")},
    "data": ("data", f"{TABLE}.data"),
}
HEADER = ",".join(COLUMNS).encode() + b"\r\n"


def pieces(annotations: QuerySet[Annotation], _describe: Callable[[], dict[str, Any]]) -> Iterator[bytes]:
    """The file, in pieces of whole lines."""
    with snapshot():
        beginning = HEADER
        for block in rows(annotations):
            yield beginning + block
            beginning = b""
        if beginning:
            yield beginning


def rows(annotations: QuerySet[Annotation]) -> Iterator[bytes]:
    """The lines after the header."""
    if can_copy():
        columns = [sql for _, sql in COLUMNS.values()]
        for block, count in copied(annotations, columns, "FORMAT CSV"):
            yield with_crlf(block, count)
    else:
        columns = [f"{TABLE}.{field}" for field, _ in COLUMNS.values()]
        for tuples in fetched(annotations, columns):
            yield as_csv(tuples)


def with_crlf(block: bytes, count: int) -> bytes:
    """The block with its `count` lines ended by CR LF; LF alone inside of quotes stays what it is."""
    if block.count(b"\n") == count:
        return block.replace(b"\n", b"\r\n")
    parts = block.split(b'"')  # a quote inside of quotes is doubled: every other part lies outside
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)


def as_csv(tuples: list[tuple[Any, ...]]) -> bytes:
    """The lines of these fields; twice as quick as csv.writer, whose bytes they are."""
    lines = []
    for id_, kind, class_name, confidence, x_min, y_min, x_max, y_max, data in tuples:
        numbers = f"{confidence},{x_min},{y_min},{x_max},{y_max}"
        if "None" in numbers:
            numbers = numbers.replace("None", "")
        lines.append(f"{dashed(id_)},{kind},{name(class_name)},{numbers},{quoted(data)}\r\n")
    return "".join(lines).encode()


@lru_cache(REMEMBERED)
def name(class_name: str) -> str:
    """The cell of a class name."""
    return quoted(harmless(class_name))


def quoted(text: str) -> str:
    """The text as a cell: in quotes where it must be."""
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text
