"""What the sections share: sizes, turns and medians, added memory, and the rows of the table. No Django here."""

import gc
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tqdm import tqdm

# Prepares, which is not timed, and returns what is.
Act = Callable[[], Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run is made."""

    database: str  # sqlite or postgres
    folder: str  # this run's own; removed afterwards
    runs: int = 5  # measured turns; each race has one more to warm up
    shrink: int = 1  # sizes are divided by it; targets count only when it is 1
    port: int = 0  # for a server on the loopback interface; 0 takes a free one

    def size(self, full: int) -> int:
        """The size to measure where the table wants `full`."""
        return max(2, full // self.shrink)


# --- rows -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, ready to be read."""

    target: int  # the number in the list of targets
    what: str
    ours: str
    theirs: str
    ratio: str
    wanted: str = ""
    reached: bool | None = None  # None: nothing was promised, or it was not measured


def faster(
    target: int, what: str, ours: float, theirs: float, *, at_least: float | None = None, unit: str = "s"
) -> Row:
    """How many times theirs takes what ours takes (seconds, bytes …); `ours` of 0 was too little to be measured."""
    wanted = "" if at_least is None else f"≥ {at_least:g}×"
    if not ours:
        return Row(target, what, "–", shown(theirs, unit), "–", wanted)
    ratio = theirs / ours
    reached = None if at_least is None else ratio >= at_least
    return Row(target, what, shown(ours, unit), shown(theirs, unit), f"{ratio:.1f}×", wanted, reached)


def rate(
    target: int, what: str, ours: float, theirs: float, *, at_least: float | None = None, unit: str = "/s"
) -> Row:
    """How many times as much ours does as theirs (requests a second)."""
    row = faster(target, what, 1 / ours, 1 / theirs, at_least=at_least)
    return Row(target, what, shown(ours, unit), shown(theirs, unit), row.ratio, row.wanted, row.reached)


def share(target: int, what: str, ours: float, theirs: float, *, at_least: float | None = None) -> Row:
    """How near ours comes to theirs, which is the best there can be: 1.0 takes no longer."""
    part = theirs / ours
    wanted = "" if at_least is None else f"≥ {at_least:.0%}"
    reached = None if at_least is None else part >= at_least
    return Row(target, what, shown(ours), shown(theirs), f"{part:.0%}", wanted, reached)


def flat(target: int, what: str, grown: float, small: float, *, at_most: float | None = None) -> Row:
    """How much longer it takes where much is there already; ours is the grown case, theirs the small one."""
    ratio = grown / small
    wanted = "" if at_most is None else f"≤ {at_most:g}×"
    reached = None if at_most is None else ratio <= at_most
    return Row(target, what, shown(grown), shown(small), f"{ratio:.2f}×", wanted, reached)


def limited(
    target: int, what: str, ours: float, unit: str, *, at_most: float, theirs: float | None = None
) -> Row:
    """A size that must stay below a limit; nan was not measured."""
    other = "–" if theirs is None else shown(theirs, unit)
    ratio = "–" if theirs is None or not ours > 0 else f"{theirs / ours:.1f}×"
    reached = None if math.isnan(ours) else ours <= at_most
    return Row(target, what, shown(ours, unit), other, ratio, f"≤ {shown(at_most, unit)}", reached)


def later(target: int, what: str, wanted: str) -> Row:
    """A target that is not measured yet."""
    return Row(target, what, "later", "–", "–", wanted)


def shown(value: float, unit: str = "s") -> str:
    """Three digits or so: `40.3 ms`, `1,204 /s`, `98 kB`. Seconds are shown as milliseconds, bytes as kB."""
    if unit == "s":
        value, unit = value * 1000, "ms"
    elif unit == "B":
        value, unit = value / 1000, "kB"
    if math.isnan(value):
        return "–"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


# --- time -------------------------------------------------------------------------------------------------
def race(settings: Settings, what: str, *acts: Act, times: int = 1) -> list[float]:
    """The median seconds of each act, measured in turns (A B, B A, A B …) after a round to warm up.

    `times` multiplies the number of runs, for acts of a few milliseconds. The collector is emptied before each,
    so that nobody pays for what another left behind.
    """
    seconds: list[list[float]] = [[] for _ in acts]
    turns = list(zip(acts, seconds, strict=True))
    rounds = 1 + settings.runs * times
    for _ in tqdm(range(rounds), desc=what, leave=False, disable=None):
        for act, kept in turns:
            timed = act()
            gc.collect()
            begin = perf_counter()
            timed()
            kept.append(perf_counter() - begin)
        turns.reverse()
    return [median(kept[1:]) for kept in seconds]


class NotTheSame(Exception):
    """Two ways stored different things, so their times cannot be compared."""


def check_same(ours: Iterable[str], theirs: Iterable[str], count: int) -> None:
    """Raises NotTheSame unless both hold the same `count` lines, in any order."""
    here, there = sorted(ours), sorted(theirs)
    if here != there or len(here) != count:
        differ = next((pair for pair in zip_longest(here, there) if pair[0] != pair[1]), None)
        raise NotTheSame(
            f"{count} sent, {len(here)} and {len(there)} stored; the first that differ: {differ}"
        )


# --- memory -----------------------------------------------------------------------------------------------
def added_memory(settings: Settings, act: str, *arguments: object) -> float:
    """The megabytes that an act adds to a fresh process at its highest; nan where /proc does not tell.

    `act` names a function as `module:function`, which gets the settings and the arguments, warms up and
    returns what is measured.
    """
    if not Path("/proc/self/status").exists():
        return math.nan
    call = json.dumps([asdict(settings), act, arguments])
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.memory", call], check=True, stdout=subprocess.PIPE, env=os.environ
    )
    return float(done.stdout)


def peak_of(timed: Callable[[], Any]) -> float:
    """The megabytes by which this process grows at its highest while `timed` runs."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is forgotten
    before = _status("VmRSS")
    timed()
    return (_status("VmHWM") - before) / 1000


def _status(name: str) -> float:
    """A line of /proc/self/status, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return float(line.split()[1]) * 1.024
    raise LookupError(name)
