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
Bounds = tuple[float, float, float, float]
Ring = Sequence[Sequence[float]]  # of (x, y) pairs, closed by itself: the last pair joins the first

_LONGEST_NUMBER = 7  # groups of 5 bits: COCO's counts have 32 bits, and a string must not make huge integers


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
