"""Writing many annotation rows at once: COPY on PostgreSQL, INSERT of many rows on SQLite. No rules here."""

import sqlite3
import struct
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from analyses.formats import Block, Head, Heads, Row, in_blocks
from analyses.sending import Sender

TABLE = "analyses_annotation"
COLUMNS = "analysis_id, annotation_type, class_name, id, x_min, y_min, x_max, y_max, confidence, data"
WIDTH = 10  # of them
LAST_DIGITS = [f"{number:03x}" for number in range(0x1000)]

Insert = Callable[[Block], None]


def insert_annotations(analysis_id: uuid.UUID, first_id: uuid.UUID, rows: Iterable[Row]) -> None:
    """Store the rows under ids counted up from `first_id`; must run inside a transaction."""
    heads = Heads()
    with inserting(analysis_id, first_id, heads) as insert:
        for block in in_blocks(rows, heads):
            insert(block)


@contextmanager
def inserting(analysis_id: uuid.UUID, first_id: uuid.UUID, heads: Mapping[Head, int]) -> Iterator[Insert]:
    """The same for annotations by columns, whose table of heads grows while they are read.

    PostgreSQL is a process of its own: what is done between the last block and the end costs no time.
    """
    way = copying if connection.vendor == "postgresql" else executing
    with connection.cursor() as cursor, way(cursor, analysis_id, first_id, heads) as insert:
        yield insert


def ids_from(first: int, count: int, spelling: str) -> list[str]:
    """So many ids as text; `spelling` is that of Python's format, with the first as its argument."""
    ids: list[str] = []
    number, end = first, first + count
    while number < end:  # block by block: in one, only the last three digits differ
        block_end = min(end, (number | 0xFFF) + 1)
        start = number & 0xFFF
        beginning = spelling.format(uuid.UUID(int=number))[:-3]
        ids += map(beginning.__add__, LAST_DIGITS[start : start + block_end - number])
        number = block_end
    return ids


# --- SQLite -----------------------------------------------------------------------------------------------
FULL = 99 * WIDTH  # values a statement; every SQLite takes 999


@contextmanager
def executing(
    cursor: Any, analysis_id: uuid.UUID, first_id: uuid.UUID, heads: Mapping[Head, int]
) -> Iterator[Insert]:
    """Many rows a statement: that takes SQLite half the time of one row a statement."""
    number = first_id.int
    values: list[Any] = []  # that wait for their statement

    def insert(block: Block) -> None:
        nonlocal number
        values.extend(chain.from_iterable(in_rows(analysis_id, number, block, list(heads))))
        number += len(block.data)
        end = len(values) - len(values) % FULL
        with connection.wrap_database_errors:  # Django's own executemany would make a list of the lists
            groups = (values[start : start + FULL] for start in range(0, end, FULL))
            sqlite3.Cursor.executemany(cursor.cursor, insert_statement(FULL, "?"), groups)
        del values[:end]

    yield insert
    if values:
        cursor.execute(insert_statement(len(values), "%s"), values)


def insert_statement(values: int, hole: str) -> str:
    row = f"({', '.join([hole] * WIDTH)})"
    return f"INSERT INTO {TABLE} ({COLUMNS}) VALUES {', '.join([row] * (values // WIDTH))}"  # noqa: S608


def in_rows(
    analysis_id: uuid.UUID, number: int, block: Block, heads: list[Head]
) -> Iterable[tuple[Any, ...]]:
    """COLUMNS of a block as SQLite keeps them: ids as 32 hex digits, data as text, NaN, which it makes NULL."""
    return zip(
        repeat(analysis_id.hex, len(block.data)),
        [heads[head][0] for head in block.heads],
        [heads[head][1] for head in block.heads],
        ids_from(number, len(block.data), "{0.hex}"),
        *block.bounds.tolist(),
        block.confidences.tolist(),
        map(bytes.decode, block.data),
        strict=True,
    )


# --- PostgreSQL -------------------------------------------------------------------------------------------
# Its binary COPY: a header, then a row as its number of fields and each field with its length in front, -1 for
# NULL; all in network byte order. https://www.postgresql.org/docs/current/sql-copy.html
COPY = f"COPY {TABLE} ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
LENGTH = struct.Struct("!i")
HALF = (1 << 64) - 1


@contextmanager
def copying(
    cursor: Any, analysis_id: uuid.UUID, first_id: uuid.UUID, heads: Mapping[Head, int]
) -> Iterator[Insert]:
    """A binary COPY of COLUMNS, in a piece a block."""
    rows_of = binary_rows(analysis_id, first_id, heads)
    plain = cursor.cursor  # Django's own takes no writer, and leaves psycopg's errors as they are
    with connection.wrap_database_errors, plain.copy(COPY, writer=Sender(plain)) as copy:
        copy.write(HEADER)
        yield lambda block: copy.write(rows_of(block))
        copy.write(TRAILER)


def binary_rows(
    analysis_id: uuid.UUID, first_id: uuid.UUID, heads: Mapping[Head, int]
) -> Callable[[Block], bytes]:
    """What makes the rows of each block, when it is called with one after the other."""
    fields = struct.pack("!h", WIDTH) + field(analysis_id.bytes)
    beginnings: list[bytes] = []  # of a row, the same for all of one type and class
    number = first_id.int

    def rows_of(block: Block) -> bytes:
        nonlocal number
        for kind, name in islice(heads, len(beginnings), None):
            beginnings.append(fields + field(kind.encode()) + field(name.encode()))
        starts = [beginnings[head] for head in block.heads]
        rows = zip(starts, id_to_length(number, block), block.data, strict=True)
        number += len(block.data)
        return b"".join(chain.from_iterable(rows))

    return rows_of


def id_to_length(number: int, block: Block) -> list[bytes]:
    """Of each row what has a known size: the id, the bounds, the confidence, and the length of `data`."""
    values = np.vstack((block.bounds, block.confidences))
    lengths = np.fromiter(map(len, block.data), np.int32, len(block.data))
    known = ~np.isnan(values)
    shapes = np.left_shift(1, np.arange(len(values))) @ known  # which are known, as one number
    middles = [b""] * len(block.data)
    for shape in np.unique(shapes).tolist():
        places = np.flatnonzero(shapes == shape)
        table = np.empty(len(places), layout(known[:, places[0]].tolist()))
        table["id size"] = 16
        table["id"][:, 0] = number >> 64
        # The lower half begins with the two bits of the variant, 10: counting up cannot run over.
        table["id"][:, 1] = places.astype(np.uint64) + np.uint64(number & HALF)
        for column, row in enumerate(values):
            table[f"size {column}"] = 8 if known[column, places[0]] else -1
            if known[column, places[0]]:
                table[f"value {column}"] = row[places]
        table["length"] = lengths[places]
        text, width = table.tobytes(), table.itemsize
        for place, start in zip(places.tolist(), range(0, len(text), width), strict=True):
            middles[place] = text[start : start + width]
    return middles


def layout(known: list[bool]) -> npt.DTypeLike:
    """The fields of a row from the id to the length of `data`, as NumPy writes them."""
    fields: list[Any] = [("id size", ">i4"), ("id", ">u8", 2)]
    for column, is_known in enumerate(known):
        fields.append((f"size {column}", ">i4"))
        if is_known:
            fields.append((f"value {column}", ">f8"))
    return [*fields, ("length", ">i4")]


def field(content: bytes) -> bytes:
    """One field of a binary COPY: its length and its bytes."""
    return LENGTH.pack(len(content)) + content
