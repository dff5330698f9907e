"""One function for each annotation type: its `data` as a pipeline sends it -> the stored form and its bounds.

Each raises FormatError with the path of the first fault. Keys it does not know stay in `data` as they came.
"""

import sys
from collections.abc import Callable
from typing import Any

from analyses import geometry
from analyses.formats.artifacts import check_artifact_name
from analyses.formats.checks import (
    Data,
    FormatError,
    each,
    format_of,
    got,
    integer,
    number,
    share,
    shown,
    text,
    without,
)
from analyses.geometry import Bounds

MAX_MASK_SIDE = 32_768
MAX_UNIT = 255
MAX_STORAGE_PATH = 1024  # the longest key S3 takes


def read_bounding_box(data: Data) -> tuple[Data, Bounds]:
    """`bbox` with `format` xywh (default) or xyxy, or four named edges -> `{bbox, format: "xywh"}`."""
    if "bbox" in data:
        box_format = format_of(data, tuple(_BOX_NUMBERS), "xywh")
        values = data["bbox"]
        if not isinstance(values, list) or len(values) != 4:
            raise FormatError("data.bbox", f"needs 4 numbers {_BOX_NUMBERS[box_format]}, got {shown(values)}")
        consumed, fields = _BBOX
    else:
        consumed = _edge_names(data)
        box_format = format_of(data, ("xyxy",), "xyxy")
        values = [data[name] for name in consumed]
        fields = tuple(f"data.{name}" for name in consumed)
    x, y, width, height = map(number, values, fields)
    if box_format == "xyxy":
        width, height = width - x, height - y
    if width <= 0:
        raise FormatError(fields[2], f"must leave a width above 0, got {width:g}")
    if height <= 0:
        raise FormatError(fields[3], f"must leave a height above 0, got {height:g}")
    stored = {"bbox": [x, y, width, height], "format": "xywh"}
    return stored | without(data, *consumed, "format"), geometry.box_bounds(x, y, width, height)


def read_segmentation(data: Data) -> tuple[Data, Bounds | None]:
    """`points` or `rle` -> `{points: [ring, …], format: "polygon"}` or `{rle: {size, counts}, format: "rle"}`."""
    given = [name for name in ("points", "rle") if name in data]
    if len(given) != 1:
        raise FormatError("data", f"must have either points or rle, got {' and '.join(given) or 'neither'}")
    expected = "polygon" if given == ["points"] else "rle"
    if format_of(data, ("polygon", "rle"), expected) != expected:
        raise FormatError("data.format", f"must be {expected} beside {given[0]}, {got(data, 'format')}")
    rest = without(data, *given, "format")
    if expected == "rle":
        rle, bounds = _read_rle(data["rle"])
        return {"rle": rle, "format": "rle"} | rest, bounds
    rings = _read_rings(data["points"])
    return {"points": rings, "format": "polygon"} | rest, geometry.rings_bounds(rings)


def read_keypoint(data: Data) -> tuple[Data, Bounds]:
    """`keypoints` of `{x, y}` with optional `name` and `confidence`, optional `skeleton` -> as sent.

    The skeleton's pairs are indices into `keypoints`, counted from 0.
    """
    points = data.get("keypoints")
    if not isinstance(points, list) or not points:
        raise FormatError(
            "data.keypoints", f"must be a list of at least one {{x, y}}, {got(data, 'keypoints')}"
        )
    places = each(points, _read_point, "data.keypoints")
    if "skeleton" in data:
        _check_skeleton(data["skeleton"], len(points))
    return dict(data), geometry.ring_bounds(places)


def read_classification(data: Data) -> tuple[Data, None]:
    """`scores` from class to 0..1, which may be absent -> the same, highest first."""
    if "scores" not in data:
        return dict(data), None
    scores = data["scores"]
    if not isinstance(scores, dict):
        raise FormatError("data.scores", f"must be an object from class to score, got {shown(scores)}")
    shares = {name: share(score, f"data.scores.{name:.40}") for name, score in scores.items()}
    highest_first = dict(sorted(shares.items(), key=lambda entry: -entry[1]))
    return {"scores": highest_first} | without(data, "scores"), None


def read_heatmap(data: Data) -> tuple[Data, None]:
    """`artifact_name` or `storage_path`, optional `value_range` [low, high] and `unit` -> as sent.

    Whether the artifact was announced is for the caller to look up: `references()` says which it is.
    """
    if "artifact_name" not in data and "storage_path" not in data:
        raise FormatError("data", "must have artifact_name or storage_path, got neither")
    if "artifact_name" in data:
        check_artifact_name(data["artifact_name"], "data.artifact_name")
    if "storage_path" in data:
        text(data["storage_path"], "data.storage_path", 1, MAX_STORAGE_PATH)
    if "value_range" in data:
        _check_range(data["value_range"])
    if "unit" in data:
        text(data["unit"], "data.unit", 0, MAX_UNIT)
    return dict(data), None


READERS: dict[str, Callable[[Data], tuple[Data, Bounds | None]]] = {
    "bounding_box": read_bounding_box,
    "segmentation": read_segmentation,
    "keypoint": read_keypoint,
    "classification": read_classification,
    "heatmap": read_heatmap,
}
ANNOTATION_TYPES = tuple(READERS)

