"""What a report says of a project: which analyses count, and each kind of comparison."""

import io
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from analyses.comparison import Side, shapes
from analyses.models import Analysis, Artifact, ArtifactStatus, ReferenceMark, Status
from analyses.reports import overlaps
from analyses.reports.asked import Asked, splits
from analyses.reports.build import build
from analyses.reports.contents import Content
from analyses.reports.document import Report
from analyses.reports.sources import sources
from analyses.tests.factories import add_annotations
from analyses.tests.report_projects import A, B, C, analysed, box, end, picture, tiny
from analyses.tests.test_reports import made
from images.models import Image, Project
from images.tests.factories import ProjectFactory
from vista.errors import Invalid

pytestmark = pytest.mark.django_db
BOTH = {"a": "yolo@1", "b": "resnet@2"}


@pytest.fixture
def project() -> Project:
    return ProjectFactory()


@pytest.fixture
def image(project: Project) -> Image:
    return picture(project, "one.jpg", 100, 100)


def report(project: Project, **params: str) -> Report:
    project.refresh_from_db()
    return made(project, **BOTH | params).report


# --- which analyses ---------------------------------------------------------------------------------------------
def test_the_newest_completed_analysis_counts(project: Project, image: Image) -> None:
    analysed(image, A, box(0), box(20))
    newest = analysed(image, A, box(0))
    analysed(image, A, box(40), box(60), box(80), status=Status.FAILED)
    analysed(image, B, box(0))
    found = report(project)
    assert found.sides[0].objects == 1
    assert found.pictures.worst[0].analyses["a"] == str(newest.pk)


def test_other_versions_do_not_count(project: Project, image: Image) -> None:
    analysed(image, A, box(0))
    analysed(image, ("yolo", "2"), box(0), box(20))
    analysed(image, B, box(0))
    assert report(project).sides[0].objects == 1


def test_who_has_processed_what(project: Project, image: Image) -> None:
    analysed(image, A, status=Status.FAILED)
    analysed(image, B, box(0))
    other = picture(project, "two.jpg")
    analysed(other, A, status=Status.QUEUED)
    found = report(project)
    assert [(side.pictures, side.running, side.failed) for side in found.sides] == [(0, 1, 1), (1, 0, 0)]
    assert (found.coverage.compared, found.coverage.only, found.coverage.neither) == (0, {"a": 0, "b": 1}, 1)
    assert found.peers
    assert found.peers.overall.object_agreement is None


def test_an_at_in_a_name_is_understood(project: Project, image: Image) -> None:
    analysed(image, ("@vladmandic/human", "3.3@wasm"), box(0))
    analysed(image, B, box(0))
    found = report(project, a="@vladmandic/human@3.3@wasm")
    assert (found.sides[0].model_name, found.sides[0].model_version) == ("@vladmandic/human", "3.3@wasm")


def test_all_ways_to_split_a_name() -> None:
    assert splits("@a@b@c") == [("@a", "b@c"), ("@a@b", "c")]


def test_pictures_of_other_projects_do_not_count(project: Project, image: Image) -> None:
    analysed(image, A, box(0))
    analysed(image, B, box(0))
    tiny()
    assert report(project).coverage.compared == 1


# --- references -------------------------------------------------------------------------------------------------
def test_what_is_marked_is_the_reference(project: Project, image: Image) -> None:
    truth = analysed(image, C, box(0), box(20))
    analysed(image, B, box(0))
    ReferenceMark.objects.mark_analysis(truth, None)
    found = report(project, a="marked")
    assert (found.sides[0].label, found.sides[0].is_reference) == ("the marked references", True)
    assert (found.against[0].overall.true_positives, found.against[0].overall.false_negatives) == (1, 1)


def test_a_threshold_of_the_reference_leaves_objects_out(project: Project, image: Image) -> None:
    analysed(image, A, box(0, confidence=0.9), box(20, confidence=0.2))
    analysed(image, B, box(0))
    found = report(project, reference="a", threshold_a="0.5").against[0].overall
    assert (found.objects, found.false_negatives) == (1, 0)


def test_a_crowd_is_no_object(project: Project, image: Image) -> None:
    analysed(image, A, box(0), box(30, width=50, iscrowd=1))
    analysed(image, B, box(0), box(35, confidence=0.8), box(50, confidence=0.7))
    found = report(project, reference="a").against[0].overall
    assert (found.objects, found.ignored, found.true_positives, found.false_positives) == (1, 2, 1, 0)


