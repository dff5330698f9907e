"""What one side says of one picture, as columns: its objects, best first, and what it says of the whole picture."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from analyses import geometry
from analyses.comparison import Side
from analyses.comparison.shapes import Pose
from analyses.comparison.side import Integers
from analyses.formats import grid_scale
from analyses.reports.asked import Asked
from analyses.reports.document import ANY_CLASS
from vista.errors import Invalid

Flags = npt.NDArray[np.bool_]
Ring = list[tuple[float, float]]


class Grid(Protocol):
    """A picture, as far as shapes care."""

    filename: str
    width: int
    height: int


class Rle(msgspec.Struct):
    size: tuple[int, int]
    counts: list[int]


class Point(msgspec.Struct):
    x: float
    y: float
    name: str = ""


class Data(msgspec.Struct):
    """What a comparison reads of the stored form of any type."""

    rle: Rle | msgspec.UnsetType = msgspec.UNSET
    points: list[Ring] | msgspec.UnsetType = msgspec.UNSET
    keypoints: list[Point] | msgspec.UnsetType = msgspec.UNSET
    area: Any = None
    iscrowd: Any = 0
    artifact_name: str = ""
    storage_path: str = ""


read_data = msgspec.json.Decoder(Data).decode


class Classes:
    """Names of classes and their numbers, in the order in which they turned up; all are one if need be."""

    def __init__(self, *, is_one: bool = False) -> None:
        self.is_one = is_one
        self.names: list[str] = [ANY_CLASS] if is_one else []  # by number
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        if self.is_one:
            return 0
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        return number

    def by_name(self) -> tuple[list[str], npt.NDArray[np.int64]]:
        """The names in order, and the place there of each number."""
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        return [self.names[number] for number in order], places


@dataclass(slots=True)
class Content:
    """One side of one picture. Objects come highest score first, then by id, those without a score last."""

    side: Side
    crowd: Flags
    masks: list[geometry.Runs] = field(default_factory=list)  # where masks are compared: of each object
    poses: list[Pose] = field(default_factory=list)  # where keypoints are
    areas: list[float] = field(default_factory=list)  # of the poses, in square pixels
    first: str | None = None  # the class that it puts first for the whole picture
    heatmap: str | None = None  # the name of its artifact, or where that is stored
    heatmap_file: Any = None  # the artifact itself, where it is there
    by_type: Counter[str] = field(default_factory=Counter)

    def at_least(self, threshold: float) -> "Content":
        """Without the objects that score less; one without a score stays."""
        with np.errstate(invalid="ignore"):
            kept = ~(self.side.scores < threshold)
        if kept.all():
            return self
        places = np.flatnonzero(kept).tolist()
        return replace(
            self,
            side=Side(self.side.bounds[kept], self.side.class_of[kept], self.side.scores[kept]),
            crowd=self.crowd[kept],
            masks=[self.masks[place] for place in places] if self.masks else [],
            poses=[self.poses[place] for place in places] if self.poses else [],
            areas=[self.areas[place] for place in places] if self.areas else [],
        )


def content_of(
    rows: Sequence[Any], picture: Grid, asked: Asked, compared: tuple[str, ...], classes: Classes
) -> Content:
    """From rows in the order of their ids: analysis, type, class, score, bounds, JSON where it is needed.

    Raises Invalid for a polygon that is too long to be filled.
    """
    placed = [row for row in rows if row[4] is not None and row[1] in compared]
    scores = np.array([math.nan if row[3] is None else row[3] for row in placed], np.float64)
    order = np.argsort(-scores, kind="stable").tolist()
    placed = [placed[place] for place in order]
    bounds = np.array([row[4:8] for row in placed], np.float64).reshape(-1, 4)
    if compared != ("bounding_box",):
        for place, row in enumerate(placed):
            if row[1] == "segmentation" and row[8]:
                bounds[place] *= grid_scale(row[8], picture.width, picture.height)
    content = Content(
        side=Side(
            bounds=bounds,
            class_of=np.array([classes.number(row[2]) for row in placed], np.int64),
            scores=scores[order],
        ),
        crowd=np.array([is_crowd(row[8]) for row in placed], np.bool_),
        first=first_class(rows),
        heatmap=next((name for row in rows if row[1] == "heatmap" and (name := heatmap_of(row[8]))), None),
        by_type=Counter(row[1] for row in rows),
    )
    if asked.types == "masks":
        content.masks = [mask_of(row[8], picture) for row in placed]
    elif asked.types == "keypoints":
        for row in placed:
            data = read_data(row[8])
            points = data.keypoints or []
            # Points without a name are told apart by their place in the list.
            content.poses.append({p.name or f"#{place}": (p.x, p.y) for place, p in enumerate(points)})
            content.areas.append(area_of(data, row[4:8]))
    return content


def is_crowd(form: str) -> bool:
    """COCO's mark of an object that stands for many: 1, or true."""
    return bool(form) and "iscrowd" in form and read_data(form).iscrowd == 1


