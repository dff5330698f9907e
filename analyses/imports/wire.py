"""One annotation of COCO's as the API would be sent it: its pose, mask or box, or what is wrong with it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyses import formats, geometry
from analyses.formats import FormatError
from analyses.formats.checks import MAX_COORDINATE, got, number, shown
from analyses.imports.coco import Category, Id

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the annotations of a picture go: what takes the file's pixels to ours, and our picture's size."""

    across: float = 1.0
    down: float = 1.0
    width: int = 0  # 0: nobody knows
    height: int = 0

    @property
    def is_as_it_is(self) -> bool:
        """Whether the file has our pixels."""
        return self.across == self.down == 1


ONE, ALL = "one", "all"
MOST_RINGS = 10_000  # of an annotation: each is drawn, to see which overlap
# What is taken of an annotation; of "one" the first that it has, which says most.
SHAPES: dict[str, tuple[str, ...]] = {
    ONE: ("keypoint", "segmentation", "bounding_box"),
    "boxes": ("bounding_box",),
    "masks": ("segmentation",),
    "keypoints": ("keypoint",),
    ALL: ("bounding_box", "segmentation", "keypoint"),
}
FIELDS = {"boxes": "bbox", "masks": "segmentation", "keypoints": "keypoints"}
PAIR = re.compile(r"data\.points\[(\d+)\](?:\[(\d+)\](?:\[(\d+)\])?)?")
POINT = re.compile(r"data\.keypoints\[(\d+)\]\.([xy])")


def wire_annotations(
    entry: Any, categories: Mapping[Id, Category], place: Place = Place(), shapes: str = ONE
) -> list[Entry]:
    """What to send for one annotation, checked as the API checks it: one thing, unless all shapes are asked for.

    Without any where a pose is asked for and none is labelled. They tell the annotation's own id in `data.coco_id`,
    and a crowd in `data.iscrowd`. What VISTA itself has written becomes what it was. Raises FormatError with a field
    of COCO's.
    """
    if not isinstance(entry, dict):
        raise FormatError("", f"must be an object, got {shown(entry)}")
    category = _category(entry, categories)
    head: Entry = {"class_name": category.name}
    if entry.get("score") is not None:
        head["confidence"] = entry["score"]
    about = _about(entry, place)
    wanted, stored = _as_written_by_us(entry, place) if shapes in (ONE, ALL) else (None, None)
    found: list[Entry] = []
    for annotation_type in wanted or SHAPES[shapes]:
        parts = [(stored, _in_ours)] if stored else PARTS[annotation_type](entry, category, place)
        for data, spell in parts:
            item = {"annotation_type": annotation_type, **head, "data": data | about}
            try:
                formats.read_annotation(item)
            except FormatError as error:
                raise FormatError(spell(error.field), error.predicate) from error
            found.append(item)
        if found and shapes == ONE:
            break
    if not found:
        _check_nothing_is_missing(entry, shapes)
    return found


def _check_nothing_is_missing(entry: Entry, shapes: str) -> None:
    """Raises FormatError unless there is nothing to take because no point of a pose is labelled."""
    if shapes in (ONE, ALL):
        raise FormatError("", "has no bbox, no segmentation and no keypoints")
    if shapes != "keypoints" or not entry.get("keypoints"):
        raise FormatError(FIELDS[shapes], "is missing, and this shape was asked for")


def _as_written_by_us(entry: Entry, place: Place) -> tuple[Iterable[str] | None, Entry | None]:
    """The one type that an annotation of our own export had, and its data where COCO could not say all of it."""
    ours = entry.get("vista")
    kind = ours.get("type") if isinstance(ours, dict) else None
    if not isinstance(kind, str) or kind not in PARTS:
        return None, None
    data = entry["vista"].get("data")
    return [kind], data if isinstance(data, dict) and place.is_as_it_is else None


def _in_ours(field: str) -> str:
    return OF_ALL.get(field, f"vista.{field}")


def _category(entry: Entry, categories: Mapping[Id, Category]) -> Category:
    value = entry.get("category_id")
    if not isinstance(value, int | str) or isinstance(value, bool):
        raise FormatError("category_id", f"must be an integer or a string, {got(entry, 'category_id')}")
    if value not in categories:
        raise FormatError("category_id", f"must be the id of one of the categories, got {shown(value)}")
    return categories[value]


def _about(entry: Entry, place: Place) -> Entry:
    """What is kept inside `data` beside the shape; our own export counts anew what has an id of ours."""
    about: Entry = {}
    crowd = entry.get("iscrowd", 0)
    if crowd not in (0, 1):  # True and False are 1 and 0
        raise FormatError("iscrowd", f"must be 0 or 1, got {shown(crowd)}")
    if crowd:
        about["iscrowd"] = 1
    if "vista" in entry:
        return about
    if entry.get("area") is not None:
        about["area"] = number(entry["area"], "area", 0, 1e18) * place.across * place.down
    if type(entry.get("id")) in (int, str):
        about["coco_id"] = entry["id"]
    return about


# --- the three parts ------------------------------------------------------------------------------------------
# Each yields at most one `data`, and what says where a fault of it stands in COCO's own form.
Part = Iterable[tuple[Entry, Callable[[str], str]]]
OF_ALL = {"class_name": "category_id", "confidence": "score"}


