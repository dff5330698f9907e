"""COCO results: what `loadRes` of pycocotools takes, with the integer ids of coco.py for the same selection."""

from collections.abc import Iterator

from analyses import geometry
from analyses.exports import coco
from analyses.exports.coco_shapes import coco_string, lengths, on_the_picture, triples
from analyses.exports.described import as_text
from analyses.exports.numbers import PLACED, Classes, Layout, Place, placed
from analyses.exports.rows import Record, of_about_a_block, snapshot
from analyses.exports.selection import Selection
from analyses.exports.written import Written

ITEM = '{"image_id":%d,"category_id":%d,%s,"score":%r,"vista":{"id":"%s"}}'
NO_SCORE = "without a confidence: a result needs a score"
TOO_FAR = "a polygon that reaches too far beyond the picture to be filled"


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The list, a result a line."""
    with snapshot():
        yield b"["
        classes, layouts = Classes(selection, coco.FIRST_CLASS), coco.layouts_of(selection)
        yield from of_about_a_block(results(selection, classes, layouts, written))
        yield b"\n]\n"


def results(
    selection: Selection, classes: Classes, layouts: dict[str, Layout], written: Written
) -> Iterator[bytes]:
    """`loadRes` looks at the first result only, for a box before all else: so either all have one or none.

    Masks alone and poses alone have none, as COCO's own results; it then takes the areas from them.
    """
    types = set(selection.annotation_types or selection.counted_types()) & set(PLACED)
    with_box = len(types) != 1 or "bounding_box" in types
    between = "\n"
    for block in placed(selection):
        for record, place in block:
            if record.annotation_type not in PLACED:
                written.left_out[f"{record.annotation_type}: COCO has no place for it"] += 1
            elif record.confidence is None:
                written.left_out[NO_SCORE] += 1
            elif (fields := SHAPES[record.annotation_type](record, place, layouts, with_box)) is None:
                written.left_out[TOO_FAR] += 1
            else:
                written.annotations += 1
                number = classes.number(record.class_name)
                item = ITEM % (place.number, number, fields, record.confidence, record.id)
                yield (between + item).encode()
                between = ",\n"


# --- shapes -----------------------------------------------------------------------------------------------
def box(record: Record, _place: Place, _layouts: dict[str, Layout], _with_box: bool) -> str:
    if plain := coco.PLAIN_BOX(record.data):
        return f'"bbox":[{",".join(plain.groups())}]'
    return f'"bbox":{as_text(coco.decode(record.data)["bbox"])}'


def segmentation(record: Record, place: Place, _layouts: dict[str, Layout], with_box: bool) -> str | None:
    """Results know run lengths only, so polygons are filled."""
    data = coco.decode(record.data)
    height, width = place.image.height, place.image.width
    if "rle" in data:
        counts = on_the_picture(data["rle"]["size"], data["rle"]["counts"], height, width)
    else:
        try:
            counts = lengths(geometry.rings_runs(data["points"], height, width), height * width)
        except ValueError:
            return None
    if with_box:
        x0, y0, x1, y1 = geometry.rle_bounds(counts, height, width) or (0, 0, 0, 0)
        front = f'"bbox":[{x0},{y0},{x1 - x0},{y1 - y0}],'
    else:
        front = ""
    return f'{front}"segmentation":{{"size":[{height},{width}],"counts":{as_text(coco_string(counts))}}}'


def keypoint(record: Record, _place: Place, layouts: dict[str, Layout], with_box: bool) -> str:
    numbers = triples(coco.decode(record.data)["keypoints"], layouts[record.class_name])
    front = f"{coco.bounds(record)}," if with_box else ""
    return f'{front}"keypoints":{coco.encode(numbers).decode()}'


SHAPES = {"bounding_box": box, "segmentation": segmentation, "keypoint": keypoint}
