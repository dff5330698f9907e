"""Run lengths turned from columns into rows and back, without a bitmap: few runs may span a thousand million pixels.

Pixels are numbered line by line, a line being a column of COCO's or a row of ours. The object moved on by a whole
line is a second object. What only the first has are the pixels at which a run across the lines begins; what only
the second has are those just behind its end. (A pixel behind the last line is as good as any: it only says where a
run is over.)
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

ROWS, COLUMNS = 0, 1  # how the runs of a mask go

# Upright stripes have few runs down the columns and one a pixel along the rows: there runs stay columns.
TIMES, AND = 16, 1024


class Mask(NamedTuple):
    """An object inside a grid of its own, which need not be the picture's."""

    height: int  # of the grid
    width: int
    x: int  # the object's bounds in the grid
    y: int
    columns: int
    rows: int
    order: int
    counts: Integers  # background first, then in turn; the background at the end is left out


def from_coco(size: tuple[int, int], counts: Sequence[int], bounds: Sequence[float]) -> Mask:
    """COCO's run lengths, cropped to the object's bounds (NaN where it has no pixel) and turned into rows.

    Where rows would have far more runs than columns (`order` is COLUMNS), they are COCO's own, of the whole grid.
    """
    height, width = size
    if math.isnan(bounds[0]):
        return Mask(height, width, 0, 0, 0, 0, ROWS, np.empty(0, np.int64))
    left, top, right, bottom = map(int, bounds)
    columns, rows = right - left, bottom - top
    starts, ends = stretches(np.array(counts, np.int64))
    order = ROWS
    turned = turn(
        starts, ends, height, lambda x, y: (y - top) * columns + x - left, TIMES * len(starts) + AND
    )
    if turned is None:
        order, turned = COLUMNS, (starts, ends)
    return Mask(height, width, left, top, columns, rows, order, between(*turned))


def to_coco(mask: Mask) -> list[int]:
    """COCO's run lengths of the whole grid, without empty runs other than a first one."""
    starts, ends = stretches(mask.counts)
    if mask.order == ROWS and len(starts):
        turned = turn(starts, ends, mask.columns, lambda y, x: (x + mask.x) * mask.height + y + mask.y)
        assert turned is not None, "without a limit there is always an answer"  # noqa: S101 - for mypy
        starts, ends = turned
    counts: list[int] = between(starts, ends).tolist()
    rest = mask.height * mask.width - sum(counts)
    return [*counts, rest] if rest else counts


def stretches(counts: Integers) -> tuple[Integers, Integers]:
    """Where the object's runs begin, and where they are over; those that touch are one."""
    ends = np.cumsum(counts)
    starts, ends = (ends - counts)[1::2], ends[1::2]
    wanted = ends > starts
    return joined(starts[wanted], ends[wanted])


def joined(starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
    """The same pixels with each run as long as it can be."""
    apart = starts[1:] != ends[:-1]
    edge = np.ones(min(len(starts), 1), np.bool_)
    return starts[np.concatenate((edge, apart))], ends[np.concatenate((apart, edge))]


def between(starts: Integers, ends: Integers) -> Integers:
    """Run lengths: background first, object and background in turn, object last."""
    edges = np.empty(2 * len(starts), np.int64)
    edges[0::2], edges[1::2] = starts, ends
    edges[1:] -= edges[:-1].copy()
    return edges


def turn(
    starts: Integers,
    ends: Integers,
    line: int,
    place: Callable[[Integers, Integers], Integers],
    at_most: int | None = None,
) -> tuple[Integers, Integers] | None:
    """Runs along lines of `line` pixels as runs across them; None where there would be more than `at_most`.

    `place` numbers a pixel anew, given its line and its place in the line.
    """
    at = np.concatenate((starts, ends, starts + line, ends + line))
    change = np.repeat(np.array([1, -1, -1, 1], np.int8), len(starts))
    order = np.argsort(at, kind="stable")
    at, only = (
        at[order],
        np.cumsum(change[order])[:-1],
    )  # 1: only the first object has it, -1: only the second
    at, length = at[:-1], at[1:] - at[:-1]
    if at_most is not None and int(length[only == 1].sum()) > at_most:
        return None

    def pixels(which: int) -> Integers:
        first, count = at[only == which], length[only == which]
        before = np.cumsum(count) - count
        number = np.repeat(first - before, count) + np.arange(count.sum())
        return np.sort(place(*np.divmod(number, line)))

    return joined(pixels(1), pixels(-1))
