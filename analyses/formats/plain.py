"""The quick way to read a batch: the usual forms, straight from the body's bytes into columns.

Nothing is defined here. A body with anything but the plain forms of readers.py is left to them: they alone know
every form and find faults. A property test holds both ways to the same result.

Typed structs check `data`; where it is in its stored form already, its bytes are kept and nothing is written anew.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from analyses import geometry
from analyses.formats import extents
from analyses.formats.batch import MAX_CLASS_NAME, encode, references_of
from analyses.formats.blocks import AT_ONCE, Batch, Block, Floats, Head, Reference, numbered
from analyses.formats.checks import MAX_COORDINATE, FormatError
from analyses.formats.readers import MAX_MASK_SIDE, filled, read_heatmap

Number = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Share = Annotated[float, Meta(ge=0, le=1)]
Side = Annotated[int, Meta(ge=1, le=MAX_MASK_SIDE)]
Index = Annotated[int, Meta(ge=0)]
Value = Annotated[float, Meta(ge=-1e20, le=1e20)]  # integers beyond it are refused, which is not for us
Name = Annotated[str, Meta(max_length=MAX_CLASS_NAME)]
# Of these there are hundreds in an annotation: `within` looks at all of a block at once.
Pair = tuple[float, float]
Ring = Annotated[list[Pair], Meta(min_length=3)]

COLON = ord(":")
IN_RUNS = b"0123456789, \t\r\n"  # what a list of run lengths is made of


class NotPlain(Exception):
    """Something in the body is not of the plain forms; readers.py has the last word on it."""


class Part(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object in the body. gc=False: nothing in it can be part of a cycle."""


class Item(Part, kw_only=True, gc=False):
    """One annotation as it was sent."""

    annotation_type: Literal["bounding_box", "segmentation", "keypoint", "classification", "heatmap"]
    class_name: Name
    confidence: Share | UnsetType | None = UNSET
    data: Raw


class Body(Part, kw_only=True):
    annotations: list[Item]
    mode: str | UnsetType = UNSET


# A reader takes the `data` of some annotations, and of each whether it is compact: without a blank, as it is
# stored. It returns the JSON keys inside them, their bounds, and their stored forms. It raises NotPlain, and what
# msgspec raises.
Compact = Sequence[bool]
Places = Sequence[int]
Settled = tuple[int, Floats, list[bytes]]


def within(values: Floats) -> Floats:
    """The same coordinates, if no one is too large."""
    if not (np.abs(values) <= MAX_COORDINATE).all():
        raise NotPlain
    return values


def written(sent: list[bytes], kept: list[bool], write: Callable[[int], bytes]) -> list[bytes]:
    """What was sent where it may stay so, and else what `write` makes of the annotation with this index."""
    if all(kept):
        return sent
    return [raw if keep else write(i) for i, (raw, keep) in enumerate(zip(sent, kept, strict=True))]


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


# --- polygons and masks -----------------------------------------------------------------------------------
class Rle(Part, kw_only=True, gc=False):
    size: tuple[Side, Side]
    counts: Raw


class Segmentation(Part, kw_only=True, gc=False):
    points: Raw | UnsetType = UNSET
    rle: Rle | UnsetType = UNSET
    format: Literal["polygon", "rle"] | UnsetType = UNSET


_read_segmentation = msgspec.json.Decoder(Segmentation).decode
_read_rings = msgspec.json.Decoder(Annotated[list[Ring], Meta(min_length=1)]).decode
_read_text = msgspec.json.Decoder(str).decode


def segmentations(sent: list[bytes], compact: Compact) -> Settled:
    found = list(map(_read_segmentation, sent))

    def read(kind: str, places: Places) -> Settled:
        some, tight = [found[i] for i in places], [compact[i] for i in places]
        return polygons(some, tight) if kind == "polygon" else masks(some, [sent[i] for i in places], tight)

    return each_kind([_kind_of(data) for data in found], read)


def _kind_of(data: Segmentation) -> str:
    if data.rle is UNSET and data.points is not UNSET and data.format != "rle":
        return "polygon"
    if data.points is UNSET and data.rle is not UNSET and data.format != "polygon":
        return "rle"
    raise NotPlain


