"""Finished files on this machine's disk: written once and whole, removed when nobody asks for them any more."""

import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HOUR, DAY = 3600, 24 * 3600


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of files that can all be made again. Many processes may share it; a full disk is no fault."""

    folder: Path
    keep_days: int = 30  # after its last reader a file stays so long
    keep_bytes: int = 2**30  # beyond, those that were asked for longest ago go first

    def read(self, name: str) -> bytes | None:
        """The file, or None; reading is noted once a day."""
        path = self.folder / name
        try:
            with open(path, "rb") as file:
                content = file.read()
                if os.fstat(file.fileno()).st_mtime < time.time() - DAY:
                    os.utime(path)
        except OSError:
            return None
        return content

    def write(self, name: str, content: bytes) -> None:
        """Keep a file; readers see nothing or all of it."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                os.replace(temporary, self.folder / name)
            except BaseException:
                os.unlink(temporary)
                raise
            self._sweep()

    def _sweep(self) -> None:
        """Once an hour, whoever comes first: what is old goes, and the oldest of what is too much."""
        note, now = self.folder / ".swept", time.time()
        with suppress(FileNotFoundError):
            if note.stat().st_mtime > now - HOUR:
                return
        note.touch()
        room = self.keep_bytes
        with os.scandir(self.folder) as entries:
            files = [(entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in entries]
        for used, size, path in sorted(files, reverse=True):
            room -= size
            if used < now - self.keep_days * DAY or room < 0:
                with suppress(FileNotFoundError):  # another process was quicker
                    os.unlink(path)
