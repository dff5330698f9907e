"""Reports against a reference: every number is pycocotools' own, on the demo's real models and on generated sets."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from analyses.models import Analysis
from analyses.reports.asked import Asked
from analyses.reports.build import build
from analyses.reports.document import Against, Scores
from analyses.reports.sources import sources
from analyses.tests.report_projects import analysed, of_demo, picture, version_of
from images.models import Image, Project
from images.tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
A, B = ("truth", "1"), ("model", "1")
KINDS = {"boxes": ("bbox", "bounding_box"), "masks": ("segm", "segmentation")}
SIDE = 64


# --- theirs -----------------------------------------------------------------------------------------------------
class Oracle:
    """pycocotools on what the database holds, read row by row."""

    def __init__(
        self, project: Project, truth: str, model: str, types: str, *, agnostic: bool = False
    ) -> None:
        kind, annotation_type = KINDS[types]
        self.images = list(project.images.order_by("id"))
        self.names: list[str] = []
        self.agnostic = agnostic
        rows = [self.rows(name, annotation_type) for name in (truth, model)]
        self.names = ["*"] if agnostic else sorted({row.class_name for side in rows for _, row in side})
        truths = [self.entry(number, row, id=n + 1) for n, (number, row) in enumerate(rows[0])]
        found = [self.entry(number, row, score=row.confidence) for number, row in rows[1]]
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO()
            coco.dataset = {
                "images": [
                    {"id": n, "height": one.height, "width": one.width}
                    for n, one in enumerate(self.images, 1)
                ],
                "categories": [{"id": n} for n in range(1, len(self.names) + 1)],
                "annotations": truths,
            }
            coco.createIndex()
            self.eval = COCOeval(coco, coco.loadRes(found), kind)
            self.eval.params.maxDets = [100_000]
            self.eval.params.areaRng, self.eval.params.areaRngLbl = [[0, 1e10]], ["all"]
            self.eval.evaluate()
            self.eval.accumulate()

    def rows(self, model: str, annotation_type: str) -> list[Any]:
        name, _, version = model.partition("@")
        found = []
        for number, image in enumerate(self.images, 1):
            analysis = Analysis.objects.get(image=image, model_name=name, model_version=version)
            found += [(number, row) for row in analysis.annotations.filter(annotation_type=annotation_type)]
        return found

    def entry(self, number: int, row: Any, **more: Any) -> dict[str, Any]:
        box = [row.x_min, row.y_min, row.x_max - row.x_min, row.y_max - row.y_min]
        said = {
            "image_id": number,
            "category_id": 1 if self.agnostic else self.names.index(row.class_name) + 1,
            "bbox": row.data.get("bbox", box),
            "area": box[2] * box[3],
            "iscrowd": row.data.get("iscrowd", 0),
        }
        if row.annotation_type == "segmentation":
            said["segmentation"] = self.segmentation(row.data, self.images[number - 1])
            del said["bbox"]
        return said | more

    @staticmethod
    def segmentation(data: dict[str, Any], image: Image) -> Any:
        size = image.height, image.width
        if "rle" in data:
            return coco_mask.frPyObjects(data["rle"], *size)
        flat = [[value for pair in ring for value in pair] for ring in data["points"]]
        return coco_mask.merge(coco_mask.frPyObjects(flat, *size))

    def mean(self, values: np.ndarray) -> Any:
        known = values[values > -1]
        return close(float(known.mean())) if len(known) else None

    def check(self, ours: Scores, number: int | None) -> None:
        """AP and AR; of one class or of all."""
        which = slice(None) if number is None else number
        precision = self.eval.eval["precision"][:, :, which, 0, 0]
        assert ours.ap == self.mean(precision)
        assert ours.ap50 == self.mean(precision[0])
        assert ours.ap75 == self.mean(precision[5])
        assert ours.ar == self.mean(self.eval.eval["recall"][:, which, 0, 0])

    def counts(self, number: int | None, threshold: float) -> tuple[int, int, int]:
        """True and false positives and false negatives at IoU 0.5, from COCO's list of what was matched."""
        hits = misses = wanted = 0
        for one in self.eval.evalImgs:
            if one is None or (number is not None and one["category_id"] != number + 1):
                continue
            counts = (np.array(one["dtScores"]) >= threshold) & ~one["dtIgnore"][0].astype(bool)
            took = one["dtMatches"][0] > 0
            hits += int((counts & took).sum())
            misses += int((counts & ~took).sum())
            wanted += int((~np.array(one["gtIgnore"]).astype(bool)).sum())
        return hits, misses, wanted - hits


def close(value: float) -> Any:
    return pytest.approx(value, abs=1e-9, rel=0)


def ours(project: Project, truth: str, model: str, threshold: float, **params: str) -> Against:
    query = {"a": truth, "b": model, "reference": "a", "threshold_b": str(threshold)} | params
    asked = Asked.read(query)
    return build(project, asked, sources(project, asked)).report.against[0]


