"""Huge pictures as Deep Zoom tiles: where tiles lie, making all of a picture once, reading one. No database here."""

import fcntl
import io
import logging
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from PIL import Image

from images.files import KEEPS_COLOURS, LYING, UPRIGHT, opened, orientation_of, with_whole_bytes
from vista.errors import Refusal, Unavailable

SIDE = 512  # pixels of a tile, without overlap
FORMAT = 1  # of the files; those of another format are made anew
HUGE_PIXELS = 8192**2  # pictures with more, or with a longer side, are shown by tiles
HUGE_SIDE = 16_384
AT_ONCE = 4_000_000  # pixels up to which tiles are made while the caller waits
MOST_PROFILE = 2**16  # bytes of a colour profile that goes along with each tile
ASK_AGAIN = 1  # seconds
HOUR, DAY = 3600, 24 * 3600

TYPES = {b"J": "image/jpeg", b"P": "image/png"}
HEADER = struct.Struct("<4scxxxII")  # magic, type, width, height
ENTRY = struct.Struct("<QQ")  # where a tile begins, and its bytes
MAGIC = b"VDZ1"

logger = logging.getLogger(__name__)


class NoSuchTile(Refusal):
    """A level, column or row that the picture has not got, or a picture that cannot be cut."""

    status_code = 404


class Place(NamedTuple):
    level: int
    column: int
    row: int


class Tile(NamedTuple):
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Where the tiles of an upright picture lie: the highest level is the picture, each below it half of that."""

    width: int
    height: int

    @property
    def highest(self) -> int:
        return (max(self.width, self.height) - 1).bit_length()

    def size(self, level: int) -> tuple[int, int]:
        """Pixels of a level, rounded up."""
        halvings = self.highest - level
        return -(-self.width >> halvings), -(-self.height >> halvings)

    def grid(self, level: int) -> tuple[int, int]:
        """Columns and rows of tiles."""
        width, height = self.size(level)
        return -(-width // SIDE), -(-height // SIDE)

    @property
    def count(self) -> int:
        """Tiles of all levels."""
        return sum(columns * rows for columns, rows in map(self.grid, range(self.highest + 1)))

    def number(self, place: Place) -> int:
        """The tile's number in the file, lowest level first, row by row. Raises NoSuchTile."""
        level, column, row = place
        if level > self.highest:
            raise NoSuchTile(f"There is no level {level}: this picture has the levels 0 to {self.highest}.")
        columns, rows = self.grid(level)
        if column >= columns or row >= rows:
            raise NoSuchTile(
                f"There is no tile {column}_{row}: level {level} of this picture has the columns 0 to "
                f"{columns - 1} and the rows 0 to {rows - 1}."
            )
        below = sum(columns * rows for columns, rows in map(self.grid, range(level)))
        return below + row * columns + column


def is_huge(width: int, height: int) -> bool:
    """Whether browsers show such a picture by tiles instead of decoding all of it."""
    return width * height > HUGE_PIXELS or max(width, height) > HUGE_SIDE


# --- the folder -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TileFolder:
    """One file a picture, with all its tiles; each can be made again. Many processes may share the folder.

    At any time at most one picture is being cut on this machine, so that at most one huge picture is in memory.
    """

    folder: Path
    keep_days: int = 30  # after its last reader a file stays so long
    keep_bytes: int = 4 * 2**30  # beyond, those that were asked for longest ago go first

    def read(self, name: str, place: Place) -> Tile | None:
        """A tile, or None where the picture has yet to be cut. Raises NoSuchTile where that cannot be done."""
        try:
            with open(self._path(name), "rb") as file:
                used = os.fstat(file.fileno()).st_mtime
                tile = read_tile(file, place)
                if used < time.time() - DAY:
                    os.utime(file.fileno())
        except FileNotFoundError:
            return None
        return tile

    def make(self, name: str, open_original: Callable[[], BinaryIO], *, wait: bool) -> None:
        """Cut a picture, in this thread or in one of its own; nothing where that is being done or was done.

        `open_original` is called here, so that its errors are the caller's. Raises Unavailable without a folder.
        """
        with ExitStack() as stack:
            if not stack.enter_context(self._alone()) or self._path(name).exists():
                return
            original = stack.enter_context(open_original())
            held = stack.pop_all()
        if wait:
            self._cut(name, original, held)
        else:
            threading.Thread(target=self._cut, args=(name, original, held), daemon=True).start()

    def forget(self, name: str) -> None:
        """Remove a picture's tiles from this machine."""
        with suppress(OSError):
            self._path(name).unlink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}-{FORMAT}.tiles"

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else on this machine cuts pictures, until this ends. A process that dies lets go."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = open(self.folder / ".lock", "wb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise Unavailable("VISTA cannot keep tiles now; try again in a moment.") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _cut(self, name: str, original: Any, held: ExitStack) -> None:
        """Write the file, seen by nobody before it is whole; a refusal is noted in its place."""
        new = self.folder / ".new"  # whoever holds the lock is the only one to write it
        with held:
            try:
                try:
                    with open(new, "wb") as file:
                        write_pyramid(original, file)
                except Refusal as refusal:
                    new.write_text(refusal.detail, encoding="utf-8")
                os.replace(new, self._path(name))
                self._sweep()
            except OSError:
                logger.exception("tiles of %s could not be written", name)

    def _sweep(self) -> None:
        """What is old goes, and the oldest of what is too much; notes stay for an hour."""
        now, room = time.time(), self.keep_bytes
        with os.scandir(self.folder) as entries:
            files = [(e.stat().st_mtime, e.stat().st_size, e.path) for e in entries if e.name[0] != "."]
        for used, size, path in sorted(files, reverse=True):
            room -= size
            if used < now - self.keep_days * DAY or room < 0:
                with suppress(FileNotFoundError):
                    os.unlink(path)


