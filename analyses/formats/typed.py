"""`data` of many annotations at a time, in the plain forms that pipelines send most, checked by typed structs.

Nothing is defined here: readers.py has the last word on what is not of these forms. Where `data` is in its stored
form already, its bytes are kept and nothing is written anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from analyses import geometry
from analyses.formats import extents
from analyses.formats.batch import encode
from analyses.formats.blocks import Floats, Numbers
from analyses.formats.checks import MAX_COORDINATE
from analyses.formats.readers import MAX_MASK_SIDE, filled, read_heatmap

Number = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Share = Annotated[float, Meta(ge=0, le=1)]
Side = Annotated[int, Meta(ge=1, le=MAX_MASK_SIDE)]
Index = Annotated[int, Meta(ge=0)]
Value = Annotated[float, Meta(ge=-1e20, le=1e20)]  # integers beyond it are refused, which is not for us
# Of these there are hundreds in an annotation: `within` looks at all of a block at once.
Pair = tuple[float, float]
Ring = Annotated[list[Pair], Meta(min_length=3)]


class NotPlain(Exception):
    """Something in the body is not of the plain forms; readers.py has the last word on it."""


class Part(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object in the body. gc=False: nothing in it can be part of a cycle."""


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
_read_size = msgspec.json.Decoder(tuple[Side, Side]).decode
_read_rings = msgspec.json.Decoder(Annotated[list[Ring], Meta(min_length=1)]).decode
_read_floats = msgspec.json.Decoder(list[float]).decode
_read_text = msgspec.json.Decoder(str).decode

# A mask as it is stored: its text need not be taken apart.
BEFORE_SIZE, BEFORE_COUNTS, AFTER_COUNTS = b'{"rle":{"size":[', b'],"counts":[', b']},"format":"rle"}'
IN_RUNS = b"0123456789, \t\r\n"  # what a list of run lengths is made of
IN_NUMBER = b"0123456789+-.eE"


def segmentations(sent: list[bytes], compact: Compact) -> Settled:
    as_stored = [
        tight and raw.startswith(BEFORE_SIZE) and raw.endswith(AFTER_COUNTS)
        for raw, tight in zip(sent, compact, strict=True)
    ]

    def read(kind: str, places: Places) -> Settled:
        some = [sent[i] for i in places]
        if kind == "stored mask":
            return stored_masks(some)
        return other_segmentations(some, [compact[i] for i in places])

    return each_kind(["stored mask" if stored else "other" for stored in as_stored], read)


def other_segmentations(sent: list[bytes], compact: Compact) -> Settled:
    found = list(map(_read_segmentation, sent))

    def read(kind: str, places: Places) -> Settled:
        some = [found[i] for i in places]
        return polygons(some, [compact[i] for i in places]) if kind == "polygon" else masks(some)

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
    lengths = single_rings(texts) if all(compact) else []
    if lengths:
        points = np.array(_read_floats(b"[" + b",".join(texts).translate(None, b"[]") + b"]"))
        rings = texts
    else:
        shapes = list(map(_read_rings, texts))
        lengths = [sum(map(len, rings)) for rings in shapes]
        corners: Iterable[Pair] = chain.from_iterable(chain.from_iterable(shapes))
        points = np.fromiter(chain.from_iterable(corners), np.float64, 2 * sum(lengths))
        rings = written(texts, list(compact), lambda i: encode(shapes[i]))
    bounds = extents.of_points(within(points.reshape(-1, 2)), lengths)
    keys = sum([1 + (data.format is not UNSET) for data in found])
    return keys, bounds, [b'{"points":' + text + b',"format":"polygon"}' for text in rings]


