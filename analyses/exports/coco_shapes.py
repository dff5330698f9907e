"""Polygons, masks and poses as COCO writes them, on the grid of the picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analyses import geometry
from analyses.exports.numbers import Layout, names_of
from analyses.exports.outlines import by_column, numbered

Integers = npt.NDArray[np.int64]
Rings = Sequence[geometry.Ring]
FEW = 64  # runs below which a loop is quicker than arrays
VISIBLE = 2  # COCO's word for a keypoint that is labelled and seen


# --- masks ------------------------------------------------------------------------------------------------
def on_the_picture(size: Sequence[int], counts: Sequence[int], height: int, width: int) -> Sequence[int]:
    """Run lengths on the grid of the picture: each of its pixels is what the mask's grid has under its middle.

    On a grid of the picture's own size they stay to the pixel, and to the run, what they are.
    """
    if list(size) == [height, width]:
        return counts
    rows, columns = size
    column, first, last = by_column(geometry.rle_runs(counts), rows)
    top, bottom = begun(first, rows, height), begun(last, rows, height)
    left, right = begun(column, columns, width), begun(column + 1, columns, width)
    copies = np.where(bottom > top, right - left, 0)
    piece = np.repeat(np.arange(len(column)), copies)
    x = left[piece] + numbered(copies)
    begin = np.sort(x * height + top[piece])
    return lengths((begin, np.sort(x * height + bottom[piece])), height * width)


def begun(edge: Integers, cells: int, pixels: int) -> Integers:
    """The first of `pixels` whose middle lies behind this edge of `cells`, both over the same length."""
    return -((cells - 2 * edge * pixels) // (2 * cells))


def lengths(runs: geometry.Runs, pixels: int) -> list[int]:
    """Run lengths of runs that are in order; those that touch become one."""
    starts, ends = runs
    apart = starts[1:] != ends[:-1]
    edge = np.ones(min(len(starts), 1), np.bool_)
    starts, ends = starts[np.concatenate((edge, apart))], ends[np.concatenate((apart, edge))]
    edges = np.zeros(2 * len(starts) + 2, np.int64)
    edges[1:-1:2], edges[2:-1:2], edges[-1] = starts, ends, pixels
    counts: list[int] = np.diff(edges).tolist()
    return counts if counts[-1] else counts[:-1]


def coco_string(counts: Sequence[int]) -> str:
    """What geometry.rle_to_coco_string gives, of many runs at once."""
    if len(counts) < FEW:
        return geometry.rle_to_coco_string(counts)
    rest = np.array(counts, np.int64)
    rest[3:] -= rest[1:-2].copy()
    written = np.zeros((len(rest), 13), np.uint8)  # 13 groups of 5 bits hold any of 64
    more = np.ones(len(rest), np.bool_)
    for place in range(written.shape[1]):
        group = rest & 0x1F
        rest >>= 5
        goes_on = rest != np.where(group & 0x10, -1, 0)
        written[:, place] = np.where(more, 48 + group + np.where(goes_on, 0x20, 0), 0)
        more &= goes_on
        if not more.any():
            break
    return written[written > 0].tobytes().decode("ascii")


# --- polygons ---------------------------------------------------------------------------------------------
def flat(rings: Rings) -> list[list[float]]:
    """Each ring as x, y, x, y …"""
    return [[number for pair in ring for number in pair] for ring in rings]


def overlaps(rings: Rings, height: int, width: int) -> bool:
    """Whether rings have pixels in common: COCO unites them where we have holes."""
    if len(rings) == 1:
        return False
    try:
        united, cut = (geometry.rings_runs(rings, height, width, holes=holes) for holes in (False, True))
    except ValueError:  # they reach far beyond the picture
        return False
    return geometry.runs_area(united) != geometry.runs_area(cut)


# --- poses ------------------------------------------------------------------------------------------------
def triples(points: list[dict[str, Any]], layout: Layout) -> list[float]:
    """x, y and COCO's visibility of each keypoint of the layout; three zeros where the pose has none."""
    numbers: list[float] = [0] * 3 * len(layout.names)
    for name, point in zip(names_of(points), points, strict=True):
        at = 3 * layout.names[name]
        numbers[at : at + 3] = point["x"], point["y"], VISIBLE
    return numbers
