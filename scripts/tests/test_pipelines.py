"""The pipelines that need packages only: `make test-pipelines` installs them and runs this."""

import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as Pillow

from analyses.models import Analysis, Status
from images.models import Image, Project
from images.tests.factories import ImageFactory

Pipeline = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
BROKEN = "broken.jpg"
PEOPLE = {"run_human_pipeline.sh": "centernet", "run_opencv_pipeline.sh": "opencv_haar"}
MODELS = {
    "run_human_pipeline.sh": {"centernet"},
    "run_opencv_pipeline.sh": {"opencv_haar", "opencv_hog", "opencv_saliency"},
}
CLASSES = {"centernet": "person", "opencv_haar": "face"}
HEATMAP = {"run_human_pipeline.sh": "centernet", "run_opencv_pipeline.sh": "opencv_saliency"}


@pytest.mark.parametrize("script", MODELS)
def test_every_picture_is_analysed_by_every_model(pipeline: Pipeline, project: Project, script: str) -> None:
    done = pipeline(script, "Street")
    assert done.returncode == 0, done.stderr
    found = Analysis.objects.filter(image__project=project)
    pictures = set(project.images.values_list("pk", flat=True))
    assert {(a.image_id, a.model_name) for a in found} == {(p, m) for p in pictures for m in MODELS[script]}
    assert {a.status for a in found} == {Status.COMPLETED}


@pytest.mark.parametrize("script", PEOPLE)
def test_the_astronaut_is_found_where_she_is(pipeline: Pipeline, script: str) -> None:
    pipeline(script, "Street")
    model = PEOPLE[script]
    best = Analysis.objects.get(model_name=model, image__filename="astronaut.jpg").annotations.filter(
        class_name=CLASSES[model]
    )[0]
    x, y, width, height = best.data["bbox"]
    assert x < 225 < x + width
    assert y < 115 < y + height


@pytest.mark.parametrize("script", HEATMAP)
def test_the_heatmap_is_there_and_has_highs_and_lows(pipeline: Pipeline, script: str) -> None:
    pipeline(script, "Street", "--limit", 1)
    analysis = Analysis.objects.get(model_name=HEATMAP[script])
    assert {a.artifact_name: a.status for a in analysis.artifacts.all()}["heatmap.png"] == "stored"
    with analysis.artifacts.get(artifact_name="heatmap.png").open() as file:
        values = np.asarray(Pillow.open(file))
    assert values.ndim == 2
    assert values.max() > 3 * values.mean()


@pytest.mark.parametrize("script", MODELS)
def test_a_picture_that_fails_does_not_stop_the_rest(
    pipeline: Pipeline, project: Project, script: str
) -> None:
    ImageFactory(project=project, filename=BROKEN, bytes=b"no picture at all")
    done = pipeline(script, "Street")
    assert done.returncode == 1
    assert f"{BROKEN}: " in done.stderr
    failed = Analysis.objects.filter(status=Status.FAILED)
    assert {(a.image.filename, a.model_name) for a in failed} == {(BROKEN, m) for m in MODELS[script]}
    assert all(a.error_message for a in failed)
    assert Analysis.objects.filter(status=Status.COMPLETED).count() == 2 * len(MODELS[script])


@pytest.mark.parametrize("script", MODELS)
def test_what_is_there_is_left_out_when_asked(pipeline: Pipeline, script: str) -> None:
    pipeline(script, "Street", "--limit", 1)
    done = pipeline(script, "Street", "--skip-existing")
    assert Analysis.objects.count() == Image.objects.count() * len(MODELS[script])
    assert f"{len(MODELS[script])} skipped, as they were there" in done.stdout