def single_rings(texts: list[bytes]) -> list[int]:
    """How many corners each has, if all are lists of one ring without a blank; else none.

    The texts are known to be JSON, so what is left of a ring without the characters of numbers tells it.
    """
    shapes = [text.translate(None, IN_NUMBER) for text in texts]
    lengths = [(len(shape) - 3) // 4 for shape in shapes]
    rings = [b"[[" + b"[,]," * (length - 1) + b"[,]]]" for length in lengths]
    return lengths if rings == shapes and min(lengths) > 2 else []


def stored_masks(sent: list[bytes]) -> Settled:
    inside = slice(len(BEFORE_SIZE), -len(AFTER_COUNTS))
    sizes, between, runs = zip(*[raw[inside].partition(BEFORE_COUNTS) for raw in sent], strict=True)
    if not all(between):
        raise NotPlain
    known = {size: _read_size(b"[" + size + b"]") for size in set(sizes)}
    bounds, missing, write = measured([known[size] for size in sizes], [text or b"0" for text in runs])
    return 4 * len(sent), bounds, written(sent, [not rest for rest in missing], write)


def masks(found: list[Segmentation]) -> Settled:
    """Of any spelling; all are written anew."""
    rles: list[Any] = [data.rle for data in found]
    texts = [bytes(rle.counts) for rle in rles]
    lists = [
        text if text.startswith(b"[") else encode(geometry.rle_from_coco_string(_read_text(text)))
        for text in texts
    ]
    bounds, _, write = measured([rle.size for rle in rles], [text[1:-1].strip() or b"0" for text in lists])
    keys = sum([3 + (data.format is not UNSET) for data in found])
    return keys, bounds, list(map(write, range(len(found))))


def measured(
    sizes: list[tuple[int, int]], texts: list[bytes]
) -> tuple[Floats, list[int], Callable[[int], bytes]]:
    """Of masks whose run lengths are such a list of numbers: bounds, missing pixels, and how to write each.

    The runs of all of them are read as one list.
    """
    lengths = [text.count(b",") + 1 for text in texts]
    # An object of no pixels at the end makes their number even, and nothing else.
    together = b",".join([text + b",0" if n % 2 else text for text, n in zip(texts, lengths, strict=True)])
    if together.translate(None, IN_RUNS):  # fractions, negative ones, or no numbers at all
        raise NotPlain
    runs: Numbers = np.fromstring(together, np.int64, sep=",")
    evens = np.array(lengths) + np.array(lengths) % 2
    height, width = np.array(sizes).T
    starts = extents.beginnings(evens)
    if runs.max() > MAX_MASK_SIDE**2:
        raise NotPlain
    missing = height * width - np.add.reduceat(runs, starts)
    if missing.min() < 0:
        raise NotPlain

    def write(i: int) -> bytes:
        counts = filled(runs[starts[i] : starts[i] + lengths[i]].tolist(), int(height[i] * width[i]))
        return encode({"rle": {"size": sizes[i], "counts": counts}, "format": "rle"})

    return extents.of_runs(runs, evens, height), missing.tolist(), write


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
    places = np.empty((len(points), 2))
    places[:, 0], places[:, 1] = [p.x for p in points], [p.y for p in points]
    unset = [p.name for p in points].count(UNSET) + [p.confidence for p in points].count(UNSET)
    keys = len(poses) + 4 * len(points) - unset
    for pose in poses:
        if pose.skeleton is not UNSET:
            keys += 1
            if any(a >= len(pose.keypoints) or b >= len(pose.keypoints) for a, b in pose.skeleton):
                raise NotPlain
    stored = written(sent, list(compact), lambda i: encode(poses[i]))
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


# --- any of them ------------------------------------------------------------------------------------------
READERS: dict[str, Callable[[list[bytes], Compact], Settled]] = {
    "bounding_box": boxes,
    "segmentation": segmentations,
    "keypoint": keypoints,
    "classification": classifications,
    "heatmap": heatmaps,
}


def each_kind(kinds: list[str], read: Callable[[str, Places], Settled]) -> Settled:
    """What `read` makes of each kind and the places where it stands, put together in their order."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, kind in enumerate(kinds):
        places[kind].append(i)
    if len(places) == 1:
        return read(kinds[0], range(len(kinds)))
    keys, bounds, stored = 0, extents.nowhere(len(kinds)), [b""] * len(kinds)
    for kind, some in places.items():
        inside, bounds[:, some], texts = read(kind, some)
        keys += inside
        for i, text in zip(some, texts, strict=True):
            stored[i] = text
    return keys, bounds, stored


def read_data(kinds: list[str], sent: list[bytes], compact: Compact) -> Settled:
    """`data` of any types."""

    def read(kind: str, places: Places) -> Settled:
        return READERS[kind]([sent[i] for i in places], [compact[i] for i in places])

    return each_kind(kinds, read)
