"""Run lengths turned into rows: held against a bitmap made one pixel at a time."""

from collections.abc import Sequence
from itertools import chain, groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analyses.geometry import rle_bounds
from analyses.payload import masks
from analyses.payload.masks import COLUMNS, ROWS, Mask

SIDE = st.integers(1, 9)
PICTURES = st.tuples(SIDE, SIDE).flatmap(lambda shape: arrays(np.bool_, shape))


def coco(picture: np.ndarray) -> list[int]:
    """Column by column, background first."""
    runs = [(bit, len(list(group))) for bit, group in groupby(picture.T.ravel().tolist())]
    return [*([0] if runs[0][0] else []), *(length for _, length in runs)]


def drawn(mask: Mask) -> np.ndarray:
    """The whole grid, a pixel at a time."""
    picture = np.zeros((mask.height, mask.width), np.bool_)
    pixels = chain.from_iterable([i % 2 == 1] * count for i, count in enumerate(mask.counts.tolist()))
    for number, bit in enumerate(pixels):
        if mask.order == ROWS:
            y, x = divmod(number, mask.columns)
            picture[mask.y + y, mask.x + x] = bit
        else:
            x, y = divmod(number, mask.height)
            picture[y, x] = bit
    return picture


def encoded(size: tuple[int, int], counts: Sequence[int]) -> Mask:
    return masks.from_coco(size, counts, rle_bounds(counts, *size) or [float("nan")] * 4)


@given(PICTURES)
def test_the_pixels_are_the_same(picture: np.ndarray) -> None:
    assert np.array_equal(drawn(encoded(picture.shape, coco(picture))), picture)


@given(PICTURES)
def test_the_way_back_gives_cocos_run_lengths(picture: np.ndarray) -> None:
    assert masks.to_coco(encoded(picture.shape, coco(picture))) == coco(picture)


@given(PICTURES)
def test_runs_begin_with_background_and_end_with_object(picture: np.ndarray) -> None:
    counts = encoded(picture.shape, coco(picture)).counts.tolist()
    assert len(counts) % 2 == 0
    assert 0 not in counts[1:]


@given(PICTURES)
def test_masks_that_stay_columns_have_the_same_pixels(picture: np.ndarray) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "TIMES", 0)
        patch.setattr(masks, "AND", 0)
        mask = encoded(picture.shape, coco(picture))
        assert mask.order == (COLUMNS if picture.any() else ROWS)
        assert np.array_equal(drawn(mask), picture)
        assert masks.to_coco(mask) == coco(picture)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_empty_runs_mean_nothing(counts: list[int]) -> None:
    height = 3
    width = -(-max(sum(counts), 1) // height)
    flat = list(chain.from_iterable([i % 2 == 1] * count for i, count in enumerate(counts)))
    flat += [False] * (height * width - len(flat))
    picture = np.array(flat).reshape(width, height).T
    assert np.array_equal(drawn(encoded((height, width), counts)), picture)


def test_a_mask_is_cropped_to_its_object() -> None:
    mask = encoded((480, 640), [480 * 100 + 50, 10, 470, 10, 480 * 538 - 60])
    assert mask[:7] == (480, 640, 100, 50, 2, 10, ROWS)
    assert mask.counts.tolist() == [0, 20]


def test_a_huge_grid_costs_no_more_than_its_runs() -> None:
    side = 32_768
    mask = encoded((side, side), [0, side * side])
    assert mask.counts.tolist() == [0, side * side]
    assert masks.to_coco(mask) == [0, side * side]


def test_upright_stripes_stay_columns() -> None:
    side = 32_768
    counts = [side] * 200
    mask = encoded((side, 200), counts)
    assert mask.order == COLUMNS
    assert masks.to_coco(mask) == counts
