"""COCO's files: pycocotools loads them, masks are equal pixel by pixel, scores to the last bit, ids the same again."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from analyses import geometry
from analyses.exports import FORMATS, Selection, Written
from analyses.exports.coco_shapes import coco_string, lengths, on_the_picture
from analyses.exports.numbers import names_of
from analyses.models import Analysis, Annotation, Status
from analyses.tests.annotations_as_sent import item
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory

# pycocotools speaks to numpy as version 1 wanted it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WIDTH, HEIGHT = 40, 30  # of the factory's pictures
SCORE = 0.1 + 0.2  # needs all 17 digits
SQUARE = [[2, 3], [12, 3], [12, 13], [2, 13]]
HOLE = [[5, 6], [9, 6], [9, 10], [5, 10]]
POSE = {"keypoints": [{"x": i, "y": 2 * i, "name": f"point {i}", "confidence": 0.25} for i in range(1, 15)]}


def box(x: float, class_name: str = "person", confidence: float | None = SCORE) -> dict[str, Any]:
    data = {"bbox": [x, 2.1, 10.7, 12.3], "format": "xywh"}
    return BOX | {"class_name": class_name, "confidence": confidence, "data": data}


def shape(data: dict[str, Any], class_name: str = "blob", confidence: float | None = 0.5) -> dict[str, Any]:
    return item("segmentation", data, class_name=class_name, confidence=confidence)


def pose(data: dict[str, Any], class_name: str = "person", confidence: float | None = 0.5) -> dict[str, Any]:
    return item("keypoint", data, class_name=class_name, confidence=confidence)


def mask(height: int = HEIGHT, width: int = WIDTH, seed: int = 1) -> dict[str, Any]:
    """A noisy mask as our pipelines send it."""
    bitmap = np.random.default_rng(seed).random((height, width)) < 0.4
    return {"rle": {"size": [height, width], "counts": counts_of(bitmap)}}


def counts_of(bitmap: Any) -> list[int]:
    flat = np.concatenate([[0], bitmap.T.ravel().astype(int), [0]])
    edges = np.flatnonzero(np.diff(flat))
    counts = np.diff(np.concatenate([[0], edges, [bitmap.size]])).tolist()
    return counts if counts[-1] else counts[:-1]


def bitmap_of(counts: list[int], height: int, width: int) -> Any:
    values = np.repeat(np.arange(len(counts)) % 2, counts)
    return values.reshape(width, height).T.astype(bool)


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


def analysed(project: Project, *items: dict[str, Any], **fields: Any) -> Analysis:
    analysis = AnalysisFactory(image=ImageFactory(project=project, width=WIDTH, height=HEIGHT), **fields)
    add_annotations(analysis, *items)
    return analysis


def export(kind: str, project: Project, written: Written | None = None, **filters: Any) -> bytes:
    return b"".join(FORMATS[kind].pieces(Selection(project=project.pk, **filters), written))


def document(project: Project, **filters: Any) -> dict[str, Any]:
    return json.loads(export("coco", project, **filters))


def loaded(project: Project, folder: Path, **filters: Any) -> COCO:
    path = folder / "instances.json"
    path.write_bytes(export("coco", project, **filters))
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(path)


def results(project: Project, folder: Path, truth: COCO, **filters: Any) -> COCO:
    path = folder / "results.json"
    path.write_bytes(export("coco_results", project, **filters))
    with contextlib.redirect_stdout(io.StringIO()):
        return truth.loadRes(str(path))


def evaluated(truth: COCO, found: COCO, kind: str) -> float:
    """COCO's mean average precision."""
    evaluation = COCOeval(truth, found, kind)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[0]


