"""What VISTA wrote comes back in unchanged, as JSON and as COCO."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analyses.exports import FORMATS, Selection
from analyses.models import Analysis, Status
from analyses.tests.annotations_as_sent import item
from analyses.tests.factories import (
    BOX,
    AllowedModelFactory,
    AnalysisFactory,
    ArtifactFactory,
    add_annotations,
)
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory

WIDTH, HEIGHT = 40, 30
SQUARE = [[2, 3], [12, 3], [12, 13], [2, 13]]
HOLE = [[5, 6], [9, 6], [9, 10], [5, 10]]
LEFT = {"x": 1, "y": 2.5, "name": "left", "confidence": 0.25}
PLACED = [
    BOX | {"data": {"bbox": [1.3, 2.1, 10.7, 12.3], "format": "xywh"}, "confidence": 0.1 + 0.2},
    BOX | {"data": {"bbox": [-3, 2, 60, 1e-7], "note": "kept"}, "class_name": 'a, "b"\n'},
    item("segmentation", {"points": [SQUARE]}),
    item("segmentation", {"points": [SQUARE, HOLE]}, class_name="ring"),
    item("segmentation", {"rle": {"size": [HEIGHT, WIDTH], "counts": [0, 5, 90, 7, 1098]}}),
    item("segmentation", {"rle": {"size": [3, 4], "counts": [3, 4, 5]}}, class_name="coarse"),
    item("keypoint", {"keypoints": [LEFT, {"x": 3, "y": 4}], "skeleton": [[0, 1]]}),
    item("keypoint", {"keypoints": [{"x": 5, "y": 6, "name": "right"}]}),
]


def filled(project: Project, *items: dict[str, Any]) -> Analysis:
    image = ImageFactory(project=project, filename="a.png", width=WIDTH, height=HEIGHT)
    ImageFactory(project=project, filename="b.png")
    analysis = AnalysisFactory(image=image, parameters={"threshold": 0.5}, description="Nightly")
    add_annotations(analysis, *items)
    return analysis.finalize(Status.COMPLETED, {"total": len(items)}, "", {})


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


@pytest.fixture
def other(db: None) -> Project:
    """Elsewhere, with pictures of the same names."""
    other = ProjectFactory()
    for name in ("b.png", "a.png"):
        ImageFactory(project=other, filename=name, width=WIDTH, height=HEIGHT)
    return other


def save(path: Path, kind: str, project: Project) -> str:
    path.write_bytes(b"".join(FORMATS[kind].pieces(Selection(project=project.pk))))
    return str(path)


def stored(analysis: Analysis) -> list[tuple[Any, ...]]:
    names = ("annotation_type", "class_name", "confidence", "x_min", "y_min", "x_max", "y_max", "data")
    return list(analysis.annotations.order_by("id").values_list(*names))


def imported(path: str, project: Project) -> str:
    said = io.StringIO()
    call_command("import_annotations", path, "--project", str(project.pk), "--no-progress", stdout=said)
    return said.getvalue()


# --- JSON -------------------------------------------------------------------------------------------------
def test_json_comes_back_unchanged(project: Project, other: Project, tmp_path: Path) -> None:
    classified = item("classification", {"scores": {"cat": 0.75, "dog": 0.25}})
    before = filled(project, *PLACED, classified)
    path = save(tmp_path / "export.json", "json", project)
    assert "1 analyses imported with 9 annotations" in imported(path, other)
    after = Analysis.objects.get(image__project=other)
    assert stored(after) == stored(before)
    assert after.image.filename == "a.png"
    for name in ("model_name", "model_version", "status", "parameters", "description", "summary"):
        assert getattr(after, name) == getattr(before, name)


def test_json_of_one_analysis_goes_to_its_own_picture(project: Project, tmp_path: Path) -> None:
    before = filled(project, *PLACED)
    path = tmp_path / "one.json"
    path.write_bytes(b"".join(FORMATS["json"].pieces(Selection(analysis=before.pk))))
    imported(str(path), project)
    after = before.image.analyses.exclude(pk=before.pk).get()
    assert stored(after) == stored(before)


def test_nothing_is_imported_twice(project: Project, other: Project, tmp_path: Path) -> None:
    filled(project, *PLACED)
    path = save(tmp_path / "export.json", "json", project)
    imported(path, other)
    assert imported(path, other) == "0 analyses imported with 0 annotations, 1 were there already.\n"
    assert Analysis.objects.filter(image__project=other).count() == 1


def test_heatmaps_stay_behind_and_are_counted(project: Project, other: Project, tmp_path: Path) -> None:
    image = ImageFactory(project=project, filename="a.png")
    analysis = AnalysisFactory(image=image)
    ArtifactFactory(analysis=analysis, artifact_name="heat.png")
    add_annotations(analysis, BOX, item("heatmap", {"artifact_name": "heat.png"}))
    said = imported(save(tmp_path / "export.json", "json", project), other)
    assert said.splitlines()[1] == "1 heatmaps left out: their artifacts are not in the file."
    after = Analysis.objects.get(image__project=other)
    assert (after.status, after.annotation_count) == ("queued", 1)


def test_what_fits_no_picture_is_said_and_the_rest_is_taken(
    project: Project, other: Project, tmp_path: Path
) -> None:
    filled(project, BOX)
    add_annotations(AnalysisFactory(image=ImageFactory(project=project, filename="c.png")), BOX)
    path = save(tmp_path / "export.json", "json", project)
    with pytest.raises(CommandError, match=r"The project has no picture called 'c\.png'"):
        imported(path, other)
    assert Analysis.objects.filter(image__project=other).count() == 1


def test_a_model_that_is_not_allowed_is_said(project: Project, other: Project, tmp_path: Path) -> None:
    filled(project, BOX)
    path = save(tmp_path / "export.json", "json", project)
    AllowedModelFactory(name="yolo_v8", is_active=False)
    with pytest.raises(CommandError, match="Model not in allowed list"):
        imported(path, other)


@pytest.mark.parametrize("field", ["model_name", "description", "error_message"])
def test_a_nul_is_said_on_both_databases(
    field: str, project: Project, other: Project, tmp_path: Path
) -> None:
    filled(project, BOX)
    path = Path(save(tmp_path / "export.json", "json", project))
    document = json.loads(path.read_bytes())
    document["analyses"][0]["analysis"][field] = "a\0b"
    path.write_text(json.dumps(document))
    with pytest.raises(CommandError, match=f"{field} holds a NUL character"):
        imported(str(path), other)


def test_a_picture_whose_name_holds_a_nul_is_none_of_ours(
    project: Project, other: Project, tmp_path: Path
) -> None:
    filled(project, BOX)
    path = Path(save(tmp_path / "export.json", "json", project))
    path.write_bytes(path.read_bytes().replace(b'"a.png"', b'"a\\u0000.png"'))
    with pytest.raises(CommandError, match="The project has no picture called"):
        imported(str(path), other)


@pytest.mark.parametrize("text", ["", "[]", '{"images": []}', '{"analyses": [{"analysis": {}}]}'])
def test_another_file_is_refused_with_a_sentence(text: str, other: Project, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(CommandError, match="The file is no JSON export of VISTA"):
        imported(str(path), other)


# --- COCO -------------------------------------------------------------------------------------------------
def test_coco_comes_back_unchanged(project: Project, other: Project, tmp_path: Path) -> None:
    before = filled(project, *PLACED)
    path = save(tmp_path / "coco.json", "coco", project)
    options = ["--project", str(other.pk), "--model-name", "yolo_v8", "--no-reference", "--no-progress"]
    call_command("import_coco", path, *options, stdout=io.StringIO())
    after = Analysis.objects.get(image__project=other, image__filename="a.png")
    assert [row[:-1] for row in stored(after)] == [row[:-1] for row in stored(before)]
    for now, then in zip(stored(after), stored(before), strict=True):
        assert {name: now[-1][name] for name in then[-1]} == then[-1]
    again = json.loads(b"".join(FORMATS["coco"].pieces(Selection(project=other.pk))))
    assert len(again["annotations"]) == len(PLACED)
    assert [image["vista"]["processed"] for image in again["images"]] == [False, True]
