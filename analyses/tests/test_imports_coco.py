"""COCO files, read without a database: what they say, what is wrong with them, and at what cost."""

import copy
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from analyses.imports import coco
from analyses.imports.coco import Category, NotCoco, Picture, Refused
from analyses.imports.matching import Known, match

BOX = {"id": 7, "image_id": 1, "category_id": 3, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}
FILE: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
    "categories": [{"id": 3, "name": "dog", "supercategory": "animal"}],
    "annotations": [BOX],
}
DOG = {3: Category(3, "dog")}


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


def refusal(content: bytes, **more: Any) -> str:
    with pytest.raises(NotCoco) as refused:
        coco.read(content, **more)
    return refused.value.detail


def annotations(content: bytes) -> list[Any]:
    found = coco.read(content)
    return [value for _, value in found.annotations_of(found.pictures[0])]


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
        (b"[" * 100_000, "The file is not JSON: it is nested too deeply."),
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
        (raw(FILE | {"annotations": [BOX, 5]}), "annotations[1] must be an object, got an integer."),
        (raw([BOX, 5]), "[1] must be an object, got an integer."),
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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[", "The file is not JSON: Input data was truncated."),
        (b"[" * 100_000, "The file is not JSON: it is nested too deeply."),
        (b'{"categories":' + b"[" * 100_000, "The file is not JSON: it is nested too deeply."),
        (rb'[{"id":1,"name":"\ud800"}]', "The file is not JSON: Input data was truncated."),
        (b'[{"id":NaN,"name":"a"}]', "The file is not JSON: invalid character (byte 7)."),
        (b'[{"id":1,"name":"\xff"}]', "categories[0] is not UTF-8; a category needs id and name."),
        (b'{"categories":1e400}', "categories must be a list, and cannot be read: Number out of range."),
    ],
)
def test_classes_that_are_no_json_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotCoco) as refused:
        coco.read_categories(content)
    assert refused.value.detail == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"1e400", "cannot be read: Number out of range"),
        (b"9" * 5000, "cannot be read: Integer value out of range"),
        (b'"\xff"', "is not UTF-8"),
    ],
)
def test_an_annotation_that_cannot_be_read_is_refused_alone(value: bytes, reason: str) -> None:
    found = coco.read(raw(with_(FILE, [BOX, BOX | {"id": 8}], "annotations")).replace(b"1200", value, 1))
    [(where, first), (_, second)] = found.annotations_of(found.pictures[0])
    assert (first, second) == (Refused(where, reason), BOX | {"id": 8})


def test_an_annotation_whose_picture_cannot_be_read_belongs_to_none() -> None:
    content = raw(with_(FILE, "Q", "annotations", 0, "image_id")).replace(b"Q", b"\xff")
    assert coco.read(content).strays == [Refused("annotations[0]", "is not UTF-8")]


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
