"""Which boxes of two sides overlap enough, without looking at every pair.

Two boxes whose IoU reaches t overlap by at least t on each axis alone. So from a box of width w the other one's
left edge is at most w (1 - t) / t to the left and w (1 - t) to the right, and its width is from t w to w / t; and
so on for the other axis. Boxes of about the same height are looked up together: the others are sorted into strips,
a few to such a window, and in each strip by their left edge.
"""

from itertools import pairwise

import numpy as np

from analyses import geometry
from analyses.comparison.side import Floats, Integers

MOST = 1_000_000  # pairs; boxes on one spot would otherwise take for ever
AT_ONCE = 4_000_000  # candidates
PARTS = 4  # of a window, each a strip high
LOWEST_LEVEL = -20  # lower boxes than a millionth of a pixel share their strips
SLACK = 1e-9  # windows are a little wider than they must be, so that rounding loses no pair
Pairs = tuple[Integers, Integers, Floats]


class TooDense(ValueError):
    """More pairs overlap than could be looked at."""


def overlapping(a: Floats, b: Floats, least: float) -> Pairs:
    """Row of `a`, row of `b` and IoU of all pairs whose IoU reaches `least`, by row of `a`, then of `b`.

    `a` and `b` are (n, 4) bounds, `least` is above 0. Raises TooDense beyond MOST pairs.
    """
    if not 0 < least <= 1:
        raise ValueError(f"IoU must be above 0 and at most 1, got {least}")
    found: list[Pairs] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    if len(a) and len(b):
        levels = np.maximum(np.frexp(a[:, 3] - a[:, 1])[1], LOWEST_LEVEL)
        count = 0
        for level in np.unique(levels):
            for pairs in _of_level(a, np.flatnonzero(levels == level), b, least, int(level)):
                found.append(pairs)
                count += len(pairs[0])
                if count > MOST:
                    raise TooDense(f"more than {MOST:,} pairs overlap")
    rows, columns, ious = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((columns, rows))
    return rows[order], columns[order], ious[order]


def _of_level(a: Floats, rows: Integers, b: Floats, least: float, level: int) -> list[Pairs]:
    """The pairs of some rows of `a`, all less than 2 ** level high."""
    before, behind = (1 - least) / least, 1 - least
    x_min, y_min, x_max, y_max = a[rows].T
    width, height = x_max - x_min, y_max - y_min
    tall = b[:, 3] - b[:, 1]
    fits = (tall >= height.min() * least * (1 - SLACK)) & (tall <= height.max() / least * (1 + SLACK))
    others = np.flatnonzero(fits)
    strip = 2.0**level * max(before + behind, 1) / PARTS
    strips = _Strips(b[others, 0], b[others, 1], strip)
    left, right = _window(x_min, width, before, behind)
    top, foot = _window(y_min, height, before, behind)
    found = []
    for step in range(
        PARTS + 2
    ):  # a window reaches into so many strips at most, or by its slack into one more
        at = np.floor(top / strip) + step
        near = np.flatnonzero(at <= np.floor(foot / strip))
        first, last = strips.between(at[near], left[near], right[near])
        for part in _portions(last - first):
            picked, inside = _expanded(first[part], last[part])
            row, other = rows[near[part][picked]], others[strips.order[inside]]
            iou = geometry.boxes_iou(a[row], b[other])
            enough = iou >= least
            found.append((row[enough], other[enough], iou[enough]))
    return found


def _window(low: Floats, length: Floats, before: float, behind: float) -> tuple[Floats, Floats]:
    slack = SLACK * length + 1e-12 * np.abs(low)
    return low - before * length - slack, low + behind * length + slack


class _Strips:
    """Points by strip, and in each strip by x."""

    def __init__(self, x: Floats, y: Floats, height: float) -> None:
        strip = np.floor(y / height)
        self.known = np.unique(strip)
        self.x = np.sort(x)
        # Whole numbers, since a float could not tell both parts of all keys apart.
        key = np.searchsorted(self.known, strip) * (len(x) + 1) + np.searchsorted(self.x, x)
        self.order = np.argsort(key, kind="stable")
        self.keys = key[self.order]

    def between(self, strip: Floats, left: Floats, right: Floats) -> tuple[Integers, Integers]:
        """From where to where in `order` the points of a strip with left <= x <= right are."""
        place = np.searchsorted(self.known, strip)
        there = place < len(self.known)
        there[there] = self.known[place[there]] == strip[there]
        base = place * (len(self.x) + 1)
        first = np.searchsorted(self.keys, base + np.searchsorted(self.x, left, "left"))
        last = np.searchsorted(self.keys, base + np.searchsorted(self.x, right, "right"))
        return first, np.where(there, np.maximum(last, first), first)


def _portions(counts: Integers) -> list[slice]:
    """Slices of at most AT_ONCE candidates each, or of one row that has more."""
    edges, sums = [0], np.cumsum(counts)
    while edges[-1] < len(counts):
        done = int(sums[edges[-1] - 1]) if edges[-1] else 0
        end = int(np.searchsorted(sums, done + AT_ONCE, "right"))
        edges.append(max(end, edges[-1] + 1))
    return [slice(begin, end) for begin, end in pairwise(edges)]


def _expanded(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """All numbers from each `first` to before its `last`, and which of them it was."""
    counts = last - first
    picked = np.repeat(np.arange(len(counts)), counts)
    inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    return picked, inside
