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
    pairs = lengths // 2  # of background and object
    mask, start_of = np.repeat(np.arange(len(pairs)), pairs), beginnings(lengths)
    sums = np.cumsum(runs)
    ends, runs = sums[1::2] - np.repeat(sums[start_of] - runs[start_of], pairs), runs[1::2]
    bounds = nowhere(len(lengths))
    wanted = runs > 0
    if not wanted.all():
        mask, ends, runs = mask[wanted], ends[wanted], runs[wanted]
        if not len(runs):
            return bounds
    first = np.flatnonzero(np.diff(mask, prepend=-1))  # the run with which each mask that has any begins
    last = np.append(first[1:], len(runs)) - 1
    where, height = mask[first], heights[mask[first]]
    tops = (ends - runs) % heights[mask]
    top, bottom = np.minimum.reduceat(tops, first), np.maximum.reduceat(tops + runs, first)
    through = bottom > height  # a run goes through the foot of one column and the head of the next
    top[through], bottom[through] = 0, height[through]
    left, right = (ends - runs)[first] // height, (ends[last] - 1) // height + 1
    bounds[:, where] = left, top, right, bottom
    return bounds


def beginnings(lengths: Numbers) -> Numbers:
    """Where each of several lists begins in the one that holds them all."""
    return np.cumsum(lengths) - lengths
