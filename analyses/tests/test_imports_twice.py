"""Files that say something twice: who wrote them may have meant the first or the last, so neither is taken."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyses.imports import exported, twice
from analyses.imports.coco import Refused
from analyses.models import Analysis
from analyses.tests.factories import AllowedModelFactory
from analyses.tests.test_imports_coco import BOX, FILE, annotations, raw, refusal
from images.models import Image
from images.tests.factories import ImageFactory, ProjectFactory
from vista.errors import Invalid


@pytest.fixture
def image() -> Image:
    return ImageFactory(project=ProjectFactory(), filename="a.jpg")


# --- COCO's ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("again", ['"annotations"', '"annota\\u0074ions"', '"images" ', '"categories"'])
def test_a_list_that_stands_twice_in_the_file_is_refused(again: str) -> None:
    name = json.loads(again)
    content = raw({"info": {"url": "a:b"}} | FILE)[:-1] + f", {again}: [], ".encode() + b'"licenses": []}'
    assert refusal(content) == f"{name} stands twice in the file; expected one list."


def test_a_list_that_stands_once_may_stand_anywhere() -> None:
    around = {"info": {"images": 1}, **FILE, "a\\": '"images":', "licenses": [{"categories": 1}]}
    assert annotations(b"\n " + json.dumps(around, indent=2).encode()) == [BOX]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            b'"id": 1,',
            b'"id": 1, "id": 1,',
            'images[0] cannot be read: the key "id" occurs twice in one object.',
        ),
        (
            b'"name":',
            b'"name": "cat:s", "name":',
            'categories[0] cannot be read: the key "name" occurs twice in one object.',
        ),
    ],
)
def test_a_key_that_an_entry_has_twice_is_refused(old: bytes, new: bytes, said: str) -> None:
    assert refusal(raw(FILE).replace(old, new, 1)) == said


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('"bbox": [1, 2, 3, 4]', "bbox"),
        ('"note": "\\u003a\\u003a", "iscrowd": 1', "iscrowd"),
        ('"segmentation": {"size": [1, 1], "counts": "a", "size": [2, 2]}', "size"),
        ('"vista": {"points": [{"x": 1, "x": 2}]}', "x"),
        ('"rings": [[{"x": 1, "x": 2}]]', "x"),
        ('"b\\u0062ox": [1, 2, 3, 4]', "bbox"),
    ],
)
def test_a_key_that_an_annotation_has_twice_is_refused(more: str, key: str) -> None:
    annotation = raw(BOX)[:-1] + f", {more}}}".encode()
    content = raw(FILE).replace(raw(BOX), annotation)
    said = f'cannot be read: the key "{key}" occurs twice in one object'
    assert annotations(content) == [Refused("annotations[0]", said)]


@pytest.mark.parametrize(
    "more",
    [
        {"note": "a: b: c"},
        {"segmentation": {"size": [3, 4], "counts": "1:2:"}},
        {"vista": {"data": {"points": [{"x": 1}, {"x": 2}]}}},
        {"a": {"id": 1}, "b": [[{"id": 1}], [{"id": 1}]]},
    ],
)
def test_keys_of_other_objects_and_colons_of_texts_are_none_twice(more: dict[str, Any]) -> None:
    assert annotations(raw(FILE | {"annotations": [BOX | more]})) == [BOX | more]


def test_usual_annotations_are_not_read_by_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twice.json, "loads", None)
    usual = BOX | {"segmentation": [[1.5, 2, 3, 4, 5, 6]], "keypoints": [1, 2, 2]}
    mask = BOX | {"id": 8, "segmentation": {"size": [3, 4], "counts": [12]}}
    assert annotations(raw(FILE | {"annotations": [usual, mask]})) == [usual, mask]


@pytest.mark.parametrize("id_", [7, "7", -7, 2**70])
def test_an_annotation_whose_id_another_has_is_refused(id_: Any) -> None:
    said = [BOX | {"id": id_}, BOX | {"id": 8}, BOX | {"id": id_}, BOX]
    found = annotations(raw(FILE | {"annotations": said}))
    assert found[2] == Refused("annotations[2].id", "is the id of annotations[0] already")


def test_results_without_ids_repeat_none() -> None:
    boxes = [{"image_id": 1, "category_id": 3}, {"image_id": 1, "category_id": 3}, BOX | {"id": None}] * 2
    assert annotations(raw(FILE | {"annotations": boxes})) == boxes


def test_a_category_whose_id_another_has_is_refused() -> None:
    said = refusal(raw(FILE | {"categories": [{"id": 3, "name": "dog", "keypoints": [k]} for k in "ab"]}))
    assert said == 'categories[1].id 3 is the id of "dog" already.'


# --- what VISTA wrote -----------------------------------------------------------------------------------------
EXPORTED: dict[str, Any] = {
    "analysis": {
        "id": "0192f0c1-2b3c-7d4e-8f50-61728394a5b6",
        "image_id": "0192f0c1-2b3c-7d4e-8f50-61728394a5b7",
        "model_name": "test_model",
        "model_version": "1",
        "status": "completed",
    },
    "annotations": [
        {
            "annotation_type": "bounding_box",
            "class_name": "a:b",
            "confidence": None,
            "data": {"bbox": [1, 2, 3, 4]},
        }
    ],
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "exported.json"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"annotations": [', '"annotations": [], "annotations": [', "annotations stands twice in one object"),
        (
            '"status": ',
            '"status": "failed", "status": ',
            'cannot be read: the key "status" occurs twice in one object',
        ),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_what_stands_twice_in_an_export_refuses_it(
    written: Path, old: str, new: str, said: str, several: bool
) -> None:
    text = json.dumps({"analyses": [EXPORTED]} if several else EXPORTED)
    written.write_text(text.replace(old, new))
    with pytest.raises(Invalid) as refused:
        exported.read(written)
    assert refused.value.detail == f"The file is no JSON export of VISTA: {said}."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"class_name": ',
            '"class_name": "c", "class_name": ',
            'annotations[0] cannot be read: the key "class_name" occurs twice in one object.',
        ),
        (
            '"class_name": "a:b"',
            '"class_name": 5',
            "annotations[0].class_name must be a string, got an integer.",
        ),
    ],
)
def test_an_annotation_of_an_export_that_cannot_be_is_told_with_its_place(
    image: Image, written: Path, old: str, new: str, said: str
) -> None:
    text = json.dumps(EXPORTED).replace(EXPORTED["analysis"]["image_id"], str(image.pk))
    written.write_text(text.replace(old, new))
    outcome = exported.import_exported(image.project, exported.read(written))
    assert outcome.refused == [f"analysis {EXPORTED['analysis']['id']}: {said}"]
    assert not Analysis.objects.exists()


@pytest.mark.django_db
def test_an_export_may_be_larger_than_a_picture_of_cocos(image: Image, written: Path, settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 1
    AllowedModelFactory(name="test_model")
    text = json.dumps(EXPORTED | {"annotations": EXPORTED["annotations"] * 12})
    written.write_text(text.replace(EXPORTED["analysis"]["image_id"], str(image.pk)))
    outcome = exported.import_exported(image.project, exported.read(written))
    assert (outcome.refused, outcome.annotations) == ([], 12)
    assert image.analyses.get().annotation_count == 12
