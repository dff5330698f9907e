"""The bytes of a payload in, annotations in the API's own form out; scores and coordinates as they were rounded."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from analyses.payload import masks
from analyses.payload.container import Array, unpacked
from analyses.payload.encoder import EDGES, KINDS
from analyses.payload.quantities import coordinates_back, scores_back

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """The header as JSON says it, and the columns as the file holds them."""

    header: dict[str, Any]
    columns: dict[str, Array]

    def __len__(self) -> int:
        return int(self.header["count"])

    def ids(self) -> list[uuid.UUID]:
        """Of the answer to `…/payload/ids`."""
        raw = self.columns["id"].tobytes()
        return [uuid.UUID(bytes=raw[start : start + 16]) for start in range(0, len(raw), 16)]

    def scores(self, column: str = "score") -> list[float | None]:
        return [None if np.isnan(score) else score for score in scores_back(self.columns[column]).tolist()]

    def coordinates(self, column: str) -> list[float]:
        """In pixels, NaN for null."""
        meaning = next(entry for entry in self.header["columns"] if entry["name"] == column)
        found: list[float] = coordinates_back(self.columns[column], meaning).tolist()
        return found

    def values(self, column: str, table: str) -> list[Any]:
        """What a column of indices stands for, None for null."""
        entries = dict(enumerate(self.header[table]))
        return [entries.get(number) for number in self.columns[column].tolist()]

    def spans(self, column: str) -> list[slice]:
        """Where each list of a ragged column lies in the one that holds them all."""
        at = self.columns[column].tolist()
        return [slice(begin, end) for begin, end in pairwise(at)]

    def annotations(self) -> Iterator[Data]:
        """`{annotation_type, class_name, confidence, bounds, data}` each; `bounds` is None where there is no place."""
        kinds = [self.header["kinds"][number] for number in self.columns["kind"].tolist()]
        classes = self.values("class", "classes")
        edges = zip(*(self.coordinates(name) for name in EDGES), strict=True)
        details = {kind: iter(DETAILS[kind](self)) for kind in set(kinds) - {"box"}}
        for kind, name, score, place in zip(kinds, classes, self.scores(), edges, strict=True):
            yield {
                "annotation_type": KINDS[kind],
                "class_name": name,
                "confidence": score,
                "bounds": None if np.isnan(place[0]) else place,
                "data": box(*place) if kind == "box" else next(details[kind]),
            }


def decode(content: bytes) -> Payload:
    """A payload, or the ids that belong to one. Raises BadPayload."""
    return Payload(*unpacked(content))


# --- the stored form of each kind ----------------------------------------------------------------------------
def box(x_min: float, y_min: float, x_max: float, y_max: float) -> Data:
    return {"bbox": [x_min, y_min, x_max - x_min, y_max - y_min], "format": "xywh"}


def polygons(payload: Payload) -> Iterator[Data]:
    across, down = payload.coordinates("corner_x"), payload.coordinates("corner_y")
    corners = [list(pair) for pair in zip(across, down, strict=True)]
    rings = [corners[span] for span in payload.spans("ring_corners")]
    for span in payload.spans("polygon_rings"):
        yield {"points": rings[span], "format": "polygon"}


def run_lengths(payload: Payload) -> Iterator[Data]:
    names = ("height", "width", "x", "y", "columns", "rows", "order")
    shapes = zip(*(payload.columns[f"mask_{name}"].tolist() for name in names), strict=True)
    for shape, span in zip(shapes, payload.spans("mask_runs"), strict=True):
        mask = masks.Mask(
            **dict(zip(names, shape, strict=True)), counts=payload.columns["run"][span].astype(np.int64)
        )
        yield {
            "rle": {"size": [mask.height, mask.width], "counts": masks.to_coco(mask)},
            "format": "rle",
        }


def keypoints(payload: Payload) -> Iterator[Data]:
    names = ("name", "x", "y", "confidence", "visibility")
    visibility = [None if seen > 2 else seen for seen in payload.columns["point_visibility"].tolist()]
    values = zip(
        payload.values("point_name", "names"),
        payload.coordinates("point_x"),
        payload.coordinates("point_y"),
        payload.scores("point_score"),
        visibility,
        strict=True,
    )
    points = [without_nulls(dict(zip(names, value, strict=True))) for value in values]
    skeletons = payload.values("pose_skeleton", "skeletons")
    for span, skeleton in zip(payload.spans("pose_points"), skeletons, strict=True):
        yield without_nulls({"keypoints": points[span], "skeleton": skeleton})


def classifications(payload: Payload) -> Iterator[Data]:
    entries = list(zip(payload.values("entry_class", "classes"), payload.scores("entry_score"), strict=True))
    for span in payload.spans("scores_entries"):
        yield {"scores": dict(entries[span])}


def heatmaps(payload: Payload) -> Iterator[Data]:
    yield from payload.header["heatmaps"]


def without_nulls(data: Data) -> Data:
    return {key: value for key, value in data.items() if value is not None}


DETAILS = {
    "polygon": polygons,
    "mask": run_lengths,
    "keypoints": keypoints,
    "scores": classifications,
    "heatmap": heatmaps,
}
