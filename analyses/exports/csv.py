"""CSV: a header and a row an annotation; bounds in pixels, `data` as JSON, UTF-8 without a byte order mark."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from analyses.exports.rows import can_copy, copied, fetched, snapshot, with_picture
from analyses.exports.selection import Selection
from analyses.exports.spelling import (
    OF_ANALYSIS,
    OF_PICTURE,
    REMEMBERED,
    TABLE,
    dashed,
    harmless,
    harmless_sql,
    number_sql,
)
from analyses.exports.walk import Stretch, stretches
from analyses.exports.written import Written
from analyses.models import Analysis, Annotation
from images.models import Image

# Header -> the field, and the SQL that PostgreSQL writes the cell with. as_csv() takes the fields in this order.
COLUMNS = {
    "annotation_id": ("id", f"{TABLE}.id"),
    "annotation_type": ("annotation_type", f"{TABLE}.annotation_type"),
    "class_name": ("class_name", harmless_sql("class_name")),
    **{name: (name, number_sql(name)) for name in ("confidence", "x_min", "y_min", "x_max", "y_max")},
    "data": ("data", f"{TABLE}.data"),
}
# Whatever more than one analysis is written has in front, since rows are of several then.
IN_FRONT = {
    "image_id": f"{OF_ANALYSIS}.image_id",
    "filename": harmless_sql("filename", OF_PICTURE),
    "analysis_id": f"{TABLE}.analysis_id",
    "model_name": harmless_sql("model_name", OF_ANALYSIS),
    "model_version": harmless_sql("model_version", OF_ANALYSIS),
}


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The file, in pieces of whole lines."""
    names = [*COLUMNS] if selection.analysis else [*IN_FRONT, *COLUMNS]
    beginning = ",".join(names).encode() + b"\r\n"
    with snapshot():
        if not selection.analysis:  # whose first rows may be far
            yield beginning
            beginning = b""
        for block, count in blocks(selection):
            written.annotations += count
            yield beginning + block
            beginning = b""
        if beginning:
            yield beginning


def blocks(selection: Selection) -> Iterator[tuple[bytes, int]]:
    """The lines after the header, and how many they are."""
    if selection.analysis:
        yield from rows(selection.annotations())
        return
    for stretch in stretches(selection):
        annotations = selection.annotations(stretch.ids()).select_related(None)
        yield from joined(annotations, stretch) if stretch.analyses else ()


def rows(annotations: QuerySet[Annotation]) -> Iterator[tuple[bytes, int]]:
    """The lines of one analysis."""
    if can_copy():
        columns = [sql for _, sql in COLUMNS.values()]
        for block, count in copied(annotations, columns, "FORMAT CSV"):
            yield with_crlf(block, count), count
    else:
        columns = [f"{TABLE}.{field}" for field, _ in COLUMNS.values()]
        for tuples in fetched(annotations, columns):
            yield as_csv(tuples), len(tuples)


def joined(annotations: QuerySet[Annotation], stretch: Stretch) -> Iterator[tuple[bytes, int]]:
    """The lines of these analyses, with what they have in front."""
    if can_copy():
        columns = [*IN_FRONT.values(), *(sql for _, sql in COLUMNS.values())]
        for block, count in copied(with_picture(annotations), columns, "FORMAT CSV"):
            yield with_crlf(block, count), count
        return
    fronts = {analysis_id.replace("-", ""): front(*both) for analysis_id, both in stretch.of().items()}
    columns = [f"{TABLE}.analysis_id", *(f"{TABLE}.{field}" for field, _ in COLUMNS.values())]
    for tuples in fetched(annotations, columns):
        for analysis_id, some in groupby(tuples, itemgetter(0)):
            lines = [row[1:] for row in some]
            yield as_csv(lines, fronts[analysis_id]), len(lines)


def front(analysis: Analysis, picture: Image) -> str:
    """The cells in front of an annotation's."""
    texts = (picture.filename, analysis.model_name, analysis.model_version)
    filename, model_name, model_version = (quoted(harmless(text)) for text in texts)
    return f"{picture.pk},{filename},{analysis.pk},{model_name},{model_version},"


def with_crlf(block: bytes, count: int) -> bytes:
    """The block with its `count` lines ended by CR LF; LF alone inside of quotes stays what it is."""
    if block.count(b"\n") == count:
        return block.replace(b"\n", b"\r\n")
    parts = block.split(b'"')  # a quote inside of quotes is doubled: every other part lies outside
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)


def as_csv(tuples: list[tuple[Any, ...]], front: str = "") -> bytes:
    """The lines of these fields; twice as quick as csv.writer, whose bytes they are."""
    lines = []
    for id_, kind, class_name, confidence, x_min, y_min, x_max, y_max, data in tuples:
        numbers = f"{confidence},{x_min},{y_min},{x_max},{y_max}"
        if "None" in numbers:
            numbers = numbers.replace("None", "")
        lines.append(f"{front}{dashed(id_)},{kind},{name(class_name)},{numbers},{quoted(data)}\r\n")
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
