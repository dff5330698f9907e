"""Finished files on disk: whole or not there, and not for ever."""

import os
import time
from pathlib import Path

import pytest

from analyses.payload import Cache
from analyses.payload.cache import DAY, HOUR


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "payloads", keep_days=30, keep_bytes=10)


def age(cache: Cache, name: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(cache.folder / name, (then, then))


def names(cache: Cache) -> set[str]:
    return {path.name for path in cache.folder.iterdir()} - {".swept"}


def test_what_was_written_is_read(cache: Cache) -> None:
    cache.write("a", b"bytes")
    assert cache.read("a") == b"bytes"


def test_what_was_not_written_is_none(cache: Cache) -> None:
    assert cache.read("a") is None


def test_nothing_half_written_stays(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    cache.write("a", b"bytes")
    assert names(cache) == set()


def test_a_disk_that_refuses_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file")
    cache.write("a", b"bytes")
    assert cache.read("a") is None


def test_what_nobody_asked_for_in_a_month_goes(cache: Cache) -> None:
    cache.write("old", b"1")
    age(cache, "old", 31 * DAY)
    age(cache, ".swept", 2 * HOUR)
    cache.write("new", b"2")
    assert names(cache) == {"new"}


def test_reading_keeps_a_file(cache: Cache) -> None:
    cache.write("old", b"1")
    age(cache, "old", 31 * DAY)
    age(cache, ".swept", 2 * HOUR)
    cache.read("old")
    cache.write("new", b"2")
    assert names(cache) == {"old", "new"}


def test_the_oldest_of_too_much_goes(cache: Cache) -> None:
    for number, name in enumerate(("first", "second")):
        cache.write(name, b"12345")
        age(cache, name, HOUR * (9 - number))
    age(cache, ".swept", 2 * HOUR)
    cache.write("third", b"12345")
    assert names(cache) == {"second", "third"}


def test_the_folder_is_looked_through_once_an_hour(cache: Cache) -> None:
    cache.write("old", b"1")
    age(cache, "old", 31 * DAY)
    cache.write("new", b"2")
    assert names(cache) == {"old", "new"}
