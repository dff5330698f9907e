"""Archives with manifest, artifacts, pictures and drawings, and the command that exports to files."""

import hashlib
import io
import json
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image as Pillow

from analyses.exports import FORMATS, Contents, Selection, Written, archive
from analyses.models import Analysis, Annotation, ArtifactStatus, Status
from analyses.palette import colour_of
from analyses.tests.annotations_as_sent import item
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory, picture_bytes

WIDTH, HEIGHT = 400, 300


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory(name="Street scenes")


@pytest.fixture
def analysis(project: Project) -> Analysis:
    """With a box, a heatmap, its artifact, and one that was never uploaded."""
    raw = picture_bytes("PNG", (WIDTH, HEIGHT))
    image = ImageFactory(project=project, filename="a.png", bytes=raw, width=WIDTH, height=HEIGHT)
    analysis = AnalysisFactory(image=image)
    heat = ArtifactFactory(analysis=analysis, artifact_name="heat.png", status=ArtifactStatus.STORED)
    default_storage.save(heat.storage_path, ContentFile(b"heat"))
    ArtifactFactory(analysis=analysis, artifact_name="lost.png")
    box = BOX | {"data": {"bbox": [50, 100, 120, 150], "format": "xywh"}}
    add_annotations(analysis, box, item("heatmap", {"artifact_name": "heat.png"}))
    return analysis.move_to(Status.COMPLETED)


