"""COCO instances: images, annotations and categories under integer ids, each with ours beside it in `vista`."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from analyses import geometry
from analyses.exports.coco_shapes import coco_string, flat, lengths, on_the_picture, overlaps, triples
from analyses.exports.described import as_text
from analyses.exports.filenames import Pictures
from analyses.exports.numbers import PLACED, Classes, Layout, Place, numbered, placed
from analyses.exports.rows import Record, of_about_a_block, records, snapshot
from analyses.exports.selection import Selection
from analyses.exports.walk import is_processed
from analyses.exports.written import Written

FIRST_CLASS = 1  # COCO has no class 0
PLAIN_BOX = re.compile(r'\{"bbox":\[([^,]+),([^,]+),([^,]+),([^,\]]+)\],"format":"xywh"\}').fullmatch
ITEM = '{"id":%d,"image_id":%d,"category_id":%d,%s,"iscrowd":%d,%s"vista":{"id":"%s","analysis_id":"%s","type":"%s"%s}}'
decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode


def pieces(selection: Selection, written: Written, names: Pictures | None) -> Iterator[bytes]:
    """The document, pictures first and categories last; `names` are those of the pictures beside it."""
    with snapshot():
        yield b'{"info":{"description":"VISTA","version":"1.0"},"licenses":[],"images":['
        yield from of_about_a_block(images(selection, names))
        yield b'\n],"annotations":['
        classes, layouts = Classes(selection, FIRST_CLASS), layouts_of(selection)
        yield from of_about_a_block(annotations(selection, classes, layouts, written))
        told = [category(name, number, layouts.get(name)) for name, number in classes.items()]
        yield b'\n],"categories":[\n' + ",\n".join(map(as_text, told)).encode()
        vista = {"selection": selection.as_parameters()} | written.as_dict()
        yield b'\n],"vista":' + as_text(vista).encode() + b"}\n"


def images(selection: Selection, names: Pictures | None) -> Iterator[bytes]:
    """Every picture; `processed` says of one without annotations that nothing is there."""
    between = "\n"
    for first, stretch in numbered(selection):
        lines = [
            as_text(
                {
                    "id": number,
                    "width": picture.width,
                    "height": picture.height,
                    "file_name": names.name(picture) if names else picture.filename,
                    "vista": {"id": str(picture.pk), "processed": is_processed(analyses)},
                }
            )
            for number, (picture, analyses) in enumerate(stretch.by_picture(), first)
        ]
        yield (between + ",\n".join(lines)).encode()
        between = ",\n"


def annotations(
    selection: Selection, classes: Classes, layouts: dict[str, Layout], written: Written
) -> Iterator[bytes]:
    """Every annotation that has a place in the picture."""
    between = "\n"
    for block in placed(selection):
        for record, place in block:
            if record.annotation_type not in PLACED:
                written.left_out[f"{record.annotation_type}: COCO has no place for it"] += 1
                continue
            fields, rest = SHAPES[record.annotation_type](record, place, layouts)
            written.annotations += 1
            score = "" if record.confidence is None else f'"score":{record.confidence!r},'
            item = ITEM % (
                *(
                    written.annotations,
                    place.number,
                    classes.number(record.class_name),
                    fields,
                    crowd(rest),
                    score,
                ),
                *(record.id, record.analysis_id, record.annotation_type, f',"data":{rest}' if rest else ""),
            )
            yield (between + item).encode()
            between = ",\n"


def crowd(rest: str) -> int:
    """1 of what stands for many: it has come with `iscrowd`, as our import of COCO files keeps it."""
    return int("iscrowd" in rest and decode(rest).get("iscrowd") == 1)


def category(name: str, number: int, layout: Layout | None) -> dict[str, Any]:
    """A class; its skeleton counts keypoints from 1, as COCO does."""
    told: dict[str, Any] = {"id": number, "name": name, "supercategory": ""}
    if layout:
        told |= {
            "keypoints": list(layout.names),
            "skeleton": [[begin + 1, end + 1] for begin, end in layout.bones],
        }
    return told


def layouts_of(selection: Selection) -> dict[str, Layout]:
    """The keypoints of each class that has poses: they are read twice, since each needs the names of all."""
    layouts: dict[str, Layout] = {}
    if selection.annotation_types and "keypoint" not in selection.annotation_types:
        return layouts
    for _, stretch in numbered(selection):
        if stretch.analyses:
            poses = selection.annotations(stretch.ids()).of_type("keypoint")
            for record in (record for block in records(poses) for record in block):
                data = decode(record.data)
                layout = layouts.setdefault(record.class_name, Layout())
                layout.add(data["keypoints"], data.get("skeleton", []))
    return layouts


# --- shapes -----------------------------------------------------------------------------------------------
# What the annotation has of COCO's fields, as JSON without braces; and its data where those cannot hold all of it.
Fields = tuple[str, str]


def box(record: Record, _place: Place, _layouts: dict[str, Layout]) -> Fields:
    if plain := PLAIN_BOX(record.data):
        x, y, width, height = plain.groups()
        rest = ""
    else:
        x, y, width, height = decode(record.data)["bbox"]
        rest = record.data
    area = float(width) * float(height)
    return f'"bbox":[{x},{y},{width},{height}],"area":{area!r},"segmentation":[]', rest


def segmentation(record: Record, place: Place, _layouts: dict[str, Layout]) -> Fields:
    data = decode(record.data)
    height, width = place.image.height, place.image.width
    rest = "" if is_plain(data) else record.data
    if "rle" in data:
        counts = on_the_picture(data["rle"]["size"], data["rle"]["counts"], height, width)
        is_scaled = counts is not data["rle"]["counts"]
        return mask(counts, height, width), record.data if is_scaled else rest
    rings = data["points"]
    if overlaps(rings, height, width):
        runs = geometry.rings_runs(rings, height, width)
        return mask(lengths(runs, height * width), height, width), record.data
    area = sum(map(geometry.ring_area, rings))
    return f'{bounds(record)},"area":{area!r},"segmentation":{encode(flat(rings)).decode()}', rest


def keypoint(record: Record, _place: Place, layouts: dict[str, Layout]) -> Fields:
    data = decode(record.data)
    points = data["keypoints"]
    area = (record.x_max - record.x_min) * (record.y_max - record.y_min)
    numbers = encode(triples(points, layouts[record.class_name])).decode()
    told = f'"area":{area!r},"num_keypoints":{len(points)},"keypoints":{numbers}'
    return f"{bounds(record)},{told}", record.data


def mask(counts: Sequence[int], height: int, width: int) -> str:
    """The fields of a mask on the picture's grid; one without a pixel has an empty box."""
    x0, y0, x1, y1 = geometry.rle_bounds(counts, height, width) or (0, 0, 0, 0)
    written = f'{{"size":[{height},{width}],"counts":{as_text(coco_string(counts))}}}'
    box = f'"bbox":[{x0},{y0},{x1 - x0},{y1 - y0}]'
    return f'{box},"area":{geometry.rle_area(counts)},"segmentation":{written}'


def bounds(record: Record) -> str:
    """The box round it."""
    width, height = record.x_max - record.x_min, record.y_max - record.y_min
    return f'"bbox":[{record.x_min!r},{record.y_min!r},{width!r},{height!r}]'


def is_plain(data: dict[str, Any]) -> bool:
    """Whether there is nothing in it but a shape."""
    return len(data) == 2 and len(data.get("rle", "..")) == 2


SHAPES = {"bounding_box": box, "segmentation": segmentation, "keypoint": keypoint}
