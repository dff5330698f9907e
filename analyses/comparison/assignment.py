"""The best pairs: each row and each column in one at most, with the greatest sum of weights.

Rows come one after the other, best first. Each finds its way to a free column over those that are taken, or has a
row that is worth less give way (the Hungarian method on the pairs there are; where nothing connects two groups, no
way leads from one to the other, so each connected component is solved by itself). Of equally good ways one to a
free column is taken, and the column that comes first; if a row must go without, it is the last. Weights are whole
numbers, so equally good means equal.

static/js/viewer/comparison/assignment.js is its twin: the same steps in the same order.
"""

from heapq import heappop, heappush

import numpy as np

from analyses.comparison.side import Floats, Integers

STEPS = 2.0**40  # of a weight of 1: sums and differences of so many are exact in 64-bit floats
NOBODY = -1
FREE, TAKEN, GIVES_WAY = 0, 1, 2


def assigned(
    rows: Integers, columns: Integers, weights: Floats, row_count: int, column_count: int
) -> Integers:
    """The column of each row, NOBODY for rows without; weights are above 0 and at most 1.

    The pairs come by row, then by column.
    """
    partner = np.full(row_count, NOBODY, np.int64)
    per_row, per_column = np.bincount(rows, minlength=row_count), np.bincount(columns, minlength=column_count)
    alone = (per_row[rows] == 1) & (per_column[columns] == 1)
    partner[rows[alone]] = columns[alone]
    contested = ~alone
    if contested.any():
        known_rows, row = np.unique(rows[contested], return_inverse=True)
        known_columns, column = np.unique(columns[contested], return_inverse=True)
        whole = np.maximum(np.floor(weights[contested] * STEPS), 1).astype(np.int64)
        starts = np.searchsorted(row, np.arange(len(known_rows) + 1))
        solver = _Solver(starts.tolist(), column.tolist(), whole.tolist(), len(known_columns))
        chosen = np.array(solver.solved(), np.int64)
        partner[known_rows] = np.where(chosen == NOBODY, NOBODY, known_columns[chosen])
    return partner


class _Solver:
    """A row's gain and a column's price are at least 0 and together at least the weight of each pair of theirs.

    They are just that for pairs that are chosen, and 0 for rows and columns that are not: that proves the sum best.
    """

    def __init__(self, starts: list[int], columns: list[int], weights: list[int], column_count: int) -> None:
        self.starts, self.columns, self.weights = starts, columns, weights
        self.partner = [NOBODY] * (len(starts) - 1)
        self.gain = [0] * len(self.partner)
        self.owner = [NOBODY] * column_count
        self.price = [0] * column_count

    def solved(self) -> list[int]:
        for row in range(len(self.partner)):
            if not self._takes_free(row):
                self._finds_way(row)
        return self.partner

    def _takes_free(self, row: int) -> bool:
        """Give the row its best column if that is free; what it gains is set in any case."""
        best, free = 0, NOBODY
        for pair in range(self.starts[row], self.starts[row + 1]):
            column = self.columns[pair]
            left = self.weights[pair] - self.price[column]
            if left > best:
                best, free = left, NOBODY
            if left == best and free == NOBODY and self.owner[column] == NOBODY:
                free = column
        self.gain[row] = best
        if free == NOBODY:
            return False
        self.partner[row], self.owner[free] = free, row
        return True

    def _finds_way(self, first: int) -> None:
        """The cheapest way from a row over taken columns to a free one, or to a row that gives its column up."""
        reached_row = {first: 0}
        reached: dict[int, int] = {}
        came_from: dict[int, int] = {}
        settled: set[int] = set()
        limit = self.gain[first]  # no way that is longer can be the cheapest
        heap = [(limit, GIVES_WAY, -first)]
        row, so_far = first, 0
        while True:
            base = so_far + self.gain[row]
            for pair in range(self.starts[row], self.starts[row + 1]):
                column = self.columns[pair]
                if column in settled:
                    continue
                length = base + self.price[column] - self.weights[pair]
                if length <= limit and (column not in reached or length < reached[column]):
                    reached[column], came_from[column] = length, row
                    kind = FREE if self.owner[column] == NOBODY else TAKEN
                    heappush(heap, (length, kind, column))
            length, kind, number = heappop(heap)
            while kind != GIVES_WAY and (number in settled or length > reached[number]):
                length, kind, number = heappop(heap)
            if kind != TAKEN:
                break
            settled.add(number)
            row, so_far = self.owner[number], length
            reached_row[row] = length
            limit = min(limit, length + self.gain[row])
            heappush(heap, (length + self.gain[row], GIVES_WAY, -row))
        for other, at in reached_row.items():
            self.gain[other] -= length - at
        for column in settled:
            self.price[column] += length - reached[column]
        self._shift(came_from, first, number if kind == FREE else NOBODY, -number)

    def _shift(self, came_from: dict[int, int], first: int, column: int, loser: int) -> None:
        """Everyone on the way takes the next column: `column` is free, or NOBODY and `loser` gives its own up."""
        if column == NOBODY:
            column, self.partner[loser] = self.partner[loser], NOBODY
            if loser == first:
                return
        while True:
            row = came_from[column]
            self.owner[column] = row
            self.partner[row], column = column, self.partner[row]
            if row == first:
                return
