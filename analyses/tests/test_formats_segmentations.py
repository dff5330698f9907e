"""Segmentations: polygons and run lengths in all their forms, and each of their faults."""

from typing import Any

import pytest

from analyses.formats import read_annotation
from analyses.tests.annotations_as_sent import HUGE, TRIANGLE, assert_fault, fault, item, rle, spelled, stored

SQUARE = [[10, 10], [12, 10], [12, 15], [10, 15]]


class TestPolygon:
    @pytest.mark.parametrize(
        "data",
        [
            {"points": TRIANGLE, "format": "polygon"},
            {"points": TRIANGLE},
            {"points": [TRIANGLE], "format": "polygon"},
            {"points": [TRIANGLE]},
        ],
    )
    def test_forms(self, data: Any) -> None:
        text = '{"points": [[[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]], "format": "polygon"}'
        assert spelled(stored("segmentation", data)) == text

    def test_several_rings(self) -> None:
        assert stored("segmentation", {"points": [TRIANGLE, SQUARE]})["points"] == [TRIANGLE, SQUARE]

    def test_bounds_of_several_rings(self) -> None:
        assert read_annotation(item("segmentation", {"points": [TRIANGLE, SQUARE]})).bounds == (0, 0, 12, 15)

    def test_unknown_keys_are_kept(self) -> None:
        kept = {"area": 6, "bbox": "x"}
        expected = {"points": [TRIANGLE], "format": "polygon"} | kept
        assert stored("segmentation", {"points": TRIANGLE} | kept) == expected

    @pytest.mark.parametrize(
        ("points", "field", "message"),
        [
            (None, "data.points", "points needs at least 3 pairs [x, y], got null"),
            ("0,0", "data.points", 'got "0,0"'),
            ([], "data.points", "got a list of 0"),
            (TRIANGLE[:2], "data.points", "got a list of 2"),
            ([0, 0, 4, 0, 0, 3], "data.points[0]", "points[0] must be a pair [x, y], got 0"),
            ([[0, 0], [4, 0], [0]], "data.points[2]", "points[2] must be a pair [x, y], got a list of 1"),
            ([[0, 0], [4, 0, 1], [0, 3]], "data.points[1]", "must be a pair [x, y], got a list of 3"),
            ([[], [4, 0], [0, 3]], "data.points[0]", "points[0] must be a pair [x, y], got a list of 0"),
            ([[0, 0], ["4", 0], [0, 3]], "data.points[1][0]", 'points[1][0] must be a number, got "4"'),
            ([[0, 0], [4, 0], [0, False]], "data.points[2][1]", "must be a number, got false"),
            ([[0, 0], [4, 0], [0, HUGE]], "data.points[2][1]", "got a huge integer"),
            ([TRIANGLE, TRIANGLE[:2]], "data.points[1]", "points[1] needs at least 3 pairs [x, y], got a"),
            ([TRIANGLE, 5], "data.points[1]", "points[1] needs at least 3 pairs [x, y], got 5"),
            ([TRIANGLE, [[0, 0], [1, None], [2, 2]]], "data.points[1][1][1]", "must be a number, got null"),
            ([[[0, 0], [4, 0]]], "data.points[0]", "points[0] needs at least 3 pairs"),
            ([[[[0, 0]], [4, 0], [0, 3]]], "data.points[0][0]", "points[0][0] must be a pair"),
        ],
    )
    def test_faults(self, points: Any, field: str, message: str) -> None:
        assert_fault(fault(item("segmentation", {"points": points})), field, message)


