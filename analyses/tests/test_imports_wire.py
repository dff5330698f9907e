"""One annotation of COCO's: what it becomes, and what is wrong with it."""

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as masks

from analyses import formats, geometry
from analyses.formats import FormatError
from analyses.imports.coco import Category
from analyses.imports.wire import Place, wire_annotations

BOX = {"id": 7, "image_id": 1, "category_id": 3, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}
DOG = {3: Category(3, "dog")}
POSE = {3: Category(3, "person", ["nose", "eye", "ear"], [(1, 2), (1, 3)])}


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
