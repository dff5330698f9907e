"""The pictures behind a number of the report: what was said of each is kept in columns, and looked through later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analyses.comparison.side import Floats, Integers
from analyses.reports.cells import NOTHING, Cells, verdict_of_peers
from analyses.reports.document import PEER_VERDICTS, REFERENCE_VERDICTS, Key, Picture, Verdict
from analyses.reports.measuring import IGNORED, RIGHT, WRONG, Detections
from analyses.reports.peering import CURVE


@dataclass(slots=True)
class Index:
    """All compared pictures, in the order of their upload; what is by picture has as many entries."""

    keys: list[Key]  # of the sides
    names: list[str]  # of the classes
    has_reference: bool
    thresholds: list[float]
    ids: list[str]
    filenames: list[str]
    analyses: list[list[str]]  # one a side
    disagreement: Integers
    objects: Integers  # (sides, pictures) whatever their score
    cells: dict[str, Cells]  # A against each other side
    curve: Integers  # (thresholds, pictures, 4) of A and B; empty with a reference
    detections: dict[str, Detections] = field(default_factory=dict)  # with a reference
    truth: Cells | None = None  # its objects: row is the class
    first_names: list[str] = field(default_factory=list)
    first: Integers = field(default_factory=lambda: np.empty((0, 0), np.int64))  # (sides, pictures)
    heatmaps: Floats = field(default_factory=lambda: np.empty(0))  # NaN where there is no correlation

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return REFERENCE_VERDICTS if self.has_reference else PEER_VERDICTS

    def number(self, of: str) -> int:
        """Which side that is. Raises ValueError."""
        return [str(key) for key in self.keys].index(of)

    def order(self) -> Integers:
        """The pictures, the worst first; of equals the one with fewer objects in order, then as uploaded."""
        right = self.counts("b")[0] if len(self) else np.empty(0)
        order: Integers = np.lexsort((right, -self.disagreement))
        return order

    # --- how often, by picture --------------------------------------------------------------------------------
    def counts(self, of: str, number: int | None = None, threshold: float | None = None) -> list[Integers]:
        """(pictures,) counts of each verdict, of a class or of all; `threshold` is another than the report's."""
        if self.has_reference:
            least = self.thresholds[self.number(of)] if threshold is None else threshold
            return self._against(of, number, least)
        if threshold is not None:
            return list(self.curve[CURVE.tolist().index(threshold)].T)
        cells = self.cells[of]
        return [cells.only(verdict_of_peers(cells, v, number)).by_picture(len(self)) for v in self.verdicts]

    def _against(self, of: str, number: int | None, least: float) -> list[Integers]:
        found = self.detections[of]
        counts = found.scores >= least
        truth = self.truth
        if number is not None:
            counts &= found.class_of == number
            truth = truth and truth.only(truth.row == number)
        wanted = truth.by_picture(len(self)) if truth else np.zeros(len(self), np.int64)
        right, wrong = (
            np.bincount(found.picture[counts & (found.became == kind)], minlength=len(self))
            for kind in (RIGHT, WRONG)
        )
        return [right, wrong, wanted - right]

    def in_cell(self, of: str, row: int, column: int) -> Integers:
        cells = self.cells[of]
        return cells.only((cells.row == row) & (cells.column == column)).by_picture(len(self))

    def in_bin(self, of: str, low: float, high: float, number: int | None) -> Integers:
        """Detections with a score in [low, high), or up to 1 where that is the end."""
        found = self.detections[of]
        inside = (found.scores >= low) & ((found.scores < high) | (high == 1))
        inside &= found.became != IGNORED
        if number is not None:
            inside &= found.class_of == number
        return np.bincount(found.picture[inside], minlength=len(self))

    def putting_first(self, a: int, b: int, of: str) -> Integers:
        other = self.first[self.number(of)]
        found: Integers = ((self.first[0] == a) & (other == b)).astype(np.int64)
        return found

    # --- as the document has it -------------------------------------------------------------------------------
    def picture(self, place: int, rank: int, counts: list[Integers], matching: int | None = None) -> Picture:
        correlation = self.heatmaps[place] if len(self.heatmaps) else np.nan
        names = [*self.first_names, None]
        first = [names[side[place]] for side in self.first]
        return Picture(
            rank=rank,
            id=self.ids[place],
            filename=self.filenames[place],
            analyses=dict(zip(self.keys, self.analyses[place], strict=True)),
            disagreement=int(self.disagreement[place]),
            counts={verdict: int(count[place]) for verdict, count in zip(self.verdicts, counts, strict=True)},
            matching=matching,
            heatmap_correlation=None if np.isnan(correlation) else float(correlation),
            first=dict(zip(self.keys, first, strict=True)) if any(first) else None,
        )

    def worst(self, count: int) -> list[Picture]:
        counts = self.counts("b")
        return [self.picture(p, rank, counts) for rank, p in enumerate(self.order()[:count].tolist(), 1)]


# --- kept as arrays -------------------------------------------------------------------------------------------
PLAIN = (
    "keys",
    "names",
    "has_reference",
    "thresholds",
    "ids",
    "filenames",
    "analyses",
    "first_names",
)
ARRAYS = ("disagreement", "objects", "curve", "first", "heatmaps")
CELLS = ("picture", "row", "column", "count")
OF_DETECTIONS = ("picture", "class_of", "scores", "became")


def as_arrays(index: Index) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is JSON, and what are arrays."""
    arrays = {name: getattr(index, name) for name in ARRAYS}
    tables = {f"cells.{key}": cells for key, cells in index.cells.items()}
    if index.truth:
        tables["truth"] = index.truth
    for name, table in tables.items():
        arrays |= {f"{name}.{column}": narrow(getattr(table, column)) for column in CELLS}
    for key, found in index.detections.items():
        arrays |= {f"detections.{key}.{c}": narrow(getattr(found, c)) for c in OF_DETECTIONS}
    return {name: getattr(index, name) for name in PLAIN}, arrays


def narrow(column: Any) -> Any:
    return column.astype(np.int32) if column.dtype == np.int64 else column


def of_arrays(plain: Mapping[str, Any], arrays: Mapping[str, Any]) -> Index:
    def cells(name: str) -> Cells:
        return Cells(*(arrays[f"{name}.{column}"] for column in CELLS))

    others = plain["keys"][1:]
    return Index(
        **plain,
        **{name: arrays[name] for name in ARRAYS},
        cells={key: cells(f"cells.{key}") for key in others if f"cells.{key}.row" in arrays},
        detections={
            key: Detections(*(arrays[f"detections.{key}.{column}"] for column in OF_DETECTIONS))
            for key in others
            if f"detections.{key}.scores" in arrays
        },
        truth=cells("truth") if "truth.row" in arrays else None,
    )


__all__ = ["NOTHING", "Index", "as_arrays", "of_arrays"]
