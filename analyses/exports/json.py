"""JSON: one document in the shapes of the API, an annotation a line."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import QuerySet

from analyses.exports.described import as_text, described, picture
from analyses.exports.rows import can_copy, copied, fetched, snapshot
from analyses.exports.selection import Selection
from analyses.exports.spelling import REMEMBERED, TABLE, created_at, dashed, number_sql
from analyses.exports.walk import stretches
from analyses.exports.written import Written
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


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The document, in pieces of whole annotations."""
    with snapshot():
        yield from one(selection, written) if selection.analysis else several(selection, written)


def one(selection: Selection, written: Written) -> Iterator[bytes]:
    """An analysis and its annotations."""
    [stretch] = stretches(selection, whole=True)
    between = f'{{"analysis":{as_text(described(stretch.analyses[0]))},"annotations":[\n'.encode()
    for block, count in rows(selection.annotations()):
        written.annotations += count
        yield between + block
        between = b",\n"
    yield (b"\n" if between == b",\n" else between) + b"]}\n"


def several(selection: Selection, written: Written) -> Iterator[bytes]:
    """`{"selection": …, "pictures": […], "analyses": [{"analysis": …, "annotations": […]}, …]}`."""
    yield f'{{"selection":{as_text(selection.as_parameters())},"pictures":['.encode()
    between = "\n"
    for stretch in stretches(selection):
        yield (between + ",\n".join(as_text(picture(*both)) for both in stretch.by_picture())).encode()
        between = ",\n"
    yield b'\n],"analyses":['
    end = b"\n"
    for stretch in stretches(selection, whole=True):
        groups = grouped(selection.annotations(stretch.ids())) if stretch.analyses else iter(())
        group = next(groups, None)
        for analysis in sorted(stretch.analyses, key=attrgetter("pk")):
            beginning = end + f'{{"analysis":{as_text(described(analysis))},"annotations":[\n'.encode()
            end = b"\n]},\n"
            while group and group[0] == str(analysis.pk):
                written.annotations += group[2]
                yield beginning + group[1]
                beginning, group = b",\n", next(groups, None)
            if beginning != b",\n":
                yield beginning
                end = b"]},\n"
    yield end.rstrip(b",\n") + b"\n]}\n"


# --- annotations ------------------------------------------------------------------------------------------
def rows(annotations: QuerySet[Annotation]) -> Iterator[tuple[bytes, int]]:
    """The annotations of one analysis, a comma and a line feed between them, and how many they are."""
    if can_copy():
        for block, count in copied(annotations, COLUMNS, OPTIONS):
            yield with_times(bare(block)), count
    else:
        for tuples in fetched(annotations, [f"{TABLE}.{name}" for name in FIELDS]):
            yield as_json(tuples), len(tuples)


def grouped(annotations: QuerySet[Annotation]) -> Iterator[tuple[str, bytes, int]]:
    """The same of several analyses, with the id of the analysis in front."""
    if can_copy():
        for block, _ in copied(annotations, [f"{TABLE}.analysis_id", *COLUMNS], OPTIONS):
            for analysis_id, some in groupby(bare(block).split(b"\n"), itemgetter(slice(36))):
                lines = [line[36:] for line in some]
                yield analysis_id.decode(), with_times(b"\n".join(lines)), len(lines)
    else:
        for tuples in fetched(annotations, [f"{TABLE}.{name}" for name in ("analysis_id", *FIELDS)]):
            for analysis_id, some in groupby(tuples, itemgetter(0)):
                items = [row[1:] for row in some]
                yield dashed(analysis_id), as_json(items), len(items)


def bare(block: bytes) -> bytes:
    """What COPY wrote, without what it added and without the last line feed."""
    return block[:-1].replace(DELIMITER, b"").replace(QUOTE, b"")


def with_times(block: bytes, between: bytes = b",\n") -> bytes:
    """The lines of one analysis with their ends. They are in the order of their ids, so where the first and the last
    are of one time all are."""
    last = block.rfind(b"\n") + 1
    if begun(block[last:]) == begun(block):
        end = ended(begun(block))
        return block.replace(b"\n", end + between) + end
    return with_each_time(block, between)


def with_each_time(block: bytes, between: bytes) -> bytes:
    """The lines with their ends, each looked at."""
    return between.join([line + ended(begun(line)) for line in block.split(b"\n")])


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
    return as_text(text)