def polygons(found: list[Segmentation], compact: Compact) -> Settled:
    """One ring each, or a list of them."""
    texts = []
    for data in found:
        text = bytes(data.points or b"")
        is_list = text[:16].translate(None, b" \t\r\n").startswith(b"[[[")
        texts.append(text if is_list else b"[" + text + b"]")
    shapes = list(map(_read_rings, texts))
    corners = list(chain.from_iterable([chain.from_iterable(rings) for rings in shapes]))
    points = within(np.fromiter(chain.from_iterable(corners), np.float64, 2 * len(corners)).reshape(-1, 2))
    rings = written(texts, list(compact), lambda i: encode(shapes[i]))
    stored = [b'{"points":' + text + b',"format":"polygon"}' for text in rings]
    keys = sum([1 + (data.format is not UNSET) for data in found])
    return keys, extents.of_points(points, [sum(map(len, rings)) for rings in shapes]), stored


def masks(found: list[Segmentation], sent: list[bytes], compact: Compact) -> Settled:
    """The runs of all of them are read as one list of numbers."""
    rles: list[Any] = [data.rle for data in found]
    texts = [bytes(rle.counts) for rle in rles]
    are_lists = [text.startswith(b"[") for text in texts]
    inner = [
        (text if is_list else encode(geometry.rle_from_coco_string(_read_text(text))))[1:-1].strip() or b"0"
        for text, is_list in zip(texts, are_lists, strict=True)
    ]
    lengths = [text.count(b",") + 1 for text in inner]
    # An object of no pixels at the end makes their number even, and nothing else.
    together = b",".join([text + b",0" if n % 2 else text for text, n in zip(inner, lengths, strict=True)])
    if together.translate(None, IN_RUNS):  # fractions, negative ones, or no numbers at all
        raise NotPlain
    runs, evens = np.fromstring(together, np.int64, sep=","), np.array(lengths) + np.array(lengths) % 2
    height, width = np.array([rle.size for rle in rles]).T
    starts = extents.beginnings(evens)
    if runs.max() > MAX_MASK_SIDE**2:
        raise NotPlain
    missing = height * width - np.add.reduceat(runs, starts)
    if missing.min() < 0:
        raise NotPlain

    def write(i: int) -> bytes:
        counts = filled(runs[starts[i] : starts[i] + lengths[i]].tolist(), int(height[i] * width[i]))
        return encode({"rle": {"size": rles[i].size, "counts": counts}, "format": "rle"})

    kept = [
        tight and is_list and data.format is not UNSET and not rest
        for tight, is_list, data, rest in zip(compact, are_lists, found, missing.tolist(), strict=True)
    ]
    keys = sum([3 + (data.format is not UNSET) for data in found])
    return keys, extents.of_runs(runs, evens, height), written(sent, kept, write)


# --- keypoints --------------------------------------------------------------------------------------------
class Point(Part, kw_only=True, gc=False):
    x: float
    y: float
    name: str | UnsetType = UNSET
    confidence: Share | UnsetType | None = UNSET


class Keypoints(Part, kw_only=True, gc=False):
    keypoints: Annotated[list[Point], Meta(min_length=1)]
    skeleton: list[tuple[Index, Index]] | UnsetType = UNSET


_read_keypoints = msgspec.json.Decoder(Keypoints).decode


def keypoints(sent: list[bytes], compact: Compact) -> Settled:
    poses = list(map(_read_keypoints, sent))
    points = list(chain.from_iterable([pose.keypoints for pose in poses]))
    places = within(np.array(([p.x for p in points], [p.y for p in points])).T)
    unset = [p.name for p in points].count(UNSET) + [p.confidence for p in points].count(UNSET)
    keys = len(poses) + 4 * len(points) - unset
    for pose in poses:
        if pose.skeleton is not UNSET:
            keys += 1
            if any(a >= len(pose.keypoints) or b >= len(pose.keypoints) for a, b in pose.skeleton):
                raise NotPlain
    stored = written(sent, list(compact), lambda i: encode(poses[i]))
    return keys, extents.of_points(places, [len(pose.keypoints) for pose in poses]), stored


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


