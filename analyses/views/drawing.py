"""Outlines of objects as SVG shapes, for a page whose JavaScript does not run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from analyses.models import Annotation
from analyses.palette import place_of

MOST_CORNERS = 5000  # of all polygons together; the others are drawn as their bounds


@dataclass(frozen=True)
class Shape:
    """One object as a path of SVG; one that is only its bounds is dashed."""

    path: str
    colour: int
    title: str
    is_rough: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)


def drawing(annotations: Iterable[Annotation], width: int, height: int) -> list[Shape]:
    """The shapes of what has a place in a picture of this size; what came first lies on top."""
    corners = MOST_CORNERS
    shapes = []
    for annotation in annotations:
        if annotation.x_min is None:
            continue
        data = annotation.data
        used = sum(map(len, data.get("points", [])))
        corners -= used
        shapes.append(_shape(annotation, data, used > 0 and corners >= 0, (width, height)))
    return shapes[::-1]


def _shape(
    annotation: Annotation, data: dict[str, Any], draws_rings: bool, picture: tuple[int, int]
) -> Shape:
    a = annotation
    score = "" if a.confidence is None else f" {a.confidence:.2f}"
    told = {"colour": place_of(a.class_name), "title": f"{a.class_name or 'no class'}{score}"}
    if draws_rings:
        return Shape("".join(f"M{_corners(ring)}Z" for ring in data["points"]), **told)
    if a.annotation_type == "keypoint":
        points = [(point["x"], point["y"]) for point in data["keypoints"]]
        bones = [b for b in data.get("skeleton", []) if all(0 <= end < len(points) for end in b)]
        path = "".join(f"M{_corners([points[a], points[b]])}" for a, b in bones)
        return Shape(path, points=[(round(x, 1), round(y, 1)) for x, y in points], **told)
    rows, columns = data["rle"]["size"] if "rle" in data else picture[::-1]
    right, down = picture[0] / columns, picture[1] / rows  # a mask's bounds are pixels of its own grid
    x0, x1, y0, y1 = a.x_min * right, a.x_max * right, a.y_min * down, a.y_max * down
    box = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return Shape(f"M{_corners(box)}Z", is_rough=a.annotation_type != "bounding_box", **told)


def _corners(points: Iterable[Any]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
