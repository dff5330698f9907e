"""Boxes, keypoints, classifications and heatmaps, many at a time."""

from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, UnsetType

from analyses.formats import extents
from analyses.formats.batch import encode
from analyses.formats.checks import MAX_COORDINATE
from analyses.formats.readers import read_heatmap
from analyses.formats.typed.parts import Compact, NotPlain, Part, Settled, Share, within, written

Number = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Index = Annotated[int, Meta(ge=0)]
Value = Annotated[float, Meta(gt=-(2**53), lt=2**53)]  # beyond it integers are not what they were


# --- boxes ------------------------------------------------------------------------------------------------
class Box(Part, kw_only=True, gc=False):
    bbox: tuple[Number, Number, Number, Number]
    format: Literal["xywh", "xyxy"] | UnsetType = UNSET


_read_box = msgspec.json.Decoder(Box).decode


def boxes(sent: list[bytes], compact: Compact) -> Settled:
    found = list(map(_read_box, sent))
    numbers = np.fromiter(chain.from_iterable([box.bbox for box in found]), np.float64, 4 * len(found))
    x, y, width, height = numbers.reshape(-1, 4).T
    forms = [box.format for box in found]
    if "xyxy" in forms:
        edges = np.array([form == "xyxy" for form in forms])
        width, height = np.where(edges, width - x, width), np.where(edges, height - y, height)
    if not ((width > 0) & (height > 0)).all():
        raise NotPlain

    def write(i: int) -> bytes:
        return encode(Box(bbox=(float(x[i]), float(y[i]), float(width[i]), float(height[i])), format="xywh"))

    kept = [form == "xywh" and tight for form, tight in zip(forms, compact, strict=True)]
    keys = 2 * len(found) - forms.count(UNSET)
    return keys, np.array((x, y, x + width, y + height)), written(sent, kept, write)


# --- keypoints --------------------------------------------------------------------------------------------
class Point(Part, kw_only=True, gc=False):
    x: float
    y: float
    name: str | UnsetType = UNSET
    confidence: Share | UnsetType | None = UNSET


class Keypoints(Part, kw_only=True, gc=False):
    keypoints: Annotated[list[Point], Meta(min_length=1)]
    skeleton: list[tuple[Index, Index]] | UnsetType = UNSET


class FullPoint(Part, kw_only=True, gc=False):
    """As most pipelines send them."""

    x: float
    y: float
    name: str
    confidence: Share | None


class FullKeypoints(Part, kw_only=True, gc=False):
    keypoints: Annotated[list[FullPoint], Meta(min_length=1)]
    skeleton: list[tuple[Index, Index]] | UnsetType = UNSET


_read_keypoints = msgspec.json.Decoder(Keypoints).decode
_read_full_keypoints = msgspec.json.Decoder(FullKeypoints).decode


def keypoints(sent: list[bytes], compact: Compact) -> Settled:
    try:
        poses: list[Any] = list(map(_read_full_keypoints, sent))
        unset = 0
    except msgspec.ValidationError:
        poses = list(map(_read_keypoints, sent))
        unset = sum([(p.name, p.confidence).count(UNSET) for pose in poses for p in pose.keypoints])
    points = list(chain.from_iterable([pose.keypoints for pose in poses]))
    places = np.fromiter([p.x for p in points] + [p.y for p in points], np.float64).reshape(2, -1).T
    keys = len(poses) + 4 * len(points) - unset
    for pose in poses:
        if pose.skeleton is not UNSET:
            keys += 1
            if any(a >= len(pose.keypoints) or b >= len(pose.keypoints) for a, b in pose.skeleton):
                raise NotPlain
    stored = written(sent, compact, lambda i: encode(poses[i]))
    return keys, extents.of_points(within(places), [len(pose.keypoints) for pose in poses]), stored


# --- whole pictures ---------------------------------------------------------------------------------------
class Scores(Part, kw_only=True, gc=False):
    scores: dict[str, Share] | UnsetType = UNSET


class HeatmapData(Part, kw_only=True, gc=False):
    artifact_name: str | UnsetType = UNSET
    storage_path: str | UnsetType = UNSET
    value_range: tuple[Value, Value] | UnsetType = UNSET
    unit: str | UnsetType = UNSET


_read_scores = msgspec.json.Decoder(Scores).decode
_read_heatmap = msgspec.json.Decoder(HeatmapData).decode
_score = itemgetter(1)


def classifications(sent: list[bytes], compact: Compact) -> Settled:
    keys, stored = 0, []
    for raw, tight in zip(sent, compact, strict=True):
        scores = _read_scores(raw).scores
        if scores is UNSET:
            stored.append(b"{}")
            continue
        entries = list(scores.items())
        highest_first = sorted(entries, key=_score, reverse=True)  # equal ones stay in their order
        keys += 1 + len(entries)
        stored.append(raw if tight and entries == highest_first else encode({"scores": dict(highest_first)}))
    return keys, extents.nowhere(len(sent)), stored


def heatmaps(sent: list[bytes], _compact: Compact) -> Settled:
    keys, stored = 0, []
    for raw in sent:
        data = msgspec.to_builtins(_read_heatmap(raw))
        if "value_range" in data:
            data["value_range"] = list(data["value_range"])
        read_heatmap(data)
        keys += len(data)
        stored.append(encode(data))
    return keys, extents.nowhere(len(sent)), stored
