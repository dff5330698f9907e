"""Downloads as streams: the bytes of a plain serialisation, of one moment, a block at a time, cut off at will."""

import csv
import io
import json
import tracemalloc
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from analyses import exports, formats
from analyses.api.serializers import AnalysisSerializer, AnnotationSerializer
from analyses.exports import CSV_COLUMNS, FORMATS, Selection
from analyses.exports.described import described
from analyses.exports.rows import BLOCK
from analyses.insertion import insert_annotations
from analyses.models import Analysis, Annotation
from analyses.tests.annotations_as_sent import TRIANGLE, item, rle
from analyses.tests.factories import BOX, ArtifactFactory, add_annotations
from vista.fields import new_id

# What quoting, escaping, guards and encodings stumble over.
NAMES = [
    *(
        "person",
        "traffic light",
        "Größe",
        "🚦",
        "日本",
        "a,b",
        'say "hi"',
        '"',
        "it's",
        "100 %",
        "%s",
        "NULL",
        "null",
    ),
    *(
        "two\nlines",
        'two "\n" lines',
        "cr\rlf\r\nend",
        "end\n",
        "tab\tinside",
        "\x01\x02\x1f\x7f",
        "\x85",
        "\u2028",
    ),
    *("back\\slash", "\\.", "\\N", "\\n", "\\", "", " lead", "trail ", "\ufeffbom", "\u200bx"),
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\rx",
        "\nx",
        " =1",
        "＝1",
        "\ufeff=1",
        "\u200b=1",
        "\u00a0\u3000+1",
        "\x1c@x",
    ),
]
FLOATS = [
    *(
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        0.5,
        -0.25,
        1 / 3,
        1e-4,
        9.9e-5,
        1e-5,
        1e-7,
        5e-324,
        123456789.123456,
        1e9,
        2e9,
    ),
    *(
        99999.0,
        100000.0,
        1e14,
        999999999999999.0,
        1e15,
        1234567890123456.0,
        9007199254740993.0,
    ),
    *(
        9999999999999998.0,
        1e16,
        -1e15,
        -1e16,
        1e17,
        1e21,
        1e22,
        1.7976931348623157e308,
        2.2250738585072014e-308,
    ),
]
ONE_OF_EACH = [
    BOX,
    item("segmentation", {"points": TRIANGLE}),
    item("segmentation", rle([3, 4, 5])),
    item("keypoint", {"keypoints": [{"x": 1, "y": 2.5, "name": 'le"ft\n'}], "skeleton": []}),
    item("classification", {"scores": {"cät": 0.25, "dog, big": 0.75}}),
    item("heatmap", {"artifact_name": "heat.png", "unit": "°"}, class_name="", confidence=None),
]
SHARES = [0.0, -0.0, 1.0, 0.5, 1e-7, 0.1, 1 / 3, 0.9999999999999999, None]


def store(analysis: Analysis, rows: list[formats.Row]) -> None:
    insert_annotations(analysis.pk, new_id(), rows)


def nasty_rows() -> list[formats.Row]:
    named: list[formats.Row] = [
        (
            "bounding_box",
            name,
            0.5,
            1.5,
            2.5,
            3.5,
            4.5,
            json.dumps({"note": name}, ensure_ascii=False).encode(),
        )
        for name in NAMES
    ]
    placed: list[formats.Row] = [
        ("keypoint", "x", SHARES[i % len(SHARES)], low, high, -low, high, b'{"a":[1e-7,1e22,-0.0,1]}')
        for i, (low, high) in enumerate(pairwise([*FLOATS, FLOATS[0]]))
    ]
    return [*named, *placed, ("classification", "x", None, None, None, None, None, b"{}")]


