"""A zip file written from front to back, of any size, in constant memory: its directory waits on disk."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Self

# The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
LOCAL = struct.Struct("<4sHHHHHIIIHH")
ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
END = struct.Struct("<4sHHHHIIH")
DESCRIPTOR = struct.Struct("<4sIQQ")
SIZES = struct.Struct("<HHQQ")  # the extra field of sizes with 64 bits
ALL_SIZES = struct.Struct("<HHQQQ")  # and of where the member begins
END_64 = struct.Struct("<4sQHHIIQQQQ")
LOCATOR = struct.Struct("<4sIQI")
VERSION = 45  # the first that knows 64 bits
FLAGS = 1 << 3 | 1 << 11  # sizes follow the bytes; names are UTF-8
DAY, TIME = 1 << 5 | 1, 0  # 1 January 1980: what is the same has the same bytes
STORED, DEFLATED = 0, 8
UNKNOWN, UNKNOWN_16 = 0xFFFFFFFF, 0xFFFF  # look into the extra field
IN_MEMORY = 1 << 18  # bytes of the directory
LEVEL = 3


class Zip:
    """`member()` and at last `end()` give the bytes; a context manager, since the directory may lie on disk."""

    def __init__(self) -> None:
        self._directory = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._size = 0
        self._members = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._directory.close()

    def member(self, name: str, pieces: Iterable[bytes], *, compress: bool = True) -> Iterator[bytes]:
        """One file; its name must not have been there before. Whoever begins it must take all of it."""
        begin, encoded = self._size, name.encode()
        method = DEFLATED if compress else STORED
        extra = SIZES.pack(1, 16, 0, 0)
        head = (VERSION, FLAGS, method, TIME, DAY, 0, UNKNOWN, UNKNOWN, len(encoded), len(extra))
        yield self._counted(LOCAL.pack(b"PK\x03\x04", *head) + encoded + extra)
        crc, size, first = 0, 0, self._size
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS) if compress else None
        for piece in pieces:
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if packed := packer.compress(piece) if packer else piece:
                yield self._counted(packed)
        rest = packer.flush() if packer else b""
        packed_size = self._size + len(rest) - first
        yield self._counted(rest + DESCRIPTOR.pack(b"PK\x07\x08", crc, packed_size, size))
        extra = ALL_SIZES.pack(1, 24, size, packed_size, begin)
        head = (VERSION, VERSION, FLAGS, method, TIME, DAY, crc, UNKNOWN, UNKNOWN, len(encoded), len(extra))
        self._directory.write(ENTRY.pack(b"PK\x01\x02", *head, 0, 0, 0, 0, UNKNOWN) + encoded + extra)
        self._members += 1

    def end(self) -> Iterator[bytes]:
        """The directory; nothing can follow."""
        begin, size = self._size, self._directory.tell()
        self._directory.seek(0)
        while piece := self._directory.read(IN_MEMORY):
            yield self._counted(piece)
        at, count = self._size, self._members
        yield (
            END_64.pack(b"PK\x06\x06", 44, VERSION, VERSION, 0, 0, count, count, size, begin)
            + LOCATOR.pack(b"PK\x06\x07", 0, at, 1)
            + END.pack(b"PK\x05\x06", 0, 0, UNKNOWN_16, UNKNOWN_16, UNKNOWN, UNKNOWN, 0)
        )

    def _counted(self, piece: bytes) -> bytes:
        self._size += len(piece)
        return piece
