"""The quick way to read a batch: the usual forms, straight from the body's bytes into rows.

Nothing is defined here. A body with anything but the plain forms of readers.py is left to them: they alone know
every form and find faults. A property test holds both ways to the same result.

Typed structs check `data`; where it is in its stored form already, its bytes are kept and nothing is written anew.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from analyses import geometry
from analyses.formats.batch import (
    MAX_CLASS_NAME,
    NOWHERE,
    Batch,
    Place,
    Reference,
    Row,
    encode,
    references_of,
)
from analyses.formats.checks import MAX_COORDINATE, FormatError
from analyses.formats.readers import MAX_MASK_SIDE, filled, read_heatmap

Number = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Share = Annotated[float, Meta(ge=0, le=1)]
Side = Annotated[int, Meta(ge=1, le=MAX_MASK_SIDE)]
Count = Annotated[int, Meta(ge=0, le=MAX_MASK_SIDE**2)]
Index = Annotated[int, Meta(ge=0)]
Value = Annotated[float, Meta(ge=-1e20, le=1e20)]  # integers beyond it are refused, which is not for us
Name = Annotated[str, Meta(max_length=MAX_CLASS_NAME)]
Ring = Annotated[list[tuple[Number, Number]], Meta(min_length=3)]


class NotPlain(Exception):
    """Something in the body is not of the plain forms; readers.py has the last word on it."""


class Part(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object in the body. gc=False: nothing in it can be part of a cycle."""


class Item(Part, kw_only=True, gc=False):
    """One annotation as it was sent."""

    annotation_type: str
    class_name: Name
    confidence: Share | UnsetType | None = UNSET
    data: Raw


class Body(Part, kw_only=True):
    annotations: list[Item]
    mode: str | UnsetType = UNSET


# JSON keys inside `data`, bounds in pixels, the stored form as JSON. A reader takes `data`, and whether it is
# compact: without a blank, as it is stored. It raises NotPlain and what msgspec raises.
Settled = tuple[int, Place, bytes]


# --- boxes ------------------------------------------------------------------------------------------------
class Box(Part, kw_only=True, gc=False):
    bbox: tuple[Number, Number, Number, Number]
    format: Literal["xywh", "xyxy"] | UnsetType = UNSET


_read_box = msgspec.json.Decoder(Box).decode


def box(raw: bytes, compact: bool) -> Settled:
    data = _read_box(raw)
    x, y, width, height = data.bbox
    if data.format == "xyxy":
        width, height = width - x, height - y
    if width <= 0 or height <= 0:
        raise NotPlain
    place = (x, y, x + width, y + height)
    if data.format == "xywh" and compact:
        return 2, place, raw
    keys = 1 if data.format is UNSET else 2
    return keys, place, encode(Box(bbox=(x, y, width, height), format="xywh"))


# --- polygons and masks -----------------------------------------------------------------------------------
class Rle(Part, kw_only=True, gc=False):
    size: tuple[Side, Side]
    counts: list[Count] | str


class Segmentation(Part, kw_only=True, gc=False):
    points: Raw | UnsetType = UNSET
    rle: Rle | UnsetType = UNSET
    format: Literal["polygon", "rle"] | UnsetType = UNSET


_read_segmentation = msgspec.json.Decoder(Segmentation).decode
_read_ring = msgspec.json.Decoder(Ring).decode
_read_rings = msgspec.json.Decoder(Annotated[list[Ring], Meta(min_length=1)]).decode


def segmentation(raw: bytes, compact: bool) -> Settled:
    data = _read_segmentation(raw)
    points, rle, form = data.points, data.rle, data.format
    keys = 1 if form is UNSET else 2
    if isinstance(points, Raw) and rle is UNSET and form in (UNSET, "polygon"):
        return keys, *polygon(bytes(points), compact)
    if isinstance(rle, Rle) and points is UNSET and form in (UNSET, "rle"):
        sent = rle.counts
        counts = geometry.rle_from_coco_string(sent) if isinstance(sent, str) else sent
        rle.counts = filled(counts, rle.size[0] * rle.size[1])
        as_sent = compact and keys == 2 and rle.counts is sent
        stored = raw if as_sent else encode({"rle": rle, "format": "rle"})
        return keys + 2, geometry.rle_bounds(rle.counts, *rle.size) or NOWHERE, stored
    raise NotPlain


def polygon(points: bytes, compact: bool) -> tuple[Place, bytes]:
    """Bounds and stored form of one ring or a list of them."""
    if points[:16].translate(None, b" \t\r\n").startswith(b"[[["):
        rings = _read_rings(points)
    else:
        rings = [_read_ring(points)]
        points = b"[" + points + b"]"
    written = points if compact else encode(rings)
    return geometry.rings_bounds(rings), b'{"points":' + written + b',"format":"polygon"}'


