"""Boxes, polygons and run lengths as numbers: bounds, area and overlap, in pixels of the upright picture.

Bounds are (x_min, y_min, x_max, y_max) with the far edge outside: pixel column 3 alone reaches from 3 to 4.
Run lengths are COCO's: column by column from the top left, background first, background and object in turn.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise, zip_longest
from operator import add

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Runs = tuple[Integers, Integers]  # first pixel of each run, and the first behind it; in order and apart
Bounds = tuple[float, float, float, float]
Ring = Sequence[Sequence[float]]  # of (x, y) pairs, closed by itself: the last pair joins the first

_LONGEST_NUMBER = 7  # groups of 5 bits: COCO's counts have 32 bits, and a string must not make huge integers
_FINE = 5  # steps a pixel of COCO's way to fill a ring
_LONGEST_WALK = 20_000_000  # such steps, along all rings of an object: a million takes 60 MB and 0.2 s
_ANY_WALK = 1_500_000  # that many on the smallest grid; models overshoot


def box_bounds(x: float, y: float, width: float, height: float) -> Bounds:
    """Bounds of a box given by its top left corner and its size."""
    return x, y, x + width, y + height


def ring_bounds(ring: Ring) -> Bounds:
    """Bounds of the corners of a ring, which must not be empty."""
    xs, ys = zip(*ring, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def rings_bounds(rings: Iterable[Ring]) -> Bounds:
    """Bounds of all rings together, of which there must be one."""
    return ring_bounds([pair for ring in rings for pair in ring])


def ring_area(ring: Ring) -> float:
    """Area inside a ring in square pixels, by the shoelace formula; whichever way round it runs."""
    # Seen from the first corner, so that far away rings do not lose their area to rounding; the closing side
    # then adds nothing.
    x0, y0 = ring[0]
    corners = [(x - x0, y - y0) for x, y in ring]
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(corners))) / 2


def box_iou(a: Bounds, b: Bounds) -> float:
    """Intersection over union of two boxes given by their bounds, 0..1; a box without area only meets itself."""
    if a == b:
        return 1.0
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / union if union > 0 else 0.0  # tiny boxes: their area may round to nothing


def boxes_iou(a: Floats, b: Floats) -> Floats:
    """What box_iou says of many boxes at a time, to the last bit; (…, 4) bounds each, which may be broadcast."""
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    common = np.where((width > 0) & (height > 0), width * height, 0.0)
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    union = area_a + area_b - common
    share = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return np.where((a == b).all(axis=-1), 1.0, share)


def rle_area(counts: Sequence[int]) -> int:
    """Number of object pixels in run lengths."""
    return sum(counts[1::2])


def rle_bounds(counts: Sequence[int], height: int, width: int) -> Bounds | None:
    """Bounds of the object pixels, None where there are none; from the runs alone, no bitmap is made.

    Raises ValueError when the runs reach beyond height * width pixels.
    """
    total, lengths = sum(counts), counts[1::2]
    if total > height * width:
        raise ValueError(f"run lengths of {total} pixels do not fit {height} x {width}")
    if 0 in lengths:
        return rle_bounds(merged(counts), height, width)
    if not lengths:
        return None
    # The runs come in order: the first and the last of them tell the columns.
    end = total - (counts[-1] if len(counts) % 2 else 0)
    x_min, x_max = counts[0] // height, (end - 1) // height + 1
    if max(lengths) < height:
        tops = [start % height for start in accumulate(counts)][: 2 * len(lengths) : 2]
        bottom = max(map(add, tops, lengths))
        if bottom <= height:
            return x_min, min(tops), x_max, bottom
    return x_min, 0, x_max, height  # a run goes through the foot of one column and the head of the next


def merged(counts: Sequence[int]) -> list[int]:
    """The same runs without any object run of no pixels: the background around it is one run."""
    runs = [counts[0]]
    for length, after in zip_longest(counts[1::2], counts[2::2], fillvalue=0):
        if length:
            runs += [length, after]
        else:
            runs[-1] += after
    return runs


def rle_to_coco_string(counts: Sequence[int]) -> str:
    """COCO's compressed form of run lengths below 2**32.

    From the fourth count on it holds the difference to the count two before. A number is cut into groups of 5
    bits, lowest first; bit 6 says that more follow, bit 5 of the last is the sign; 48 makes it a character.
    """
    characters: list[str] = []
    for index, count in enumerate(counts):
        rest = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            group = rest & 0x1F
            rest >>= 5
            more = rest != (-1 if group & 0x10 else 0)
            characters.append(chr(48 + (group | 0x20 if more else group)))
    return "".join(characters)


def rle_from_coco_string(text: str) -> list[int]:
    """Run lengths from COCO's compressed form (see rle_to_coco_string); raises ValueError with the fault."""
    counts: list[int] = []
    number, shift = 0, 0
    for position, character in enumerate(text):
        group = ord(character) - 48
        if not 0 <= group < 64:
            raise ValueError(f"character {position} is outside the alphabet")
        number |= (group & 0x1F) << shift
        shift += 5
        if group & 0x20:
            if shift >= 5 * _LONGEST_NUMBER:
                raise ValueError(f"the number that ends after character {position} is too long")
            continue
        if group & 0x10:
            number -= 1 << shift
        if len(counts) > 2:
            number += counts[-2]
        if number < 0:
            raise ValueError(f"run {len(counts)} is negative")
        counts.append(number)
        number, shift = 0, 0
    if shift:
        raise ValueError("it ends in the middle of a number")
    return counts


# --- runs of object pixels, numbered as in run lengths ---------------------------------------------------------
def rle_runs(counts: Sequence[int]) -> Runs:
    """Where the object's runs in run lengths begin and where they are over; those that touch are one."""
    lengths = np.array(counts, np.int64)
    ends = np.cumsum(lengths)
    return _joined((ends - lengths)[1::2], ends[1::2])


