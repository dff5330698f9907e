"""YOLOv8 with small networks of random weights, built from ultralytics' own files: `make test-yolo` runs this."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image as Pillow

from analyses.models import Analysis, Status
from images.models import Image, Project
from images.tests.factories import ImageFactory

Pipeline = Callable[..., subprocess.CompletedProcess[str]]
# Loading torch takes its time on a busy machine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
FILES = {"detect": "yolov8n.yaml", "segment": "yolov8n-seg.yaml", "pose": "yolov8n-pose.yaml"}
PICTURE = settings.BASE_DIR / "demo" / "pictures" / "walker.jpg"
SCRIPT = "run_yolov8_pipeline.sh"
# A network of random weights says the same everywhere, unless its layers have been normalised on some picture.
BUILD = """
import sys
import numpy
import torch
from PIL import Image
from ultralytics import YOLO
torch.manual_seed(8)
yolo = YOLO(sys.argv[1], verbose=False)
picture = numpy.array(Image.open(sys.argv[2]).resize((640, 448)))
for module in yolo.model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.momentum = 1
with torch.no_grad():
    yolo.model.train()(torch.from_numpy(picture).permute(2, 0, 1)[None] / 255)
for level in yolo.model.eval().model[-1].cv3:
    level[-1].bias.data[:] = -4
yolo.save(sys.argv[3])
"""


class Networks(dict[str, Path]):
    """Weights by their task, built when they are first asked for."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python, self.folder = python, folder

    def __missing__(self, task: str) -> Path:
        path = self[task] = self.folder / f"tiny-{task}.pt"
        subprocess.run(
            [self.python, "-c", BUILD, FILES[task], PICTURE, path],
            env={"YOLO_CONFIG_DIR": str(self.folder), "YOLO_OFFLINE": "true"},
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return path


@pytest.fixture(scope="session")
def build(environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Networks:
    return Networks(environments / "yolo/venv/bin/python", tmp_path_factory.mktemp("networks"))


def test_the_command_of_the_guide(pipeline: Pipeline, project: Project, build: Networks) -> None:
    done = pipeline(SCRIPT, project.pk, "--install-deps", "--limit", 5, "--weights", build["detect"])
    assert (done.returncode, done.stderr) == (0, "")
    analyses = Analysis.objects.all()
    assert [(a.model_name, a.status) for a in analyses] == [("yolo_v8", Status.COMPLETED)] * 2
    assert f"2 analyses completed with {sum(a.annotation_count for a in analyses)} annotations" in done.stdout


def test_boxes_lie_on_the_picture(pipeline: Pipeline, build: Networks) -> None:
    pipeline(SCRIPT, "Street", "--weights", build["detect"], "--confidence", "0.1")
    analysis = Analysis.objects.get(image__filename="walker.jpg")
    boxes = [a for a in analysis.annotations.all() if a.annotation_type == "bounding_box"]
    assert len(boxes) > 1
    for box in boxes:
        x, y, width, height = box.data["bbox"]
        assert min(x, y) >= 0
        assert x + width <= analysis.image.width + 0.02
        assert y + height <= analysis.image.height + 0.02


@pytest.mark.parametrize(
    ("task", "kind", "part"), [("segment", "segmentation", "points"), ("pose", "keypoint", "keypoints")]
)
def test_weights_that_give_more_than_boxes(
    pipeline: Pipeline, build: Networks, task: str, kind: str, part: str
) -> None:
    done = pipeline(SCRIPT, "Street", "--weights", build[task], "--confidence", "0.1", "--limit", 1)
    assert (done.returncode, done.stderr) == (0, "")
    found = [a for a in Analysis.objects.get().annotations.all() if a.annotation_type == kind]
    assert found
    assert all(a.data[part] for a in found)


def test_the_heatmap_covers_the_picture_and_tells_its_range(pipeline: Pipeline, build: Networks) -> None:
    pipeline(SCRIPT, "Street", "--weights", build["detect"])
    analysis = Analysis.objects.get(image__filename="walker.jpg")
    heatmap = analysis.annotations.get(annotation_type="heatmap")
    with analysis.artifacts.get(artifact_name="heatmap.png").open() as file:
        values = np.asarray(Pillow.open(file))
    assert values.shape == (424, 640)  # without the network's margins
    assert values.max() == 255
    assert values.min() < 128
    assert 0 < heatmap.data["value_range"][1] <= 1


def test_a_picture_that_fails_does_not_stop_the_rest(
    pipeline: Pipeline, project: Project, build: Networks
) -> None:
    ImageFactory(project=project, filename="broken.jpg", bytes=b"no picture at all")
    done = pipeline(SCRIPT, "Street", "--weights", build["detect"])
    assert done.returncode == 1
    failed = Analysis.objects.get(status=Status.FAILED)
    assert (failed.image.filename, failed.error_message) == ("broken.jpg", "The picture cannot be read.")
    assert Analysis.objects.filter(status=Status.COMPLETED).count() == 2


def test_what_is_there_is_left_out_when_asked(pipeline: Pipeline, build: Networks) -> None:
    pipeline(SCRIPT, "Street", "--weights", build["detect"], "--limit", 1)
    done = pipeline(SCRIPT, "Street", "--weights", build["detect"], "--skip-existing")
    assert Analysis.objects.count() == Image.objects.count()
    assert "1 skipped, as they were there" in done.stdout


def test_nothing_is_written_elsewhere_and_nothing_is_reported(
    pipeline: Pipeline, build: Networks, environments: Path, tmp_path: Path
) -> None:
    pipeline(SCRIPT, "Street", "--weights", build["detect"], "--limit", 1)
    assert [*(tmp_path / "home").rglob("*"), *(tmp_path / "work").rglob("*")] == []
    its_own = json.loads((environments / "yolo" / "Ultralytics" / "settings.json").read_text())
    assert its_own["sync"] is False


def test_without_weights_it_says_where_to_get_them(pipeline: Pipeline) -> None:
    done = pipeline(SCRIPT, "Street", "--weights", "nowhere.pt")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There are no weights at nowhere.pt. Give a file with --weights FILE.pt" in done.stderr
    assert Analysis.objects.count() == 0


def test_without_a_network_it_says_what_to_do(pipeline: Pipeline) -> None:
    nowhere = "http://127.0.0.1:9"
    done = pipeline(SCRIPT, "Street", "--install-deps", HTTPS_PROXY=nowhere, https_proxy=nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert "yolov8n.pt could not be fetched. Get it on a machine with a network, copy it here" in done.stderr
    assert Analysis.objects.count() == 0


def test_weights_that_are_none_are_refused_before_anything_is_sent(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    path = tmp_path / "work" / "notes.pt"
    path.write_text("these are no weights")
    done = pipeline(SCRIPT, "Street", "--weights", "notes.pt")
    assert done.returncode == 1
    assert "notes.pt cannot be loaded" in done.stderr
    assert Analysis.objects.count() == 0
