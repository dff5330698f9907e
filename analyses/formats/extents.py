"""Bounds of many annotations at a time: (4, n) numbers, as geometry.py has them for one."""

import numpy as np

from analyses.formats.blocks import Floats, Numbers


def nowhere(count: int) -> Floats:
    """The bounds of annotations without a place."""
    return np.full((4, count), np.nan)


def of_points(points: Floats, lengths: list[int]) -> Floats:
    """Bounds of points (n, 2), of which so many at a time belong together; none of these may be 0."""
    starts = beginnings(np.array(lengths))
    return np.vstack((np.minimum.reduceat(points, starts).T, np.maximum.reduceat(points, starts).T))


def of_runs(runs: Numbers, lengths: Numbers, heights: Numbers) -> Floats:
    """Bounds of masks, of which so many (above 0, and even) of COCO's run lengths at a time are one."""
    pairs, starts = lengths // 2, beginnings(lengths)  # pairs of background and object
    sums = np.cumsum(runs)
    ends, runs = sums[1::2] - np.repeat(sums[starts] - runs[starts], pairs), runs[1::2]
    height, first, where = np.repeat(heights, pairs), starts // 2, np.arange(len(lengths))
    bounds = nowhere(len(lengths))
    if not runs.all():  # an object of no pixels is none
        some = runs > 0
        left = np.add.reduceat(some, first, dtype=np.int64)
        where = np.flatnonzero(left)
        if not len(where):
            return bounds
        ends, runs, height, first = ends[some], runs[some], height[some], beginnings(left[where])
    begins, last, full = ends - runs, np.append(first[1:], len(runs)) - 1, heights[where]
    tops = begins % height
    top, bottom = np.minimum.reduceat(tops, first), np.maximum.reduceat(tops + runs, first)
    through = bottom > full  # a run goes through the foot of one column and the head of the next
    top[through], bottom[through] = 0, full[through]
    bounds[:, where] = begins[first] // full, top, (ends[last] - 1) // full + 1, bottom
    return bounds


def beginnings(lengths: Numbers) -> Numbers:
    """Where each of several lists begins in the one that holds them all."""
    return np.cumsum(lengths) - lengths