# --- keypoints --------------------------------------------------------------------------------------------
class Point(Part, kw_only=True, gc=False):
    x: Number
    y: Number
    name: str | UnsetType = UNSET
    confidence: Share | UnsetType | None = UNSET


class Keypoints(Part, kw_only=True, gc=False):
    keypoints: Annotated[list[Point], Meta(min_length=1)]
    skeleton: list[tuple[Index, Index]] | UnsetType = UNSET


_read_keypoints = msgspec.json.Decoder(Keypoints).decode


def keypoints(raw: bytes, compact: bool) -> Settled:
    data = _read_keypoints(raw)
    points, skeleton = data.keypoints, data.skeleton
    keys = 1 + sum([2 + (p.name is not UNSET) + (p.confidence is not UNSET) for p in points])
    if skeleton is not UNSET:
        keys += 1
        if any(a >= len(points) or b >= len(points) for a, b in skeleton):
            raise NotPlain
    xs, ys = [p.x for p in points], [p.y for p in points]
    return keys, (min(xs), min(ys), max(xs), max(ys)), raw if compact else encode(data)


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


def classification(raw: bytes, compact: bool) -> Settled:
    scores = _read_scores(raw).scores
    if scores is UNSET:
        return 0, NOWHERE, b"{}"
    values = list(scores.values())
    highest_first = sorted(values, reverse=True)
    if values == highest_first and compact:
        return 1 + len(values), NOWHERE, raw
    ordered = dict(sorted(scores.items(), key=lambda entry: -entry[1]))
    return 1 + len(values), NOWHERE, encode({"scores": ordered})


def heatmap(raw: bytes, compact: bool) -> Settled:
    data = msgspec.to_builtins(_read_heatmap(raw))
    if "value_range" in data:
        data["value_range"] = list(data["value_range"])
    read_heatmap(data)
    return len(data), NOWHERE, encode(data)


# --- a batch ----------------------------------------------------------------------------------------------
READERS: dict[str, Callable[[bytes, bool], Settled]] = {
    "bounding_box": box,
    "segmentation": segmentation,
    "keypoint": keypoints,
    "classification": classification,
    "heatmap": heatmap,
}

KINDS = {kind: kind for kind in READERS}

_read_body = msgspec.json.Decoder(Body).decode


def read_plain(raw: bytes) -> Batch:
    """The batch in a whole body, its annotations looked at one by one as the rows are asked for.

    Raises NotPlain, now or with any of the rows, for every body that is not made of the plain forms alone: what
    was done with the rows before must be undone. Between the body's bytes and a row few objects live, so that the
    processor finds them in its cache.
    """
    if b"\\" in raw and b"\\u0000" in raw:  # one byte is found much quicker than six
        raise NotPlain
    try:
        body = _read_body(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotPlain from error
    references: dict[int, list[Reference]] = {}
    mode = "append" if body.mode is UNSET else body.mode
    return Batch(len(body.annotations), mode, _rows(body, raw, references), references)


def _rows(body: Body, raw: bytes, references: dict[int, list[Reference]]) -> Iterator[Row]:
    try:
        yield from _settled(body, raw, references)
    except (msgspec.MsgspecError, UnicodeDecodeError, FormatError, ValueError, KeyError) as error:
        raise NotPlain from error


def _settled(body: Body, raw: bytes, references: dict[int, list[Reference]]) -> Iterator[Row]:
    one_line = not any(blank in raw for blank in (b"\n", b"\r", b"\t"))
    keys = 1 if body.mode is UNSET else 2
    names: dict[str, str] = {}  # one string a class instead of one an annotation
    for index, item in enumerate(body.annotations):
        kind, data, confidence = KINDS[item.annotation_type], bytes(item.data), item.confidence
        # A blank in a name has the data written anew, for nothing but also without harm.
        inside, place, stored = READERS[kind](data, one_line and b" " not in data)
        keys += 3 + inside
        if confidence is UNSET:
            confidence = None
        else:
            keys += 1
        name = names.setdefault(item.class_name, item.class_name)
        if kind == "heatmap":
            references[index] = references_of(msgspec.json.decode(stored))
        yield kind, name, confidence, *place, stored
    # Each key has one colon. More of them: a key is there twice, or a string holds one; readers.py will tell.
    if raw.count(b":") != keys:
        raise NotPlain
    if not all(map(str.strip, names)):
        raise NotPlain