def folder() -> TileFolder:
    """This machine's."""
    return TileFolder(settings.DATA_DIR / "tiles")


# --- one file ---------------------------------------------------------------------------------------------
def read_tile(file: BinaryIO, place: Place) -> Tile | None:
    """A tile out of a picture's file; None where a refusal was noted that is to be looked at again."""
    header = file.read(HEADER.size)
    if not header.startswith(MAGIC):
        if os.fstat(file.fileno()).st_mtime < time.time() - HOUR:
            os.unlink(file.name)
            return None
        raise NoSuchTile((header + file.read()).decode())
    _, kind, width, height = HEADER.unpack(header)
    file.seek(HEADER.size + ENTRY.size * Pyramid(width, height).number(place))
    start, length = ENTRY.unpack(file.read(ENTRY.size))
    file.seek(start)
    return Tile(file.read(length), TYPES[kind])


def write_pyramid(original: BinaryIO, file: BinaryIO) -> None:
    """Decode a picture once, halve it again and again, and write the tiles of each level.

    JPEGs become JPEGs; all else becomes PNG, so that nothing is lost. Raises NotAPicture or PictureTooLarge.
    """
    with opened(original, "The picture") as picture:
        is_jpeg = picture.format in ("JPEG", "MPO")
        profile = picture.info.get("icc_profile") or b""
        keeps_profile = picture.mode in KEEPS_COLOURS and len(profile) <= MOST_PROFILE
        options: dict[str, Any] = {"icc_profile": profile if profile and keeps_profile else None}
        if is_jpeg:
            options |= {
                "format": "JPEG",
                "quality": 90,
                "subsampling": 0,
            }  # coloured edges stay where they are
        else:
            options |= {"format": "PNG", "compress_level": 1}
        picture.load()
        level = Turned(picture)
        pyramid = Pyramid(*level.size)
        index = bytearray(ENTRY.size * pyramid.count)
        file.seek(HEADER.size + len(index))
        for number in range(pyramid.highest, -1, -1):
            place = pyramid.number(Place(number, 0, 0))
            following = None
            for top in range(0, level.size[1], 2 * SIDE):
                band = level.band(top, 2 * SIDE)
                for tile in tiles_of(band):
                    output = io.BytesIO()
                    tile.save(output, **options)
                    ENTRY.pack_into(index, ENTRY.size * place, file.tell(), output.tell())
                    file.write(output.getbuffer())
                    place += 1
                if number:
                    following = following or Image.new(band.mode, pyramid.size(number - 1))
                    following.paste(band.reduce(2), (0, top // 2))
            level = Turned(following) if following else level
        file.seek(0)
        kind = b"J" if is_jpeg else b"P"
        file.write(HEADER.pack(MAGIC, kind, pyramid.width, pyramid.height))
        file.write(index)


def tiles_of(band: Image.Image) -> Iterator[Image.Image]:
    """The tiles of a band, row by row."""
    width, height = band.size
    for top in range(0, height, SIDE):
        for left in range(0, width, SIDE):
            yield band.crop((left, top, min(left + SIDE, width), min(top + SIDE, height)))


class Turned:
    """A decoded picture as it is seen upright; only the part that is asked for is turned, never a second whole."""

    def __init__(self, picture: Image.Image) -> None:
        self.picture = picture
        self.orientation = orientation_of(picture)

    @property
    def size(self) -> tuple[int, int]:
        width, height = self.picture.size
        return (height, width) if self.orientation in LYING else (width, height)

    def band(self, top: int, height: int) -> Image.Image:
        """At most so many rows of the upright picture, in mode L, RGB or RGBA."""
        width, rows = self.size
        bottom = min(top + height, rows)
        across, down = self.picture.size
        left, upper, right, lower = (
            (top, 0, bottom, width) if self.orientation in LYING else (0, top, width, bottom)
        )
        if self.orientation in (2, 3, 7, 8):
            left, right = across - right, across - left
        if self.orientation in (3, 4, 6, 7):
            upper, lower = down - lower, down - upper
        part = self.picture.crop((left, upper, right, lower))
        transparent = part.has_transparency_data
        part = with_whole_bytes(part)
        if transparent:
            part = part.convert("RGBA")
        elif part.mode != "L":
            part = part.convert("RGB")
        return part.transpose(UPRIGHT[self.orientation]) if self.orientation in UPRIGHT else part
