"""Annotations as the database gives them, all of one moment; nothing here knows a format.

PostgreSQL writes the rows itself and COPY hands them through. SQLite gives tuples from one cursor. Neither makes a
model object, and neither holds more than a block of rows. What COPY cannot write is read by records().
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import starmap
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from psycopg import errors
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn
from psycopg.waiting import Wait

from analyses.exports.spelling import TABLE, dashed
from analyses.models import Annotation

BLOCK = 1 << 16  # bytes of rows that are handed on at once
FIRST = 1  # before anything is known of them
ROWS = 500  # rows fetched at once where there is no COPY; fewer where their data is long
# All statements see what the first one saw. Rows come in the order of the index from the first one on: nothing is
# sorted before, nothing is read that is not asked for (a join that merges would walk along all analyses there are),
# and no time goes into compiling expressions.
ONE_MOMENT = """
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL enable_sort = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL jit = off
"""


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment. Inside a transaction that is open already, that one decides."""
    if connection.vendor == "postgresql":
        outermost = not connection.in_atomic_block
        with transaction.atomic():
            if outermost:
                with connection.cursor() as cursor:
                    cursor.execute(ONE_MOMENT)
            yield
    elif open_already():
        yield
    else:
        # `atomic` would lock out every writer for as long as somebody downloads.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def open_already() -> bool:
    """Whether a transaction of SQLite is open, Django's or one of snapshot()."""
    connection.ensure_connection()
    return bool(connection.connection.in_transaction)


def can_copy() -> bool:
    """Whether copied() is there; otherwise there is fetched()."""
    return bool(connection.vendor == "postgresql")


def selected(annotations: QuerySet[Annotation], columns: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters that select these SQL expressions instead of the model's fields.

    Analysis by analysis, each in the order of its ids: as the index has them.
    """
    expressions = (RawSQL(sql, ()) for sql in columns)  # noqa: S611 - constants of the formats
    named = {f"column_{number}": expression for number, expression in enumerate(expressions)}
    query = annotations.order_by("analysis_id", "id").annotate(**named).values_list(*named).query
    return query.sql_with_params()


def with_picture(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """The same, joined with their analyses and pictures for columns of those."""
    return annotations.alias(filename=F("analysis__image__filename"))


# --- both -------------------------------------------------------------------------------------------------
class Record(NamedTuple):
    """One annotation; ids as the API writes them, `data` as JSON."""

    id: str
    analysis_id: str
    annotation_type: str
    class_name: str
    confidence: float | None
    x_min: float | None
    y_min: float | None
    x_max: float | None
    y_max: float | None
    data: str


def records(annotations: QuerySet[Annotation]) -> Iterator[list[Record]]:
    """The annotations in blocks, for formats that no database can write."""
    columns = [f"{TABLE}.{name}" for name in Record._fields]
    if not can_copy():
        for tuples in fetched(annotations, columns):
            yield [Record(dashed(row[0]), dashed(row[1]), *row[2:]) for row in tuples]
        return
    columns[:2] = [f"{name}::text" for name in columns[:2]]
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(*selected(annotations, columns))
        for tuples in in_blocks(cursor, len(columns) - 1):
            yield list(starmap(Record, tuples))


def in_blocks(cursor: Any, data: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a cursor, so many at once as fit some BLOCKs; their data, in column `data`, may be long."""
    count = FIRST
    while rows := cursor.fetchmany(count):
        yield rows
        each = 1 + sum([len(row[data]) for row in rows]) // len(rows)
        count = max(1, min(ROWS, 4 * BLOCK // each, 4 * count))


def of_about_a_block(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, small pieces joined."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


# --- SQLite -----------------------------------------------------------------------------------------------
def fetched(annotations: QuerySet[Annotation], columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Lists of tuples, from one statement; `data` is among the columns."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(*selected(annotations, columns))
        yield from in_blocks(cursor, columns.index(f"{TABLE}.data"))


# --- PostgreSQL -------------------------------------------------------------------------------------------
def copied(
    annotations: QuerySet[Annotation], columns: Sequence[str], options: str
) -> Iterator[tuple[bytes, int]]:
    """What `COPY … TO STDOUT (options)` writes, in blocks of whole rows, with the number of rows in each.

    Who stops half-way ends the statement; a fault of the server is raised as a database error of Django.
    """
    statement = connection.ops.compose_sql(*selected(annotations, columns))
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT ({options})") as copy,
    ):
        finished = False
        while not finished:
            block, count, finished = copy.connection.wait(next_block(copy.connection.pgconn))
            if count:
                yield block, count


def next_block(link: PGconn) -> Generator[Wait, bool, tuple[bytes, int, bool]]:
    """The next block, its rows, and whether it is the last; for psycopg's `wait`, which lets other threads run.

    `Copy.read` waits for each row by itself, and that takes longer than the server needs to write it. Nor are rows
    kept to be joined: so many small objects cost three times what libpq does.
    """
    block, count, next_row = bytearray(), 0, link.get_copy_data
    while len(block) < BLOCK:
        length, row = next_row(1)
        if length > 0:
            block += row
            count += 1
        elif length == 0:
            yield from arrival(link)
        else:
            yield from end_of_copy(link)
            return bytes(block), count, True
    return bytes(block), count, False


def end_of_copy(link: PGconn) -> Generator[Wait, bool, None]:
    """Take the server's last word. Raises what stopped it before the last row."""
    fault = None
    while True:
        while link.is_busy():
            yield from arrival(link)
        result = link.get_result()
        if result is None:
            break
        if result.status != ExecStatus.COMMAND_OK:
            fault = errors.error_from_result(result)
    if fault:
        raise fault


def arrival(link: PGconn) -> Generator[Wait, bool, None]:
    """Wait until the server has sent something, and take it."""
    while not (yield Wait.R):
        pass
    link.consume_input()