def naive_csv(analysis: Analysis, data: list[str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for a, stored in zip(analysis.annotations.order_by("id"), data, strict=True):
        name = a.class_name
        seen = name.lstrip("\ufeff\u200b \t\r\n\u00a0\u3000\x1c")
        if name[:1] in ("\t", "\r", "\n") or seen.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")):
            name = "'" + name
        numbers = (a.confidence, a.x_min, a.y_min, a.x_max, a.y_max)
        writer.writerow([a.id, a.annotation_type, name or None, *numbers, stored])
    return text.getvalue().encode()


def naive_json(analysis: Analysis, data: list[str]) -> bytes:
    items = []
    for a, stored in zip(analysis.annotations.order_by("id"), data, strict=True):
        fields = dict(AnnotationSerializer(a).data) | {"data": "DATA"}
        item = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        items.append(item.replace('"data":"DATA"', f'"data":{stored}'))
    described = dict(AnalysisSerializer(Analysis.objects.get(pk=analysis.pk)).data)
    told = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    lines = [f'{{"analysis":{told},"annotations":[', *(item + "," for item in items[:-1]), *items[-1:], "]}"]
    return "".join(line + "\n" for line in lines).encode()


def naive_jsonl(analysis: Analysis, data: list[str]) -> bytes:
    lines = []
    for a, stored in zip(analysis.annotations.order_by("id"), data, strict=True):
        fields = dict(AnnotationSerializer(a).data) | {"data": "DATA"}
        created_at = fields.pop("created_at")
        its = {"analysis_id": str(analysis.pk), "image_id": str(analysis.image_id)}
        its |= {"filename": analysis.image.filename, "model_name": analysis.model_name}
        fields |= its | {"model_version": analysis.model_version, "created_at": created_at}
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        lines.append(line.replace('"data":"DATA"', f'"data":{stored}') + "\n")
    return "".join(lines).encode()


NAIVE = {"csv": naive_csv, "json": naive_json, "jsonl": naive_jsonl}


def stream(kind: str, analysis: Analysis) -> Iterator[bytes]:
    return FORMATS[kind].pieces(Selection(analysis=analysis.pk))


def whole(kind: str, analysis: Analysis) -> bytes:
    return b"".join(stream(kind, analysis))


def stored_data(analysis: Analysis) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data FROM analyses_annotation WHERE analysis_id = %s ORDER BY id",
            [analysis.pk if connection.vendor == "postgresql" else analysis.pk.hex],
        )
        return [data for (data,) in cursor.fetchall()]


@pytest.fixture(params=sorted(NAIVE))
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[*NAIVE, "coco", "coco_results", "yolo"])
def any_kind(request: pytest.FixtureRequest) -> str:
    return request.param


# --- the bytes --------------------------------------------------------------------------------------------
def test_the_bytes_are_those_of_a_plain_serialisation(kind: str, analysis: Analysis) -> None:
    store(analysis, nasty_rows())
    expected = NAIVE[kind](analysis, stored_data(analysis))
    assert whole(kind, analysis).splitlines() == expected.splitlines()
    assert whole(kind, analysis) == expected


def test_every_type_is_written_as_it_is_stored(kind: str, analysis: Analysis) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="heat.png")
    add_annotations(analysis, *ONE_OF_EACH)
    assert {a.annotation_type for a in analysis.annotations.all()} == set(formats.ANNOTATION_TYPES)
    assert whole(kind, analysis) == NAIVE[kind](analysis, stored_data(analysis))


def test_each_annotation_has_the_time_of_its_own_batch(kind: str, analysis: Analysis) -> None:
    for milliseconds in (0, 1, 120, 999):  # of the first of them, times leave out the fraction
        first = uuid.UUID(int=(1_700_000_000_000 + milliseconds << 80) + (7 << 76) + (2 << 62))
        insert_annotations(analysis.pk, first, nasty_rows()[:2])
    assert whole(kind, analysis) == NAIVE[kind](analysis, stored_data(analysis))


def test_what_was_sent_comes_out_in_its_order(kind: str, analysis: Analysis) -> None:
    names = [f"class {number}" for number in range(30)]
    for batch in (names[:10], names[10:11], names[11:]):
        add_annotations(analysis, *(BOX | {"class_name": name} for name in batch))
    text = whole(kind, analysis).decode()
    assert sorted(names, key=lambda name: text.index(f",{name}," if kind == "csv" else f'"{name}"')) == names


def test_the_json_reads_back_as_the_api_reads(analysis: Analysis) -> None:
    store(analysis, nasty_rows())
    annotations = analysis.annotations.order_by("id")
    expected = json.loads(json.dumps(AnnotationSerializer(annotations, many=True).data))
    assert json.loads(whole("json", analysis))["annotations"] == expected


def test_a_spreadsheet_reads_the_names_back_behind_their_guard(analysis: Analysis) -> None:
    store(analysis, nasty_rows())
    text = io.StringIO(whole("csv", analysis).decode(), newline="")
    names = [row["class_name"] for row in csv.DictReader(text)][: len(NAMES)]
    assert [name.removeprefix("'") for name in names] == NAMES


def test_without_annotations_the_file_is_whole(kind: str, analysis: Analysis) -> None:
    assert whole(kind, analysis) == NAIVE[kind](analysis, [])


