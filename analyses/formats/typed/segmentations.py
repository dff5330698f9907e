"""Polygons and masks: where they are spelled as most pipelines do, many at a time and as one list of numbers."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Raw, UnsetType

from analyses import geometry
from analyses.formats import extents
from analyses.formats.batch import encode
from analyses.formats.blocks import Floats
from analyses.formats.digits import whole_numbers
from analyses.formats.readers import MAX_MASK_SIDE, filled
from analyses.formats.typed.parts import Compact, NotPlain, Part, Settled, each_kind, within, written

Side = Annotated[int, Meta(ge=1, le=MAX_MASK_SIDE)]
# Of these there are hundreds in an annotation: `within` looks at all of a block at once.
Pair = tuple[float, float]
Ring = Annotated[list[Pair], Meta(min_length=3)]


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

# The usual spellings: their text need not be taken apart.
BEFORE_RING, AFTER_RING = b'{"points":[[', b']],"format":"polygon"}'
BEFORE_SIZE, BEFORE_COUNTS, AFTER_COUNTS = b'{"rle":{"size":[', b'],"counts":[', b']},"format":"rle"}'
START = len(BEFORE_RING)
USUAL = {BEFORE_RING: "ring", BEFORE_SIZE[:START]: "stored mask"}  # by how they begin
IN_NUMBER = b"0123456789+-.eE"


def of_any_spelling(sent: list[bytes], compact: Compact) -> Settled:
    kinds = [USUAL.get(raw[:START], "other") for raw in sent]
    readers = {"ring": rings, "stored mask": stored_masks, "other": spelled_otherwise}
    return each_kind(kinds, readers, sent, compact)


# --- polygons ---------------------------------------------------------------------------------------------
def rings(sent: list[bytes], compact: Compact) -> Settled:
    """One ring each, as the guide has it, or a list of one, as it is stored.

    The texts are known to be JSON, so what is left of a ring without the characters of numbers tells it.
    """
    if not all(compact) or not all(raw.endswith(AFTER_RING) for raw in sent):
        return spelled_otherwise(sent, compact)
    insides = [raw[len(BEFORE_RING) : -len(AFTER_RING)] for raw in sent]
    corners = [inside[1:-1] if inside.startswith(b"[") else inside for inside in insides]
    lengths = [text.count(b"]") + 1 for text in corners]
    together = b"],[".join(corners)
    if min(lengths) < 3 or together.translate(None, IN_NUMBER) != b",],[" * (sum(lengths) - 1) + b",":
        return spelled_otherwise(sent, compact)
    points = np.array(_read_floats(b"[%b]" % together.translate(None, b"[]")))
    bounds = extents.of_points(within(points.reshape(-1, 2)), lengths)
    return 2 * len(sent), bounds, [b'{"points":[[[%b]]],"format":"polygon"}' % text for text in corners]


def polygons(found: list[Segmentation], compact: Compact) -> Settled:
    """Of any number of rings."""
    texts = []
    for data in found:
        text = bytes(data.points or b"")
        is_list = text[:16].translate(None, b" \t\r\n").startswith(b"[[[")
        texts.append(text if is_list else b"[" + text + b"]")
    shapes = list(map(_read_rings, texts))
    lengths = [sum(map(len, shape)) for shape in shapes]
    pairs: Iterable[Pair] = chain.from_iterable(chain.from_iterable(shapes))
    points = np.fromiter(chain.from_iterable(pairs), np.float64, 2 * sum(lengths))
    bounds = extents.of_points(within(points.reshape(-1, 2)), lengths)
    stored = written(texts, compact, lambda i: encode(shapes[i]))
    return counted(found), bounds, [b'{"points":%b,"format":"polygon"}' % text for text in stored]


# --- masks ------------------------------------------------------------------------------------------------
def stored_masks(sent: list[bytes], compact: Compact) -> Settled:
    """Masks as they are stored: what stands between their numbers is known."""
    if not all(compact) or not all(raw.endswith(AFTER_COUNTS) for raw in sent):
        return spelled_otherwise(sent, compact)
    inside = slice(len(BEFORE_SIZE), -len(AFTER_COUNTS))
    sizes, between, runs = zip(*[raw[inside].partition(BEFORE_COUNTS) for raw in sent], strict=True)
    if not all(between):
        return spelled_otherwise(sent, compact)
    known = {size: _read_size(b"[%b]" % size) for size in set(sizes)}
    bounds, missing, write = measured([known[size] for size in sizes], [text or b"0" for text in runs])
    return 4 * len(sent), bounds, written(sent, [not rest for rest in missing], write)


def masks(found: list[Segmentation], _compact: Compact) -> Settled:
    """Of any spelling; all are written anew."""
    rles: list[Any] = [data.rle for data in found]
    texts = [bytes(rle.counts) for rle in rles]
    lists = [
        text if text.startswith(b"[") else encode(geometry.rle_from_coco_string(_read_text(text)))
        for text in texts
    ]
    runs = [text[1:-1].translate(None, b" \t\r\n") or b"0" for text in lists]
    bounds, _, write = measured([rle.size for rle in rles], runs)
    return 2 * len(found) + counted(found), bounds, list(map(write, range(len(found))))


def measured(
    sizes: list[tuple[int, int]], texts: list[bytes]
) -> tuple[Floats, list[int], Callable[[int], bytes]]:
    """Of masks whose run lengths are such a list of numbers: bounds, missing pixels, and how to write each.

    The runs of all of them are read as one list.
    """
    runs, ends = whole_numbers(b",".join(texts))
    # How many there are up to the end of each text.
    after = np.searchsorted(ends, np.cumsum([len(text) + 1 for text in texts]))
    lengths = np.diff(after, prepend=0)
    odd = lengths % 2
    if odd.any():  # an object of no pixels at the end makes their number even, and nothing else
        runs, lengths = np.insert(runs, after[odd == 1], 0), lengths + odd
    height, width = np.array(sizes).T
    starts = extents.beginnings(lengths)
    missing = height * width - np.add.reduceat(runs, starts)

    def write(i: int) -> bytes:
        counts = runs[starts[i] : starts[i] + lengths[i] - odd[i]].tolist()
        counts = filled(counts, int(height[i] * width[i]))
        return encode({"rle": {"size": sizes[i], "counts": counts}, "format": "rle"})

    return extents.of_runs(runs, lengths, height), missing.tolist(), write


# --- of other spelling ------------------------------------------------------------------------------------
def spelled_otherwise(sent: list[bytes], compact: Compact) -> Settled:
    found = list(map(_read_segmentation, sent))
    kinds = list(map(kind_of, found))
    return each_kind(kinds, {"polygon": polygons, "rle": masks}, found, compact)


def kind_of(data: Segmentation) -> str:
    if data.rle is UNSET and data.points is not UNSET and data.format != "rle":
        return "polygon"
    if data.points is UNSET and data.rle is not UNSET and data.format != "polygon":
        return "rle"
    raise NotPlain


def counted(found: list[Segmentation]) -> int:
    """The keys of their own."""
    return sum([1 + (data.format is not UNSET) for data in found])