# --- instances --------------------------------------------------------------------------------------------
def test_a_box_is_what_it_was(project: Project, tmp_path: Path) -> None:
    analysis = analysed(project, box(1.3))
    coco = loaded(project, tmp_path)
    [found] = coco.loadAnns(coco.getAnnIds())
    annotation = analysis.annotations.get()
    ours = {"id": str(annotation.pk), "analysis_id": str(analysis.pk), "type": "bounding_box"}
    assert found == {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "bbox": [1.3, 2.1, 10.7, 12.3],
        "area": 10.7 * 12.3,
        "segmentation": [],
        "iscrowd": 0,
        "score": SCORE,
        "vista": ours,
    }


def test_every_picture_is_there_and_says_whether_it_was_processed(project: Project) -> None:
    analysed(project, box(1)).move_to(Status.COMPLETED)
    analysed(project).move_to(Status.COMPLETED)
    ImageFactory(project=project)
    images = document(project)["images"]
    assert [image["id"] for image in images] == [1, 2, 3]
    assert [image["vista"]["processed"] for image in images] == [True, True, False]
    assert [image["vista"]["id"] for image in images] == [str(i.pk) for i in project.images.order_by("id")]


def test_what_is_more_than_coco_can_hold_stands_beside_it(project: Project) -> None:
    analysis = analysed(project, shape({"points": [SQUARE, HOLE]}), shape({"points": [SQUARE], "note": "x"}))
    kept = [annotation["vista"].get("data") for annotation in document(project)["annotations"]]
    assert kept == [a.data for a in analysis.annotations.order_by("id")]


@pytest.mark.parametrize(("kept", "flag"), [({"iscrowd": 1}, 1), ({"iscrowd": 0}, 0), ({}, 0)])
def test_a_crowd_stays_one(kept: dict[str, int], flag: int, project: Project) -> None:
    people = mask()
    analysed(project, shape(people | kept, class_name="person"))
    assert [entry["iscrowd"] for entry in json.loads(export("coco", project))["annotations"]] == [flag]


def test_a_polygon_stays_one(project: Project) -> None:
    beside = [[x + 20, y] for x, y in SQUARE]
    analysed(project, shape({"points": [SQUARE, beside]}))
    [found] = document(project)["annotations"]
    assert found["segmentation"] == [
        [2, 3, 12, 3, 12, 13, 2, 13],
        [22, 3, 32, 3, 32, 13, 22, 13],
    ]
    assert (found["area"], found["bbox"]) == (200, [2, 3, 30, 10])
    assert "data" not in found["vista"]


def test_a_hole_stays_a_hole(project: Project, tmp_path: Path) -> None:
    analysed(project, shape({"points": [SQUARE, HOLE]}))
    coco = loaded(project, tmp_path)
    bitmap = coco.annToMask(coco.anns[1])
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[3:13, 2:12] = True
    expected[6:10, 5:9] = False
    assert (bitmap == expected).all()
    assert coco.anns[1]["area"] == 84


@pytest.mark.parametrize("kind", ["coco", "coco_results"])
def test_a_mask_is_equal_pixel_by_pixel(kind: str, project: Project) -> None:
    sent = mask()
    analysed(project, shape(sent), shape({"rle": {"size": [HEIGHT, WIDTH], "counts": [HEIGHT * WIDTH]}}))
    told = json.loads(export(kind, project))
    found, empty = told["annotations"] if kind == "coco" else told
    assert found["segmentation"]["size"] == [HEIGHT, WIDTH]
    expected = bitmap_of(sent["rle"]["counts"], HEIGHT, WIDTH)
    assert (coco_mask.decode(found["segmentation"]) == expected).all()
    assert not coco_mask.decode(empty["segmentation"]).any()


def test_a_mask_on_a_grid_of_its_own_is_brought_to_the_picture(project: Project, tmp_path: Path) -> None:
    sent = mask(10, 8)
    analysed(project, shape(sent))
    coco = loaded(project, tmp_path)
    small = bitmap_of(sent["rle"]["counts"], 10, 8)
    assert (coco.annToMask(coco.anns[1]) == np.kron(small, np.ones((3, 5)))).all()
    assert coco.anns[1]["vista"]["data"]["rle"] == sent["rle"]


