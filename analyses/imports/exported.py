"""What exports/json.py wrote, back in: each analysis as it was, through ingest.py, once."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from msgspec import Raw, Struct

from accounts.models import User
from analyses import ingest
from analyses.models import FINAL, Analysis, Status
from images.models import Image, Project
from vista.errors import Invalid, Refusal

encode = msgspec.json.Encoder(order="deterministic").encode
Progress = Callable[[int, int], None]


class Item(Struct):
    """An annotation, of which id and time are new ones here."""

    annotation_type: str
    class_name: str
    confidence: float | None
    data: Raw


class Head(Struct):
    """An analysis."""

    id: UUID
    image_id: UUID
    model_name: str
    model_version: str
    status: str
    parameters: dict[str, Any] = {}
    description: str = ""
    summary: dict[str, Any] = {}
    error_message: str = ""


class One(Struct):
    analysis: Head
    annotations: list[Item]


class Picture(Struct):
    id: UUID
    filename: str


class Several(Struct):
    analyses: list[One]
    pictures: list[Picture] = []


@dataclass(slots=True)
class Outcome:
    """What became of the analyses of a file; `refused` has a sentence for each that was not taken."""

    imported: int = 0
    unchanged: int = 0
    annotations: int = 0
    heatmaps_left_out: int = 0
    refused: list[str] = field(default_factory=list)


def read(path: Path) -> Several:
    """The file. Raises Invalid where it is nothing that VISTA wrote."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=dict[str, Raw])
        if "analysis" in document:
            return Several([msgspec.json.decode(encode(document), type=One)])
        return msgspec.json.decode(encode(document), type=Several)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid(f"The file is no JSON export of VISTA: {error}.") from error


def import_exported(
    project: Project, found: Several, user: User | None = None, progress: Progress | None = None
) -> Outcome:
    """Give the project's pictures the analyses of the file; a picture is known by its id, or else by its name.

    An analysis is taken whole or not at all, and not again where it was taken before.
    """
    outcome = Outcome()
    names = {picture.id: picture.filename for picture in found.pictures}
    for number, one in enumerate(found.analyses, 1):
        try:
            image = picture_of(project, one.analysis.image_id, names)
            take(image, one, user, outcome)
        except Refusal as refusal:
            told = "; ".join([refusal.detail, *(sentence for _, sentence in refusal.errors)])
            outcome.refused.append(f"analysis {one.analysis.id}: {told}")
        if progress:
            progress(number, len(found.analyses))
    return outcome


def picture_of(project: Project, image_id: UUID, names: Mapping[UUID, str]) -> Image:
    """Raises Invalid where the project has no such picture, or several of its name."""
    if image := project.images.filter(pk=image_id).first():
        return image
    name = names.get(image_id)
    images = list(project.images.filter(filename=name)[:2]) if name else []
    if len(images) == 1:
        return images[0]
    called = f"no picture {image_id}" if name is None else f"no picture called {name!r}"
    raise Invalid(f"The project has {f'several pictures called {name!r}' if images else called}.")


@transaction.atomic
def take(image: Image, one: One, user: User | None, outcome: Outcome) -> None:
    """Store one analysis, if it is not there. Raises Refusal."""
    head = one.analysis
    said = encode([str(image.pk), head, one.annotations])
    key = f"import:{hashlib.sha256(said).hexdigest()}"
    Image.objects.select_for_update().get(pk=image.pk)  # of two imports at once the second waits here
    if Analysis.objects.filter(image=image, idempotency_key=key).exists():
        outcome.unchanged += 1
        return
    fields = {
        "model_name": head.model_name,
        "model_version": head.model_version,
        "parameters": head.parameters,
        "description": head.description,
    }
    analysis, _ = Analysis.objects.open(image, user, fields, key)
    # Their artifacts are not in the file, and a heatmap without one is nothing.
    items = [item for item in one.annotations if item.annotation_type != "heatmap"]
    for number, batch in enumerate(batches(items)):
        ingest.submit(analysis, encode({"annotations": batch}), f"part {number}")
    if head.status in FINAL:
        analysis.finalize(head.status, head.summary, head.error_message, {})
    elif head.status == Status.PROCESSING:
        analysis.move_to(Status.PROCESSING)
    outcome.imported += 1
    outcome.annotations += len(items)
    outcome.heatmaps_left_out += len(one.annotations) - len(items)


def batches(items: list[Item]) -> Iterator[list[Item]]:
    """As many at a time as the API takes."""
    most = settings.ML_MAX_BULK_ANNOTATIONS
    return (items[start : start + most] for start in range(0, len(items), most))