def unpacked(selection: Selection, *kinds: str, **extras: bool) -> dict[str, bytes]:
    contents = Contents([FORMATS[kind] for kind in kinds], **extras)
    raw = b"".join(archive.pieces(selection, contents))
    with zipfile.ZipFile(io.BytesIO(raw)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


# --- archives ---------------------------------------------------------------------------------------------
def test_an_archive_has_what_was_asked_for(project: Project, analysis: Analysis) -> None:
    selection = Selection(project=project.pk)
    found = unpacked(selection, "csv", "coco", "yolo", artifacts=True, pictures=True, annotated=True)
    assert list(found) == [
        "annotations.csv",
        "coco.json",
        "yolo.zip",
        "pictures/a.png",
        "annotated/yolo_v8 v8.0.0/a.jpg",
        f"artifacts/{analysis.pk}/heat.png",
        "manifest.json",
    ]
    assert found["annotations.csv"] == b"".join(FORMATS["csv"].pieces(selection))
    assert found["pictures/a.png"] == picture_bytes("PNG", (WIDTH, HEIGHT))
    assert found[f"artifacts/{analysis.pk}/heat.png"] == b"heat"


def test_the_manifest_tells_each_file_and_what_is_missing(project: Project, analysis: Analysis) -> None:
    ImageFactory(project=project, filename="b.png")
    found = unpacked(Selection(project=project.pk), "coco", "jsonl", artifacts=True, annotated=True)
    told = json.loads(found.pop("manifest.json"))
    assert {entry["name"]: entry["sha256"] for entry in told["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    assert {entry["name"]: entry["size"] for entry in told["files"]} == {
        name: len(content) for name, content in found.items()
    }
    coco, jsonl = told["files"][:2]
    assert (coco["annotations"], coco["left_out"]) == (1, {"heatmap: COCO has no place for it": 1})
    assert (jsonl["annotations"], jsonl["left_out"]) == (2, {})
    assert told["left_out"] == {
        "an artifact that was never uploaded": 1,
        "not drawn: a heatmap, or behind the 500 best of its picture": 1,
    }
    assert told["counts"] == {"pictures": 2, "processed": 1, "analyses": 1}
    assert [(p["filename"], p["processed"]) for p in told["pictures"]] == [("a.png", True), ("b.png", False)]
    [its] = told["analyses"]
    assert (its["model_name"], its["model_version"], its["parameters"]) == ("yolo_v8", "v8.0.0", {})


def test_an_archive_is_the_same_again(project: Project, analysis: Analysis) -> None:
    selection, contents = Selection(project=project.pk), Contents([FORMATS["json"]], pictures=True)
    assert b"".join(archive.pieces(selection, contents)) == b"".join(archive.pieces(selection, contents))


def test_a_drawing_has_the_colours_of_the_classes(project: Project, analysis: Analysis) -> None:
    add_to = AnalysisFactory(image=analysis.image)
    add_annotations(
        add_to,
        item("segmentation", {"points": [[210, 110], [290, 110], [290, 190], [210, 190]]}, class_name="blob"),
        item("segmentation", {"rle": {"size": [3, 4], "counts": [2, 1, 9]}}, class_name="mask"),
        item("keypoint", {"keypoints": [{"x": 300, "y": 250}, {"x": 390, "y": 250}], "skeleton": [[0, 1]]}),
        item("classification", {"scores": {"day": 1.0}}, class_name="day"),
    )
    found = unpacked(Selection(project=project.pk), annotated=True)
    boxes = Pillow.open(io.BytesIO(found["annotated/yolo_v8 v8.0.0/a.jpg"]))
    assert boxes.size == (WIDTH, HEIGHT)
    assert near(boxes.getpixel((50, 200)), colour_of("person"))
    assert near(boxes.getpixel((20, 200)), "#ff0000")
    shapes = Pillow.open(io.BytesIO(found[f"annotated/yolo_v8 v8.0.0 {add_to.pk}/a.jpg"]))
    assert near(shapes.getpixel((345, 250)), colour_of("person"))
    assert near(shapes.getpixel((250, 190)), colour_of("blob"))
    assert not near(shapes.getpixel((250, 150)), "#0000ff")  # under a veil
    assert near(shapes.getpixel((50, 200)), colour_of("mask"))
    assert near(shapes.getpixel((3, 10)), colour_of("day"))


def near(pixel: Any, colour: str) -> bool:
    """As near as JPEG lets thin lines be."""
    return all(abs(a - b) < 70 for a, b in zip(pixel, bytes.fromhex(colour[1:]), strict=True))


def test_people_may_have_chosen_another_colour(project: Project, analysis: Analysis) -> None:
    project.recolour({"person": "#00ff00"})
    found = unpacked(Selection(analysis=analysis.pk), annotated=True)
    drawing = Pillow.open(io.BytesIO(found["annotated/yolo_v8 v8.0.0/a.jpg"]))
    assert near(drawing.getpixel((50, 200)), "#00ff00")


def test_a_class_of_two_lines_is_labelled_in_one(project: Project, analysis: Analysis) -> None:
    other = AnalysisFactory(image=analysis.image)
    add_annotations(other, BOX | {"class_name": "two\r\nlines\u2028and a \x07"})
    assert "annotated/yolo_v8 v8.0.0/a.jpg" in unpacked(Selection(analysis=other.pk), annotated=True)


def test_a_lost_original_does_not_end_the_rest(project: Project, analysis: Analysis) -> None:
    default_storage.delete(analysis.image.file.name)
    found = unpacked(Selection(project=project.pk), "json", pictures=True, annotated=True)
    assert list(found) == ["annotations.json", "manifest.json"]
    assert json.loads(found["manifest.json"])["left_out"]["a picture that the storage has lost"] == 2


def test_the_progress_comes_to_what_was_estimated(project: Project, analysis: Analysis) -> None:
    selection = Selection(project=project.pk)
    contents = Contents([FORMATS["jsonl"], FORMATS["coco"]], pictures=True)
    written = Written()
    b"".join(archive.pieces(selection, contents, written))
    assert written.done == contents.steps(selection.estimate()) == 5


# --- the command ------------------------------------------------------------------------------------------
def export(*options: str) -> None:
    call_command("export", *options, "--no-progress", stderr=io.StringIO())


def test_the_command_writes_a_file_that_appears_when_it_is_whole(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export(str(path), "--project", "Street scenes", "--format", "csv", "--class-name", "person")
    expected = Selection(project=analysis.image.project_id, class_names=("person",))
    assert path.read_bytes() == b"".join(FORMATS["csv"].pieces(expected))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["out.csv"]


def test_the_command_says_what_it_left_out(analysis: Analysis, tmp_path: Path) -> None:
    said = io.StringIO()
    path = str(tmp_path / "out.json")
    call_command("export", path, "--analysis", str(analysis.pk), "--format", "coco", stderr=said)
    assert said.getvalue() == "1 annotations written.\n1 left out: heatmap: COCO has no place for it.\n"


def test_the_command_writes_to_standard_output(
    analysis: Analysis, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    export("-", "--analysis", str(analysis.pk), "--format", "jsonl")
    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_several_formats_are_an_archive(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    project = str(analysis.image.project_id)
    export(str(path), "--project", project, "--format", "jsonl", "--format", "csv")
    with zipfile.ZipFile(path) as found:
        assert found.namelist() == ["annotations.jsonl", "annotations.csv", "manifest.json"]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_the_command_goes_on_where_it_was_cut_off(kind: str, analysis: Analysis, tmp_path: Path) -> None:
    path, part = tmp_path / "out", tmp_path / "out.part"
    options = [str(path), "--analysis", str(analysis.pk), "--format", kind]
    whole = b"".join(FORMATS[kind].pieces(Selection(analysis=analysis.pk)))
    for there in (0, 1, len(whole) // 2, len(whole) - 1, len(whole)):
        part.write_bytes(whole[:there])
        export(*options, "--resume")
        assert path.read_bytes() == whole
        assert not part.exists()
        path.unlink()


def test_the_command_does_not_go_on_behind_something_else(analysis: Analysis, tmp_path: Path) -> None:
    options = [str(tmp_path / "out"), "--analysis", str(analysis.pk), "--format", "jsonl"]
    export(*options)
    (tmp_path / "out").rename(tmp_path / "out.part")
    Annotation.objects.filter(annotation_type="bounding_box").delete()
    with pytest.raises(CommandError, match="has changed since"):
        export(*options, "--resume")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--project", "Nowhere"], "No project is called 'Nowhere'"),
        (["--analysis", "00000000-0000-0000-0000-000000000000"], "There is no analysis 00000000"),
        (["--project", "Street scenes", "--status", "done"], "status must be one of"),
        (["--project", "Street scenes", "--resume"], "Only files of jsonl and csv can be resumed"),
    ],
)
def test_the_command_says_what_cannot_be(
    options: list[str], sentence: str, analysis: Analysis, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=sentence):
        export(str(tmp_path / "out"), *options)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == []


def test_a_folder_that_is_not_there_is_said(analysis: Analysis, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        export(str(tmp_path / "no" / "out"), "--analysis", str(analysis.pk))


def test_the_guides_commands_do_what_it_says(
    project: Project, analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (Path(settings.BASE_DIR) / "docs" / "api-guide.md").read_text(encoding="utf-8")
    lines = [line for line in guide.splitlines() if line.startswith(".venv/bin/python manage.py export ")]
    lines += [line for line in guide.splitlines() if "manage.py import_annotations " in line][-1:]
    other = ProjectFactory(name="Another project")
    ImageFactory(project=other, filename="a.png", width=WIDTH, height=HEIGHT)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv.part").write_bytes(b"image_id,file")
    for line in lines:
        command, *options = shlex.split(line)[2:]
        call_command(command, *options, "--no-progress", stdout=io.StringIO(), stderr=io.StringIO())
    found = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert found == {"crossings.json", "all.zip", "rows.csv", "everything.json"}
    assert Analysis.objects.filter(image__project=other).count() == 1
