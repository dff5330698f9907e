"""Whole pictures compared: heatmaps that correlate, classifications that agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.comparison.agreement import kappa
from analyses.comparison.side import Floats


def heatmap_correlation(ours: Floats, theirs: Floats) -> float | None:
    """Pearson's correlation of two heatmaps, (height, width) each; None where one of them is flat.

    Both are stretched over the same picture, so each is read at the points of a grid as fine as the finer one, the
    nearest value counting. Points that are NaN or infinite on either side are left out.
    """
    height, width = np.maximum(ours.shape, theirs.shape).tolist()
    here, there = (_stretched(heatmap, height, width).ravel() for heatmap in (ours, theirs))
    known = np.isfinite(here) & np.isfinite(there)
    here, there = here[known], there[known]
    if len(here) < 2 or np.ptp(here) == 0 or np.ptp(there) == 0:
        return None
    # Scaled first: the squares of large values would be infinite.
    here, there = (part / np.abs(part).max() for part in (here, there))
    here, there = here - here.mean(), there - there.mean()
    spread = float(np.sqrt((here @ here) * (there @ there)))
    return float(np.clip(here @ there / spread, -1, 1)) if spread else None


def _stretched(heatmap: Floats, height: int, width: int) -> Floats:
    rows = np.arange(height) * heatmap.shape[0] // height
    columns = np.arange(width) * heatmap.shape[1] // width
    stretched: Floats = heatmap[np.ix_(rows, columns)].astype(np.float64)
    return stretched


@dataclass(frozen=True, slots=True)
class Classified:
    """How often two models put the same class first, over pictures that both classified."""

    count: int
    agree: int
    share: float | None
    kappa: float | None

    @classmethod
    def of(cls, ours: Sequence[str | None], theirs: Sequence[str | None]) -> "Classified":
        """Of the first class of each picture on both sides; None is a picture without one."""
        both = [pair for pair in zip(ours, theirs, strict=True) if None not in pair]
        names = {name: number for number, name in enumerate(sorted({str(n) for pair in both for n in pair}))}
        here, there = (np.array([names[str(pair[side])] for pair in both], np.int64) for side in (0, 1))
        agree = int((here == there).sum())
        return cls(len(both), agree, agree / len(both) if both else None, kappa(here, there))
