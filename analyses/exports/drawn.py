"""Annotated pictures: what a model saw, drawn into the picture by Pillow."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.storage import default_storage
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from analyses.exports.outlines import joined, outlines
from analyses.models import Annotation
from analyses.palette import colour_of
from images.files import UPRIGHT, opened, orientation_of, with_whole_bytes
from images.models import Image

LONGEST_SIDE = 2048  # pixels; larger pictures are made smaller
MOST_LABELS = 200  # on one picture: more would hide it
VEIL = 80  # of 255: how much of its colour a mask lays over the picture
QUALITY = 90
CONTENT_TYPE, SUFFIX = "image/jpeg", ".jpg"

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


def drawn(image: Image, annotations: Sequence[Annotation], colours: dict[str, str]) -> bytes:
    """A JPEG of the upright picture with these annotations, the first on top; `colours` are those people chose.

    Raises NotAPicture, and FileNotFoundError where the storage has lost the original. Heatmaps are not drawn.
    """
    with default_storage.open(image.file.name) as file, opened(file, image.filename) as original:
        original.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture = with_whole_bytes(original)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        orientation = orientation_of(original)
        picture = picture.convert("RGB")
    if orientation in UPRIGHT:
        picture = picture.transpose(UPRIGHT[orientation])
    Drawing(picture, image, colours).draw(annotations)
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=QUALITY, subsampling=0)  # thin lines keep their colours
    return output.getvalue()


class Drawing:
    """A picture being drawn on."""

    def __init__(self, picture: Pillow.Image, image: Image, colours: dict[str, str]) -> None:
        self._pen = ImageDraw.Draw(picture, "RGBA")
        self._size = picture.size
        self._scale = picture.width / image.width, picture.height / image.height
        self._colours = colours
        side = max(picture.size)
        self._line = max(2, round(side / 400))
        self._font = ImageFont.load_default(max(10, side / 70))

    def draw(self, annotations: Sequence[Annotation]) -> None:
        """Shapes first, so that no label is drawn over."""
        for annotation in reversed(annotations):
            self._shape(annotation, self._colour(annotation.class_name))
        of_all = [a for a in annotations if a.annotation_type == "classification"]
        placed = [a for a in annotations if a.x_min is not None][: MOST_LABELS - len(of_all)]
        for annotation in reversed(placed):
            self._label(annotation, *self._corner(annotation))
        for number, annotation in enumerate(of_all[:MOST_LABELS]):
            self._label(annotation, 0, (number + 1) * self._height())

    def _shape(self, annotation: Annotation, colour: Colour) -> None:
        data = annotation.data
        if annotation.annotation_type == "bounding_box":
            x, y, width, height = data["bbox"]
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            self._outline(self._placed(corners), colour)
        elif "rle" in data:
            height, width = data["rle"]["size"]
            scale = self._size[0] / width, self._size[1] / height
            self._filled(
                [placed(ring, scale) for ring in outlines((height, width), data["rle"]["counts"])], colour
            )
        elif "points" in data:
            self._filled([self._placed(ring) for ring in data["points"]], colour)
        elif "keypoints" in data:
            self._pose(data, colour)

    def _filled(self, rings: list[Points], colour: Colour) -> None:
        if rings:
            self._pen.polygon(list(joined(rings)), fill=(*colour, VEIL))
        for ring in rings:
            self._outline(ring, colour)

    def _outline(self, ring: Points, colour: Colour) -> None:
        self._pen.line([*ring, ring[0]], fill=colour, width=self._line, joint="curve")

    def _pose(self, data: dict[str, Any], colour: Colour) -> None:
        points = self._placed([(point["x"], point["y"]) for point in data["keypoints"]])
        for begin, end in data.get("skeleton", []):
            self._pen.line([points[begin], points[end]], fill=colour, width=self._line)
        for point in points:
            self._pen.circle(point, 1.5 * self._line, fill=colour)

    # --- labels -----------------------------------------------------------------------------------------------
    def _label(self, annotation: Annotation, x: float, bottom: float) -> None:
        """Class and score on the colour of the class, its lower left corner here or as near as fits."""
        score = "" if annotation.confidence is None else f" {annotation.confidence:.2f}"
        text = in_one_line(f"{annotation.class_name}{score}")
        colour = self._colour(annotation.class_name)
        width, height = self._pen.textlength(text, self._font) + 2 * self._line, self._height()
        x = max(0, min(x, self._size[0] - width))
        bottom = max(height, min(bottom, self._size[1]))
        self._pen.rectangle((x, bottom - height, x + width, bottom), fill=colour)
        ink = "black" if is_light(colour) else "white"
        self._pen.text((x + self._line, bottom - height), text, ink, self._font)

    def _height(self) -> float:
        return 1.3 * self._font.size

    def _corner(self, annotation: Annotation) -> tuple[float, float]:
        """Where its bounds begin; a mask's are pixels of its own grid."""
        scale = self._scale
        if "rle" in annotation.data:
            height, width = annotation.data["rle"]["size"]
            scale = self._size[0] / width, self._size[1] / height
        [corner] = placed([(annotation.x_min, annotation.y_min)], scale)
        return corner

    def _placed(self, ring: Iterable[Sequence[float]]) -> Points:
        return placed(ring, self._scale)

    def _colour(self, class_name: str) -> Colour:
        text = self._colours.get(class_name) or colour_of(class_name)
        red, green, blue = bytes.fromhex(text.removeprefix("#"))
        return red, green, blue


def placed(ring: Iterable[Sequence[float]], scale: tuple[float, float]) -> Points:
    """In pixels of the drawing; far away ones are brought nearer, where Pillow can count."""
    across, down = scale
    return [(near(x * across), near(y * down)) for x, y in ring]


def near(number: float) -> float:
    return min(max(number, -1e6), 1e6)


def in_one_line(text: str) -> str:
    """What Pillow can measure and write: a class may be called anything, line breaks among it."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def is_light(colour: Colour) -> bool:
    """Whether black is easier to read on it than white."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140