def test_a_curve_keeps_its_best_point() -> None:
    project = ProjectFactory()
    image = picture(project, "many.jpg", 10_000, 10)
    random = np.random.default_rng(1)
    analysed(image, A, *(box(20 * n) for n in range(300)))
    analysed(
        image, B, *(box(20 * n + 5 * (n % 3 == 0), confidence=float(random.random())) for n in range(300))
    )
    found = report(project, reference="a").against[0]
    assert len(found.overall.curve.threshold) == 200
    assert len(found.classes[0].curve.threshold) == 50
    for scores in (found.overall, found.classes[0]):
        assert max(scores.curve.f1) == scores.best_f1
        assert scores.best_threshold in scores.curve.threshold


# --- peers ------------------------------------------------------------------------------------------------------
def turned(found: Any) -> Any:
    """The counts with A and B exchanged."""
    a, b = found.objects_a, found.objects_b
    return (
        found.agree,
        found.class_differs,
        found.b_only,
        found.a_only,
        b,
        a,
        found.mean_iou,
        found.class_kappa,
    )


def test_exchanging_models_exchanges_the_report() -> None:
    project = tiny()
    there = report(project).peers
    back = report(project, a=BOTH["b"], b=BOTH["a"]).peers
    assert there
    assert back
    o = back.overall
    assert turned(there.overall) == (
        *(o.agree, o.class_differs, o.a_only, o.b_only),
        *(o.objects_a, o.objects_b, o.mean_iou, o.class_kappa),
    )
    assert there.curve.object_agreement == back.curve.object_agreement
    assert {(c.row, c.column, c.count) for c in there.confusion} == {
        (c.column, c.row, c.count) for c in back.confusion
    }
    assert np.array(there.grid.object_agreement).T.tolist() == np.array(back.grid.object_agreement).tolist()


def test_an_object_that_several_saw_has_the_class_that_most_of_them_say(
    project: Project, image: Image
) -> None:
    analysed(image, A, box(0, "ant"))
    analysed(image, B, box(0, "cat"))
    analysed(image, C, box(0, "cat"))
    found = report(project, c="third@3").several
    assert found
    assert [(one.class_name, one.seen_by) for one in found.classes] == [("cat", [0, 0, 1])]


def test_all_classes_can_be_one(project: Project, image: Image) -> None:
    analysed(image, A, box(0, "dog"))
    analysed(image, B, box(0, "cat"))
    found = report(project, class_agnostic="true")
    assert found.classes == ["*"]
    assert found.peers
    assert (found.peers.overall.agree, found.peers.overall.class_differs) == (1, 0)


def test_only_the_types_asked_for_are_compared(project: Project, image: Image) -> None:
    analysed(image, A, box(0), segmentation(points=[[30, 0], [40, 0], [40, 10], [30, 10]]))
    analysed(image, B, box(30))
    assert [side.objects for side in report(project, types="boxes").sides] == [1, 1]
    assert [side.objects for side in report(project, types="masks").sides] == [1, 0]
    found = report(project)
    assert found.peers
    assert found.peers.overall.agree == 1  # the bounds of the polygon are those of the box
    assert found.sides[0].by_type == {"bounding_box": 1, "segmentation": 1}


# --- masks ------------------------------------------------------------------------------------------------------
def segmentation(confidence: float = 0.9, **data: Any) -> dict[str, Any]:
    return {"annotation_type": "segmentation", "class_name": "dog", "confidence": confidence, "data": data}


SQUARE = [[0, 0], [40, 0], [40, 40], [0, 40]]
# Four by four of a grid of ten: 40 by 40 of a picture of a hundred.
MASK = {"size": [10, 10], "counts": [0, 4, 6, 4, 6, 4, 6, 4, 66]}


def test_masks_overlap_by_their_pixels(project: Project, image: Image) -> None:
    analysed(image, A, segmentation(points=SQUARE))
    analysed(image, B, segmentation(points=[[0, 0], [40, 0], [0, 40]]))
    by_bounds, by_pixels = report(project), report(project, types="masks", iou="0.3")
    assert by_bounds.peers
    assert by_pixels.peers
    assert by_bounds.peers.overall.mean_iou == 1
    assert by_pixels.peers.overall.mean_iou == pytest.approx(0.5, abs=0.03)


def test_a_mask_is_stretched_over_the_picture(project: Project, image: Image) -> None:
    analysed(image, A, segmentation(rle=MASK))
    analysed(image, B, segmentation(points=SQUARE))
    found = report(project, types="masks").peers
    assert found
    assert found.overall.mean_iou == 1


def test_a_polygon_that_is_too_long_is_told(project: Project, image: Image) -> None:
    analysed(image, A, segmentation(points=[[0, 0], [9e7, 0], [0, 9e7]]))
    analysed(image, B, segmentation(points=SQUARE))
    with pytest.raises(Invalid, match=r"one\.jpg"):
        report(project, types="masks")


