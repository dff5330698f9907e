"""YOLO: a zip with a text file a picture, for one of the tasks detect, segment and pose, and the data.yaml to it.

A picture that was processed has a file, an empty one where nothing was found; one that was not has none. Scores
stand in files of their own: training takes no further column.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from tempfile import SpooledTemporaryFile
from typing import IO

from analyses.exports import manifest
from analyses.exports.coco import decode, layouts_of
from analyses.exports.coco_shapes import VISIBLE
from analyses.exports.described import as_text
from analyses.exports.filenames import Pictures
from analyses.exports.numbers import Classes, Layout, Place, names_of, placed_in
from analyses.exports.outlines import joined, outlines
from analyses.exports.rows import BLOCK, Record, of_about_a_block, snapshot
from analyses.exports.selection import Selection
from analyses.exports.walk import Stretch, is_processed, stretches
from analyses.exports.written import Written
from analyses.exports.zipping import IN_MEMORY, Zip
from images.models import Image

ABOUT = """\
A data set for YOLO (%s), written by VISTA.

data.yaml      the classes; images.txt lists the pictures, which belong into images/
labels/        a file a picture that was processed; an empty one: nothing was found. No file: not processed
scores/        the confidences of the labels, line by line; an empty line: unknown
manifest.json  which picture of VISTA each file is of, by which analyses, and what was left out
"""
TASKS = {"detect": "bounding_box", "segment": "segmentation", "pose": "keypoint"}
OUTSIDE = "outside of the picture"
Line = Callable[[Record, Place, dict[str, Layout], int], "str | None"]


def detect(selection: Selection, written: Written, names: Pictures | None) -> Iterator[bytes]:
    """Boxes."""
    return pieces("detect", box, selection, written, names)


def segment(selection: Selection, written: Written, names: Pictures | None) -> Iterator[bytes]:
    """Outlines: of masks too."""
    return pieces("segment", outline, selection, written, names)


def pose(selection: Selection, written: Written, names: Pictures | None) -> Iterator[bytes]:
    """Keypoints."""
    return pieces("pose", keypoints, selection, written, names)


def pieces(
    task: str, line: Line, selection: Selection, written: Written, names: Pictures | None
) -> Iterator[bytes]:
    with snapshot(), Zip() as archive:
        yield from archive.member("README.txt", [(ABOUT % task).encode()])
        names, classes = names or Pictures(selection), Classes(selection, 0)
        layouts = layouts_of(selection) if task == "pose" else {}
        labels = Labels(task, line, archive, names, classes, layouts, written)
        for stretch in stretches(selection):
            for portion in portions(stretch):
                yield from labels.of(selection, portion)
        listed = of_about_a_block(pictures(selection, names))
        yield from archive.member("images.txt", listed)
        yield from archive.member("data.yaml", [data_yaml(task, classes, layouts).encode()])
        told = manifest.about(selection, written=written, name=names.stem)
        yield from archive.member("manifest.json", told)
        yield from archive.end()


def portions(stretch: Stretch) -> Iterator[Stretch]:
    """Parts of which each is read at once, and in which the annotations of a picture follow each other."""
    alone: list[tuple[Image, list]] = []
    for picture, analyses in stretch.by_picture():
        if len(analyses) == 1:
            alone.append((picture, analyses))
        elif analyses:
            yield Stretch([picture], analyses)
    if alone:
        yield Stretch([picture for picture, _ in alone], [analysis for _, [analysis] in alone])


def pictures(selection: Selection, names: Pictures) -> Iterator[bytes]:
    """images.txt: those that were processed, where YOLO looks for them."""
    for stretch in stretches(selection):
        lines = [
            f"./images/{names.name(image)}\n"
            for image, analyses in stretch.by_picture()
            if is_processed(analyses)
        ]
        yield "".join(lines).encode()


def data_yaml(task: str, classes: Classes, layouts: dict[str, Layout]) -> str:
    """The description that YOLO asks for; JSON's strings are YAML's."""
    lines = ["train: images.txt", "val: images.txt", f"nc: {len(classes)}", "names:"]
    lines += [f"  {number}: {as_text(name)}" for name, number in classes.items()]
    if task == "pose":
        lines += [f"kpt_shape: [{most_points(layouts)}, 3]", "kpt_names:"]
        lines += [f"  {classes.number(name)}: {as_text(list(of.names))}" for name, of in layouts.items()]
    return "\n".join(lines) + "\n"


def most_points(layouts: dict[str, Layout]) -> int:
    """YOLO wants as many keypoints of every class."""
    return max((len(layout.names) for layout in layouts.values()), default=0)


class Labels:
    """Writes the files of pictures."""

    def __init__(
        self,
        task: str,
        line: Line,
        archive: Zip,
        names: Pictures,
        classes: Classes,
        layouts: dict[str, Layout],
        written: Written,
    ) -> None:
        self._task, self._line, self._archive, self._names = task, line, archive, names
        self._classes, self._layouts, self._written = classes, layouts, written
        self._points = most_points(layouts)

    def of(self, selection: Selection, portion: Stretch) -> Iterator[bytes]:
        """The members of these pictures."""
        analyses = {picture.pk: its for picture, its in portion.by_picture()}
        done = set()
        annotations = chain.from_iterable(placed_in(selection, portion))
        for image, some in groupby(annotations, lambda both: both[1].image):
            with SpooledTemporaryFile(max_size=IN_MEMORY) as scores:
                lines = self._lines(some, scores)
                first = next(lines, None)
                if first is not None or is_processed(analyses[image.pk]):
                    done.add(image.pk)
                    yield from self._files(image, chain([first or b""], lines), scores)
        for image, its in portion.by_picture():
            if image.pk not in done and is_processed(its):
                yield from self._files(image, [], io.BytesIO())

    def _files(self, image: Image, lines: Iterable[bytes], scores: IO[bytes]) -> Iterator[bytes]:
        """The labels, and the scores that come to be written while those are."""
        stem = self._names.stem(image)
        yield from self._archive.member(f"labels/{stem}.txt", of_about_a_block(lines))
        scores.seek(0)
        yield from self._archive.member(f"scores/{stem}.txt", iter(lambda: scores.read(BLOCK), b""))

    def _lines(self, annotations: Iterable[tuple[Record, Place]], scores: IO[bytes]) -> Iterator[bytes]:
        wanted = TASKS[self._task]
        for record, place in annotations:
            if record.annotation_type != wanted:
                self._written.left_out[f"{record.annotation_type}: not for the task {self._task}"] += 1
            elif (numbers := self._line(record, place, self._layouts, self._points)) is None:
                self._written.left_out[OUTSIDE] += 1
            else:
                self._written.annotations += 1
                scores.write(b"\n" if record.confidence is None else f"{record.confidence!r}\n".encode())
                yield f"{self._classes.number(record.class_name)} {numbers}\n".encode()


# --- lines ------------------------------------------------------------------------------------------------
def box(record: Record, place: Place, _layouts: dict[str, Layout], _points: int) -> str | None:
    """Middle and size as shares of the picture's, cut off at its edges; None where nothing is left."""
    width, height = place.image.width, place.image.height
    left, right = max(record.x_min, 0.0), min(record.x_max, width)
    top, bottom = max(record.y_min, 0.0), min(record.y_max, height)
    if left >= right or top >= bottom:
        return None
    middle = f"{(left + right) / 2 / width!r} {(top + bottom) / 2 / height!r}"
    return f"{middle} {(right - left) / width!r} {(bottom - top) / height!r}"


