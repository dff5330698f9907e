"""JSON: `{"analysis": {…}, "annotations": […]}` in the shapes of the API, an annotation a line."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from analyses.exports.rows import can_copy, copied, fetched, snapshot
from analyses.exports.spelling import REMEMBERED, TABLE, created_at, created_at_sql, dashed, number_sql
from analyses.models import Annotation

# Field -> what stands around its value, and the SQL that PostgreSQL writes the value with. `data` is JSON already.
FIELDS = {
    "id": ('"%s"', f"{TABLE}.id"),
    "annotation_type": ('"%s"', f"{TABLE}.annotation_type"),
    "class_name": ("%s", f"to_json({TABLE}.class_name)"),
    "confidence": ("%s", number_sql("confidence")),
    "data": ("%s", f"{TABLE}.data"),
    "created_at": ('"%s"', created_at_sql()),
}
ITEM = "{" + ",".join(f'"{name}":{around}' for name, (around, _) in FIELDS.items()) + "}"

# COPY's text format would double backslashes. As CSV it leaves all alone but its delimiter and its quote: two bytes
# that JSON cannot hold, so what COPY adds of them is taken out again.
UNHEARD_OF = b"\x01\x02"
OPTIONS = r"FORMAT CSV, DELIMITER E'\x01', QUOTE E'\x02', NULL 'null'"


def pieces(annotations: QuerySet[Annotation], describe: Callable[[], dict[str, Any]]) -> Iterator[bytes]:
    """The document, in pieces of whole annotations."""
    with snapshot():
        analysis = json.dumps(describe(), ensure_ascii=False, separators=(",", ":"))
        between = f'{{"analysis":{analysis},"annotations":[\n'.encode()
        for block in rows(annotations):
            yield between + block
            between = b",\n"
        yield (between if between != b",\n" else b"\n") + b"]}\n"


def rows(annotations: QuerySet[Annotation]) -> Iterator[bytes]:
    """The annotations, a comma and a line feed between them."""
    if can_copy():
        for block, _ in copied(annotations, columns(), OPTIONS):
            yield block[:-1].translate(None, UNHEARD_OF).replace(b"\n", b",\n")
    else:
        for tuples in fetched(annotations, [f"{TABLE}.{name}" for name in list(FIELDS)[:-1]]):
            yield as_json(tuples)


def columns() -> list[str]:
    """What stands between the values as columns too: joining texts would cost PostgreSQL more."""
    first, *others = (f"'{text}'" for text in ITEM.split("%s"))
    values = (sql for _, sql in FIELDS.values())
    return [first] + [column for pair in zip(values, others, strict=True) for column in pair]


def as_json(tuples: list[tuple[Any, ...]]) -> bytes:
    """These annotations; a tuple has the stored fields in the order of FIELDS."""
    texts = [
        ITEM
        % (
            dashed(id_),
            kind,
            quoted(class_name),
            "null" if confidence is None else confidence,
            data,
            created_at(id_[:12]),
        )
        for id_, kind, class_name, confidence, data in tuples
    ]
    return ",\n".join(texts).encode()


@lru_cache(REMEMBERED)
def quoted(text: str) -> str:
    """The text as JSON."""
    return json.dumps(text, ensure_ascii=False)
