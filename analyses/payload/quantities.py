"""Numbers as few bytes: scores, coordinates, indices and ragged lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analyses.payload.container import Array

Floats = npt.NDArray[np.float64]

NULL = 65_535  # of 16-bit numbers; in columns of floats NaN stands for null

# Every decimal of four digits is a whole number of 60,000ths, so that 0.95 reads back as 0.95. Rounding down
# keeps thresholds true: a score reaches one of four digits exactly when the stored one does.
SCORE_DIVISOR = 60_000
SCORE = {"divisor": SCORE_DIVISOR, "null": NULL}

COORDINATE_DIVISOR = 4  # quarters of a pixel
MAX_LOSS = 1 / 8  # pixels
REACH = (NULL - 1) / COORDINATE_DIVISOR  # pixels from the origin that 16 bits cover
EXACT_ENOUGH = 2.0**21  # up to here neighbouring 32-bit floats are at most a quarter of a pixel apart


def scores(values: Floats) -> Array:
    """0..1 or NaN as 16 bits; what they read back is at most the value, and less than 1/60,000 below it."""
    known = np.nan_to_num(values)
    steps = np.floor(known * SCORE_DIVISOR)
    steps += (steps + 1) / SCORE_DIVISOR <= known  # the product may have been rounded to either side
    steps -= steps / SCORE_DIVISOR > known
    return np.where(np.isnan(values), NULL, steps).astype(np.uint16)


def scores_back(stored: Array) -> Floats:
    """The scores of a column, NaN for null."""
    return np.where(stored == NULL, np.nan, stored / SCORE_DIVISOR)


@dataclass(frozen=True, slots=True)
class Grid:
    """How the coordinates of one axis are written: quarter pixels from an origin, floats where those do not reach."""

    dtype: str  # u16, f32 or f64
    origin: int = 0

    def write(self, values: Floats) -> tuple[Array, dict[str, Any]]:
        """The column, and what it means."""
        if self.dtype != "u16":
            return values.astype(np.float32 if self.dtype == "f32" else np.float64), {}
        steps = np.rint((values - self.origin) * COORDINATE_DIVISOR)
        meaning = {"divisor": COORDINATE_DIVISOR, "origin": self.origin, "null": NULL}
        return np.where(np.isnan(steps), NULL, steps).astype(np.uint16), meaning


def grids(*axes: Sequence[Floats]) -> list[Grid]:
    """One grid an axis, all of the same type; an axis is all its columns, with NaN for null."""
    extents = [_extent(columns) for columns in axes]
    origins = [0 if low >= 0 and high <= REACH else int(np.floor(low)) for low, high in extents]
    if all(high - origin <= REACH for (_, high), origin in zip(extents, origins, strict=True)):
        return [Grid("u16", origin) for origin in origins]
    furthest = max(max(abs(low), abs(high)) for low, high in extents)
    return [Grid("f32" if furthest <= EXACT_ENOUGH else "f64") for _ in axes]


def _extent(columns: Sequence[Floats]) -> tuple[float, float]:
    together = np.concatenate(columns)
    known = together[~np.isnan(together)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def coordinates_back(stored: Array, meaning: dict[str, Any]) -> Floats:
    """The coordinates of a column in pixels, NaN for null."""
    if stored.dtype.kind == "f":
        return stored.astype(np.float64)
    return np.where(stored == meaning["null"], np.nan, meaning["origin"] + stored / float(meaning["divisor"]))


def narrowest(values: Array, highest: int) -> Array:
    """Whole numbers from 0 to `highest` in as few bits as that needs."""
    return values.astype(np.uint8 if highest < 2**8 else np.uint16 if highest < 2**16 else np.uint32)


def indices(values: Iterable[int | None], entries: int) -> tuple[Array, dict[str, Any]]:
    """Indices into a table of so many entries, None being the highest number that the column can hold."""
    null = int(np.iinfo(narrowest(np.empty(0), entries).dtype).max)
    filled = np.array([null if value is None else value for value in values], np.int64)
    return narrowest(filled, null), {"null": null}


def offsets(lengths: Sequence[int]) -> Array:
    """Where each list begins in the one that holds them all, and at last where that ends."""
    return np.concatenate(([0], np.cumsum(np.array(lengths, np.int64)))).astype(np.uint32)
