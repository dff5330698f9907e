"""From file to figure: what pycocotools says of two files is what a report says of them once they are imported."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from analyses.imports import coco
from analyses.imports.store import Options, import_coco
from analyses.reports.asked import MARKED, Asked
from analyses.reports.build import build
from analyses.reports.sources import sources
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory

pytestmark = pytest.mark.django_db
PICTURES, WIDTH, HEIGHT = 8, 64, 48
KINDS = {"boxes": "bbox", "masks": "segm"}


def rectangle(random: np.random.Generator) -> list[float]:
    """Numbers of thirds: they have no short decimal form, and must not lose any of their digits."""
    x, y, width, height = random.integers(1, (100, 70, 90, 70)) / 3
    return [float(x), float(y), float(width), float(height)]


def shape_of(box: list[float], random: np.random.Generator, *, crowd: bool) -> Any:
    """A polygon, or the run lengths of a crowd, inside the box."""
    x, y, width, height = box
    corners = [x, y, x + width, y + height / 3, x + width / 2, y + height, x, y + height]
    if not crowd:
        return [corners]
    (rle,) = masks.frPyObjects([corners], HEIGHT, WIDTH)
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def files(folder: Path, kind: str) -> tuple[Path, Path]:
    """Ground truth and results; the last picture is empty in both."""
    random = np.random.default_rng(17)
    truths, found = [], []
    for number in range(60):
        box = rectangle(random)
        crowd = number % 9 == 0
        entry = {"image_id": 1 + number % (PICTURES - 1), "category_id": 3 + number % 4}
        shape = shape_of(box, random, crowd=crowd)
        more = {"id": number + 1, "area": box[2] * box[3], "iscrowd": int(crowd)}
        truths.append(entry | more | {"bbox": box, "segmentation": shape})
        for _ in range(number % 4):
            moved = [max(value + float(random.normal()), 1.0) for value in box]
            score = {"score": float(random.random())}
            told = (
                {"bbox": moved} if kind == "boxes" else {"segmentation": shape_of(moved, random, crowd=True)}
            )
            found.append(entry | score | told)
    images = [
        {"id": n, "file_name": f"val/{n}.jpg", "width": WIDTH, "height": HEIGHT}
        for n in range(1, PICTURES + 1)
    ]
    categories = [{"id": n, "name": f"class {n}"} for n in range(3, 7)]
    truth, results = folder / "truth.json", folder / "results.json"
    truth.write_text(json.dumps({"images": images, "annotations": truths, "categories": categories}))
    results.write_text(json.dumps(found))
    return truth, results


def theirs(truth: Path, results: Path, kind: str) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO(str(truth))
        evaluation = COCOeval(known, known.loadRes(str(results)), KINDS[kind])
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


@pytest.fixture
def project() -> Project:
    project = ProjectFactory()
    for number in range(1, PICTURES + 1):
        ImageFactory(project=project, filename=f"{number}.jpg", width=WIDTH, height=HEIGHT)
    return project


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_imported_files_is_pycocotools_own(project: Project, tmp_path: Path, kind: str) -> None:
    truth, results = files(tmp_path, kind)
    first = import_coco(project, coco.read(coco.mapped(truth)), Options(shapes=kind), None)
    model = Options("yolo_v8", "8", is_reference=False, shapes=kind)
    second = import_coco(project, coco.read(coco.mapped(results), others=coco.mapped(truth)), model, None)
    assert (first.faults, first.imported, first.empty) == ([], PICTURES, 1)
    assert (second.faults, second.imported) == ([], PICTURES)
    asked = Asked.read({"a": MARKED, "b": "yolo_v8@8", "types": kind})
    against = build(project, asked, sources(project, asked)).report.against[0]
    ap, ap50, ap75 = theirs(truth, results, kind).stats[:3].tolist()
    assert 0.1 < ap < ap50 < 1
    for ours, said in ((against.overall.ap, ap), (against.overall.ap50, ap50), (against.overall.ap75, ap75)):
        assert ours == pytest.approx(said, abs=1e-9, rel=0)
