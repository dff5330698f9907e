"""Peers paired in all pictures and at many thresholds at once: the pairs of peers.match, without doing it so often.

A threshold takes objects away from the end of each side. Most objects overlap with one of the other side and with
no other one: whether such a pair is there at a threshold is plain to see. The rest falls into small groups that
have nothing to do with each other, and of each group only a few different states occur, however many thresholds
there are: each state is paired once, all of them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.comparison import Side
from analyses.comparison.assignment import NOBODY
from analyses.comparison.peers import in_two_turns
from analyses.comparison.side import Floats, Integers

Flags = npt.NDArray[np.bool_]
AT_ONCE = 4_000_000  # groups times thresholds
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Column:
    """The objects of one side, picture after picture, in each the best first."""

    picture: Integers  # (n,): number of the picture
    class_of: Integers
    scores: Floats  # NaN where there is none

    @property
    def reach(self) -> Floats:
        """The highest threshold at which an object counts; one without a score always does."""
        return np.where(np.isnan(self.scores), np.inf, self.scores)


@dataclass(frozen=True, slots=True)
class Tie:
    """Of two sides of a picture: from which number of objects on they differ, and who then comes later."""

    bounds_at: int  # place of the first object with other bounds; NEVER
    bounds_turned: bool
    class_at: int
    class_turned: bool

    @classmethod
    def of(cls, a: Side, b: Side, names: Sequence[str]) -> "Tie":
        """Which side gets the rows must not depend on which was named first; see peers.py."""
        count = min(len(a), len(b))
        here, there = a.bounds[:count], b.bounds[:count]
        bounds_at, bounds_turned, class_at, class_turned = NEVER, False, NEVER, False
        differs = np.flatnonzero(here.ravel() != there.ravel())
        if len(differs):
            bounds_at = int(differs[0]) // 4
            bounds_turned = bool(here.ravel()[differs[0]] > there.ravel()[differs[0]])
        differs = np.flatnonzero(a.class_of[:count] != b.class_of[:count])
        if len(differs):
            class_at = int(differs[0])
            class_turned = names[a.class_of[class_at]] > names[b.class_of[class_at]]
        return cls(bounds_at, bounds_turned, class_at, class_turned)


@dataclass(frozen=True, slots=True)
class Two:
    """Two sides of all pictures, and the pairs that overlap enough."""

    a: Column
    b: Column
    rows: Integers  # of A, in all pictures; the pairs come by row, then by column
    columns: Integers
    ious: Floats
    ties: Sequence[Tie]  # one a picture

    @property
    def same(self) -> Flags:
        same: Flags = self.a.class_of[self.rows] == self.b.class_of[self.columns]
        return same


@dataclass(frozen=True, slots=True)
class Paired:
    """What comes of each cell (a threshold for A, one for B)."""

    chosen: Integers  # places of the pairs of the first cell, in order
    agree: Integers  # (cells,)
    differs: Integers
    agree_in: Integers  # (detailed, pictures): of the first cells
    differs_in: Integers


def paired(two: Two, cells: Floats, detailed: int = 1) -> Paired:
    """Pair at each of the `cells` (c, 2); of the first `detailed` of them also picture by picture."""
    picture = two.a.picture[two.rows]
    per_row = np.bincount(two.rows, minlength=1)
    per_column = np.bincount(two.columns, minlength=1)
    alone = (per_row[two.rows] == 1) & (per_column[two.columns] == 1)
    reach_a, reach_b = two.a.reach[two.rows], two.b.reach[two.columns]
    same, count = two.same, len(two.ties)
    agree, differs = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int64)
    agree_in, differs_in = (np.zeros((detailed, count), np.int64) for _ in range(2))
    kinds = ((agree, agree_in, alone & same), (differs, differs_in, alone & ~same))
    first = np.empty(0, np.int64)
    for total, by_picture, kind in kinds:
        where = np.flatnonzero(kind)
        here, there, seen = reach_a[where], reach_b[where], picture[where]
        for number, (least_a, least_b) in enumerate(cells.tolist()):
            alive = (here >= least_a) & (there >= least_b)
            total[number] = alive.sum()
            if number < detailed:
                by_picture[number] = np.bincount(seen[alive], minlength=count)
            if number == 0:
                first = np.append(first, where[alive])
    groups = _Groups(two, np.flatnonzero(~alone), cells)
    for part in groups.parts():
        chosen = groups.settle(part, detailed, (agree, agree_in), (differs, differs_in))
        first = np.append(first, chosen)
    return Paired(np.sort(first), agree, differs, agree_in, differs_in)


class _Groups:
    """The pairs that compete with others, by connected component."""

    def __init__(self, two: Two, pairs: Integers, cells: Floats) -> None:
        self.two, self.cells = two, cells
        group = components(two.rows[pairs], two.columns[pairs])
        order = np.argsort(group, kind="stable")  # by row and column in each
        self.pairs, self.group = pairs[order], group[order]
        self.count = int(group.max()) + 1 if len(group) else 0
        self.starts = np.searchsorted(self.group, np.arange(self.count + 1))
        self.picture = two.a.picture[two.rows[self.pairs[self.starts[:-1]]]]
        levels_a, self.level_a = np.unique(cells[:, 0], return_inverse=True)
        levels_b, self.level_b = np.unique(cells[:, 1], return_inverse=True)
        self.place_a, self.alive_a = self._members(two.rows, two.a.reach, levels_a)
        self.place_b, self.alive_b = self._members(two.columns, two.b.reach, levels_b)
        self.objects_a, self.objects_b = (
            objects_at(column, levels, len(two.ties))
            for column, levels in ((two.a, levels_a), (two.b, levels_b))
        )
        self.ties = {
            name: np.array([getattr(tie, name) for tie in two.ties])
            for name in ("bounds_at", "bounds_turned", "class_at", "class_turned")
        }

    def _members(self, ends: Integers, reach: Floats, levels: Floats) -> tuple[Integers, Integers]:
        """For each pair the place of its end among those of the group that last longest; how many are left."""
        objects, of_pair = np.unique(ends[self.pairs], return_inverse=True)
        group = np.empty(len(objects), np.int64)
        group[of_pair] = self.group
        order = np.lexsort((-reach[objects], group))
        place = np.empty(len(objects), np.int64)
        place[order] = np.arange(len(objects)) - np.searchsorted(group[order], group[order])
        alive = np.stack(
            [np.bincount(group[reach[objects] >= level], minlength=self.count) for level in levels], axis=1
        )
        return place[of_pair], alive

    def parts(self) -> list[range]:
        step = max(AT_ONCE // len(self.cells), 1)
        return [range(first, min(first + step, self.count)) for first in range(0, self.count, step)]

    def settle(
        self, part: range, detailed: int, agree: tuple[Integers, Integers], differs: tuple[Integers, Integers]
    ) -> Integers:
        """Add what the groups of this part count; returns the pairs chosen at the first cell."""
        span = slice(part.start, part.stop)
        left_a = self.alive_a[span][:, self.level_a]
        left_b = self.alive_b[span][:, self.level_b]
        most_a, most_b = int(left_a.max()) + 1, int(left_b.max()) + 1
        local = np.arange(len(part))[:, None]
        key = ((local * most_a + left_a) * most_b + left_b) * 2 + self._turned(span)
        key[(left_a == 0) | (left_b == 0)] = NOBODY
        states, which = np.unique(key, return_inverse=True)
        which = which.reshape(key.shape)
        group = np.where(states == NOBODY, 0, states // (2 * most_a * most_b)) + part.start
        turned = (states % 2).astype(np.bool_) & (states != NOBODY)
        left = (states // (2 * most_b) % most_a, states // 2 % most_b)
        size = np.where(states == NOBODY, 0, self.starts[group + 1] - self.starts[group])
        state = np.repeat(np.arange(len(states)), size)
        inside = np.arange(len(state)) - np.repeat(np.cumsum(size) - size, size) + self.starts[group][state]
        alive = (self.place_a[inside] < left[0][state]) & (self.place_b[inside] < left[1][state])
        state, pairs = state[alive], self.pairs[inside[alive]]
        kept = self._chosen(state, pairs, turned)
        state, pairs = state[kept], pairs[kept]
        same = self.two.same[pairs]
        for (total, by_picture), kind in ((agree, same), (differs, ~same)):
            found = np.bincount(state[kind], minlength=len(states))[which]
            total += found.sum(axis=0)
            for number in range(detailed):
                np.add.at(by_picture[number], self.picture[span], found[:, number])
        chosen: Integers = pairs[which[group[state] - part.start, 0] == state]
        return chosen

    def _turned(self, span: slice) -> Integers:
        """(groups, cells): whether B's objects come as rows there."""
        picture = self.picture[span]
        here, there = self.objects_a[picture][:, self.level_a], self.objects_b[picture][:, self.level_b]
        ties = {name: values[picture][:, None] for name, values in self.ties.items()}
        by_class = (ties["class_at"] < here) & ties["class_turned"]
        equal = np.where(ties["bounds_at"] < here, ties["bounds_turned"], by_class)
        turned: Integers = np.where(here == there, equal, here > there).astype(np.int64)
        return turned

    def _chosen(self, state: Integers, pairs: Integers, turned: Flags) -> Flags:
        """Which pairs are chosen; objects of one state know nothing of the others."""
        two, is_turned = self.two, turned[state]
        a, b = two.rows[pairs], two.columns[pairs]
        ends = (np.where(is_turned, b, a), np.where(is_turned, a, b))
        class_a, class_b = two.a.class_of[a], two.b.class_of[b]
        kinds = (np.where(is_turned, class_b, class_a), np.where(is_turned, class_a, class_b))
        most = max(len(two.a.picture), len(two.b.picture), 1)
        (row, row_classes), (column, column_classes) = (
            compact(state * most + end, kind) for end, kind in zip(ends, kinds, strict=True)
        )
        order = np.lexsort((column, row))
        found, _ = in_two_turns(
            (row[order], column[order], two.ious[pairs][order]), row_classes, column_classes
        )
        chosen: Flags = found[row] == column
        return chosen


