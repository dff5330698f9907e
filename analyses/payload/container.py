"""The file around the numbers: sixteen bytes, a JSON header, and aligned little-endian columns."""

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FORMAT = 1  # a reader of another one cannot understand the file
MEDIA_TYPE = "application/vnd.vista.payload"
MAGIC = b"\x89VST"  # no text begins so
PREFIX = struct.Struct("<4sHHII")  # magic, format, nothing yet, bytes of the header, bytes of the columns
ALIGNMENT = 8  # typed arrays need it to be views
DTYPES = {"u8": "u1", "u16": "<u2", "u32": "<u4", "f32": "<f4", "f64": "<f8"}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


class BadPayload(ValueError):
    """Bytes that are not a payload, or only a part of one; says in a sentence what is wrong."""


@dataclass(slots=True)
class Columns:
    """Columns on their way into a file, each with what a reader must know to understand its numbers."""

    described: list[dict[str, Any]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, values: Array, **meaning: Any) -> None:
        """Append a column; `meaning` is its divisor, origin and null, where it has them."""
        dtype = values.dtype.newbyteorder("<")
        raw = values.astype(dtype, copy=False).tobytes()
        entry = {"name": name, "dtype": NAMES[dtype], "offset": self.size, "length": len(values)}
        self.described.append(entry | meaning)
        padding = bytes(-len(raw) % ALIGNMENT)
        self.pieces += [raw, padding]
        self.size += len(raw) + len(padding)


def packed(header: dict[str, Any], columns: Columns) -> bytes:
    """The whole file."""
    text = json.dumps(header | {"columns": columns.described}, ensure_ascii=False, separators=(",", ":"))
    raw = text.encode()
    raw += b" " * (-len(raw) % ALIGNMENT)  # blanks after a JSON value mean nothing
    return b"".join((PREFIX.pack(MAGIC, FORMAT, 0, len(raw), columns.size), raw, *columns.pieces))


def unpacked(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header, and the columns by name as views of the content. Raises BadPayload."""
    if content[:4] != MAGIC:
        raise BadPayload("This is no payload: its first four bytes are others.")
    if len(content) < PREFIX.size:
        raise BadPayload(f"The payload is cut short: it ends inside its first {PREFIX.size} bytes.")
    _, version, _, header_size, size = PREFIX.unpack_from(content)
    if version != FORMAT:
        raise BadPayload(f"The payload has format {version}; this reader knows {FORMAT}.")
    start = PREFIX.size + header_size
    if len(content) != start + size:
        raise BadPayload(f"The payload has {len(content)} bytes; its beginning promises {start + size}.")
    try:
        header = json.loads(content[PREFIX.size : start])
        columns = {
            entry["name"]: np.frombuffer(
                content, DTYPES[entry["dtype"]], entry["length"], start + entry["offset"]
            )
            for entry in header["columns"]
        }
    except (ValueError, LookupError, TypeError) as error:
        raise BadPayload(f"The payload's header is damaged: {error}") from error
    return header, columns