def rings_runs(rings: Iterable[Ring], height: int, width: int, *, holes: bool = True) -> Runs:
    """The pixels inside polygon rings on a grid, each ring filled exactly as COCO does.

    Where rings overlap is a hole, as the viewer draws it; with `holes=False` they are united, as COCO does.
    Raises ValueError where the rings are many times as long as any on the grid.
    """
    fine = [np.trunc(np.array(ring, np.float64) * _FINE + 0.5) for ring in rings]
    walk = sum(float(np.abs(np.roll(corners, -1, axis=0) - corners).sum()) for corners in fine)
    # All pixels of a grid have four sides, of which each belongs to two.
    if not walk <= min(max(2 * _FINE * height * width, _ANY_WALK), _LONGEST_WALK):
        told = "a ring of {} pixels is" if len(fine) == 1 else "rings of {} pixels are"
        raise ValueError(f"{told.format(f'{walk / _FINE:.0f}')} too long for {height} x {width}")
    found = [_ring_runs(corners, height, width) for corners in fine]
    starts, ends = (np.concatenate([np.empty(0, np.int64), *parts]) for parts in zip(*found, strict=True))
    if holes:
        edges = np.sort(np.concatenate((starts, ends)))
        return _joined(edges[0::2], edges[1::2])
    return _united(starts, ends)


def runs_area(runs: Runs) -> int:
    """The number of pixels."""
    return int((runs[1] - runs[0]).sum())


def runs_common(a: Runs, b: Runs) -> int:
    """How many pixels two objects on one grid share; no bitmap is made."""
    starts, ends = b
    if not len(starts):
        return 0
    before = np.concatenate(([0], np.cumsum(ends - starts)))

    def pixels_before(at: Integers) -> Integers:
        begun = np.searchsorted(starts, at, "right")
        over = np.maximum(ends[np.maximum(begun - 1, 0)] - at, 0)
        counted: Integers = before[begun] - np.where(begun > 0, over, 0)
        return counted

    return int((pixels_before(a[1]) - pixels_before(a[0])).sum())


def runs_iou(a: Runs, b: Runs, *, crowd: bool = False) -> float:
    """IoU of two objects on one grid; of a crowd `b`, the share of `a` that lies in it, as COCO counts it."""
    common = runs_common(a, b)
    union = runs_area(a) if crowd else runs_area(a) + runs_area(b) - common
    return common / union if common else 0.0


def _ring_runs(corners: Floats, height: int, width: int) -> Runs:
    """COCO's way: walk the ring in fifths of a pixel, and note where it passes the middle of a column."""
    begin, end = corners, np.roll(corners, -1, axis=0)
    size = np.abs(end - begin)
    along = (size[:, 1] > size[:, 0]).astype(np.int64)  # 0: mostly across, 1: mostly down
    edge = np.arange(len(corners))
    # Every side is walked from its lower end, so that neighbours round a shared side alike, and then put in order.
    back = begin[edge, along] > end[edge, along]
    low = np.where(back[:, None], end, begin)
    high = np.where(back[:, None], begin, end)
    steps = size[edge, along].astype(np.int64)
    slope = (high[edge, 1 - along] - low[edge, 1 - along]) / np.maximum(steps, 1)
    side = np.repeat(edge, steps + 1)
    number = np.arange(len(side)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    number = np.where(back[side], steps[side] - number, number)
    walked = np.empty((len(side), 2), np.int64)
    place = np.arange(len(side))
    walked[place, along[side]] = low[side, along[side]] + number
    walked[place, 1 - along[side]] = np.trunc(low[side, 1 - along[side]] + slope[side] * number + 0.5)
    x, y = walked.T
    column = np.where(x[1:] < x[:-1], x[1:], x[1:] - 1)
    row = np.minimum(y[1:], y[:-1])
    half = _FINE // 2
    passes = (x[1:] != x[:-1]) & (column % _FINE == half) & (column >= half) & (column < width * _FINE)
    top = np.clip(-((half - row[passes]) // _FINE), 0, height)
    at = np.sort(column[passes] // _FINE * height + top)
    if len(at) % 2:
        at = np.append(at, height * width)
    return _joined(at[0::2], at[1::2])


def _joined(starts: Integers, ends: Integers) -> Runs:
    """The same pixels without empty runs, each run as long as it can be; the runs come in order and apart."""
    starts, ends = starts[ends > starts], ends[ends > starts]
    apart = starts[1:] != ends[:-1]
    edge = np.ones(min(len(starts), 1), np.bool_)
    return starts[np.concatenate((edge, apart))], ends[np.concatenate((apart, edge))]


def _united(starts: Integers, ends: Integers) -> Runs:
    """The pixels in any of the runs, which may overlap and come in any order."""
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order]) if len(ends) else ends
    first = np.ones(len(starts), np.bool_)
    first[1:] = starts[1:] > reach[:-1]
    last = np.roll(first, -1)
    return starts[first], reach[last]


# --- keypoints ------------------------------------------------------------------------------------------------
def keypoint_similarity(points: Floats, truth: Floats, area: float, spreads: Floats) -> float:
    """COCO's object keypoint similarity: (n, 2) points against as many true ones, 0..1.

    `area` is the object's in square pixels, `spreads` COCO's sigma of each keypoint. No points are not similar.
    """
    if not len(points):
        return 0.0
    squares = ((points - truth) ** 2).sum(axis=1)
    with np.errstate(over="ignore"):
        off = squares / (2 * spreads) ** 2 / (area + np.spacing(1.0)) / 2
    return float(np.exp(-off).mean())