# --- a batch ----------------------------------------------------------------------------------------------
READERS: dict[str, Callable[[list[bytes], Compact], Settled]] = {
    "bounding_box": boxes,
    "segmentation": segmentations,
    "keypoint": keypoints,
    "classification": classifications,
    "heatmap": heatmaps,
}

_read_body = msgspec.json.Decoder(Body).decode


def each_kind(kinds: list[str], read: Callable[[str, Places], Settled]) -> Settled:
    """What `read` makes of each kind and the places where it stands, put together in their order."""
    present = set(kinds)
    if len(present) == 1:
        return read(present.pop(), range(len(kinds)))
    keys, bounds, stored = 0, extents.nowhere(len(kinds)), [b""] * len(kinds)
    for kind in present:
        places = [i for i, found in enumerate(kinds) if found == kind]
        inside, bounds[:, places], texts = read(kind, places)
        keys += inside
        for i, text in zip(places, texts, strict=True):
            stored[i] = text
    return keys, bounds, stored


def read_data(kinds: list[str], sent: list[bytes], compact: Compact) -> Settled:
    """`data` of any types."""

    def read(kind: str, places: Places) -> Settled:
        return READERS[kind]([sent[i] for i in places], [compact[i] for i in places])

    return each_kind(kinds, read)


def read_plain(raw: bytes) -> Batch:
    """The batch in a whole body, its annotations looked at some at a time as the blocks are asked for.

    Raises NotPlain, now or with any of the blocks, for every body that is not made of the plain forms alone: what
    was done with the blocks before must be undone.
    """
    if b"\\" in raw and b"\\u0000" in raw:  # one byte is found much quicker than six
        raise NotPlain
    try:
        body = _read_body(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotPlain from error
    heads: dict[Head, int] = {}
    references: dict[int, list[Reference]] = {}
    mode = "append" if body.mode is UNSET else body.mode
    return Batch(len(body.annotations), mode, heads, _blocks(body, raw, heads, references), references)


def _blocks(
    body: Body, raw: bytes, heads: dict[Head, int], references: dict[int, list[Reference]]
) -> Iterator[Block]:
    try:
        yield from _settled(body, raw, heads, references)
    except (msgspec.MsgspecError, UnicodeDecodeError, FormatError, ValueError) as error:
        raise NotPlain from error


def _settled(
    body: Body, raw: bytes, heads: dict[Head, int], references: dict[int, list[Reference]]
) -> Iterator[Block]:
    one_line = not any(blank in raw for blank in (b"\n", b"\r", b"\t"))
    no_blank = one_line and b" " not in raw
    keys = 1 if body.mode is UNSET else 2
    for start in range(0, len(body.annotations), AT_ONCE):
        items = body.annotations[start : start + AT_ONCE]
        kinds: list[str] = [item.annotation_type for item in items]
        sent = [bytes(item.data) for item in items]
        # A blank in a name has the data written anew, for nothing but also without harm.
        compact = [True] * len(items) if no_blank else [one_line and b" " not in data for data in sent]
        inside, bounds, stored = read_data(kinds, sent, compact)
        confidences = [item.confidence for item in items]
        unset = confidences.count(UNSET)
        if unset:
            confidences = [None if confidence is UNSET else confidence for confidence in confidences]
        keys += inside + 4 * len(items) - unset
        if "heatmap" in kinds:
            for i, kind in enumerate(kinds):
                if kind == "heatmap":
                    references[start + i] = references_of(msgspec.json.decode(stored[i]))
        found = list(zip(kinds, [item.class_name for item in items], strict=True))
        yield Block(numbered(found, heads), np.array(confidences, np.float64), bounds, stored)
    # Each key has one colon. More of them: a key is there twice, or a string holds one; readers.py will tell.
    if np.count_nonzero(np.frombuffer(raw, np.uint8) == COLON) != keys:
        raise NotPlain
    if not all(name.strip() for _, name in heads):
        raise NotPlain