# --- keypoints --------------------------------------------------------------------------------------------------
def pose(off: float, **data: Any) -> dict[str, Any]:
    points = [{"name": "nose", "x": 50 + off, "y": 10}, {"name": "left_hip", "x": 30, "y": 60}]
    return {
        "annotation_type": "keypoint",
        "class_name": "person",
        "confidence": 0.9,
        "data": {"keypoints": points, **data},
    }


@pytest.mark.parametrize(("off", "pairs"), [(0, 1), (1, 1), (30, 0)])
def test_poses_are_compared_by_their_points(project: Project, image: Image, off: float, pairs: int) -> None:
    analysed(image, A, pose(0))
    analysed(image, B, pose(off))
    found = report(project, types="keypoints", iou="0.6").peers
    assert found
    assert found.overall.agree == pairs


def test_poses_against_a_reference_know_its_area(project: Project, image: Image) -> None:
    analysed(image, A, pose(0, area=100_000))
    analysed(image, B, pose(4))
    assert report(project, types="keypoints", reference="a").against[0].overall.ap == 1


NAMES = ["nose", "left_eye", "right_hip", "tail"]


@pytest.mark.parametrize("at_once", [1, 4_000_000])
def test_many_poses_are_as_similar_as_each_two_of_them(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    random = np.random.default_rng(5)

    def poses(count: int) -> Content:
        none = Side.of([], [], [])
        made = [
            {n: tuple(random.normal(50, 5, 2)) for n in NAMES if random.random() < 0.7} for _ in range(count)
        ]
        return Content(
            none, np.empty(0, np.bool_), poses=made, areas=random.uniform(100, 900, count).tolist()
        )

    monkeypatch.setattr(overlaps, "AT_ONCE", at_once)
    a, b = poses(7), poses(9)
    _, _, wanted = shapes.pose_pairs(a.poses, b.poses, b.areas)
    assert overlaps.similarity(a, b).ravel() == pytest.approx(wanted, abs=1e-12)


# --- heatmaps ---------------------------------------------------------------------------------------------------
def with_heatmap(image: Image, model: tuple[str, str], raw: bytes, name: str) -> Analysis:
    analysis = analysed(image, model, status=Status.PROCESSING)
    artifact = Artifact.objects.create(
        analysis=analysis, artifact_name=name, content_type="image/png", status=ArtifactStatus.STORED
    )
    default_storage.save(artifact.storage_path, ContentFile(raw))
    add_annotations(analysis, {"annotation_type": "heatmap", "data": {"artifact_name": name}})
    end(analysis)
    return analysis


def png(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(values).save(out, "PNG")
    return out.getvalue()


def npy(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, values)
    return out.getvalue()


SLOPE = np.arange(16, dtype=np.uint8).reshape(4, 4)


def test_heatmaps_are_correlated(project: Project, image: Image) -> None:
    with_heatmap(image, A, png(SLOPE), "heat.png")
    with_heatmap(image, B, npy(-1.0 * SLOPE), "heat.npy")
    found = report(project)
    assert found.heatmaps
    assert (found.heatmaps.pictures, found.heatmaps.counted) == (1, 1)
    assert found.heatmaps.mean == pytest.approx(-1)
    assert found.pictures.worst[0].heatmap_correlation == pytest.approx(-1)


@pytest.mark.parametrize(
    ("raw", "name", "reason"),
    [
        (png(np.dstack([SLOPE] * 3)), "heat.png", "coloured"),
        (png(SLOPE * 0), "heat.png", "flat"),
        (b"no picture", "heat.png", "unreadable"),
        (npy(np.zeros((2, 2, 2))), "heat.npy", "unreadable"),
        (b"no array", "heat.npy", "unreadable"),
    ],
    ids=["coloured", "flat", "no picture", "three sides", "no array"],
)
def test_why_a_heatmap_is_left_out(
    project: Project, image: Image, raw: bytes, name: str, reason: str
) -> None:
    with_heatmap(image, A, png(SLOPE), "heat.png")
    with_heatmap(image, B, raw, name)
    found = report(project).heatmaps
    assert found
    assert (found.counted, found.left_out) == (0, {reason: 1})


# --- stopping ---------------------------------------------------------------------------------------------------
def test_progress_may_stop_it() -> None:
    class Enough(Exception):
        pass

    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, doing: str) -> None:
        told.append((done, total))
        if done == 2:
            raise Enough

    project, asked = tiny(), Asked.read(BOTH)
    with pytest.raises(Enough):
        build(project, asked, sources(project, asked), progress)
    assert told == [(0, 3), (1, 3), (2, 3)]
