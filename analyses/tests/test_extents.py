"""Bounds of many annotations at a time are those of geometry.py for each; blocks give their rows back in order."""

from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses import geometry
from analyses.formats import Block, Heads, Row, extents, in_blocks
from analyses.formats.blocks import AT_ONCE


def as_list(bounds: Any) -> list[Any]:
    """One tuple an annotation, None without a place."""
    return [None if np.isnan(found).all() else tuple(found) for found in bounds.T.tolist()]


@st.composite
def masks(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    """Height, width and counts that fit, empty runs among them."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    counts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=8))
    while sum(counts) > height * width:
        counts[counts.index(max(counts))] -= 1
    return height, width, counts


@given(st.lists(masks(), min_size=1, max_size=4))
def test_bounds_of_masks(found: list[tuple[int, int, list[int]]]) -> None:
    even = [[*counts, 0] if len(counts) % 2 else counts for _, _, counts in found]
    runs = np.array(list(chain.from_iterable(even)))
    lengths = np.array([len(counts) for counts in even])
    heights = np.array([height for height, _, _ in found])
    expected = [geometry.rle_bounds(counts, height, width) for height, width, counts in found]
    assert as_list(extents.of_runs(runs, lengths, heights)) == expected


numbers = st.floats(-1e9, 1e9)
rings = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5)


@given(st.lists(rings, min_size=1, max_size=4))
def test_bounds_of_points(found: list[list[tuple[float, float]]]) -> None:
    points = np.array(list(chain.from_iterable(found)))
    expected = [geometry.ring_bounds(ring) for ring in found]
    assert as_list(extents.of_points(points, [len(ring) for ring in found])) == expected


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, 2 * AT_ONCE + 1])
def test_blocks_give_their_rows_back(count: int) -> None:
    kinds: list[Row] = [
        ("bounding_box", "a", 0.5, 1.0, 2.0, 3.0, 4.0, b"{}"),
        ("bounding_box", "b", None, 1.0, 2.0, 3.0, 4.0, b'{"b":1}'),
        ("classification", "a", 0.25, None, None, None, None, b"{}"),
    ]
    rows = [kinds[i % 3] for i in range(count)]
    heads = Heads()
    blocks: list[Block] = list(in_blocks(rows, heads))
    assert [row for block in blocks for row in block.rows(list(heads))] == rows