def check_all(
    project: Project, truth: str, model: str, types: str, threshold: float, **params: str
) -> Against:
    """Every number of every class, and of all."""
    oracle = Oracle(project, truth, model, types, agnostic="class_agnostic" in params)
    found = ours(project, truth, model, threshold, types=types, **params)
    assert found.classes
    for scores in [found.overall, *found.classes]:
        number = None if scores is found.overall else oracle.names.index(scores.class_name)  # type: ignore[attr-defined]
        oracle.check(scores, number)
        hits, misses, missed = oracle.counts(number, threshold)
        assert (scores.true_positives, scores.false_positives, scores.false_negatives) == (
            hits,
            misses,
            missed,
        )
        assert scores.precision == (close(hits / (hits + misses)) if hits + misses else None)
        assert scores.recall == (close(hits / (hits + missed)) if hits + missed else None)
    return found


# --- the demo -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("truth", "model"),
    [("centernet", "opencv_hog"), ("opencv_hog", "centernet"), ("opencv_haar", "opencv_hog")],
)
@pytest.mark.parametrize("more", [{}, {"class_agnostic": "true"}], ids=["classes", "agnostic"])
def test_the_demos_boxes(truth: str, model: str, more: dict[str, str]) -> None:
    project = of_demo(truth, model)
    check_all(project, version_of(project, truth), version_of(project, model), "boxes", 0.3, **more)


def test_a_demo_model_seen_a_little_off() -> None:
    """The real boxes against the same ones moved: so that many are found, and not all."""
    project = of_demo("centernet")
    random = np.random.default_rng(4)
    for image in project.images.order_by("id"):
        boxes = list(image.analyses.get().annotations.order_by("id"))
        off = [
            item(
                row.class_name,
                round(float(random.random()), 1),
                bbox=(np.array(row.data["bbox"]) + random.normal(0, 6, 4)).clip(1).tolist(),
            )
            for row in boxes
            if random.random() < 0.8
        ]
        analysed(image, B, *off)
    found = check_all(project, version_of(project, "centernet"), "model@1", "boxes", 0.4)
    assert found.overall.true_positives > 10
    assert found.overall.ap


def test_the_demos_masks() -> None:
    """Exact masks, polygons and run lengths, against the same polygons with every other corner left out."""
    project = of_demo("watershed")
    for image in project.images.order_by("id"):
        rows = image.analyses.get().annotations.order_by("id")
        coarse = [item(row.class_name, row.confidence, **coarser(row.data)) for row in rows]
        analysed(image, B, *coarse)
    found = check_all(project, version_of(project, "watershed"), "model@1", "masks", 0.9)
    assert found.overall.true_positives > 50
    assert found.overall.ap
    assert found.overall.ap < 1


def coarser(data: dict[str, Any]) -> dict[str, Any]:
    if "rle" in data:
        return {"rle": data["rle"]}
    return {"points": [ring[::5] if len(ring) >= 15 else ring for ring in data["points"]]}


# --- generated sets -------------------------------------------------------------------------------------------------
def item(class_name: str, confidence: float | None, **data: Any) -> dict[str, Any]:
    kind = "bounding_box" if "bbox" in data else "segmentation"
    return {"annotation_type": kind, "class_name": class_name, "confidence": confidence, "data": data}


def shape(random: np.random.Generator, x: float, y: float, size: float, types: str) -> dict[str, Any]:
    """A box, or a polygon or mask of about the same size."""
    if types == "boxes":
        return {"bbox": [x, y, size, size]}
    angles = np.sort(random.uniform(0, 2 * np.pi, 7))
    ring = [[x + size / 2 * (1 + np.cos(a)), y + size / 2 * (1 + np.sin(a))] for a in angles]
    if random.random() < 0.5:
        return {"points": ring}
    down, across = np.mgrid[:SIDE, :SIDE] + 0.5
    disc = (across - x - size / 2) ** 2 + (down - y - size / 2) ** 2 <= (size / 2) ** 2
    flat = disc.ravel(order="F").astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flat)))).tolist()
    counts = np.diff([0, *edges, len(flat)]).tolist()
    return {"rle": {"size": [SIDE, SIDE], "counts": counts}}


def generated(seed: int, types: str) -> Project:
    """Crowds, equal scores, classes that one side does not know, pictures that are empty on one side or both."""
    random = np.random.default_rng(seed)
    project = ProjectFactory()
    for number in range(10):
        image = picture(project, f"{number}.jpg", SIDE, SIDE)
        truths, found = [], []
        for _ in range(0 if number % 5 == 0 else random.integers(1, 9)):
            x, y, size = (float(v) for v in (*random.integers(0, 40, 2), random.integers(8, 20)))
            crowd = {"iscrowd": 1} if random.random() < 0.2 else {}
            truths.append(
                item(f"class {random.integers(2)}", None, **shape(random, x, y, size, types), **crowd)
            )
            for _ in range(random.integers(0, 3)):
                near = (float(v) for v in (x + random.integers(-2, 3), y + random.integers(-2, 3), size))
                score = float(random.integers(0, 6)) / 5
                found.append(item(f"class {random.integers(3)}", score, **shape(random, *near, types)))
        if number % 4 == 0:
            found = []
        analysed(image, A, *truths)
        analysed(image, B, *found)
    return project


@pytest.mark.parametrize("types", ["boxes", "masks"])
@pytest.mark.parametrize("seed", range(4))
def test_generated_sets(seed: int, types: str) -> None:
    check_all(generated(seed, types), "truth@1", "model@1", types, 0.4)
