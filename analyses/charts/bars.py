"""Parts of a whole as one bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.charts.plot import number

WIDTH = 1000  # of the drawing, which is stretched to whatever room there is
GAP = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where one part lies in the bar."""

    at: str
    width: str
    name: str


def stretches(parts: Sequence[tuple[str, int]]) -> list[Stretch]:
    """The parts (name, count) that are there, one after the other with a gap between them."""
    there = [(name, count) for name, count in parts if count > 0]
    whole = sum(count for _, count in there)
    room = WIDTH - GAP * (len(there) - 1)
    found, at = [], 0.0
    for name, count in there:
        width = room * count / whole
        found.append(Stretch(number(at), number(width), name))
        at += width + GAP
    return found
