"""Downloads as generators of bytes, from the first row on and in constant memory.

    selection.py   what is downloaded: one analysis, pictures, a model, a project, and filters; counted without a look
    walk.py        the pictures of a selection and their analyses, some at a time
    rows.py        a look at one moment, and annotations at the database's own speed: COPY or a cursor
    spelling.py    how numbers, times and cells are written, in SQL and in Python alike
    described.py   analyses and pictures as the API describes them
    written.py     what a download turned out to hold, and what it had to leave out
    numbers.py     integer ids for formats that want them; what belongs together
    coco_shapes.py   polygons, masks and poses as COCO has them
    outlines.py    masks as polygons
    zipping.py, filenames.py   a zip as a stream, and what the files in it are called
    archive.py     formats, artifacts, pictures and drawings (drawn.py) in one zip
    csv.py, json.py, jsonl.py, coco.py, coco_results.py, yolo.py, parquet.py, manifest.py   one format each

A new format is a module with a function like `csv.pieces`, and a line in FORMATS; docs/api-guide.md lists them.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from analyses.exports import archive, coco, coco_results, csv, json, jsonl, manifest, parquet, yolo
from analyses.exports.archive import Contents
from analyses.exports.filenames import Pictures
from analyses.exports.selection import Estimate, Selection
from analyses.exports.spelling import harmless
from analyses.exports.written import Written
from analyses.formats import ANNOTATION_TYPES
from vista.errors import Refusal

CSV_COLUMNS = list(csv.COLUMNS)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: what people call it and find in it, its content type and ending, and what makes its bytes."""

    name: str
    label: str
    holds: str
    content_type: str
    suffix: str
    write: Callable[
        ..., Iterator[bytes]
    ]  # of a selection, what is written, and, where it names them, the pictures
    bytes_each: int  # roughly, of an annotation that is a box
    is_resumable: bool = False  # a line holds an annotation: who has some lines can go on behind them
    names_pictures: bool = False  # what it says is about files called so, which may lie beside it
    types: Collection[str] = ANNOTATION_TYPES  # those that it has a place for
    check: Callable[[], None] = lambda: None  # raises Refusal where the format cannot be made here

    def pieces(
        self, selection: Selection, written: Written | None = None, names: Pictures | None = None
    ) -> Iterator[bytes]:
        """The file in pieces of whole rows, none of them kept; `written` is whole when the last is out.

        `names` are those of the pictures that lie beside it. Raises Refusal, now, where the format cannot be made here.
        """
        self.check()
        asked = (selection, Written() if written is None else written)
        return self.write(*asked, names) if self.names_pictures else self.write(*asked)

    @property
    def hindrance(self) -> str:
        """Why the format cannot be made here, or nothing."""
        try:
            self.check()
        except Refusal as refusal:
            return refusal.detail
        return ""


# By the name that `?format=` has; the first is the default.
FORMATS = {
    form.name: form
    for form in (
        Format(
            "json",
            "JSON",
            "Pictures, analyses and annotations as the API has them; comes back in unchanged.",
            "application/json",
            "json",
            json.pieces,
            210,
        ),
        Format(
            "jsonl",
            "JSON Lines",
            "An annotation a line, for scripts that read as they go.",
            "application/x-ndjson",
            "jsonl",
            jsonl.pieces,
            410,
            is_resumable=True,
        ),
        Format(
            "csv",
            "CSV",
            "An annotation a row, harmless to spreadsheets.",
            "text/csv; charset=utf-8",
            "csv",
            csv.pieces,
            180,
            is_resumable=True,
        ),
        Format(
            "coco",
            "COCO instances",
            "Boxes, masks and poses with images and categories; comes back in unchanged.",
            "application/json",
            "json",
            coco.pieces,
            300,
            names_pictures=True,
            types=coco.PLACED,
        ),
        Format(
            "coco_results",
            "COCO results",
            "Detections with scores, as pycocotools' loadRes reads them.",
            "application/json",
            "json",
            coco_results.pieces,
            180,
            types=coco.PLACED,
        ),
        Format(
            "yolo",
            "YOLO, boxes",
            "A zip with data.yaml and a text file a picture.",
            "application/zip",
            "zip",
            yolo.detect,
            45,
            names_pictures=True,
            types=[yolo.TASKS["detect"]],
        ),
        Format(
            "yolo_segment",
            "YOLO, outlines",
            "The same with the outlines of polygons and masks.",
            "application/zip",
            "zip",
            yolo.segment,
            45,
            names_pictures=True,
            types=[yolo.TASKS["segment"]],
        ),
        Format(
            "yolo_pose",
            "YOLO, poses",
            "The same with keypoints.",
            "application/zip",
            "zip",
            yolo.pose,
            45,
            names_pictures=True,
            types=[yolo.TASKS["pose"]],
        ),
        Format(
            "parquet",
            "Parquet",
            "An annotation a row, in typed columns.",
            "application/vnd.apache.parquet",
            "parquet",
            parquet.pieces,
            90,
            check=parquet.check,
        ),
        Format(
            "manifest",
            "Manifest",
            "Which pictures were processed by what, without the annotations.",
            "application/json",
            "manifest.json",
            manifest.pieces,
            0,
        ),
    )
}

__all__ = [
    "CSV_COLUMNS",
    "FORMATS",
    "Contents",
    "Estimate",
    "Format",
    "Selection",
    "Written",
    "archive",
    "harmless",
]
