"""COCO files, read without a database: what they say, what is wrong with them, and at what cost."""

import copy
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as masks

from analyses import formats, geometry
from analyses.formats import FormatError
from analyses.imports import coco
from analyses.imports.coco import Category, NotCoco, Picture
from analyses.imports.matching import Known, match
from analyses.imports.wire import Place, wire_annotations

BOX = {"id": 7, "image_id": 1, "category_id": 3, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}
FILE: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
    "categories": [{"id": 3, "name": "dog", "supercategory": "animal"}],
    "annotations": [BOX],
}
DOG = {3: Category(3, "dog")}
POSE = {3: Category(3, "person", ["nose", "eye", "ear"], [(1, 2), (1, 3)])}


def raw(document: Any) -> bytes:
    return json.dumps(document).encode()


def without(document: dict[str, Any], *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    inside: Any = changed
    for step in path[:-1]:
        inside = inside[step]
    del inside[path[-1]]
    return changed


def with_(document: dict[str, Any], value: Any, *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    inside: Any = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return changed


# --- files ----------------------------------------------------------------------------------------------------
def test_a_file_says_pictures_classes_and_whose_annotations_are() -> None:
    found = coco.read(raw(FILE))
    assert found.pictures == [Picture(1, "a.jpg", 100, 80)]
    assert found.categories == DOG
    assert list(found.annotations_of(found.pictures[0])) == [("annotations[0]", BOX)]


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    assert coco.read(b"\xef\xbb\xbf" + raw(FILE)).count(Picture(1)) == 1


def test_results_need_a_second_file_for_their_classes() -> None:
    result = {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}
    found = coco.read(raw([result]), others=raw(FILE))
    assert list(found.annotations_of(found.pictures[0])) == [("[0]", result)]


def test_without_a_table_of_pictures_ids_are_all_that_is_known() -> None:
    results = [{"image_id": 9, "category_id": 3}, {"image_id": "b", "category_id": 3}]
    found = coco.read(raw(results), categories=DOG)
    assert (found.pictures, found.has_pictures) == ([Picture(9), Picture("b")], False)


def test_an_image_of_lvis_is_called_as_its_address_ends() -> None:
    image = {"id": 1, "coco_url": "http://images.example.org/val2017/000000397133.jpg"}
    assert coco.read(raw(FILE | {"images": [image]})).pictures[0].name == "000000397133.jpg"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is not JSON: Input data was truncated."),
        (b"{", "The file is not JSON: Input data was truncated."),
        (b'{"images": [NaN]}', "The file is not JSON: invalid character (byte 12)."),
        (b'"text"', "The file is neither an object {images, annotations, categories} nor a list of results."),
        (
            b"{}",
            "The file has no annotations: expected {images, annotations, categories} or a list of results.",
        ),
        (
            raw([{"image_id": 1}]),
            "categories are needed to know the classes: they stand in the file itself, or come as a second file.",
        ),
        (raw(FILE | {"annotations": {}}), "annotations must be a list, got an object."),
        (raw(FILE | {"images": 5}), "images must be a list, got 5."),
        (
            raw(FILE | {"images": [5]}),
            "images[0] must be an object, got an integer; an image needs id and file_name.",
        ),
        (raw(without(FILE, "images", 0, "id")), "images[0].id is missing; an image needs id and file_name."),
        (
            raw(without(FILE, "images", 0, "file_name")),
            "images[0].file_name is missing; an image needs id and file_name.",
        ),
        (
            raw(with_(FILE, "100", "images", 0, "width")),
            "images[0].width must be an integer, got a string; an image needs id and file_name.",
        ),
        (raw(with_(FILE, 0, "images", 0, "width")), "images[0].width must be above 0, got 0."),
        (raw(FILE | {"images": FILE["images"] * 2}), "images[1].id 1 is the id of another image already."),
        (
            raw(without(FILE, "categories", 0, "name")),
            "categories[0].name is missing; a category needs id and name.",
        ),
        (
            raw(FILE | {"categories": [{"id": 3, "name": "dog"}, {"id": 3, "name": "cat"}]}),
            'categories[1].id 3 is the id of "dog" already.',
        ),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(NotCoco) as refusal:
        coco.read(content)
    assert refusal.value.detail == sentence


@pytest.mark.parametrize(
    ("annotation", "where", "reason"),
    [
        (BOX | {"image_id": 2}, "annotations[0].image_id", "names no image of the file: 2"),
        (without(BOX, "image_id"), "annotations[0].image_id", "is missing"),
        (BOX | {"image_id": 1.5}, "annotations[0].image_id", "must be an integer or a string, got a number"),
        (5, "annotations[0]", "must be an object, got an integer"),
    ],
)
def test_an_annotation_of_no_picture_is_told_and_left_out(annotation: Any, where: str, reason: str) -> None:
    found = coco.read(raw(FILE | {"annotations": [annotation, BOX]}))
    assert [(stray.where, stray.reason) for stray in found.strays] == [(where, reason)]
    assert found.count(found.pictures[0]) == 1


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.json").touch()
    with pytest.raises(NotCoco, match="The file is empty"):
        coco.mapped(tmp_path / "empty.json")


@pytest.mark.parametrize("content", [raw(FILE["categories"]), raw(FILE)])
def test_classes_come_alone_too(content: bytes) -> None:
    assert coco.read_categories(content) == DOG


def test_a_mapped_file_is_not_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    ring = [0.5] * 2000
    annotations = [BOX | {"segmentation": [ring]} for _ in range(2000)]
    path.write_bytes(raw(FILE | {"annotations": annotations}))
    tracemalloc.start()
    try:
        found = coco.read(coco.mapped(path))
        for _, _ in found.annotations_of(found.pictures[0]):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    assert peak < 2_000_000


# --- one annotation -------------------------------------------------------------------------------------------
def test_a_box_keeps_its_area_and_its_id() -> None:
    assert wire_annotations(BOX, DOG) == [
        {
            "annotation_type": "bounding_box",
            "class_name": "dog",
            "data": {"bbox": [1, 2, 30, 40], "format": "xywh", "area": 1200.0, "coco_id": 7},
        }
    ]


def test_a_crowd_says_so_in_its_stored_form() -> None:
    crowd = BOX | {"iscrowd": 1, "segmentation": {"size": [2, 2], "counts": [1, 2, 1]}}
    stored = [formats.read_annotation(item).data for item in wire_annotations(crowd, DOG, shapes="all")]
    assert [data["iscrowd"] for data in stored] == [1, 1]


def test_one_that_is_no_crowd_says_nothing_of_it() -> None:
    assert "iscrowd" not in wire_annotations(BOX, DOG)[0]["data"]


def test_a_score_is_a_confidence() -> None:
    assert wire_annotations(BOX | {"score": 0.25}, DOG)[0]["confidence"] == 0.25


def test_polygons_are_rings_of_pairs() -> None:
    entry = {"category_id": 3, "segmentation": [[0, 0, 4, 0, 4, 4], [9, 9, 12, 9, 12, 12.5]]}
    (item,) = wire_annotations(entry, DOG)
    assert item["annotation_type"] == "segmentation"
    assert item["data"]["points"] == [[[0, 0], [4, 0], [4, 4]], [[9, 9], [12, 9], [12, 12.5]]]


OVERLAPPING = [[0, 0, 20, 0, 20, 20, 0, 20], [10, 10, 30, 10, 30, 30, 10, 30]]
APART = [[0, 0, 10, 0, 10, 10], [20, 20, 30, 20, 30, 30]]


def test_rings_that_overlap_are_united_as_coco_does() -> None:
    (item,) = wire_annotations(
        {"category_id": 3, "segmentation": OVERLAPPING}, DOG, Place(width=50, height=40)
    )
    theirs = masks.merge(masks.frPyObjects(OVERLAPPING, 40, 50))
    assert masks.toBbox(theirs).tolist() == [0, 0, 30, 30]
    counts = geometry.rle_from_coco_string(theirs["counts"].decode())
    assert item["data"]["rle"] == {"size": [40, 50], "counts": counts}


def test_rings_that_are_apart_stay_rings() -> None:
    (item,) = wire_annotations({"category_id": 3, "segmentation": APART}, DOG, Place(width=50, height=40))
    assert item["data"]["format"] == "polygon"


@pytest.mark.parametrize("value", [1e300, "x"])
def test_a_ring_that_is_none_is_refused_before_it_is_looked_at(value: Any) -> None:
    entry = {"category_id": 3, "segmentation": [OVERLAPPING[0], [value, 0, 4, 0, 4, 4]]}
    with pytest.raises(FormatError) as refusal:
        wire_annotations(entry, DOG, Place(width=50, height=40))
    assert refusal.value.field == "segmentation[1][0]"


# --- what VISTA wrote itself ----------------------------------------------------------------------------------
OURS = {"category_id": 3, "bbox": [0, 0, 4, 4], "segmentation": [[0, 0, 4, 0, 4, 4]], "area": 8, "id": 5}


def test_what_vista_wrote_becomes_what_it_was() -> None:
    (item,) = wire_annotations(OURS | {"vista": {"type": "segmentation"}}, DOG)
    assert item["data"] == {"points": [[[0, 0], [4, 0], [4, 4]]], "format": "polygon"}


def test_what_coco_could_not_say_comes_from_vistas_own_form() -> None:
    data = {"bbox": [0, 0, 4, 4], "format": "xywh", "note": "by hand"}
    (item,) = wire_annotations(OURS | {"vista": {"type": "bounding_box", "data": data}}, DOG)
    assert item["data"] == data


def test_vistas_own_form_is_checked_too() -> None:
    data = {"bbox": [0, 0, 0, 4], "format": "xywh"}
    with pytest.raises(FormatError) as refusal:
        wire_annotations(OURS | {"vista": {"type": "bounding_box", "data": data}}, DOG)
    assert refusal.value.field == "vista.data.bbox[2]"


@pytest.mark.parametrize("vista", [5, {}, {"type": "heatmap"}, {"type": []}])
def test_what_only_looks_like_vistas_is_read_as_cocos(vista: Any) -> None:
    assert len(wire_annotations(OURS | {"vista": vista}, DOG, shapes="all")) == 2


def test_a_mask_written_by_pycocotools_reads_back_as_the_same_pixels() -> None:
    random = np.random.default_rng(3)
    pixels = np.asfortranarray(random.integers(0, 2, (37, 23), dtype=np.uint8))
    encoded = masks.encode(pixels)
    entry = {"category_id": 3, "segmentation": encoded | {"counts": encoded["counts"].decode()}}
    (item,) = wire_annotations(entry, DOG)
    rle = formats.read_annotation(item).data["rle"]
    runs = np.repeat(np.arange(len(rle["counts"])) % 2, rle["counts"])
    assert np.array_equal(runs.reshape(rle["size"], order="F"), pixels)


def test_runs_that_are_not_compressed_are_taken_too() -> None:
    entry = {"category_id": 3, "segmentation": {"size": [4, 5], "counts": [7, 3, 10]}}
    (item,) = wire_annotations(entry, DOG)
    assert formats.read_annotation(item).data["rle"] == {"size": [4, 5], "counts": [7, 3, 10]}


def test_keypoints_have_names_and_those_not_labelled_are_left_out() -> None:
    entry = {"category_id": 3, "keypoints": [5, 6, 2, 0, 0, 0, 7, 8, 1], "num_keypoints": 2}
    (item,) = wire_annotations(entry, POSE)
    assert item["data"] == {
        "keypoints": [
            {"name": "nose", "x": 5, "y": 6, "visibility": 2},
            {"name": "ear", "x": 7, "y": 8, "visibility": 1},
        ],
        "skeleton": [[0, 1]],
    }


def test_a_models_keypoints_count_though_it_leaves_v_at_nothing() -> None:
    entry = {"category_id": 3, "keypoints": [5, 6, 0, 0, 0, 0, 7, 8, 0], "score": 0.9}
    (item,) = wire_annotations(entry, POSE)
    assert [point["name"] for point in item["data"]["keypoints"]] == ["nose", "ear"]


def test_a_box_with_a_pose_of_nothing_is_a_box() -> None:
    entry = BOX | {"keypoints": [0] * 9, "num_keypoints": 0, "segmentation": []}
    assert [item["annotation_type"] for item in wire_annotations(entry, POSE)] == ["bounding_box"]


def test_coordinates_are_scaled_and_masks_are_stretched_anyway() -> None:
    entry = {
        "category_id": 3,
        "bbox": [1, 2, 3, 4],
        "segmentation": [[0, 0, 4, 0, 4, 4]],
        "keypoints": [5, 6, 2, 0, 0, 0, 0, 0, 0],
        "area": 10,
    }
    box, ring, pose = wire_annotations(entry, POSE, Place(2, 0.5), "all")
    assert box["data"] == {"bbox": [2, 1, 6, 2], "format": "xywh", "area": 10}
    assert ring["data"]["points"] == [[[0, 0], [8, 0], [8, 2]]]
    assert pose["data"]["keypoints"][0] == {"name": "nose", "x": 10, "y": 3, "visibility": 2}


BOXED = {"category_id": 3, "bbox": [1, 2, 3, 4]}
MASKED = BOXED | {"segmentation": [[0, 0, 4, 0, 4, 4]]}
POSED = MASKED | {"keypoints": [5, 6, 2, 0, 0, 0, 0, 0, 0]}
HIDDEN = MASKED | {"keypoints": [0] * 9}


@pytest.mark.parametrize(
    ("entry", "shapes", "types"),
    [
        (BOXED, "one", ["bounding_box"]),
        (MASKED, "one", ["segmentation"]),
        (POSED, "one", ["keypoint"]),
        (HIDDEN, "one", ["segmentation"]),
        (POSED, "boxes", ["bounding_box"]),
        (POSED, "masks", ["segmentation"]),
        (POSED, "keypoints", ["keypoint"]),
        (HIDDEN, "keypoints", []),
        (POSED, "all", ["bounding_box", "segmentation", "keypoint"]),
        (HIDDEN, "all", ["bounding_box", "segmentation"]),
        (POSED | {"vista": {"type": "segmentation"}}, "one", ["segmentation"]),
        (POSED | {"vista": {"type": "segmentation"}}, "boxes", ["bounding_box"]),
    ],
)
def test_the_shapes_that_were_asked_for_are_taken(entry: Any, shapes: str, types: list[str]) -> None:
    found = wire_annotations(entry, POSE, shapes=shapes)
    assert [item["annotation_type"] for item in found] == types


@pytest.mark.parametrize(
    ("entry", "shapes", "field"),
    [
        (MASKED | {"bbox": []}, "boxes", "bbox"),
        (BOXED, "masks", "segmentation"),
        (MASKED, "keypoints", "keypoints"),
    ],
)
def test_a_shape_that_was_asked_for_must_be_there(entry: Any, shapes: str, field: str) -> None:
    with pytest.raises(FormatError) as refusal:
        wire_annotations(entry, POSE, shapes=shapes)
    assert (refusal.value.field, refusal.value.predicate) == (
        field,
        "is missing, and this shape was asked for",
    )


SHAPE = {"category_id": 3}


@pytest.mark.parametrize(
    ("entry", "field", "predicate"),
    [
        ([], "", "must be an object, got a list of 0"),
        (SHAPE, "", "has no bbox, no segmentation and no keypoints"),
        ({"bbox": [1, 2, 3, 4]}, "category_id", "must be an integer or a string, but it is missing"),
        (BOX | {"category_id": 4}, "category_id", "must be the id of one of the categories, got 4"),
        (BOX | {"iscrowd": 2}, "iscrowd", "must be 0 or 1, got 2"),
        (BOX | {"iscrowd": []}, "iscrowd", "must be 0 or 1, got a list of 0"),
        (BOX | {"area": -1}, "area", "must be a number between 0 and 1e+18, got -1"),
        (BOX | {"score": 1.5}, "score", "must be a number between 0 and 1, got 1.5"),
        (BOX | {"bbox": [1, 2, 3]}, "bbox", "needs 4 numbers [x, y, width, height], got a list of 3"),
        (BOX | {"bbox": [1, 2, "3", 4]}, "bbox[2]", 'must be a number, got "3"'),
        (BOX | {"bbox": [1, 2, 0, 4]}, "bbox[2]", "must leave a width above 0, got 0"),
        (SHAPE | {"segmentation": "x"}, "segmentation", 'must be a list of polygons or an object, got "x"'),
        (
            SHAPE | {"segmentation": [0, 0, 4, 0, 4, 4]},
            "segmentation[0]",
            "must be a polygon, which is a list of numbers x, y, x, y …, got 0",
        ),
        (
            SHAPE | {"segmentation": [[0, 0, 4, 0]]},
            "segmentation[0]",
            "needs x and y of at least 3 corners, got 4 numbers",
        ),
        (
            SHAPE | {"segmentation": [[0, 0, 4, 0, 4, 4, 5]]},
            "segmentation[0]",
            "needs x and y of at least 3 corners, got 7 numbers",
        ),
        (
            SHAPE | {"segmentation": [[0, 0, 4, 0, 4, 4], [0, 0, 4, None, 4, 4]]},
            "segmentation[1][3]",
            "must be a number, got null",
        ),
        (
            SHAPE | {"segmentation": {"counts": [1]}},
            "segmentation.size",
            "must be [height, width], but it is missing",
        ),
        (
            SHAPE | {"segmentation": {"size": [1, 1], "counts": "~~"}},
            "segmentation.counts",
            "is not a COCO string: character 0 is outside the alphabet",
        ),
        (SHAPE | {"keypoints": [1, 2]}, "keypoints", "must be a list x, y, v, x, y, v …, got a list of 2"),
        (SHAPE | {"keypoints": [1, 2, 2]}, "keypoints", "needs 3 numbers for each of 3 keypoints, got 3"),
        (SHAPE | {"keypoints": [0, 0, 0, 1, 1, 1, 1, "2", 2]}, "keypoints[7]", 'must be a number, got "2"'),
        (SHAPE | {"keypoints": [0, 0, 0, 1, 1, None, 1, 2, 2]}, "keypoints[5]", "must be a number, got null"),
    ],
)
def test_a_faulty_annotation_is_refused_with_the_place_in_the_file(
    entry: Any, field: str, predicate: str
) -> None:
    with pytest.raises(FormatError) as refusal:
        wire_annotations(entry, POSE)
    assert (refusal.value.field, refusal.value.predicate) == (field, predicate)


def test_a_class_without_a_name_is_the_categorys_fault() -> None:
    with pytest.raises(FormatError) as refusal:
        wire_annotations(BOX, {3: Category(3, " ")})
    assert (refusal.value.field, refusal.value.predicate) == ("category_id", "must not be blank")


# --- who is who -----------------------------------------------------------------------------------------------
def names_of(in_file: list[str], in_project: list[str], **more: Any) -> Any:
    """(name in the file -> name in the project), missing, doubtful, unused."""
    pictures = [
        Picture(name if more else number, None if more else name) for number, name in enumerate(in_file)
    ]
    found = match(pictures, [Known(number, name, 1, 1) for number, name in enumerate(in_project)], **more)
    return (
        {picture.name: known.name for picture, known in found.pairs},
        [picture.name for picture in found.missing],
        [picture.name for picture, _ in found.doubtful],
        [known.name for known in found.unused],
    )


@pytest.mark.parametrize(
    ("in_file", "in_project"),
    [
        ("a.jpg", "a.jpg"),
        ("A.JPG", "a.jpg"),
        ("val/a.jpg", "a.jpg"),
        ("C:\\val\\A.jpg", "a.JPG"),
        ("e\u0301.png", "\u00e9.png"),
    ],
)
def test_a_name_finds_its_picture(in_file: str, in_project: str) -> None:
    assert names_of([in_file], [in_project, "other.jpg"]) == ({in_file: in_project}, [], [], ["other.jpg"])


def test_the_exact_name_goes_before_the_other_case() -> None:
    assert names_of(["a.jpg"], ["A.jpg", "a.jpg"])[0] == {"a.jpg": "a.jpg"}


def test_a_name_that_two_pictures_have_is_doubtful() -> None:
    assert names_of(["a.jpg"], ["a.jpg", "a.jpg"]) == ({}, [], ["a.jpg"], ["a.jpg", "a.jpg"])


def test_two_folders_with_one_name_are_doubtful() -> None:
    assert names_of(["x/a.jpg", "y/a.jpg"], ["a.jpg"]) == ({}, [], ["x/a.jpg", "y/a.jpg"], [])


def test_of_two_that_could_be_meant_the_exact_one_is() -> None:
    assert names_of(["a.jpg", "y/a.jpg"], ["a.jpg"]) == ({"a.jpg": "a.jpg"}, [], ["y/a.jpg"], [])


def test_what_is_nowhere_is_missing() -> None:
    assert names_of(["a.jpg"], ["b.jpg"]) == ({}, ["a.jpg"], [], ["b.jpg"])


@pytest.mark.parametrize("name", ["000000000139.jpg", "139.png", "139"])
def test_a_number_finds_the_picture_that_is_called_so(name: str) -> None:
    assert names_of(["139"], [name, "x.jpg"], by_id=True)[0] == {"139": name}