def test_a_pose_has_a_triple_for_each_keypoint_of_its_class(project: Project, tmp_path: Path) -> None:
    left, right = {"x": 1, "y": 2, "name": "left"}, {"x": 3, "y": 4, "name": "right", "confidence": 0.5}
    middle = {"x": 5.5, "y": 6, "name": "middle"}
    analysis = analysed(
        project,
        pose({"keypoints": [left, right], "skeleton": [[0, 1]]}),
        pose({"keypoints": [middle, left], "skeleton": [[0, 1]]}),
    )
    coco = loaded(project, tmp_path)
    [category] = coco.loadCats(coco.getCatIds())
    assert (category["keypoints"], category["skeleton"]) == (["left", "right", "middle"], [[1, 2], [3, 1]])
    assert coco.anns[1]["keypoints"] == [1, 2, 2, 3, 4, 2, 0, 0, 0]
    assert coco.anns[2]["keypoints"] == [1, 2, 2, 0, 0, 0, 5.5, 6, 2]
    assert [coco.anns[i]["num_keypoints"] for i in (1, 2)] == [2, 2]
    assert [coco.anns[i]["vista"]["data"] for i in (1, 2)] == [
        a.data for a in analysis.annotations.order_by("id")
    ]


def test_keypoints_without_names_are_named_by_their_place() -> None:
    points = [{"name": "eye"}, {}, {"name": "eye"}, {"name": "keypoint 2"}]
    assert names_of(points) == ["eye", "keypoint 2", "eye 2", "keypoint 2 2"]


def test_what_has_no_place_in_coco_is_counted(project: Project) -> None:
    analysis = AnalysisFactory(image=ImageFactory(project=project))
    ArtifactFactory(analysis=analysis, artifact_name="heat.png")
    add_annotations(
        analysis,
        box(1),
        item("classification", {"scores": {"cat": 1.0}}),
        item("heatmap", {"artifact_name": "heat.png"}),
    )
    written = Written()
    told = json.loads(export("coco", project, written))["vista"]
    left_out = {f"{kind}: COCO has no place for it": 1 for kind in ("classification", "heatmap")}
    assert (told["annotations"], told["left_out"]) == (1, left_out)
    assert written.as_dict() == {"annotations": 1, "left_out": left_out}


def test_the_same_objects_have_the_same_numbers_again(project: Project) -> None:
    for name in ("zebra", "ant"):
        analysed(project, box(1, name), box(2, "bee", 0.1))
    before = document(project)
    assert export("coco", project) == export("coco", project)
    assert [c["name"] for c in before["categories"]] == ["ant", "bee", "zebra"]
    analysed(project, box(3, "bee"))
    after = document(project)
    assert after["annotations"][:4] == before["annotations"]
    assert after["images"][:2] == before["images"]
    assert document(project, min_confidence=0.2)["categories"] == before["categories"]


def test_a_class_that_no_counter_knows_has_a_number_too(project: Project) -> None:
    analysis = analysed(project, box(1, "known"))
    analysis.tallies.all().delete()
    told = document(project)
    assert told["categories"] == [{"id": 1, "name": "known", "supercategory": ""}]


@pytest.mark.parametrize("kind", ["coco", "coco_results"])
def test_nothing_is_a_whole_document(kind: str, project: Project) -> None:
    told = json.loads(export(kind, project))
    assert (
        [told["images"], told["annotations"], told["categories"]] == [[], [], []]
        if kind == "coco"
        else not told
    )