def compact(names: Integers, classes: Integers) -> tuple[Integers, Integers]:
    """Numbers from 0 on in the same order, and the class of each."""
    known, numbers = np.unique(names, return_inverse=True)
    class_of = np.empty(len(known), np.int64)
    class_of[numbers] = classes
    return numbers, class_of


def objects_at(column: Column, levels: Floats, pictures: int) -> Integers:
    """(pictures, levels): how many objects reach each threshold."""
    reach = column.reach
    return np.stack(
        [np.bincount(column.picture[reach >= level], minlength=pictures) for level in levels], axis=1
    )


def components(rows: Integers, columns: Integers) -> Integers:
    """The number of the connected component of each pair, in the order of their first pairs."""
    known_rows, row = np.unique(rows, return_inverse=True)
    known_columns, column = np.unique(columns, return_inverse=True)
    above = list(range(len(known_rows) + len(known_columns)))

    def top(member: int) -> int:
        while above[member] != member:
            above[member] = above[above[member]]
            member = above[member]
        return member

    for one, other in zip(row.tolist(), (column + len(known_rows)).tolist(), strict=True):
        above[top(one)] = top(other)
    tops = np.array([top(one) for one in row.tolist()], np.int64)
    _, first, numbers = np.unique(tops, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: Integers = rank[numbers] if len(numbers) else np.empty(0, np.int64)
    return numbered
