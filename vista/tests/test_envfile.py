"""The `.env` that `make run` writes: complete, private, readable by a shell, and never overwriting anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest

from vista import envfile

NAMES = [entry.name for entry in envfile.ENTRIES]


def values(path: Path) -> dict[str, str]:
    """What django-environ reads from the file."""
    scope = type("Scope", (environ.Env,), {"ENVIRON": {}})
    scope.read_env(path)
    return scope.ENVIRON


def test_an_absent_file_is_written_with_every_entry(tmp_path: Path) -> None:
    assert envfile.complete_file(tmp_path / ".env") == NAMES
    written = values(tmp_path / ".env")
    assert list(written) == NAMES
    assert re.fullmatch("[0-9a-f]{64}", written["SECRET_KEY"])
    assert re.fullmatch("[0-9a-f]{64}", written["ML_CALLBACK_HMAC_SECRET"])
    assert written["ML_ANALYSIS_ENABLED"] == "true"
    assert written["ML_ALLOWED_MODELS"] == "yolo_v8,resnet50,custom_model,test_model"


def test_secrets_differ_from_file_to_file(tmp_path: Path) -> None:
    envfile.complete_file(tmp_path / "one")
    envfile.complete_file(tmp_path / "two")
    one, two = values(tmp_path / "one"), values(tmp_path / "two")
    assert len({one["SECRET_KEY"], two["SECRET_KEY"], one["ML_CALLBACK_HMAC_SECRET"]}) == 3


@pytest.mark.parametrize("before", [None, "SECRET_KEY=mine\n"])
def test_only_the_owner_may_read_it(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / ".env"
    if before:
        path.write_text(before)
        path.chmod(0o644)
    envfile.complete_file(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_complete_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    envfile.complete_file(path)
    before = path.stat()
    assert envfile.complete_file(path) == []
    assert path.stat() == before


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY=mine",
        "export SECRET_KEY=mine",
        "SECRET_KEY='two words'",
        "# SECRET_KEY=a comment\nSECRET_KEY=mine",
        "ML_ALLOWED_MODELS=",
        "API_KEY=vista_1_2\n\n# mine\nVISTA_BASE_URL=http://localhost:9000",
    ],
)
def test_what_was_there_stays(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_text(line)  # without a newline at its end
    envfile.complete_file(path)
    assert path.read_text().startswith(line + "\n")
    assert set(values(path)) >= set(NAMES)


@pytest.mark.parametrize("line", ["SECRET_KEY=", 'SECRET_KEY=""', "export SECRET_KEY=''", "SECRET_KEY= "])
def test_an_empty_secret_is_filled_in(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_text(line + "\nAPI_KEY=x\n")
    assert "SECRET_KEY" in envfile.complete_file(path)
    assert len(re.findall("^SECRET_KEY=[0-9a-f]{64}$", path.read_text(), re.MULTILINE)) == 1


def test_a_shell_reads_what_django_reads(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    envfile.complete_file(path)
    script = 'set -eu; . "$1"; for name in $2; do eval "echo \\"\\$$name\\""; done'
    shell = subprocess.run(
        ["sh", "-c", script, "sh", path, " ".join(NAMES)], capture_output=True, text=True, check=True
    )
    assert shell.stdout.split() == list(values(path).values())


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(tmp_path / "elsewhere")
    envfile.complete_file(tmp_path / ".env")
    assert (tmp_path / ".env").is_symlink()
    assert list(values(tmp_path / "elsewhere")) == NAMES


def test_a_file_that_cannot_be_swapped_in_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        envfile.complete_file(tmp_path / ".env")
    assert list(tmp_path.iterdir()) == []


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", envfile.__file__, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_command_runs_without_any_package_and_prints_no_secret(tmp_path: Path) -> None:
    done = run(tmp_path / ".env")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Wrote {', '.join(NAMES)} to {tmp_path / '.env'}.\n"


def test_the_command_says_nothing_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    run(tmp_path / ".env")
    done = run(tmp_path / ".env")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_command_says_what_went_wrong(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere" / ".env")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path / 'nowhere' / '.env'} could not be written: ")
