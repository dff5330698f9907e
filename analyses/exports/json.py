"""JSON: `{"analysis": {…}, "annotations": […]}` in the shapes of the API, an annotation a line."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from analyses.exports.rows import can_copy, copied, fetched, snapshot
from analyses.exports.spelling import REMEMBERED, TABLE, created_at, dashed, number_sql
from analyses.models import Annotation

BEGINNING = '{"id":"'
ITEM = BEGINNING + '%s","annotation_type":"%s","class_name":%s,"confidence":%s,"data":%s,"created_at":"%s"}'
FIELDS = ("id", "annotation_type", "class_name", "confidence", "data")

# The same without the end: PostgreSQL would write the time anew for each row, and whole batches have one.
COLUMNS = [
    f"""'{BEGINNING}' || {TABLE}.id || '","annotation_type":"' || {TABLE}.annotation_type || '","class_name":'""",
    f"to_json({TABLE}.class_name)",
    """',"confidence":'""",
    number_sql("confidence"),
    """',"data":'""",
    f"{TABLE}.data",
]
# COPY's text format would double backslashes. As CSV it leaves all alone but its delimiter and its quote: two bytes
# that JSON cannot hold, so what COPY adds of them is taken out again.
DELIMITER, QUOTE = b"\x01", b"\x02"
OPTIONS = r"FORMAT CSV, DELIMITER E'\x01', QUOTE E'\x02', NULL 'null'"


def pieces(annotations: QuerySet[Annotation], describe: Callable[[], dict[str, Any]]) -> Iterator[bytes]:
    """The document, in pieces of whole annotations."""
    with snapshot():
        analysis = json.dumps(describe(), ensure_ascii=False, separators=(",", ":"))
        between = f'{{"analysis":{analysis},"annotations":[\n'.encode()
        for block in rows(annotations):
            yield between + block
            between = b",\n"
        yield (b"\n" if between == b",\n" else between) + b"]}\n"


def rows(annotations: QuerySet[Annotation]) -> Iterator[bytes]:
    """The annotations, a comma and a line feed between them."""
    if can_copy():
        for block, _ in copied(annotations, COLUMNS, OPTIONS):
            yield with_times(block[:-1].replace(DELIMITER, b"").replace(QUOTE, b""))
    else:
        for tuples in fetched(annotations, [f"{TABLE}.{name}" for name in FIELDS]):
            yield as_json(tuples)


def with_times(block: bytes) -> bytes:
    """The lines with their ends. They are in the order of their ids, so where the first and the last are of one time
    all are."""
    last = block.rfind(b"\n") + 1
    if begun(block[last:]) == begun(block):
        end = ended(begun(block))
        return block.replace(b"\n", end + b",\n") + end
    return b",\n".join([line + ended(begun(line)) for line in block.split(b"\n")])


def begun(line: bytes) -> bytes:
    """The part of the id that is a time."""
    return line[len(BEGINNING) : len(BEGINNING) + 13]


@lru_cache(REMEMBERED)
def ended(beginning: bytes) -> bytes:
    """The end of an annotation whose id begins so."""
    return f',"created_at":"{created_at(beginning.decode().replace("-", ""))}"}}'.encode()


def as_json(tuples: list[tuple[Any, ...]]) -> bytes:
    """These annotations; a tuple has FIELDS."""
    texts = [
        ITEM
        % (
            *(dashed(id_), kind, quoted(class_name), "null" if confidence is None else confidence),
            *(data, created_at(id_[:12])),
        )
        for id_, kind, class_name, confidence, data in tuples
    ]
    return ",\n".join(texts).encode()


@lru_cache(REMEMBERED)
def quoted(text: str) -> str:
    """The text as JSON."""
    return json.dumps(text, ensure_ascii=False)
