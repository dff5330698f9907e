"""Bounding boxes: the five ways to write one, and each of their faults."""

from typing import Any

import pytest

from analyses.formats import UnknownFormat, read_annotation
from analyses.tests.annotations_as_sent import BOX, HUGE, assert_fault, fault, item, spelled, stored

EDGES = {"left": 100, "top": 150, "right": 150, "bottom": 250}
CORNERS = {"x_min": 100, "y_min": 150, "x_max": 150, "y_max": 250}


@pytest.mark.parametrize(
    "data",
    [
        {"bbox": [100, 150, 50, 100]},
        {"bbox": [100.0, 150, 50, 100], "format": "xywh"},
        {"bbox": [100, 150, 150, 250], "format": "xyxy"},
        CORNERS,
        CORNERS | {"format": "xyxy"},
        EDGES,
    ],
)
def test_forms(data: Any) -> None:
    assert spelled(stored("bounding_box", data)) == '{"bbox": [100.0, 150.0, 50.0, 100.0], "format": "xywh"}'


def test_bounds() -> None:
    read = read_annotation(item("bounding_box", {"bbox": [-10, 5.5, 4, 2], "format": "xywh"}))
    assert read.bounds == (-10, 5.5, -6, 7.5)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (BOX | {"track": 7, "deep": {"a": [None]}}, {"track": 7, "deep": {"a": [None]}}),
        (EDGES | {"width": "x"}, {"width": "x"}),
        (BOX | {"left": 1}, {"left": 1}),
    ],
)
def test_unknown_keys_are_kept(data: Any, kept: Any) -> None:
    assert stored("bounding_box", data) == {"bbox": [100, 150, 50, 100], "format": "xywh"} | kept


def test_what_was_sent_is_left_alone() -> None:
    sent = {"bbox": [100, 150, 150, 250], "format": "xyxy"}
    read_annotation(item("bounding_box", sent))
    assert sent == {"bbox": [100, 150, 150, 250], "format": "xyxy"}


@pytest.mark.parametrize(
    ("bbox", "field", "message"),
    [
        (None, "data.bbox", "bbox needs 4 numbers [x, y, width, height], got null"),
        ("1,2,3,4", "data.bbox", 'got "1,2,3,4"'),
        ({"x": 1}, "data.bbox", "got an object"),
        ([1, 2, 3], "data.bbox", "bbox needs 4 numbers [x, y, width, height], got a list of 3"),
        ([1, 2, 3, 4, 5], "data.bbox", "got a list of 5"),
        (["1", 2, 3, 4], "data.bbox[0]", 'bbox[0] must be a number, got "1"'),
        ([1, True, 3, 4], "data.bbox[1]", "bbox[1] must be a number, got true"),
        ([1, 2, None, 4], "data.bbox[2]", "bbox[2] must be a number, got null"),
        ([1, 2, 3, [4]], "data.bbox[3]", "bbox[3] must be a number, got a list of 1"),
        ([1e10, 2, 3, 4], "data.bbox[0]", "must be a number between -1e+09 and 1e+09, got 10000000000.0"),
        ([1, -(10**10), 3, 4], "data.bbox[1]", "must be a number between -1e+09 and 1e+09, got -10000000000"),
        ([1, 2, HUGE, 4], "data.bbox[2]", "got a huge integer"),
        ([1, -HUGE, 3, 4], "data.bbox[1]", "got a huge integer"),
        ([float("nan"), 2, 3, 4], "data.bbox[0]", "got NaN"),
        ([1, 2, float("inf"), 4], "data.bbox[2]", "got Infinity"),
        ([1, 2, 0, 4], "data.bbox[2]", "bbox[2] must leave a width above 0, got 0"),
        ([1, 2, 3, -4], "data.bbox[3]", "bbox[3] must leave a height above 0, got -4"),
    ],
)
def test_faults_of_xywh(bbox: Any, field: str, message: str) -> None:
    assert_fault(fault(item("bounding_box", {"bbox": bbox})), field, message)


@pytest.mark.parametrize(
    ("bbox", "field", "message"),
    [
        ([1, 2, 3], "data.bbox", "bbox needs 4 numbers [x1, y1, x2, y2], got a list of 3"),
        ([5, 2, 5, 4], "data.bbox[2]", "bbox[2] must leave a width above 0, got 0"),
        ([1, 5, 3, 4], "data.bbox[3]", "bbox[3] must leave a height above 0, got -1"),
    ],
)
def test_faults_of_xyxy(bbox: Any, field: str, message: str) -> None:
    assert_fault(fault(item("bounding_box", {"bbox": bbox, "format": "xyxy"})), field, message)


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({}, "data", "must have bbox or x_min, y_min, x_max, y_max or left, top, right, bottom, got none"),
        ({"x_min": 1, "y_min": 2, "y_max": 4}, "data.x_max", "x_max is missing, a box needs x_min, y_min, "),
        ({"left": 1, "top": 2, "right": 3}, "data.bottom", "bottom is missing, a box needs left, top, "),
        (EDGES | {"right": "3"}, "data.right", 'right must be a number, got "3"'),
        (EDGES | {"right": 98}, "data.right", "right must leave a width above 0, got -2"),
        (EDGES | {"bottom": 150}, "data.bottom", "bottom must leave a height above 0, got 0"),
    ],
)
def test_faults_of_named_edges(data: Any, field: str, message: str) -> None:
    assert_fault(fault(item("bounding_box", data)), field, message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BOX | {"format": "cxcywh"}, 'format must be xywh or xyxy, got "cxcywh"'),
        (BOX | {"format": "XYWH"}, 'format must be xywh or xyxy, got "XYWH"'),
        (BOX | {"format": None}, "format must be xywh or xyxy, got null"),
        (BOX | {"format": ["xywh"]}, "format must be xywh or xyxy, got a list of 1"),
        (EDGES | {"format": "xywh"}, 'format must be xyxy, got "xywh"'),
    ],
)
def test_unknown_formats(data: Any, message: str) -> None:
    error = fault(item("bounding_box", data))
    assert (type(error), error.field, error.message) == (UnknownFormat, "data.format", message)
