"""Temporary folders of jobs, and those that killed workers left behind."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from analyses import jobs
from analyses.jobs.folders import PREFIX, sweep_folders, working_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def age(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder, (then, then))


def left(temporary: Path, name: str = f"{PREFIX}x") -> Path:
    folder = temporary / name
    folder.mkdir()
    (folder / "archive.zip").write_bytes(b"half of it")
    age(folder, 3600)
    return folder


def test_a_folder_goes_when_its_job_is_over(temporary: Path) -> None:
    with working_folder() as folder:
        (folder / "a").touch()
    assert list(temporary.iterdir()) == []


@pytest.mark.django_db
def test_what_a_killed_worker_left_is_removed(temporary: Path) -> None:
    folder = left(temporary)
    jobs.sweep()
    assert not folder.exists()


def test_the_folder_of_a_worker_that_lives_stays() -> None:
    with working_folder() as folder:
        age(folder, 3600)
        sweep_folders()
        assert folder.exists()


def test_a_folder_that_may_not_be_locked_yet_stays(temporary: Path) -> None:
    folder = left(temporary)
    age(folder, 5)
    sweep_folders()
    assert folder.exists()


def test_what_is_no_folder_of_a_job_stays(temporary: Path) -> None:
    other = left(temporary, "somebody-elses")
    (temporary / f"{PREFIX}link").symlink_to(other)
    sweep_folders()
    assert (other / "archive.zip").exists()
