"""What exports/json.py wrote, back in: each analysis as it was, through ingest.py, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from msgspec import UNSET, Raw, Struct, UnsetType

from accounts.models import User
from analyses import ingest
from analyses.imports import coco
from analyses.imports.parts import Parts
from analyses.imports.twice import at_the_top, key_twice
from analyses.models import FINAL, Analysis, Status
from images.models import Image, Project
from vista.errors import Invalid, Refusal

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


class Picture(Struct):
    id: UUID
    filename: str


class Document(Struct):
    """The top of the file, one analysis or several with their pictures; each of several is like the first."""

    analysis: Raw | UnsetType = UNSET
    annotations: Raw | UnsetType = UNSET
    analyses: Raw | UnsetType = UNSET
    pictures: Raw | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Several:
    """What a file has."""

    analyses: list[tuple[Head, Raw]]  # with its annotations
    pictures: list[Picture] = field(default_factory=list)


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
        content = coco.mapped(path)
        document = top_of(content)
        if document.analysis is not UNSET:
            return Several([of_one(content)])
        refuse("it has neither analysis nor analyses" if document.analyses is UNSET else "")
        analyses = msgspec.json.decode(document.analyses, type=list[Raw])
        pictures = (
            [] if document.pictures is UNSET else msgspec.json.decode(document.pictures, type=list[Picture])
        )
        return Several([of_one(memoryview(raw)) for raw in analyses], pictures)
    except coco.NotCoco as error:  # it is empty
        raise Invalid(f"The file is no JSON export of VISTA: {error.detail}") from error
    except coco.UNREADABLE as error:
        raise Invalid(f"The file is no JSON export of VISTA: {error}.") from error


def top_of(content: memoryview) -> Document:
    """The parts of the file, or of one of its analyses."""
    document = msgspec.json.decode(content, type=Document)
    name = at_the_top(content, document)
    refuse(f"{name} stands twice in one object" if name else "")
    return document


def of_one(content: memoryview) -> tuple[Head, Raw]:
    """An analysis, and its annotations."""
    one = top_of(content)
    if isinstance(one.analysis, UnsetType) or isinstance(one.annotations, UnsetType):
        raise Invalid("The file is no JSON export of VISTA: analysis or annotations are missing.")
    refuse(key_twice(one.analysis, msgspec.json.decode(one.analysis)))
    return msgspec.json.decode(one.analysis, type=Head), one.annotations


def refuse(fault: str) -> None:
    """Raises Invalid where there is one."""
    if fault:
        raise Invalid(f"The file is no JSON export of VISTA: {fault}.")


def import_exported(
    project: Project, found: Several, user: User | None = None, progress: Progress | None = None
) -> Outcome:
    """Give the project's pictures the analyses of the file; a picture is known by its id, or else by its name.

    An analysis is taken whole or not at all, and not again where it was taken before.
    """
    outcome = Outcome()
    names = {picture.id: picture.filename for picture in found.pictures}
    for number, (head, annotations) in enumerate(found.analyses, 1):
        try:
            image = picture_of(project, head.image_id, names)
            take(image, head, annotations, user, outcome)
        except Refusal as refusal:
            told = "; ".join([refusal.detail, *(sentence for _, sentence in refusal.errors)])
            outcome.refused.append(f"analysis {head.id}: {told}")
        if progress:
            progress(number, len(found.analyses))
    return outcome


def picture_of(project: Project, image_id: UUID, names: Mapping[UUID, str]) -> Image:
    """Raises Invalid where the project has no such picture, or several of its name."""
    if image := project.images.filter(pk=image_id).first():
        return image
    name = names.get(image_id)
    images = list(project.images.filter(filename=name)[:2]) if name and "\0" not in name else []
    if len(images) == 1:
        return images[0]
    called = f"no picture {image_id}" if name is None else f"no picture called {name!r}"
    raise Invalid(f"The project has {f'several pictures called {name!r}' if images else called}.")


@transaction.atomic
def take(image: Image, head: Head, annotations: Raw, user: User | None, outcome: Outcome) -> None:
    """Store one analysis, if it is not there. Raises Refusal."""
    for name, text in msgspec.structs.asdict(head).items():
        if isinstance(text, str) and "\0" in text:
            raise Invalid(f"{name} holds a NUL character.")
    parts, left_out = read_annotations(annotations, str(image.pk), head)
    key = parts.key()
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
    for number, body in enumerate(parts.bodies):
        ingest.submit(analysis, body, f"part {number}")
    if head.status in FINAL:
        analysis.finalize(head.status, head.summary, head.error_message, {})
    elif head.status == Status.PROCESSING:
        analysis.move_to(Status.PROCESSING)
    outcome.imported += 1
    outcome.annotations += parts.count
    outcome.heatmaps_left_out += left_out


def read_annotations(raw: Raw, *about: Any) -> tuple[Parts, int]:
    """What to send, and how many heatmaps are left out: their artifacts are not in the file, and without one they are
    nothing. VISTA has taken all of it before, so there may be any number. Raises Invalid."""
    parts, left_out = Parts(*about, has_end=False), 0
    for number, entry in enumerate(decoded(raw, list[Raw], "annotations")):
        where = f"annotations[{number}]"
        item = decoded(entry, Item, where)
        if fault := key_twice(entry, decoded(entry, Any, where)):
            raise Invalid(f"{where} {fault}.")
        is_heatmap = item.annotation_type == "heatmap"
        parts.add(item, is_sent=not is_heatmap)
        left_out += is_heatmap
    return parts, left_out


def decoded(raw: Raw, form: Any, where: str) -> Any:
    """Raises Invalid where it is something else."""
    try:
        return msgspec.json.decode(raw, type=form)
    except coco.UNREADABLE as error:
        raise Invalid(f"{where}{' '.join(coco.fault_of(error))}.") from error