def first_class(rows: Sequence[Any]) -> str | None:
    """The class of the classification with the highest score, of equal ones the first."""
    found = [(-1 if row[3] is None else row[3], row[2]) for row in rows if row[1] == "classification"]
    return max(found, key=lambda one: one[0])[1] if found else None


def heatmap_of(form: str) -> str:
    """The name of its artifact, or where that is stored."""
    data = read_data(form)
    return data.artifact_name or data.storage_path


def area_of(data: Data, bounds: Sequence[float]) -> float:
    """Of an object with keypoints: its own where it says one, or that of its bounds."""
    if isinstance(data.area, int | float) and not isinstance(data.area, bool) and data.area > 0:
        return float(data.area)
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


# --- masks on the grid of the picture -------------------------------------------------------------------------
def mask_of(form: str, picture: Grid) -> geometry.Runs:
    """The pixels of a mask or of the inside of a polygon."""
    data = read_data(form)
    if isinstance(data.rle, Rle):
        runs = geometry.rle_runs(data.rle.counts)
        height, width = data.rle.size
        if (height, width) == (picture.height, picture.width):
            return runs
        return stretched(runs, (height, width), (picture.height, picture.width))
    rings = [] if isinstance(data.points, msgspec.UnsetType) else data.points
    try:
        return geometry.rings_runs(rings, picture.height, picture.width)
    except ValueError as error:
        raise Invalid(f"The masks of {picture.filename} cannot be compared: {error}.") from error


def stretched(runs: geometry.Runs, size: tuple[int, int], wanted: tuple[int, int]) -> geometry.Runs:
    """The same object on another grid, each pixel there taking the one that it lies in; no bitmap is made."""
    (rows, columns), (height, width) = size, wanted
    starts, ends = runs
    # Columns that some pixel lies in, and the runs that are in each.
    known, column_of = np.unique(np.arange(width) * columns // width, return_inverse=True)
    first = np.searchsorted(ends, known * rows, "right")
    counts = np.maximum(np.searchsorted(starts, (known + 1) * rows, "left") - first, 0)
    column, run = np.repeat(np.arange(len(known)), counts), several(first, counts)
    # Row i lies in i * rows // height: it is the first at or behind an edge if it is the edge times height / rows, up.
    edges = (
        np.maximum(starts[run] - known[column] * rows, 0),
        np.minimum(ends[run] - known[column] * rows, rows),
    )
    top, bottom = (-(-edge * height // rows) for edge in edges)
    kept = top < bottom
    column, top, bottom = column[kept], top[kept], bottom[kept]
    counts = np.bincount(column, minlength=len(known))
    piece = several(np.cumsum(counts) - counts, counts, column_of)
    at = np.repeat(np.arange(width), counts[column_of]) * height
    begin, end = at + top[piece], at + bottom[piece]
    apart = begin[1:] != end[:-1]
    edge = np.ones(min(len(begin), 1), np.bool_)
    return begin[np.concatenate((edge, apart))], end[np.concatenate((apart, edge))]


def several(first: Integers, counts: Integers, which: Integers | slice = slice(None)) -> Integers:
    """From each first number on as many as its count, one after the other."""
    first, counts = first[which], counts[which]
    numbers: Integers = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    return numbers
