"""Masks on grids of their own, laid over the picture."""

import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyses import geometry
from analyses.reports.contents import stretched

sides = st.integers(1, 12)


@given(sides, sides, sides, sides, st.integers(0, 2**144 - 1))
def test_each_pixel_takes_the_one_that_it_lies_in(
    rows: int, columns: int, height: int, width: int, bits: int
) -> None:
    mask = np.array([bits >> place & 1 for place in range(rows * columns)]).reshape(columns, rows)
    expected = mask[np.ix_(np.arange(width) * columns // width, np.arange(height) * rows // height)].ravel()
    found = stretched(runs_of(mask.ravel()), (rows, columns), (height, width))
    for ours, theirs in zip(found, runs_of(expected), strict=True):
        assert ours.tolist() == theirs.tolist()


def runs_of(pixels: np.ndarray) -> geometry.Runs:
    edges = np.flatnonzero(np.diff(pixels, prepend=0, append=0))
    return edges[0::2], edges[1::2]


def test_the_largest_grid_takes_no_memory() -> None:
    side = 32_768
    tracemalloc.start()
    [starts, ends] = stretched((np.array([0]), np.array([side * side])), (side, side), (480, 640))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (starts.tolist(), ends.tolist()) == ([0], [480 * 640])
    assert most < 2**20
