"""The benchmarks run, tell fair ratios and write their table; how fast anything is, no test says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks import harness, table
from benchmarks.harness import Row, Settings


# --- rows -----------------------------------------------------------------------------------------------------
def test_faster_says_how_many_times() -> None:
    row = harness.faster(1, "bulk", 0.04, 0.9, at_least=16)
    assert row == Row(1, "bulk", "40 ms", "900 ms", "22.5×", "≥ 16×", True)


def test_a_target_that_is_missed_says_so() -> None:
    assert harness.faster(1, "bulk", 0.1, 0.9, at_least=16).reached is False


def test_without_a_target_there_is_no_verdict() -> None:
    assert harness.faster(1, "bulk", 0.1, 0.9).reached is None


def test_what_was_too_little_to_be_measured_has_no_ratio() -> None:
    assert harness.faster(8, "processor time", 0.0, 0.01) == Row(8, "processor time", "–", "10 ms", "–")


def test_share_is_reached_from_below() -> None:
    assert harness.share(2, "copy", 0.04, 0.02, at_least=0.5).reached is True
    assert harness.share(2, "copy", 0.05, 0.02, at_least=0.5).reached is False


def test_flat_is_missed_where_the_grown_case_takes_longer() -> None:
    assert harness.flat(3, "keys", 1.2, 1.0, at_most=1.3).reached is True
    assert harness.flat(3, "keys", 1.4, 1.0, at_most=1.3).reached is False


def test_rate_compares_the_other_way_round() -> None:
    row = harness.rate(8, "callbacks", 1500, 500, at_least=2)
    assert row == Row(8, "callbacks", "1,500 /s", "500 /s", "3.0×", "≥ 2×", True)


def test_a_limit_is_a_size() -> None:
    row = harness.limited(1, "memory", 61.2, "MB", at_most=100, theirs=230)
    assert row == Row(1, "memory", "61.2 MB", "230 MB", "3.8×", "≤ 100 MB", True)


def test_what_could_not_be_measured_has_no_verdict() -> None:
    assert harness.limited(1, "memory", float("nan"), "MB", at_most=100).reached is None


# --- turns ----------------------------------------------------------------------------------------------------
def test_those_who_race_take_turns_after_a_round_to_warm_up() -> None:
    seen: list[str] = []

    def act(name: str) -> harness.Act:
        def prepare() -> object:
            seen.append(name)
            return lambda: seen.append(name.upper())

        return prepare  # type: ignore[return-value]

    medians = harness.race(Settings("sqlite", "", runs=2), "letters", act("a"), act("b"))
    assert "".join(seen) == "aAbB" + "bBaA" + "aAbB"
    assert len(medians) == 2


# --- the same -------------------------------------------------------------------------------------------------
def test_the_same_in_another_order_is_the_same() -> None:
    harness.check_same(["a", "b"], ["b", "a"], 2)


@pytest.mark.parametrize(("ours", "theirs"), [(["a", "c"], ["a", "b"]), (["a"], ["a", "b"]), (["a"], ["a"])])
def test_what_is_not_the_same_stops_the_run(ours: list[str], theirs: list[str]) -> None:
    with pytest.raises(harness.NotTheSame, match="2 sent"):
        harness.check_same(ours, theirs, 2)


# --- the document ---------------------------------------------------------------------------------------------
def test_the_table_is_in_the_order_of_the_targets() -> None:
    text = table.table([harness.later(7, "browser", "≤ 8 ms"), harness.faster(1, "bulk", 1, 2)])
    assert re.findall(r"^\| (\d) \| (\w+) ", text, re.MULTILINE) == [("1", "bulk"), ("7", "browser")]


def test_writing_replaces_what_stands_between_the_marks(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write("new", document)
    assert document.read_text() == f"before\n{table.BEGIN}\n\nnew\n\n{table.END}\nafter\n"


def test_the_document_has_its_marks() -> None:
    text = table.DOCUMENT.read_text(encoding="utf-8")
    assert text.index(table.BEGIN) < text.index(table.END)


# --- a run ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def tiny_run() -> list[tuple[str, str]]:
    """Everything once, with a few rows, on the kind of database the tests run on: (target, what) of each line."""
    command = [sys.executable, "-m", "benchmarks", "--shrink", "500", "--runs", "1"]
    if url := os.environ.get("VISTA_TEST_DATABASE_URL"):
        command += ["--database", "postgres", "--postgres-url", url]
    else:
        command += ["--database", "sqlite"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return re.findall(r"^\| (\d) \| ([^|]+) \|", done.stdout, re.MULTILINE)


@pytest.mark.timeout(300)
def test_a_run_measures_every_target(tiny_run: list[tuple[str, str]]) -> None:
    """And its twin is right: each race ends with the comparison of what both have stored."""
    on_postgres = bool(os.environ.get("VISTA_TEST_DATABASE_URL"))
    assert {target for target, _ in tiny_run} >= {"1", "3", "6", "7", "8"} | ({"2"} if on_postgres else set())
