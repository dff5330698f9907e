"""How often one side says this where the other says that, picture by picture: what every count comes from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.comparison.side import Integers
from analyses.reports.document import Cell

Flags = npt.NDArray[np.bool_]
NOTHING = -1  # in place of a class


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of one length, by picture, row and column; each combination once."""

    picture: Integers
    row: Integers  # number of A's class (with a reference the true one), or NOTHING
    column: Integers
    count: Integers

    @classmethod
    def of(cls, picture: Integers, row: Integers, column: Integers) -> "Cells":
        """From one entry an object or pair."""
        known, count = np.unique(np.stack((picture, row, column)), axis=1, return_counts=True)
        return cls(known[0], known[1], known[2], count)

    def only(self, which: Flags) -> "Cells":
        return Cells(self.picture[which], self.row[which], self.column[which], self.count[which])

    def renumbered(self, places: Integers) -> "Cells":
        """With the classes at other places."""
        longer = np.append(places, NOTHING)  # so that NOTHING stays
        return Cells(self.picture, longer[self.row], longer[self.column], self.count)

    def by_picture(self, pictures: int) -> Integers:
        """(pictures,) sums."""
        return np.bincount(self.picture, self.count, pictures).astype(np.int64)

    def table(self, names: list[str]) -> list[Cell]:
        """As the document has them, the fullest first, then by name."""
        if not len(self.count):
            return []
        width = len(names) + 1
        key = (self.row + 1) * width + self.column + 1
        known, which, pictures = np.unique(key, return_inverse=True, return_counts=True)
        count = np.bincount(which, self.count).astype(np.int64)
        order = np.argsort(-count, kind="stable").tolist()
        named: list[str | None] = [None, *names]
        return [
            Cell(
                row=named[known[place] // width],
                column=named[known[place] % width],
                count=int(count[place]),
                pictures=int(pictures[place]),
            )
            for place in order
        ]


def verdict_of_peers(cells: Cells, verdict: str, number: int | None = None) -> Flags:
    """Which cells count for a verdict, of a class or of all."""
    row, column = cells.row, cells.column
    there = (row != NOTHING) & (column != NOTHING)
    found: Flags = {
        "agree": there & (row == column),
        "class_differs": there & (row != column),
        "a_only": column == NOTHING,
        "b_only": row == NOTHING,
    }[verdict]
    return found if number is None else found & ((row == number) | (column == number))