def _box(entry: Entry, category: Category, place: Place) -> Part:
    box = entry.get("bbox")
    if box is None or box == []:
        return
    if isinstance(box, list) and len(box) == 4:
        box = [_times(value, (place.across, place.down)[index % 2]) for index, value in enumerate(box)]
    yield {"bbox": box, "format": "xywh"}, lambda field: OF_ALL.get(field, field.removeprefix("data."))


def _segmentation(entry: Entry, category: Category, place: Place) -> Part:
    shape = entry.get("segmentation")
    if shape is None or shape == []:
        return
    if isinstance(shape, dict):  # a grid of its own, which is stretched over the picture anyway
        spell = lambda field: OF_ALL.get(field, field.replace("data.rle", "segmentation", 1))  # noqa: E731
        yield {"rle": shape, "format": "rle"}, spell
        return
    if not isinstance(shape, list):
        raise FormatError("segmentation", f"must be a list of polygons or an object, got {shown(shape)}")
    if len(shape) > MOST_RINGS:
        raise FormatError("segmentation", f"has {len(shape):,} polygons; at most {MOST_RINGS:,} are accepted")
    rings = [_ring(ring, f"segmentation[{index}]", place) for index, ring in enumerate(shape)]
    if len(rings) > 1 and (united := _united(rings, place)):
        yield {"rle": united, "format": "rle"}, _in_polygon
    else:
        yield {"points": rings, "format": "polygon"}, _in_polygon


def _is_coordinate(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= MAX_COORDINATE


def _united(rings: list[list[list[Any]]], place: Place) -> Entry | None:
    """A mask of rings that overlap, which COCO unites where we would see a hole; None where none do."""
    numbers = [value for ring in rings for pair in ring for value in pair]
    if not place.width or not all(_is_coordinate(value) for value in numbers):
        return None
    try:
        whole, cut = (
            geometry.rings_runs(rings, place.height, place.width, holes=holes) for holes in (False, True)
        )
    except ValueError:  # they reach far beyond the picture
        return None
    if geometry.runs_area(whole) == geometry.runs_area(cut):
        return None
    starts, ends = whole
    edges = np.zeros(2 * len(starts) + 2, np.int64)
    edges[1:-1:2], edges[2:-1:2], edges[-1] = starts, ends, place.height * place.width
    return {"size": [place.height, place.width], "counts": np.diff(edges).tolist()}


def _ring(values: Any, where: str, place: Place) -> list[list[Any]]:
    if not isinstance(values, list):
        raise FormatError(
            where, f"must be a polygon, which is a list of numbers x, y, x, y …, got {shown(values)}"
        )
    if len(values) % 2 or len(values) < 6:
        raise FormatError(where, f"needs x and y of at least 3 corners, got {len(values)} numbers")
    pairs = zip(values[0::2], values[1::2], strict=True)
    return [[_times(x, place.across), _times(y, place.down)] for x, y in pairs]


def _in_polygon(field: str) -> str:
    found = PAIR.fullmatch(field)
    if not found:
        return OF_ALL.get(field, "segmentation")
    ring, pair, value = found.groups()
    inside = f"[{2 * int(pair) + int(value or 0)}]" if pair else ""
    return f"segmentation[{ring}]{inside}"


def _keypoints(entry: Entry, category: Category, place: Place) -> Part:
    values = entry.get("keypoints")
    if values is None or values == []:
        return
    if not isinstance(values, list) or len(values) % 3:
        raise FormatError("keypoints", f"must be a list x, y, v, x, y, v …, got {shown(values)}")
    names = category.keypoints
    if names and len(values) != 3 * len(names):
        raise FormatError(
            "keypoints", f"needs 3 numbers for each of {len(names)} keypoints, got {len(values)}"
        )
    is_result = entry.get("score") is not None
    points: list[Entry] = []
    numbers: dict[int, int] = {}  # of those that are labelled: number in COCO's list -> in ours
    for index in range(len(values) // 3):
        x, y, visibility = values[3 * index : 3 * index + 3]
        number(visibility, f"keypoints[{3 * index + 2}]")
        # A model that says where a point is may still leave v at 0.
        if visibility == 0 and (not is_result or x == y == 0):
            continue
        numbers[index] = len(points)
        point = {"x": _times(x, place.across), "y": _times(y, place.down)}
        name = {"name": names[index]} if names else {}
        points.append(name | point | ({"visibility": int(visibility)} if visibility in (1, 2) else {}))
    if not points:
        return
    edges = dict.fromkeys(category.skeleton)  # each once: a category's is written into all of its annotations
    skeleton = [[numbers[a - 1], numbers[b - 1]] for a, b in edges if {a - 1, b - 1} <= numbers.keys()]
    places = list(numbers)

    def spell(field: str) -> str:
        found = POINT.fullmatch(field)
        if not found:
            return OF_ALL.get(field, "keypoints")
        return f"keypoints[{3 * places[int(found[1])] + 'xy'.index(found[2])}]"

    yield {"keypoints": points} | ({"skeleton": skeleton} if skeleton else {}), spell


def _times(value: Any, factor: float) -> Any:
    """A coordinate of the file in pixels of ours; what is no number is left for the formats to refuse."""
    return value if factor == 1 or type(value) not in (int, float) else value * factor


PARTS: dict[str, Callable[[Entry, Category, Place], Part]] = {
    "bounding_box": _box,
    "segmentation": _segmentation,
    "keypoint": _keypoints,
}
