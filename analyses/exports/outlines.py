"""Outlines of masks as polygons along the edges of pixels, from the runs alone: no bitmap is made."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analyses import geometry

Integers = npt.NDArray[np.int64]
Ring = list[tuple[float, float]]


def by_column(runs: geometry.Runs, rows: int) -> tuple[Integers, Integers, Integers]:
    """Column, top and bottom of each run, which is cut where it goes on into the next column."""
    starts, ends = runs
    first, last = starts // rows, (ends - 1) // rows
    pieces = last - first + 1
    run = np.repeat(np.arange(len(starts)), pieces)
    column = first[run] + numbered(pieces)
    top = np.maximum(starts[run] - column * rows, 0)
    return column, top, np.minimum(ends[run] - column * rows, rows)


def numbered(counts: Integers) -> Integers:
    """0, 1, 2 … of each, one after the other."""
    numbers: Integers = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return numbers


def outlines(size: Sequence[int], counts: Sequence[int]) -> list[Ring]:
    """Rings of corners in pixels of the mask's grid; filled by the even-odd rule they are the mask."""
    rows = size[0]
    column, top, bottom = by_column(geometry.rle_runs(counts), rows)
    # The upright sides of a column are where the object and itself moved by a column differ. A row more keeps the
    # columns apart.
    line = rows + 1
    runs = np.concatenate((column * line + top, column * line + bottom))
    ends = np.sort(np.concatenate((runs, runs + line)))
    sides = ends.reshape(-1, 2)
    sides = sides[sides[:, 0] != sides[:, 1]]
    corners = sides.ravel()  # each side's two ends beside each other
    x, y = np.divmod(corners, line)
    # Along a row the corners begin and end its level sides in turn.
    order = np.lexsort((x, y))
    level = np.empty(len(order), np.int64)
    level[order[0::2]], level[order[1::2]] = order[1::2], order[0::2]
    return rings(x.tolist(), y.tolist(), level.tolist())


def rings(x: list[int], y: list[int], level: list[int]) -> list[Ring]:
    """Walk along upright and level sides in turn, until each corner was met; corner 2n and 2n+1 are an upright side."""
    found = []
    met = [False] * len(x)
    for begin in range(0, len(x), 2):
        ring: Ring = []
        at = begin
        while not met[at]:
            beside = at ^ 1
            met[at] = met[beside] = True
            ring += [(x[at], y[at]), (x[beside], y[beside])]
            at = level[beside]
        if ring:
            found.append(ring)
    return found


def joined(rings: Sequence[Sequence[Sequence[float]]]) -> Sequence[Sequence[float]]:
    """One ring that fills what these fill by the even-odd rule: lines without width lead to the others and back."""
    if len(rings) == 1:
        return rings[0]
    home = rings[0][0]
    return [*rings[0], home, *(pair for ring in rings[1:] for pair in (*ring, ring[0], home))]
