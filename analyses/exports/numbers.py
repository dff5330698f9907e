"""Integers for what we know by UUIDs, the same each time: pictures in their order, classes by their names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from analyses.exports.rows import Record, records
from analyses.exports.selection import Selection
from analyses.exports.walk import Stretch, stretches
from analyses.models import Analysis
from images.models import Image

PLACED = ("bounding_box", "segmentation", "keypoint")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an annotation belongs: its picture, the picture's number, and its analysis."""

    image: Image
    number: int
    analysis: Analysis


def numbered(selection: Selection) -> Iterator[tuple[int, Stretch]]:
    """The stretches of the selection, each with the number of its first picture; they count from 1."""
    number = 1
    for stretch in stretches(selection):
        yield number, stretch
        number += len(stretch.pictures)


def placed(selection: Selection) -> Iterator[list[tuple[Record, Place]]]:
    """Blocks of annotations and where they belong, in the order that numbers them."""
    for first, stretch in numbered(selection):
        yield from placed_in(selection, stretch, first)


def placed_in(selection: Selection, stretch: Stretch, first: int = 1) -> Iterator[list[tuple[Record, Place]]]:
    """The same of one stretch, analysis by analysis."""
    if not stretch.analyses:
        return
    number = {picture.pk: first + index for index, picture in enumerate(stretch.pictures)}
    places = {
        analysis_id: Place(image, number[image.pk], analysis)
        for analysis_id, (analysis, image) in stretch.of().items()
    }
    for block in records(selection.annotations(stretch.ids())):
        yield [(record, places[record.analysis_id]) for record in block]


class Classes:
    """Numbers of the class names of whatever has a place, from `first` on; sorted, so that scores change no number."""

    def __init__(self, selection: Selection, first: int) -> None:
        tallies = selection.tallies().filter(annotation_type__in=PLACED)
        names = set(tallies.order_by().values_list("class_name", flat=True).distinct())
        if selection.class_names:
            names &= set(selection.class_names)
        self._next = count(first)
        self._numbers = {name: next(self._next) for name in sorted(names)}

    def number(self, name: str) -> int:
        """That of this class; the counters know all, and one that they do not know comes behind the others."""
        if name not in self._numbers:
            self._numbers[name] = next(self._next)
        return self._numbers[name]

    def items(self) -> Iterator[tuple[str, int]]:
        """Names and numbers, in the order of the numbers."""
        return iter(self._numbers.items())

    def __len__(self) -> int:
        return len(self._numbers)


@dataclass(slots=True)
class Layout:
    """The keypoints of a class: names, and pairs of their indices; of all poses together, which may differ."""

    names: dict[str, int] = field(default_factory=dict)
    bones: dict[tuple[int, int], None] = field(default_factory=dict)

    def add(self, points: list[dict], skeleton: list[list[int]]) -> None:
        """What a pose has beyond those before."""
        at = [self.names.setdefault(name, len(self.names)) for name in names_of(points)]
        for begin, end in skeleton:
            self.bones.setdefault((at[begin], at[end]))


def names_of(points: list[dict]) -> list[str]:
    """A name each: its own, or one by its place where it has none; the second of a name gets a number."""
    names: dict[str, None] = {}
    for index, point in enumerate(points, 1):
        name = wanted = point.get("name") or f"keypoint {index}"
        again = 1
        while name in names:
            again += 1
            name = f"{wanted} {again}"
        names[name] = None
    return list(names)