def test_a_filtered_set_is_written_as_it_is_filtered(kind: str, analysis: Analysis) -> None:
    store(analysis, nasty_rows())
    selection = Selection(analysis=analysis.pk, class_names=("100 %",), min_confidence=0.25)
    assert b"".join(FORMATS[kind].pieces(selection)).count(b"bounding_box") == 1


# --- the stream -------------------------------------------------------------------------------------------
MANY = 30_000


def store_many(analysis: Analysis, count: int = MANY) -> None:
    store(analysis, [("bounding_box", "person", 0.5, 1.5, 2.5, 3.5, 4.5, b'{"bbox":[1,2,3,4]}')] * count)


def stop_the_statement() -> None:
    """What the database's administrator may do at any time."""
    if connection.vendor == "postgresql":
        connection.connection.cancel_safe()
    else:
        connection.connection.interrupt()


def test_it_comes_in_blocks_and_holds_no_more_than_some(any_kind: str, analysis: Analysis) -> None:
    store_many(analysis)
    whole(any_kind, analysis)  # what is made once is there
    tracemalloc.start()
    sizes = [len(piece) for piece in stream(any_kind, analysis)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert max(sizes) < 3 * BLOCK
    assert peak < 4_000_000  # the rows as objects of Python are ten times that


def test_long_data_does_not_pile_up(kind: str, analysis: Analysis) -> None:
    note = json.dumps({"note": "x" * 1_000_000}).encode()
    store(analysis, [("classification", "day", 0.5, None, None, None, None, note)] * 24)
    tracemalloc.start()
    total = sum(len(piece) for piece in stream(kind, analysis))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < total / 3


def test_the_first_rows_come_before_the_last_are_read_and_a_fault_after_them_is_loud(
    kind: str, analysis: Analysis
) -> None:
    store_many(analysis)
    pieces = stream(kind, analysis)
    assert b"bounding_box" in next(pieces)
    stop_the_statement()
    with pytest.raises(OperationalError):
        list(pieces)


def test_the_number_of_queries_does_not_grow(any_kind: str, analysis: Analysis) -> None:
    counts = []
    for more in (0, 1, MANY):
        store_many(analysis, more)
        with CaptureQueriesContext(connection) as queries:
            whole(any_kind, analysis)
        counts.append(len(queries))
    assert len(set(counts)) == 1


# --- one moment, and the connection afterwards -------------------------------------------------------------
def transaction_is_open() -> bool:
    if connection.vendor == "postgresql":
        return bool(connection.connection.info.transaction_status)
    return bool(connection.connection.in_transaction)


def state_of_the_session() -> Any:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        names = ("transaction_isolation", "transaction_read_only", "jit", "enable_sort")
        cursor.execute(f"SELECT {', '.join(f'current_setting({name!r})' for name in names)}")
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_all_is_of_one_moment_and_writers_need_not_wait(
    analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_annotations(analysis, BOX)

    def add_elsewhere() -> None:
        try:
            add_annotations(Analysis.objects.get(pk=analysis.pk), BOX, BOX)
        finally:
            connection.close()

    def described_while_somebody_adds(analysis: Analysis) -> dict[str, Any]:
        with ThreadPoolExecutor() as another:
            another.submit(add_elsewhere).result()
        return described(analysis)

    monkeypatch.setattr(exports.json, "described", described_while_somebody_adds)
    document = json.loads(whole("json", analysis))
    assert document["analysis"]["annotation_count"] == len(document["annotations"]) == 1
    assert analysis.annotations.count() == 3


@pytest.mark.django_db(transaction=True)
def test_who_leaves_half_way_gives_the_connection_back(any_kind: str, analysis: Analysis) -> None:
    store_many(analysis)
    before = state_of_the_session()
    pieces = stream(any_kind, analysis)
    next(pieces)
    assert transaction_is_open()
    pieces.close()
    assert not transaction_is_open()
    assert not connection.in_atomic_block
    assert state_of_the_session() == before
    Annotation.objects.filter(pk=uuid.uuid4()).delete()  # it may write again


@pytest.mark.django_db(transaction=True)
def test_a_whole_download_and_a_fault_leave_no_transaction(kind: str, analysis: Analysis) -> None:
    store_many(analysis)
    before = state_of_the_session()
    whole(kind, analysis)
    assert not transaction_is_open()
    pieces = stream(kind, analysis)
    next(pieces)
    stop_the_statement()
    with pytest.raises(OperationalError):
        list(pieces)
    assert not transaction_is_open()
    assert state_of_the_session() == before
