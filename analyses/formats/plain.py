"""The quick way to read a batch: the usual forms, straight from the body's bytes into typed structs.

Nothing is defined here. A body with anything but the plain forms of readers.py is left to them: they alone know
every form and find faults. A property test holds both ways to the same result.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from analyses import geometry
from analyses.formats.batch import MAX_CLASS_NAME, NOWHERE, Head, Place, Reference, Row, encode, references_of
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


class Plain(Struct, kw_only=True, gc=False, forbid_unknown_fields=True, tag_field="annotation_type"):
    """One annotation as it was sent. gc=False: nothing in it can be part of a cycle."""

    class_name: Name
    confidence: Share | UnsetType | None = UNSET
    data: Any

    TYPE: ClassVar[str]

    def settle(self) -> int:
        """Bring `data` into the stored form; the number of JSON keys inside it. Raises NotPlain."""
        raise NotImplementedError

    def place(self) -> Place:
        """The bounds in pixels, of settled data."""
        return NOWHERE

    def head(self) -> Head:
        confidence = self.confidence
        return self.TYPE, self.class_name, None if confidence is UNSET else confidence

    def row(self) -> Row:
        return (*self.head(), *self.place(), encode(self.data))

    def references(self) -> list[Reference]:
        return []


class Part(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object inside an annotation."""


# --- boxes ------------------------------------------------------------------------------------------------
class BoxData(Part, gc=False):
    bbox: tuple[Number, Number, Number, Number]
    format: Literal["xywh", "xyxy"] | UnsetType = UNSET


class Box(Plain, gc=False, tag="bounding_box"):
    data: BoxData

    TYPE = "bounding_box"

    def settle(self) -> int:
        data = self.data
        keys = 1 if data.format is UNSET else 2
        x, y, width, height = data.bbox
        if data.format == "xyxy":
            width, height = width - x, height - y
            data.bbox = (x, y, width, height)
        if width <= 0 or height <= 0:
            raise NotPlain
        data.format = "xywh"
        return keys

    def place(self) -> Place:
        x, y, width, height = self.data.bbox
        return x, y, x + width, y + height


# --- polygons and masks -----------------------------------------------------------------------------------
class Rle(Part, gc=False):
    size: tuple[Side, Side]
    counts: list[Count] | str


class SegmentationData(Part, gc=False):
    points: Raw | UnsetType = UNSET
    rle: Rle | UnsetType = UNSET
    format: Literal["polygon", "rle"] | UnsetType = UNSET


class Polygon(Struct, gc=False):
    points: list[Ring]
    format: str = "polygon"


class Mask(Struct, gc=False):
    rle: Rle
    format: str = "rle"


_read_ring = msgspec.json.Decoder(Ring).decode
_read_rings = msgspec.json.Decoder(Annotated[list[Ring], Meta(min_length=1)]).decode


class Segmentation(Plain, gc=False, tag="segmentation"):
    data: SegmentationData

    TYPE = "segmentation"

    def settle(self) -> int:
        points, rle, form = self.data.points, self.data.rle, self.data.format
        keys = 1 if form is UNSET else 2
        if isinstance(points, Raw) and rle is UNSET and form in (UNSET, "polygon"):
            beginning = bytes(memoryview(points)[:16]).translate(None, b" \t\r\n")
            rings = _read_rings(points) if beginning.startswith(b"[[[") else [_read_ring(points)]
            self.data = Polygon(rings)  # type: ignore[assignment]
            return keys
        if isinstance(rle, Rle) and points is UNSET and form in (UNSET, "rle"):
            counts = geometry.rle_from_coco_string(rle.counts) if isinstance(rle.counts, str) else rle.counts
            rle.counts = filled(counts, rle.size[0] * rle.size[1])
            self.data = Mask(rle)  # type: ignore[assignment]
            return keys + 2
        raise NotPlain

    def place(self) -> Place:
        data: Any = self.data
        if isinstance(data, Polygon):
            return geometry.rings_bounds(data.points)
        return geometry.rle_bounds(data.rle.counts, *data.rle.size) or NOWHERE


# --- keypoints --------------------------------------------------------------------------------------------
class Point(Part, gc=False):
    x: Number
    y: Number
    name: str | UnsetType = UNSET
    confidence: Share | UnsetType | None = UNSET


class KeypointData(Part, gc=False):
    keypoints: Annotated[list[Point], Meta(min_length=1)]
    skeleton: list[tuple[Index, Index]] | UnsetType = UNSET


class Keypoint(Plain, gc=False, tag="keypoint"):
    data: KeypointData

    TYPE = "keypoint"

    def settle(self) -> int:
        points, skeleton = self.data.keypoints, self.data.skeleton
        keys = 1 + sum([2 + (p.name is not UNSET) + (p.confidence is not UNSET) for p in points])
        if skeleton is UNSET:
            return keys
        if any(a >= len(points) or b >= len(points) for a, b in skeleton):
            raise NotPlain
        return keys + 1

    def place(self) -> Place:
        return geometry.ring_bounds([(p.x, p.y) for p in self.data.keypoints])


# --- whole pictures ---------------------------------------------------------------------------------------
class ClassificationData(Part, gc=False):
    scores: dict[str, Share] | UnsetType = UNSET


class Classification(Plain, gc=False, tag="classification"):
    data: ClassificationData

    TYPE = "classification"

    def settle(self) -> int:
        scores = self.data.scores
        if scores is UNSET:
            return 0
        self.data.scores = dict(sorted(scores.items(), key=lambda entry: -entry[1]))
        return 1 + len(scores)


class HeatmapData(Part, gc=False):
    artifact_name: str | UnsetType = UNSET
    storage_path: str | UnsetType = UNSET
    value_range: tuple[Value, Value] | UnsetType = UNSET
    unit: str | UnsetType = UNSET


class Heatmap(Plain, gc=False, tag="heatmap"):
    data: HeatmapData

    TYPE = "heatmap"

    def settle(self) -> int:
        plain = msgspec.to_builtins(self.data)
        if "value_range" in plain:
            plain["value_range"] = list(plain["value_range"])
        read_heatmap(plain)
        return len(plain)

    def references(self) -> list[Reference]:
        return references_of(msgspec.to_builtins(self.data))


class Body(Part):
    annotations: list[Box | Segmentation | Keypoint | Classification | Heatmap]
    mode: str | UnsetType = UNSET


_read_body = msgspec.json.Decoder(Body).decode


def read_plain(raw: bytes) -> tuple[list[Any], str]:
    """The annotations of a whole body, in their stored form, and its `mode` ("append" when it names none).

    Raises NotPlain for every body that is not made of the plain forms alone, faulty or not.
    """
    if b"\\u0000" in raw:
        raise NotPlain
    try:
        body = _read_body(raw)
        keys = 1 + (body.mode is not UNSET)
        for annotation in body.annotations:
            keys += 3 + (annotation.confidence is not UNSET) + annotation.settle()
    except (msgspec.MsgspecError, UnicodeDecodeError, FormatError, ValueError) as error:
        raise NotPlain from error
    # Each key has one colon. More of them: a key is there twice, or a string holds one; readers.py will tell.
    if raw.count(b":") != keys:
        raise NotPlain
    if not all(name.strip() for name in {a.class_name for a in body.annotations}):
        raise NotPlain
    return body.annotations, "append" if body.mode is UNSET else body.mode
