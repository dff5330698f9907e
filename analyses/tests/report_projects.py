"""Projects for the tests of reports: a tiny one that can be counted by hand, and the demo's real models."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from PIL import Image as Pillow

from analyses import demo
from analyses.models import Analysis, Status
from analyses.tests.factories import AnalysisFactory, add_annotations
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory

DEMO = settings.BASE_DIR / "demo"
PARTS = ("annotation_type", "class_name", "confidence", "data")
A, B, C = ("yolo", "1"), ("resnet", "2"), ("third", "3")


def box(x: float, class_name: str = "dog", confidence: float | None = 0.9, **more: Any) -> dict[str, Any]:
    """A box of 10 by 10 pixels at (x, 0); `width` and `iscrowd` may be said."""
    width = more.pop("width", 10)
    data = {"bbox": [x, 0, width, 10], **more}
    return {
        "annotation_type": "bounding_box",
        "class_name": class_name,
        "confidence": confidence,
        "data": data,
    }


def top(class_name: str, confidence: float | None = 0.9) -> dict[str, Any]:
    """A classification of the whole picture."""
    return {
        "annotation_type": "classification",
        "class_name": class_name,
        "confidence": confidence,
        "data": {},
    }


def analysed(
    image: Image, model: tuple[str, str], *annotations: dict[str, Any], status: str = Status.COMPLETED
) -> Analysis:
    """A finished analysis of a picture with these annotations."""
    analysis = AnalysisFactory(image=image, model_name=model[0], model_version=model[1])
    if annotations:
        add_annotations(analysis, *annotations)
    end(analysis, status)
    return analysis


def end(analysis: Analysis, status: str = Status.COMPLETED) -> None:
    over = timezone.now() if status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED) else None
    Analysis.objects.filter(pk=analysis.pk).update(
        status=status, completed_at=over, updated_at=timezone.now()
    )


def picture(project: Project, filename: str, width: int = 200, height: int = 100) -> Image:
    return ImageFactory(project=project, filename=filename, width=width, height=height)


def tiny(project: Project | None = None) -> Project:
    """Three models: they agree, differ, see what another does not; one picture is empty, two are not compared."""
    project = project or ProjectFactory(name="Tiny")
    street, yard, sky, alone, _ = (
        picture(project, f"{name}.jpg") for name in ("street", "yard", "sky", "alone", "nobody")
    )
    analysed(street, A, box(0, "dog", 0.9), box(30, "horse", 0.8), box(60, "dog", 0.4), top("town"))
    analysed(street, B, box(0, "dog", 0.7), box(30, "zebra", 0.6, width=5), top("town"))
    analysed(street, C, box(0, "dog", 0.5), box(60, "dog", 0.5))
    analysed(yard, A, box(0, "dog", 0.6), top("garden", 0.4), top("town", 0.3))
    analysed(yard, B, box(0, "dog", 0.8), box(100, "dog", 0.3), top("farm"))
    analysed(yard, C)
    for model in (A, B, C):
        analysed(sky, model)
    analysed(alone, A, box(0))
    analysed(alone, B, status=Status.PROCESSING)
    project.refresh_from_db()
    return project


def of_demo(*models: str, folder: Path = DEMO) -> Project:
    """The demo's recordings of these models, stored as its replay stores them."""
    project = ProjectFactory(name="Demo")
    images: dict[str, Image] = {}
    for recording in sorted(demo.read_recordings(folder), key=lambda one: one.picture):
        if recording.model_name not in models:
            continue
        if recording.picture not in images:
            with Pillow.open(folder / "pictures" / recording.picture) as file:
                width, height = file.size
                if file.getexif().get(0x0112, 1) > 4:
                    width, height = height, width
            images[recording.picture] = picture(project, recording.picture, width, height)
        version = recording.document["model_version"]
        found = [one for one in recording.document["annotations"] if one["annotation_type"] != "heatmap"]
        analysed(images[recording.picture], (recording.model_name, version), *found)
    project.refresh_from_db()
    return project


def version_of(project: Project, name: str) -> str:
    """`name@version` of a model in the project."""
    found = Analysis.objects.filter(image__project=project, model_name=name)
    return f"{name}@{found.values_list('model_version', flat=True)[0]}"
