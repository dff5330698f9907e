"""Geometry: properties by hypothesis, run lengths against numpy and pycocotools."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from analyses.geometry import (
    Bounds,
    box_bounds,
    box_iou,
    ring_area,
    ring_bounds,
    rings_bounds,
    rle_area,
    rle_bounds,
    rle_from_coco_string,
    rle_to_coco_string,
)

coordinates = st.floats(-1e9, 1e9)
sizes = st.floats(0, 1e9)
boxes = st.builds(box_bounds, coordinates, coordinates, sizes, sizes)
near_boxes = st.builds(box_bounds, st.floats(0, 4), st.floats(0, 4), st.floats(1, 4), st.floats(1, 4))
rings = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=8)
triangles = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=3)
run_lengths = st.lists(st.integers(0, 2**32 - 1), max_size=12)


@st.composite
def masks(draw: st.DrawFn) -> tuple[list[int], int, int]:
    """Counts that fill a mask exactly, its height and its width."""
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    cuts = sorted(draw(st.lists(st.integers(0, height * width), max_size=10)))
    edges = [0, *cuts, height * width]
    return [end - start for start, end in itertools.pairwise(edges)], height, width


def decoded(counts: list[int], height: int, width: int) -> np.ndarray:
    """The bitmap of run lengths, as [row, column]."""
    pixels = np.repeat(np.arange(len(counts)) % 2, counts)
    return pixels.reshape((height, width), order="F")


class TestBoxes:
    def test_bounds(self) -> None:
        assert box_bounds(100, 150, 50, 100) == (100, 150, 150, 250)

    @given(boxes)
    def test_iou_with_itself_is_1(self, box: Bounds) -> None:
        assert box_iou(box, box) == 1

    @given(boxes | near_boxes, boxes | near_boxes)
    def test_iou_is_symmetric(self, a: Bounds, b: Bounds) -> None:
        assert box_iou(a, b) == box_iou(b, a)

    @given(boxes | near_boxes, boxes | near_boxes)
    def test_iou_is_between_0_and_1(self, a: Bounds, b: Bounds) -> None:
        assert 0 <= box_iou(a, b) <= 1

    @pytest.mark.parametrize(
        ("a", "b", "iou"),
        [
            ((0, 0, 2, 2), (1, 1, 3, 3), 1 / 7),
            ((0, 0, 2, 1), (1, 0, 3, 1), 1 / 3),
            ((0, 0, 4, 4), (1, 1, 3, 3), 1 / 4),
            ((0, 0, 1, 1), (1, 0, 2, 1), 0),
            ((0, 0, 1, 1), (5, 5, 6, 6), 0),
            ((0, 0, 0, 1), (0, 0, 2, 1), 0),
            ((0, 0, 1e-200, 1e-200), (0, 0, 1e-201, 1e-201), 0),
        ],
    )
    def test_iou(self, a: Bounds, b: Bounds, iou: float) -> None:
        assert box_iou(a, b) == pytest.approx(iou)


class TestRings:
    def test_bounds(self) -> None:
        assert ring_bounds([(100, 150), (120, 140), (150, 160), (140, 180)]) == (100, 140, 150, 180)

    def test_bounds_of_several(self) -> None:
        assert rings_bounds([[(0, 5), (1, 6), (2, 5)], [(9, -1), (8, 3), (7, 2)]]) == (0, -1, 9, 6)

    @pytest.mark.parametrize(
        ("ring", "area"),
        [
            ([(0, 0), (4, 0), (4, 3), (0, 3)], 12),
            ([(0, 0), (0, 3), (4, 3), (4, 0)], 12),
            ([(0, 0), (4, 0), (0, 3)], 6),
            ([(0, 0), (1, 1), (2, 2)], 0),
            ([(1e9, 1e9), (1e9 + 1, 1e9), (1e9, 1e9 + 1)], 0.5),
        ],
    )
    def test_area(self, ring: list[tuple[float, float]], area: float) -> None:
        assert ring_area(ring) == area

    @given(triangles)  # a ring that crosses itself may count a piece twice
    def test_area_does_not_exceed_the_bounds(self, ring: list[tuple[float, float]]) -> None:
        x_min, y_min, x_max, y_max = ring_bounds(ring)
        assert ring_area(ring) <= (x_max - x_min) * (y_max - y_min) * (1 + 1e-9)

    @given(rings, st.integers(0, 7))
    def test_area_does_not_depend_on_the_first_corner(
        self, ring: list[tuple[float, float]], turn: int
    ) -> None:
        turned = ring[turn:] + ring[:turn]
        assert math.isclose(ring_area(ring), ring_area(turned), rel_tol=1e-6, abs_tol=1e4)


class TestRunLengths:
    @given(masks())
    def test_bounds_are_those_of_the_bitmap(self, mask: tuple[list[int], int, int]) -> None:
        rows, columns = np.nonzero(decoded(*mask))
        expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None
        assert rle_bounds(*mask) == expected

    @given(masks())
    def test_area_is_that_of_the_bitmap(self, mask: tuple[list[int], int, int]) -> None:
        assert rle_area(mask[0]) == decoded(*mask).sum()

    @pytest.mark.parametrize(
        ("counts", "bounds"),
        [
            ([], None),
            ([12], None),
            ([4, 0, 8], None),
            ([0, 1], (0, 0, 1, 1)),
            ([9, 1], (3, 0, 4, 1)),
            ([0, 12], (0, 0, 4, 3)),
            ([3, 3], (1, 0, 2, 3)),
            ([5, 2], (1, 0, 3, 3)),
            ([1, 1, 2, 1, 2, 1], (0, 1, 3, 2)),
        ],
    )
    def test_bounds_in_a_mask_3_high_and_4_wide(self, counts: list[int], bounds: Bounds | None) -> None:
        assert rle_bounds(counts, 3, 4) == bounds

    @pytest.mark.parametrize("counts", [[13], [12, 1], [6, 6, 1]])
    def test_runs_that_do_not_fit(self, counts: list[int]) -> None:
        with pytest.raises(ValueError, match="run lengths of 13 pixels do not fit 3 x 4"):
            rle_bounds(counts, 3, 4)


class TestCocoStrings:
    @given(masks())
    def test_written_as_pycocotools_writes_it(self, mask: tuple[list[int], int, int]) -> None:
        counts, height, width = mask
        reference = coco.frPyObjects({"counts": counts, "size": [height, width]}, height, width)
        assert rle_to_coco_string(counts) == reference["counts"].decode()

    # pycocotools keeps six characters a number, none for the end of the string: more corrupts its memory. Five are
    # 25 bits with the sign.
    @given(st.lists(st.integers(0, 2**24 - 1), max_size=12))
    def test_long_runs_written_as_pycocotools_writes_them(self, counts: list[int]) -> None:
        reference = coco.frPyObjects({"counts": counts, "size": [1, 1]}, 1, 1)
        assert rle_to_coco_string(counts) == reference["counts"].decode()

    @given(run_lengths)
    def test_round_trip(self, counts: list[int]) -> None:
        assert rle_from_coco_string(rle_to_coco_string(counts)) == counts

    def test_a_mask_of_pycocotools(self) -> None:
        bitmap = np.zeros((480, 640), dtype=np.uint8, order="F")
        bitmap[100:200, 300:420] = 1
        counts = rle_from_coco_string(coco.encode(bitmap)["counts"].decode())
        assert np.array_equal(decoded(counts, 480, 640), bitmap)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("0 0", "character 1 is outside the alphabet"),
            ("p", "character 0 is outside the alphabet"),
            ("\U0001f600", "character 0 is outside the alphabet"),
            ("0P", "it ends in the middle of a number"),
            ("O", "run 0 is negative"),
            ("1100O", "run 4 is negative"),
            ("P" * 7, "the number that ends after character 6 is too long"),
            ("P" * 100_000, "the number that ends after character 6 is too long"),
        ],
    )
    def test_faults(self, text: str, fault: str) -> None:
        with pytest.raises(ValueError, match=fault):
            rle_from_coco_string(text)

    @given(st.text(st.characters(min_codepoint=40, max_codepoint=120), max_size=40))
    def test_any_text_gives_counts_or_value_error(self, text: str) -> None:
        try:
            counts = rle_from_coco_string(text)
        except ValueError:
            return
        assert all(count >= 0 for count in counts)
