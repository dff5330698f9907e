"""Imports into the database: a completed analysis a picture, whole or not at all, and once."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pycocotools import mask as masks

from accounts.models import User
from analyses import ingest, jobs
from analyses.imports import coco
from analyses.imports.report import Report
from analyses.imports.store import Options, import_coco
from analyses.models import AllowedModel, Analysis, Annotation, ReferenceMark
from analyses.tests.factories import BOX as BOX_OF_OURS
from analyses.tests.factories import AnalysisFactory, add_annotations
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory
from vista.errors import Invalid
from vista.tests.viewer import COARSE_MASK, POSE, RING_WITH_HOLE

pytestmark = pytest.mark.django_db

BOX = {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 2, 10, 20], "area": 200, "iscrowd": 0}
CROWD = BOX_OF_OURS | {"data": {"bbox": [1, 2, 3, 4], "iscrowd": 1}}
CATEGORIES = [{"id": 3, "name": "dog"}]


def document(*annotations: Any, **picture: Any) -> dict[str, Any]:
    image = {"id": 1, "file_name": "a.jpg", "width": 40, "height": 30} | picture
    numbered = [annotation | {"id": number} for number, annotation in enumerate(annotations, 1)]
    return {"images": [image], "categories": CATEGORIES, "annotations": numbered}


@pytest.fixture
def project() -> Project:
    return ProjectFactory()


@pytest.fixture
def image(project: Project) -> Image:
    return ImageFactory(project=project, filename="a.jpg")


def run(project: Project, said: Any, **options: Any) -> Report:
    return import_coco(project, coco.read(json.dumps(said).encode()), Options(**options), None)


def faults(report: Report) -> list[str]:
    return [f"{fault.kind}: {fault}" for fault in report.faults]


# --- what is stored -------------------------------------------------------------------------------------------
def test_a_picture_gets_a_completed_analysis(project: Project, image: Image) -> None:
    report = run(project, document(BOX), source="truth.json")
    analysis = image.analyses.get()
    assert (analysis.model_name, analysis.model_version, analysis.status) == (
        "ground_truth",
        "1",
        "completed",
    )
    assert (analysis.summary, analysis.description) == ({"coco_image_id": 1}, "Imported from truth.json.")
    assert analysis.annotation_count == 1
    assert (report.imported, report.annotations, report.faults) == (1, 1, [])


def test_crowds_stay_crowds(project: Project, image: Image) -> None:
    run(project, document(BOX | {"iscrowd": 1}))
    assert Annotation.objects.get().data["iscrowd"] == 1


def test_a_picture_without_annotations_gets_an_empty_analysis(project: Project, image: Image) -> None:
    report = run(project, document())
    assert (report.imported, report.empty) == (1, 1)
    assert image.analyses.get().annotation_count == 0


def test_what_pycocotools_wrote_is_stored_pixel_by_pixel(project: Project, image: Image) -> None:
    pixels = np.zeros((30, 40), np.uint8, order="F")
    pixels[3:9, 5:20] = pixels[7:15, 10:30] = 1
    rle = masks.encode(pixels)
    box = masks.toBbox(rle).tolist()
    shape = {"size": rle["size"], "counts": rle["counts"].decode()}
    run(project, document({"id": 1, "image_id": 1, "category_id": 3, "bbox": box, "segmentation": shape}))
    stored = Annotation.objects.get(annotation_type="segmentation")
    runs = np.repeat(np.arange(len(stored.data["rle"]["counts"])) % 2, stored.data["rle"]["counts"])
    assert np.array_equal(runs.reshape((30, 40), order="F"), pixels)
    assert [stored.x_min, stored.y_min, stored.x_max - stored.x_min, stored.y_max - stored.y_min] == box


def test_what_vista_exported_comes_back_as_it_was(project: Project, image: Image) -> None:
    kinds = (BOX_OF_OURS, RING_WITH_HOLE, COARSE_MASK, POSE, CROWD)
    first = AnalysisFactory(image=image)
    add_annotations(first, *kinds)
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff@example.org"))
    exported = staff.get(f"/api/analyses/{first.pk}/export?format=coco").getvalue()
    report = run(project, json.loads(exported))
    assert report.faults == []
    first_data, again = (
        [(a.annotation_type, a.class_name, a.confidence, a.data) for a in analysis.annotations.all()]
        for analysis in (first, Analysis.objects.reference_of(image))
    )
    assert len(again) == len(kinds)
    assert again == first_data


def test_more_than_a_batch_holds_comes_in_several(project: Project, image: Image, settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 2
    run(project, document(*[BOX] * 5))
    assert image.analyses.get().annotation_count == 5


def test_annotations_of_another_size_are_fitted_when_asked(project: Project, image: Image) -> None:
    run(project, document(BOX, width=80, height=60), scale=True)
    assert Annotation.objects.get().data["bbox"] == [0.5, 1, 5, 10]


# --- the reference --------------------------------------------------------------------------------------------
def test_the_model_is_marked(project: Project, image: Image) -> None:
    report = run(project, document(BOX), model_version="2026")
    assert report.is_reference
    assert Analysis.objects.reference_of(image) == image.analyses.get()
    assert str(ReferenceMark.objects.get()) == "ground_truth 2026"


@pytest.mark.parametrize("options", [{"is_reference": False}, {"dry_run": True}])
def test_the_model_is_not_marked(project: Project, image: Image, options: dict[str, bool]) -> None:
    assert not run(project, document(BOX), **options).is_reference
    assert not ReferenceMark.objects.exists()


def test_nothing_is_marked_where_nothing_came_in(project: Project) -> None:
    run(project, document(BOX))
    assert not ReferenceMark.objects.exists()


# --- once -----------------------------------------------------------------------------------------------------
def test_the_same_again_changes_nothing(project: Project, image: Image) -> None:
    run(project, document(BOX))
    report = run(project, document(BOX))
    assert (report.imported, report.unchanged, image.analyses.count()) == (0, 1, 1)


def test_other_content_is_a_new_analysis_which_is_the_reference_now(project: Project, image: Image) -> None:
    run(project, document(BOX))
    run(project, document(BOX, BOX | {"id": 2}))
    assert image.analyses.count() == 2
    assert Analysis.objects.reference_of(image).annotation_count == 2


def test_a_dry_run_stores_nothing_and_tells_the_same(project: Project, image: Image) -> None:
    report = run(project, document(BOX), dry_run=True)
    assert (report.imported, report.annotations) == (1, 1)
    assert not Analysis.objects.exists()


def test_an_import_that_goes_on_tells_what_it_would_have_told_without_a_pause(
    project: Project, image: Image
) -> None:
    first = run(project, document(BOX), job="a")
    again = run(project, document(BOX), job="a")
    assert again == first
    assert (image.analyses.get().parameters, first.imported) == ({"import_job": "a"}, 1)


def test_what_another_import_has_stored_is_unchanged(project: Project, image: Image) -> None:
    run(project, document(BOX), job="a")
    assert run(project, document(BOX), job="b").unchanged == 1
    assert run(project, document(BOX)).unchanged == 1


# --- what is refused ------------------------------------------------------------------------------------------
def test_a_faulty_annotation_leaves_its_picture_out(project: Project, image: Image) -> None:
    report = run(project, document(BOX, BOX | {"bbox": [1, 2, 0, 5]}))
    assert faults(report) == [
        "annotation_refused: annotations[1].bbox[2] (a.jpg): must leave a width above 0, got 0",
        "picture_refused: a.jpg: 1 of its 2 annotations was refused; part of a picture misleads",
    ]
    assert not Analysis.objects.exists()


def test_a_fault_of_one_picture_does_not_stop_the_others(project: Project, image: Image) -> None:
    other = ImageFactory(project=project, filename="b.jpg")
    said = document(BOX | {"bbox": []}, BOX | {"image_id": 2})
    said["images"].append({"id": 2, "file_name": "b.jpg"})
    run(project, said)
    assert [analysis.image for analysis in Analysis.objects.all()] == [other]


def test_a_failure_in_the_middle_of_a_picture_leaves_nothing_of_it(
    project: Project, image: Image, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 1
    submit = ingest.submit

    def first_only(analysis: Any, raw: bytes, key: str) -> Any:
        if key == "part 1":
            raise Invalid("The second part cannot be.")
        return submit(analysis, raw, key)

    monkeypatch.setattr(ingest, "submit", first_only)
    report = run(project, document(BOX, BOX))
    assert faults(report) == ["picture_refused: a.jpg: The second part cannot be."]
    assert not Analysis.objects.exists()
    assert not Annotation.objects.exists()


def test_who_stops_half_way_has_whole_pictures_and_goes_on_later(project: Project, image: Image) -> None:
    other = ImageFactory(project=project, filename="b.jpg")
    said = document(BOX, BOX | {"image_id": 2})
    said["images"].append({"id": 2, "file_name": "b.jpg"})
    file = coco.read(json.dumps(said).encode())

    def stop(done: int, total: int) -> None:
        assert total == 2
        if done == 1:
            raise jobs.Stopped

    with pytest.raises(jobs.Stopped):
        import_coco(project, file, Options(), None, stop)
    assert [(a.image, a.status, a.annotation_count) for a in Analysis.objects.all()] == [
        (image, "completed", 1)
    ]
    report = import_coco(project, file, Options(), None)
    assert (report.unchanged, report.imported) == (1, 1)
    assert Analysis.objects.reference_of(other)


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (80, 60, "is 80 × 60 in the file and 40 × 30 here; with scaling its annotations would be fitted"),
        (
            30,
            40,
            "is 30 × 40 in the file and 40 × 30 here: the file has it lying on its side, so its annotations "
            "must be turned first",
        ),
    ],
)
def test_a_picture_of_another_size_is_left_out(
    project: Project, image: Image, width: int, height: int, reason: str
) -> None:
    report = run(project, document(BOX, width=width, height=height))
    assert faults(report) == [f"picture_refused: a.jpg: {reason}"]


def test_a_picture_on_its_side_is_never_scaled(project: Project, image: Image) -> None:
    report = run(project, document(BOX, width=30, height=40), scale=True)
    assert report.imported == 0


def test_pictures_without_a_partner_are_told(project: Project, image: Image) -> None:
    report = run(project, document(BOX, file_name="b.jpg"))
    assert faults(report) == ["not_in_project: b.jpg", "not_in_file: a.jpg"]


def test_a_model_that_may_not_post_is_refused(project: Project, image: Image) -> None:
    with pytest.raises(Invalid, match="Model not in allowed list"):
        run(project, document(BOX), model_name="unheard_of")


def test_ground_truth_is_allowed_until_somebody_forbids_it(project: Project, image: Image) -> None:
    AllowedModel.objects.create(name="ground_truth", is_active=False)
    with pytest.raises(Invalid, match="Model not in allowed list"):
        run(project, document(BOX))


def test_shapes_that_nobody_knows_are_refused(project: Project, image: Image) -> None:
    with pytest.raises(Invalid) as refusal:
        run(project, document(BOX), shapes="circles")
    assert refusal.value.errors[0][0] == "shapes"


@pytest.mark.parametrize("version", ["", "  ", "x" * 101, "a\nb"])
def test_a_version_that_is_none_is_refused(project: Project, image: Image, version: str) -> None:
    with pytest.raises(Invalid) as refusal:
        run(project, document(BOX), model_version=version)
    assert refusal.value.errors[0][0] == "model_version"


def test_a_class_name_that_no_database_takes_is_told(project: Project, image: Image) -> None:
    said = document(BOX) | {"categories": [{"id": 3, "name": "d\x00g"}]}
    report = run(project, said)
    assert [fault.kind for fault in report.faults] == ["picture_refused"]
    assert "NUL" in report.faults[0].reason or "0000" in report.faults[0].reason


# --- the command ----------------------------------------------------------------------------------------------
@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(document(BOX)))
    return path


def command(path: Path, project: Any, **options: Any) -> None:
    call_command("import_coco", str(path), project=str(project), no_progress=True, **options)


def test_the_command_says_what_it_did(
    project: Project, image: Image, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(file, project.pk)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "1 picture got an analysis by ground_truth 1, with 1 annotation in all.",
        "ground_truth 1 is a reference of the project now.",
    ]
    assert said.err == ""


def test_the_command_tells_each_fault_and_exits_with_1(
    project: Project, image: Image, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(json.dumps(document(BOX | {"category_id": 9})))
    with pytest.raises(SystemExit, match="1"):
        command(file, project.name, dry_run=True)
    assert capsys.readouterr().err.splitlines() == [
        "annotation was refused: annotations[0].category_id (a.jpg): must be the id of one of the categories, got 9",
        "picture was left out: a.jpg: 1 of its 1 annotations was refused; part of a picture misleads",
    ]


def test_the_command_takes_results_with_a_second_file(
    project: Project, image: Image, file: Path, tmp_path: Path
) -> None:
    results = tmp_path / "results.json"
    results.write_text(json.dumps([BOX | {"score": 0.5}]))
    command(results, project.pk, categories=file, model_name="yolo_v8", model_version="8", no_reference=True)
    assert Annotation.objects.get().confidence == 0.5
    assert not ReferenceMark.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "The file is not JSON"), ("", "The file is empty"), ("{}", "The file has no annotations")],
)
def test_the_command_says_why_a_file_cannot_be_read(
    project: Project, file: Path, content: str, sentence: str
) -> None:
    file.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        command(file, project.pk)


def test_the_command_needs_a_file_that_is_there(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        command(tmp_path / "none.json", project.pk)


@pytest.mark.parametrize("name", ["nobody's", "0192f0c1-0000-7d4e-8f50-61728394a5b6"])
def test_the_command_needs_a_project(file: Path, name: str) -> None:
    with pytest.raises(CommandError, match="There is no project"):
        command(file, name)


def test_the_command_wants_one_project(project: Project, file: Path) -> None:
    ProjectFactory(name=project.name)
    with pytest.raises(CommandError, match="Several projects"):
        command(file, project.name)
