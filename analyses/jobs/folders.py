"""The temporary folders of jobs, locked while their worker lives: what a killed one left can be told, and removed."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "vista-working-"
YOUNG = 60.0  # seconds, in which a folder may not be locked yet


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder that is there while inside."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        handle = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(handle)


def sweep_folders() -> None:
    """Remove those whose worker was killed: each may hold as much as a whole download."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, locked, or gone just now
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_mtime < time.time() - YOUNG:
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(handle)
