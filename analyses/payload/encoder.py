"""Annotation rows in, the bytes of a payload out."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, Struct, UnsetType

from analyses.formats import ANNOTATION_TYPES
from analyses.payload import masks
from analyses.payload.container import Array, Columns, packed
from analyses.payload.quantities import (
    SCORE,
    Floats,
    Grid,
    grids,
    indices,
    narrowest,
    offsets,
    scores,
)
from analyses.payload.rows import TYPE_NUMBER, Rows, order_by_score

# What the column `kind` counts: the annotation types, segmentations being of two kinds.
KINDS = {
    "box": "bounding_box",
    "polygon": "segmentation",
    "mask": "segmentation",
    "keypoints": "keypoint",
    "scores": "classification",
    "heatmap": "heatmap",
}
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
PLAIN_KIND = {annotation_type: kind for kind, annotation_type in KINDS.items() if kind != "mask"}
NO_VISIBILITY = 255


# --- the stored forms, as far as a payload shows them --------------------------------------------------------
class Rle(Struct, gc=False):
    size: tuple[int, int]
    counts: list[int]


class Segmentation(Struct, gc=False):
    points: list[list[tuple[float, float]]] = []
    rle: Rle | UnsetType = UNSET


class Point(Struct, gc=False):
    x: float
    y: float
    name: str | None = None
    confidence: float | None = None
    visibility: Any = None  # COCO's 0, 1 or 2; kept as it came, so it may be anything


class Keypoints(Struct, gc=False):
    keypoints: list[Point]
    skeleton: tuple[tuple[int, int], ...] | None = None


class Classification(Struct, gc=False):
    scores: dict[str, float] = {}


class Heatmap(Struct, gc=False, omit_defaults=True):
    artifact_name: str | None = None
    storage_path: str | None = None
    value_range: tuple[float, float] | None = None
    unit: str | None = None


FORMS: dict[str, type[Struct]] = {
    "segmentation": Segmentation,
    "keypoint": Keypoints,
    "classification": Classification,
    "heatmap": Heatmap,
}
DECODERS = {TYPE_NUMBER[name]: msgspec.json.Decoder(form).decode for name, form in FORMS.items()}


class Table:
    """Values that occur often, each kept once and named by its number."""

    def __init__(self, values: Sequence[Any] = ()) -> None:
        self._numbers: dict[Any, int] = {value: number for number, value in enumerate(values)}

    def column(self, values: Sequence[Any]) -> tuple[Array, dict[str, Any]]:
        """The values as numbers, and what these mean; None stays none."""
        numbers = [None if v is None else self._numbers.setdefault(v, len(self._numbers)) for v in values]
        return indices(numbers, len(self._numbers))

    def entries(self) -> list[Any]:
        return list(self._numbers)


# --- the file ------------------------------------------------------------------------------------------------
def encode(rows: Rows, header: dict[str, Any]) -> bytes:
    """The payload of these rows, which come in the order of their ids.

    `header` is what the file says beside its columns and tables: whose annotations these are, and which of them.
    """
    rows = rows.by_score()
    kinds = np.array([KIND_NUMBER[PLAIN_KIND[name]] for name in ANNOTATION_TYPES], np.uint8)[rows.types]
    details: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    mask_bounds = []
    for place in np.flatnonzero(rows.types != TYPE_NUMBER["bounding_box"]).tolist():
        annotation_type = rows.types[place]
        detail: Any = DECODERS[annotation_type](rows.data[place] or "")
        kind = PLAIN_KIND[ANNOTATION_TYPES[annotation_type]]
        if kind == "polygon" and detail.rle is not UNSET:
            kind = "mask"
            kinds[place] = KIND_NUMBER[kind]
            mask_bounds.append(rows.bounds[:, place].tolist())
        details[kind].append(detail)

    rings = [ring for polygon in details["polygon"] for ring in polygon.points]
    corners = pairs(list(chain.from_iterable(rings)))
    points = [point for pose in details["keypoints"] for point in pose.keypoints]
    places = pairs([(point.x, point.y) for point in points])
    across, down = grids(
        (*rows.bounds[0::2], corners[0], places[0]), (*rows.bounds[1::2], corners[1], places[1])
    )

    columns, classes = Columns(), Table(rows.classes)
    columns.add("kind", kinds)
    columns.add("class", narrowest(rows.class_of, max(len(rows.classes) - 1, 0)))
    columns.add("score", scores(rows.scores), **SCORE)
    for name, grid, values in zip(EDGES, (across, down) * 2, rows.bounds, strict=True):
        add(columns, name, grid.write(values))
    if details["polygon"]:
        columns.add("polygon_rings", offsets([len(polygon.points) for polygon in details["polygon"]]))
        columns.add("ring_corners", offsets([len(ring) for ring in rings]))
        add_places(columns, "corner", across, down, corners)
    if details["mask"]:
        add_masks(columns, details["mask"], mask_bounds)
    tables: dict[str, list[Any]] = {}
    if details["keypoints"]:
        tables |= add_poses(columns, details["keypoints"], points)
        add_places(columns, "point", across, down, places)
    if details["scores"]:
        entries = [entry for found in details["scores"] for entry in found.scores.items()]
        columns.add("scores_entries", offsets([len(found.scores) for found in details["scores"]]))
        columns.add("entry_class", classes.column([name for name, _ in entries])[0])
        columns.add("entry_score", scores(np.array([score for _, score in entries], np.float64)), **SCORE)
    if details["heatmap"]:
        tables["heatmaps"] = [msgspec.to_builtins(heatmap) for heatmap in details["heatmap"]]
    return packed(
        header | {"count": len(rows), "kinds": list(KINDS), "classes": classes.entries()} | tables, columns
    )


def encode_ids(ids: bytes, confidences: Sequence[float | None], header: dict[str, Any]) -> bytes:
    """The ids, 16 bytes each and in the order of their values, in the order of the payload of the same rows."""
    order = order_by_score(np.array(confidences, np.float64))
    columns = Columns()
    columns.add("id", np.frombuffer(ids, np.uint8).reshape(-1, 16)[order].ravel())
    return packed(header | {"count": len(order)}, columns)


# --- its columns ---------------------------------------------------------------------------------------------
EDGES = ("x_min", "y_min", "x_max", "y_max")


def add(columns: Columns, name: str, written: tuple[Array, dict[str, Any]]) -> None:
    values, meaning = written
    columns.add(name, values, **meaning)


def pairs(places: list[tuple[float, float]]) -> Floats:
    """Two rows, x and y."""
    flat = np.fromiter(chain.from_iterable(places), np.float64, 2 * len(places))
    return flat.reshape(-1, 2).T


def add_places(columns: Columns, what: str, across: Grid, down: Grid, places: Floats) -> None:
    add(columns, f"{what}_x", across.write(places[0]))
    add(columns, f"{what}_y", down.write(places[1]))


def add_masks(columns: Columns, found: list[Segmentation], bounds: list[list[float]]) -> None:
    rles = [mask.rle for mask in found if isinstance(mask.rle, Rle)]
    cut = [masks.from_coco(rle.size, rle.counts, where) for rle, where in zip(rles, bounds, strict=True)]
    for name in ("height", "width", "x", "y", "columns", "rows"):
        columns.add(f"mask_{name}", np.array([getattr(mask, name) for mask in cut], np.uint16))
    columns.add("mask_order", np.array([mask.order for mask in cut], np.uint8))
    columns.add("mask_runs", offsets([len(mask.counts) for mask in cut]))
    runs = np.concatenate([mask.counts for mask in cut])
    columns.add("run", narrowest(runs, int(runs.max(initial=0))))


def add_poses(columns: Columns, poses: list[Keypoints], points: list[Point]) -> dict[str, list[Any]]:
    """The columns of keypoints but their places; returns the tables that they point into."""
    names, skeletons = Table(), Table()
    columns.add("pose_points", offsets([len(pose.keypoints) for pose in poses]))
    add(columns, "pose_skeleton", skeletons.column([pose.skeleton for pose in poses]))
    add(columns, "point_name", names.column([point.name for point in points]))
    known = [np.nan if point.confidence is None else point.confidence for point in points]
    columns.add("point_score", scores(np.array(known, np.float64)), **SCORE)
    seen = [p.visibility if p.visibility in (0, 1, 2) else NO_VISIBILITY for p in points]
    columns.add("point_visibility", np.array(seen, np.uint8), null=NO_VISIBILITY)
    return {"names": names.entries(), "skeletons": skeletons.entries()}
