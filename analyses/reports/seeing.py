"""Three or four peers: how many of them saw each object."""

from collections.abc import Sequence

import numpy as np

from analyses.comparison.side import Integers
from analyses.reports.document import SeenBy
from analyses.reports.pairing import Column, Two

Matched = dict[tuple[int, int], tuple[Two, Integers]]  # of every two sides the pairs that were chosen


def seen_by(
    columns: Sequence[Column], thresholds: Sequence[float], matched: Matched, names: list[str]
) -> tuple[SeenBy, list[SeenBy]]:
    """Of all classes, and of each. Objects that are paired, directly or through others, are one."""
    first = np.cumsum([0, *(len(column.picture) for column in columns)])
    above = list(range(int(first[-1])))

    def top(member: int) -> int:
        while above[member] != member:
            above[member] = above[above[member]]
            member = above[member]
        return member

    for (here, there), (two, chosen) in matched.items():
        ends = (two.rows[chosen] + first[here], two.columns[chosen] + first[there])
        for one, other in zip(ends[0].tolist(), ends[1].tolist(), strict=True):
            above[top(one)] = top(other)
    counted = np.concatenate(
        [column.reach >= least for column, least in zip(columns, thresholds, strict=True)]
    )
    members = np.flatnonzero(counted)
    groups = np.array([top(member) for member in members.tolist()], np.int64)
    known, group = np.unique(groups, return_inverse=True)
    side = np.searchsorted(first, members, "right") - 1
    times = np.zeros((len(known), len(columns)), np.bool_)
    times[group, side] = True
    class_of = np.concatenate([column.class_of for column in columns])[members]
    called, number = most_called(group, class_of, len(known)), times.sum(axis=1)
    whole = counted_by(None, number, len(columns))
    return whole, [
        counted_by(name, number[called == place], len(columns))
        for place, name in enumerate(names)
        if (called == place).any()
    ]


def most_called(group: Integers, class_of: Integers, count: int) -> Integers:
    """What most members of each group call it, of equals the first by name."""
    pairs, votes = np.unique(np.stack((group, class_of)), axis=1, return_counts=True)
    order = np.lexsort((pairs[1], -votes, pairs[0]))
    found = np.zeros(count, np.int64)
    groups, place = np.unique(pairs[0][order], return_index=True)
    found[groups] = pairs[1][order][place]
    return found


def counted_by(name: str | None, number: Integers, sides: int) -> SeenBy:
    counts = np.bincount(number, minlength=sides + 1)[1:].tolist()
    return SeenBy(class_name=name, objects=len(number), seen_by=counts)
