"""Annotations as a pipeline sends them, for the tests of the formats."""

import json
from typing import Any

import pytest

from analyses.formats import FormatError, read_annotation

HUGE = 10**5_000  # Python refuses to print it
BOX = {"bbox": [100, 150, 50, 100]}
POINT = {"x": 1, "y": 2}
TRIANGLE = [[0, 0], [4, 0], [0, 3]]


def item(annotation_type: Any, data: Any, **changes: Any) -> dict[str, Any]:
    """An annotation that is right but for `data` and `changes`."""
    right = {"annotation_type": annotation_type, "class_name": "person", "confidence": 0.95, "data": data}
    return right | changes


def rle(counts: Any, size: Any = (3, 4)) -> dict[str, Any]:
    """The data of a mask, 3 high and 4 wide unless told otherwise."""
    return {"rle": {"size": list(size) if isinstance(size, tuple) else size, "counts": counts}}


def stored(annotation_type: str, data: Any) -> dict[str, Any]:
    return read_annotation(item(annotation_type, data)).data


def spelled(value: Any) -> str:
    """A form in which 1 and 1.0, and two orders of keys, are different."""
    return json.dumps(value)


def fault(value: object) -> FormatError:
    """The error that reading the item gives."""
    with pytest.raises(FormatError) as caught:
        read_annotation(value)
    return caught.value


def assert_fault(error: FormatError, field: str, piece: str) -> None:
    """One message is a sentence about its field and holds the piece."""
    assert error.field == field
    assert piece in error.message