class TestRunLengths:
    @pytest.mark.parametrize(
        ("counts", "filled"),
        [
            ([2, 3, 7], "[2, 3, 7]"),
            ([2, 3, 4], "[2, 3, 7]"),  # the last run is background: it grows
            ([2, 3], "[2, 3, 7]"),  # the last run is object: background follows
            ([], "[12]"),
            ([0, 12], "[0, 12]"),
            ([5, 0], "[5, 0, 7]"),
            ("237", "[2, 3, 7]"),
        ],
    )
    def test_forms(self, counts: Any, filled: str) -> None:
        text = f'{{"rle": {{"size": [3, 4], "counts": {filled}}}, "format": "rle"}}'
        assert spelled(stored("segmentation", rle(counts))) == text

    def test_format_named(self) -> None:
        assert stored("segmentation", rle([12]) | {"format": "rle"}) == rle([12]) | {"format": "rle"}

    def test_the_guides_example(self) -> None:
        sent = {"rle": {"counts": [12, 5, 8, 3, 15, 2], "size": [480, 640]}, "format": "rle"}
        assert stored("segmentation", sent)["rle"]["counts"] == [12, 5, 8, 3, 15, 2, 307_155]

    def test_what_was_sent_is_left_alone(self) -> None:
        sent = rle([2, 3, 4])
        read_annotation(item("segmentation", sent))
        assert sent == rle([2, 3, 4])

    def test_bounds(self) -> None:
        assert read_annotation(item("segmentation", rle([4, 1, 3, 1]))).bounds == (1, 1, 3, 3)

    def test_an_empty_mask_has_no_bounds(self) -> None:
        assert read_annotation(item("segmentation", rle([12]))).bounds is None

    def test_the_largest_size(self) -> None:
        assert stored("segmentation", rle([], (32_768, 32_768)))["rle"]["counts"] == [32_768**2]

    def test_unknown_keys_are_kept(self) -> None:
        sent = {"rle": {"size": [3, 4], "counts": [12], "order": "F"}, "area": 0}
        assert stored("segmentation", sent) == sent | {"format": "rle"}

    @pytest.mark.parametrize("value", [None, [3, 4], "237"])
    def test_what_is_no_object(self, value: Any) -> None:
        error = fault(item("segmentation", {"rle": value}))
        assert_fault(error, "data.rle", "rle must be an object {size, counts}, got")

    @pytest.mark.parametrize(
        ("size", "field", "message"),
        [
            ((3,), "data.rle.size", "rle.size must be [height, width], got a list of 1"),
            ("3x4", "data.rle.size", 'rle.size must be [height, width], got "3x4"'),
            ((0, 4), "data.rle.size[0]", "rle.size[0] must be between 1 and 32768, got 0"),
            ((3, 32_769), "data.rle.size[1]", "rle.size[1] must be between 1 and 32768, got 32769"),
            ((3.0, 4), "data.rle.size[0]", "rle.size[0] must be an integer, got 3.0"),
            ((3, True), "data.rle.size[1]", "rle.size[1] must be an integer, got true"),
            ((3, HUGE), "data.rle.size[1]", "got a huge integer"),
        ],
    )
    def test_faults_of_size(self, size: Any, field: str, message: str) -> None:
        assert_fault(fault(item("segmentation", rle([12], size))), field, message)

    @pytest.mark.parametrize(
        ("counts", "field", "message"),
        [
            (None, "data.rle.counts", "rle.counts must be a list of integers or a COCO string, got null"),
            ({"a": 1}, "data.rle.counts", "got an object"),
            ([2, -1, 3], "data.rle.counts[1]", "rle.counts[1] must be between 0 and 1073741824, got -1"),
            ([2, 3.0], "data.rle.counts[1]", "rle.counts[1] must be an integer, got 3.0"),
            ([True, 3], "data.rle.counts[0]", "rle.counts[0] must be an integer, got true"),
            ([2, "3"], "data.rle.counts[1]", 'rle.counts[1] must be an integer, got "3"'),
            ([2, 3, 8], "data.rle.counts", "rle.counts must not sum to more than the 12 pixels of size"),
            ([HUGE], "data.rle.counts", "rle.counts must not sum to more than the 12 pixels of size"),
            ("238", "data.rle.counts", "rle.counts must not sum to more than the 12 pixels of size"),
            ("2 3", "data.rle.counts", "is not a COCO string: character 1 is outside the alphabet"),
            ("P", "data.rle.counts", "is not a COCO string: it ends in the middle of a number"),
        ],
    )
    def test_faults_of_counts(self, counts: Any, field: str, message: str) -> None:
        assert_fault(fault(item("segmentation", rle(counts))), field, message)

    @pytest.mark.parametrize("missing", ["size", "counts"])
    def test_missing(self, missing: str) -> None:
        data = rle([12])
        del data["rle"][missing]
        assert_fault(fault(item("segmentation", data)), f"data.rle.{missing}", "but it is missing")


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({}, "data", "data must have either points or rle, got neither"),
        ({"format": "rle"}, "data", "data must have either points or rle, got neither"),
        ({"points": TRIANGLE} | rle([12]), "data", "data must have either points or rle, got points and rle"),
        ({"points": TRIANGLE, "format": "rle"}, "data.format", 'must be polygon beside points, got "rle"'),
        (rle([12]) | {"format": "polygon"}, "data.format", 'must be rle beside rle, got "polygon"'),
        ({"points": TRIANGLE, "format": "mask"}, "data.format", 'must be polygon or rle, got "mask"'),
        (rle([12]) | {"format": None}, "data.format", "format must be polygon or rle, got null"),
    ],
)
def test_segmentations_that_contradict_themselves(data: Any, field: str, message: str) -> None:
    assert_fault(fault(item("segmentation", data)), field, message)
