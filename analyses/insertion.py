"""Writing many annotation rows at once: COPY on PostgreSQL, one prepared INSERT on SQLite. No rules here."""

import struct
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from analyses.formats import Row

TABLE = "analyses_annotation"
COLUMNS = "analysis_id, annotation_type, id, x_min, y_min, x_max, y_max, confidence, class_name, data"
CHUNK = 1 << 18  # bytes handed to the driver at once


def insert_annotations(analysis_id: uuid.UUID, first_id: uuid.UUID, rows: Iterable[Row]) -> None:
    """Store the rows under ids counted up from `first_id`; must run inside a transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {TABLE} ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
                for chunk in binary_copy(analysis_id, first_id, rows):
                    copy.write(chunk)
        else:
            holes = ", ".join(["%s"] * 10)
            statement = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({holes})"  # noqa: S608 - constants only
            cursor.executemany(statement, values(analysis_id, first_id, rows))


def values(analysis_id: uuid.UUID, first_id: uuid.UUID, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """The rows as SQLite keeps them: ids as 32 hex digits, data as text."""
    analysis, number = analysis_id.hex, first_id.int
    for kind, class_name, confidence, x_min, y_min, x_max, y_max, data in rows:
        yield (
            *(analysis, kind, f"{number:032x}", x_min, y_min, x_max, y_max),
            *(confidence, class_name, data.decode()),
        )
        number += 1


# PostgreSQL's binary COPY: a header, then a row as its number of fields and each field with its length in
# front, -1 for NULL; all in network byte order. https://www.postgresql.org/docs/current/sql-copy.html
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
ID_AND_NUMBERS = struct.Struct("!i16sididididid")
LENGTH = struct.Struct("!i")
NULL = LENGTH.pack(-1)
NUMBER = struct.Struct("!id")


def binary_copy(analysis_id: uuid.UUID, first_id: uuid.UUID, rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as a binary COPY stream of COLUMNS, in pieces of about CHUNK bytes."""
    fields = struct.pack("!h", 10) + field(analysis_id.bytes)
    kinds: dict[str, bytes] = {}  # the beginning of a row, the same for all of one type
    names: dict[str, bytes] = {}
    number, buffer = first_id.int, bytearray(HEADER)
    for kind, class_name, confidence, x_min, y_min, x_max, y_max, data in rows:
        beginning = kinds.get(kind) or kinds.setdefault(kind, fields + field(kind.encode()))
        name = names.get(class_name) or names.setdefault(class_name, field(class_name.encode()))
        id_ = number.to_bytes(16)
        if x_min is None or confidence is None:
            numbers = (x_min, y_min, x_max, y_max, confidence)
            packed = field(id_) + b"".join(NULL if n is None else NUMBER.pack(8, n) for n in numbers)
        else:
            packed = ID_AND_NUMBERS.pack(16, id_, 8, x_min, 8, y_min, 8, x_max, 8, y_max, 8, confidence)
        buffer += b"".join((beginning, packed, name, LENGTH.pack(len(data)), data))
        number += 1
        if len(buffer) > CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer) + TRAILER


def field(content: bytes) -> bytes:
    """One field of a binary COPY: its length and its bytes."""
    return LENGTH.pack(len(content)) + content