_BOX_NUMBERS = {"xywh": "[x, y, width, height]", "xyxy": "[x1, y1, x2, y2]"}
_BOX_EDGES = (("x_min", "y_min", "x_max", "y_max"), ("left", "top", "right", "bottom"))
# The key and the four fields of the usual form, made once: they are needed for every box.
_BBOX: tuple[tuple[str, ...], tuple[str, ...]] = (
    ("bbox",),
    tuple(f"data.bbox[{index}]" for index in range(4)),
)


def _edge_names(data: Data) -> tuple[str, ...]:
    for names in _BOX_EDGES:
        missing = [name for name in names if name not in data]
        if not missing:
            return names
        if len(missing) < len(names):
            raise FormatError(f"data.{missing[0]}", f"is missing, a box needs {', '.join(names)}")
    sets = " or ".join(", ".join(names) for names in _BOX_EDGES)
    raise FormatError("data", f"must have bbox or {sets}, got none of them")


def _read_rings(points: Any) -> list[list[list[float]]]:
    match points:
        case [[list(), *_], *_]:  # a list of rings, the first of which begins with a pair
            return each(points, _read_ring, "data.points")
    try:
        return [_read_ring(points)]
    except FormatError as error:
        raise error.inside("data.points") from None


def _read_ring(ring: object) -> list[list[float]]:
    if not isinstance(ring, list) or len(ring) < 3:
        raise FormatError("", f"needs at least 3 pairs [x, y], got {shown(ring)}")
    return each(ring, _read_pair, "")


def _read_pair(pair: object) -> list[float]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise FormatError("", f"must be a pair [x, y], got {shown(pair)}")
    return [number(pair[0], "[0]"), number(pair[1], "[1]")]


def _read_rle(rle: object) -> tuple[Data, Bounds | None]:
    if not isinstance(rle, dict):
        raise FormatError("data.rle", f"must be an object {{size, counts}}, got {shown(rle)}")
    size = rle.get("size")
    if not isinstance(size, list) or len(size) != 2:
        raise FormatError("data.rle.size", f"must be [height, width], {got(rle, 'size')}")
    height = integer(size[0], "data.rle.size[0]", 1, MAX_MASK_SIDE)
    width = integer(size[1], "data.rle.size[1]", 1, MAX_MASK_SIDE)
    counts = filled(_read_counts(rle), height * width)
    stored = {"size": [height, width], "counts": counts} | without(rle, "size", "counts")
    return stored, geometry.rle_bounds(counts, height, width)


def _read_counts(rle: Data) -> list[int]:
    counts = rle.get("counts")
    if isinstance(counts, str):
        try:
            return geometry.rle_from_coco_string(counts)
        except ValueError as error:
            raise FormatError("data.rle.counts", f"is not a COCO string: {error}") from None
    if not isinstance(counts, list):
        raise FormatError(
            "data.rle.counts", f"must be a list of integers or a COCO string, {got(rle, 'counts')}"
        )
    # Two passes in C: masks have thousands of runs. Which run is wrong is looked for only when one is.
    if set(map(type, counts)) - {int} or min(counts, default=0) < 0:
        for index, count in enumerate(counts):
            integer(count, f"data.rle.counts[{index}]", 0, MAX_MASK_SIDE**2)
    return list(counts)


def filled(counts: list[int], pixels: int) -> list[int]:
    """The counts with background up to the last pixel; the runs at even places are background."""
    missing = pixels - sum(counts)
    if missing < 0:
        raise FormatError("data.rle.counts", f"must not sum to more than the {pixels} pixels of size")
    if missing == 0:
        return counts
    if len(counts) % 2:
        return [*counts[:-1], counts[-1] + missing]
    return [*counts, missing]


def _read_point(point: object) -> tuple[float, float]:
    if not isinstance(point, dict):
        raise FormatError("", f"must be an object {{x, y}}, got {shown(point)}")
    for name in ("x", "y"):
        if name not in point:
            raise FormatError(name, "is missing, a keypoint needs x and y")
    if not isinstance(point.get("name", ""), str):
        raise FormatError("name", f"must be a string, {got(point, 'name')}")
    if point.get("confidence") is not None:
        share(point["confidence"], "confidence")
    return number(point["x"], "x"), number(point["y"], "y")


def _check_skeleton(skeleton: object, points: int) -> None:
    def check_pair(pair: object) -> None:
        if not isinstance(pair, list) or len(pair) != 2:
            raise FormatError("", f"must be a pair of indices, got {shown(pair)}")
        integer(pair[0], "[0]", 0, points - 1)
        integer(pair[1], "[1]", 0, points - 1)

    if not isinstance(skeleton, list):
        raise FormatError("data.skeleton", f"must be a list of pairs of indices, got {shown(skeleton)}")
    each(skeleton, check_pair, "data.skeleton")


def _check_range(value_range: object) -> None:
    if not isinstance(value_range, list) or len(value_range) != 2:
        raise FormatError("data.value_range", f"must be [low, high], got {shown(value_range)}")
    # Values of a heatmap are no coordinates: any finite number will do.
    largest = sys.float_info.max
    low, high = (
        number(value, f"data.value_range[{index}]", -largest, largest)
        for index, value in enumerate(value_range)
    )
    if low > high:
        raise FormatError("data.value_range", f"must be [low, high], got {low:g} above {high:g}")
