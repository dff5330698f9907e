"""More than two models on one picture: who agrees with whom, and how many of them saw each object."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analyses.comparison.peers import DEFAULT_IOU, Matching, match
from analyses.comparison.side import Integers, Side

Table = dict[tuple[int, int], Matching]


def match_all(sides: Sequence[Side], iou: float = DEFAULT_IOU, least: Sequence[float] | None = None) -> Table:
    """The matching of every two sides, by their numbers, the lower one first; `least` are their thresholds."""
    least = [0.0] * len(sides) if least is None else least
    return {
        (here, there): match(sides[here], sides[there], iou, least[here], least[there])
        for here, there in combinations(range(len(sides)), 2)
    }


def seen_by(sides: Sequence[Side], table: Table, least: Sequence[float] | None = None) -> Integers:
    """(n,): how many objects exactly 1, 2, … n of the sides saw.

    Annotations that are paired, directly or through others, are one object. It counts once, however many of a side
    are among them.
    """
    least = [0.0] * len(sides) if least is None else least
    first = np.cumsum([0, *(len(side) for side in sides)])
    group = list(range(int(first[-1])))

    def top(member: int) -> int:
        while group[member] != member:
            group[member] = group[group[member]]
            member = group[member]
        return member

    for (here, there), matching in table.items():
        rows = zip(
            (matching.rows_a + first[here]).tolist(), (matching.rows_b + first[there]).tolist(), strict=True
        )
        for one, other in rows:
            group[top(one)] = top(other)
    seen: dict[int, set[int]] = {}
    for number, side in enumerate(sides):
        for row in side.ranked(least[number]).tolist():
            seen.setdefault(top(int(first[number]) + row), set()).add(number)
    times = np.array([len(numbers) - 1 for numbers in seen.values()], np.int64)
    return np.bincount(times, minlength=len(sides))
