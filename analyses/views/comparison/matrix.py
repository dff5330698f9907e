"""Confusion matrices as tables: the fullest classes, shaded by how often, each cell leading to its pictures."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyses.reports.document import Cell, PeerGrid
from analyses.views.comparison.numbers import counted

MOST_CLASSES = 16
STEPS = 6  # of shading; css/components/matrix.css has a class for each
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Square:
    """One cell as it is drawn; empty where nothing was counted."""

    text: str = ""
    title: str = ""
    href: str = ""
    step: int = 0
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """`left_out` is how many classes are not shown, with how many of the counted."""

    rows_are: str
    columns_are: str
    columns: list[str]
    rows: list[tuple[str, list[Square]]]
    left_out: int
    left_out_count: int


def matrix(
    cells: Sequence[Cell], link: Callable[[str | None, str | None], str], rows_are: str, columns_are: str
) -> Matrix:
    """The classes by how much they are counted; what is only on one side is the last row or column."""
    weight = Counter[str]()
    for cell in cells:
        for name in {cell.row, cell.column} - {None}:
            weight[str(name)] += cell.count
    ranked = sorted(weight, key=lambda name: (-weight[name], name))
    names: list[str | None] = [*ranked[:MOST_CLASSES]]
    has_nothing = any(cell.row is None or cell.column is None for cell in cells)
    places = names + [None] * has_nothing
    found = {(cell.row, cell.column): cell for cell in cells}
    most = max((cell.count for cell in cells), default=0)
    shown = sum(cell.count for key, cell in found.items() if set(key) <= set(places))

    def square(row: str | None, column: str | None) -> Square:
        cell = found.get((row, column))
        if cell is None:
            return Square(is_same=row == column and row is not None)
        said = f"{rows_are}: {called(row)}; {columns_are}: {called(column)} – "
        return Square(
            f"{cell.count:,}",
            f"{said}{counted(cell.count, 'time')} in {counted(cell.pictures, 'picture')}",
            link(row, column),
            step_of(cell.count, most),
            row == column,
        )

    return Matrix(
        rows_are,
        columns_are,
        [called(name) for name in places],
        [(called(row), [square(row, column) for column in places]) for row in places],
        max(len(ranked) - MOST_CLASSES, 0),
        sum(cell.count for cell in cells) - shown,
    )


def threshold_grid(grid: PeerGrid, link: Callable[[float, float], str]) -> Matrix:
    """Object agreement with a threshold for each side; the cell with the greatest is framed."""

    def square(a: float, b: float, value: float | None) -> Square:
        where = f"A from {a:g}, B from {b:g}: "
        if value is None:
            return Square("–", where + "there is no object")
        text = f"{value:.2f}".removeprefix("0") if value else "0"
        is_best = (a, b) == (grid.best_a, grid.best_b)
        return Square(text, f"{where}{value:.3f}", link(a, b), step_of(value, 1), is_best)

    rows = [
        (f"{a:g}", [square(a, b, value) for b, value in zip(grid.thresholds_b, values, strict=True)])
        for a, values in zip(grid.thresholds_a, grid.object_agreement, strict=True)
    ]
    return Matrix("A from", "B from", [f"{b:g}" for b in grid.thresholds_b], rows, 0, 0)


def called(name: str | None) -> str:
    return NOTHING if name is None else name or "no name"


def step_of(value: float, most: float) -> int:
    """1 to STEPS, by the square root: a few errors are to be seen beside hundreds that are right."""
    return max(1, math.ceil(STEPS * math.sqrt(value / most))) if value else 0