# --- results ----------------------------------------------------------------------------------------------
def test_a_result_is_what_it_was(project: Project, tmp_path: Path) -> None:
    analysis = analysed(project, box(1.3), box(2, confidence=None))
    written = Written()
    [found] = json.loads(export("coco_results", project, written))
    first = analysis.annotations.order_by("id").first()
    assert found == {
        "image_id": 1,
        "category_id": 1,
        "bbox": [1.3, 2.1, 10.7, 12.3],
        "score": SCORE,
        "vista": {"id": str(first.pk)},
    }
    assert written.left_out == {"without a confidence: a result needs a score": 1}


CASES = {
    "bbox": ([box(1), box(20, "car")], ("bounding_box",)),
    "segm": ([shape({"points": [SQUARE]}), shape(mask())], ("segmentation",)),
    "mixed": ([box(1), shape({"points": [SQUARE]}), shape(mask(10, 8))], ()),
}


@pytest.mark.parametrize("case", CASES)
def test_pycocotools_finds_that_a_model_agrees_with_itself(
    case: str, project: Project, tmp_path: Path
) -> None:
    items, types = CASES[case]
    analysed(project, *items)
    analysed(project, *items)
    analysed(project)
    truth = loaded(project, tmp_path, annotation_types=types)
    found = results(project, tmp_path, truth, annotation_types=types)
    assert len(found.anns) == 2 * len(items)
    assert evaluated(truth, found, "segm" if case == "segm" else "bbox") == pytest.approx(1)
    assert sorted(a["score"] for a in found.anns.values()) == sorted(
        Annotation.objects.values_list("confidence", flat=True)
    )


def test_pycocotools_takes_areas_of_masks_from_the_masks(project: Project, tmp_path: Path) -> None:
    analysed(project, shape({"points": [SQUARE, HOLE]}))
    found = results(project, tmp_path, loaded(project, tmp_path))
    assert [a["area"] for a in found.anns.values()] == [84]


def test_pycocotools_evaluates_poses(project: Project, tmp_path: Path) -> None:
    points = [{"x": 3 * i % 37, "y": 5 * i % 29, "name": f"point {i}"} for i in range(17)]
    analysed(project, pose({"keypoints": points}))
    truth = loaded(project, tmp_path)
    found = results(project, tmp_path, truth)
    assert found.anns[1]["keypoints"] == truth.anns[1]["keypoints"]
    assert evaluated(truth, found, "keypoints") == pytest.approx(1)


def test_a_polygon_that_cannot_be_filled_is_counted(project: Project) -> None:
    far = [[-4e6, 0], [4e6, 1], [4e6, 2]]
    analysed(project, shape({"points": [far]}))
    written = Written()
    assert json.loads(export("coco_results", project, written)) == []
    assert sum(written.left_out.values()) == 1
    assert document(project)["annotations"][0]["segmentation"] == [[-4e6, 0, 4e6, 1, 4e6, 2]]


# --- shapes -----------------------------------------------------------------------------------------------
bitmaps = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda size: st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda bits: np.array(bits).reshape(size)
    )
)


@given(bitmaps, st.integers(1, 30), st.integers(1, 30))
def test_a_pixel_of_the_picture_is_what_the_grid_has_under_its_middle(
    bitmap: Any, height: int, width: int
) -> None:
    rows, columns = bitmap.shape
    across = ((2 * np.arange(width) + 1) * columns) // (2 * width)
    down = ((2 * np.arange(height) + 1) * rows) // (2 * height)
    drawn = on_the_picture([rows, columns], counts_of(bitmap), height, width)
    assert sum(drawn) == height * width
    assert (bitmap_of(drawn, height, width) == bitmap[np.ix_(down, across)]).all()


@given(bitmaps)
def test_runs_and_lengths_are_each_others_inverse(bitmap: Any) -> None:
    counts = counts_of(bitmap)
    assert lengths(geometry.rle_runs(counts), bitmap.size) == counts


@given(st.lists(st.integers(0, 2**32 - 1), max_size=200))
def test_many_runs_are_spelled_as_few_are(counts: list[int]) -> None:
    assert coco_string(counts) == geometry.rle_to_coco_string(counts)