def outline(record: Record, place: Place, _layouts: dict[str, Layout], _points: int) -> str | None:
    """Corners as shares of the picture's size; None where there are none in it."""
    data = decode(record.data)
    if "rle" in data:
        height, width = data["rle"]["size"]
        rings = outlines([height, width], data["rle"]["counts"])
    else:
        height, width = place.image.height, place.image.width
        rings = data["points"]
    if record.x_min is None or not rings:
        return None
    if min(record.x_max, width) <= max(record.x_min, 0) or min(record.y_max, height) <= max(record.y_min, 0):
        return None
    return " ".join([f"{inside(x, width)!r} {inside(y, height)!r}" for x, y in joined(rings)])


def keypoints(record: Record, place: Place, layouts: dict[str, Layout], points: int) -> str | None:
    """The box round them and, of each, x, y and 2; zeros for those that are missing or outside of the picture."""
    width, height = place.image.width, place.image.height
    told = ["0 0 0"] * points
    layout, found = layouts[record.class_name], decode(record.data)["keypoints"]
    x, y = [], []
    for name, point in zip(names_of(found), found, strict=True):
        if 0 <= point["x"] <= width and 0 <= point["y"] <= height:
            x.append(point["x"] / width)
            y.append(point["y"] / height)
            told[layout.names[name]] = f"{x[-1]!r} {y[-1]!r} {VISIBLE}"
    if not x:
        return None
    middle = f"{(min(x) + max(x)) / 2!r} {(min(y) + max(y)) / 2!r} {max(x) - min(x)!r} {max(y) - min(y)!r}"
    return f"{middle} {' '.join(told)}"


def inside(pixels: float, size: int) -> float:
    """As a share of the size, 0 to 1."""
    return min(max(pixels / size, 0.0), 1.0)
