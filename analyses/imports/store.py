"""The annotations of a picture become a completed analysis, by the way that the API's take, and once."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from accounts.models import User
from analyses import ingest
from analyses.formats import FormatError
from analyses.formats.checks import join_path, text
from analyses.imports.coco import CocoFile, Picture, Refused
from analyses.imports.matching import Known, match
from analyses.imports.report import Report
from analyses.imports.wire import ONE, SHAPES, Entry, Place, wire_annotations
from analyses.models import AllowedModel, Analysis, ReferenceMark, Status
from analyses.models.allowed import GROUND_TRUTH
from images.models import Image, Project
from vista.errors import Gone, Invalid, Refusal

FIRST_VERSION = "1"
LONGEST_NAME = 100
Progress = Callable[[int, int], None]
encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Options:
    """What an import is to do."""

    model_name: str = GROUND_TRUTH
    model_version: str = FIRST_VERSION
    is_reference: bool = True  # mark the model, so that others are measured against it
    shapes: str = ONE  # of wire.SHAPES: what is taken of each annotation
    scale: bool = False  # bring annotations of a picture of another size to ours
    dry_run: bool = False  # read and check everything, store nothing
    source: str = ""  # what the file is called

    def check(self) -> None:
        """Raises Invalid where a name cannot be a model's, or the model may not post."""
        for name in ("model_name", "model_version"):
            try:
                text(getattr(self, name).strip(), name, 1, LONGEST_NAME)
            except FormatError as error:
                raise Invalid("The import cannot begin.", [(error.field, error.message)]) from error
        if self.shapes not in SHAPES:
            fault = f"shapes must be one of {', '.join(SHAPES)}, got {self.shapes!r:.40}"
            raise Invalid("The import cannot begin.", [("shapes", fault)])
        AllowedModel.objects.require(self.model_name)


def nothing(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


def import_coco(
    project: Project, file: CocoFile, options: Options, user: User | None, progress: Progress = nothing
) -> Report:
    """Give every picture that the file and the project share a completed analysis of what the file says of it.

    A picture is taken whole or not at all, each in a transaction of its own: whoever stops half-way has whole
    pictures, and goes on by beginning again. Raises Invalid for what is wrong with the options.
    """
    options.check()
    report = Report(options.model_name, options.model_version, options.dry_run)
    report.pictures_in_file, report.annotations_in_file = len(file.pictures), len(file.annotations)
    for stray in file.strays:
        report.add("annotation_refused", "", stray.where, stray.reason)
    columns = project.images.order_by("id").values_list("pk", "filename", "width", "height")
    found = match(file.pictures, (Known(*row) for row in columns.iterator()), by_id=not file.has_pictures)
    for picture in found.missing:
        report.add("not_in_project", picture.name)
    for picture, reason in found.doubtful:
        report.add("picture_refused", picture.name, reason=reason)
    for known in found.unused:
        report.add("not_in_file", known.name)
    for number, (picture, known) in enumerate(found.pairs):
        progress(number, len(found.pairs))
        if picture.was_not_processed and not file.count(picture):
            continue
        import_picture(file, picture, known, options, user, report)
    progress(len(found.pairs), len(found.pairs))
    if options.is_reference and not options.dry_run and report.imported + report.unchanged:
        ReferenceMark.objects.mark_model(project, options.model_name, options.model_version, user)
        report.is_reference = True
    return report


def import_picture(
    file: CocoFile, picture: Picture, known: Known, options: Options, user: User | None, report: Report
) -> None:
    """Store what the file says of one picture, or tell the report why not."""
    if reason := refusal_of_size(picture, known, options):
        report.add("picture_refused", picture.name, reason=reason)
        return
    items, faults = read_picture(file, picture, place_of(picture, known), options.shapes)
    for error in faults:
        report.add("annotation_refused", picture.name, error.field, error.predicate)
    if faults:
        were = "was" if len(faults) == 1 else "were"
        some = f"{len(faults):,} of its {file.count(picture):,} annotations {were} refused"
        reason = f"{some}; part of a picture misleads"
        report.add("picture_refused", picture.name, reason=reason)
        return
    try:
        is_new = store(known.key, picture, items, options, user)
    except Refusal as refusal:
        said = refusal.errors[0][1] if refusal.errors else refusal.detail
        reason = "was deleted meanwhile" if isinstance(refusal, Gone) else said
        report.add("picture_refused", picture.name, reason=reason)
        return
    if is_new:
        report.imported += 1
        report.empty += not items
        report.annotations += len(items)
    else:
        report.unchanged += 1


def refusal_of_size(picture: Picture, known: Known, options: Options) -> str:
    """Why annotations made for a picture of that size cannot be laid over ours, or ""."""
    if place_of(picture, known).is_as_it_is:
        return ""
    differs = f"is {picture.width} × {picture.height} in the file and {known.width} × {known.height} here"
    if (picture.width, picture.height) == (known.height, known.width):
        return f"{differs}: the file has it lying on its side, so its annotations must be turned first"
    return "" if options.scale else f"{differs}; with scaling its annotations would be fitted"


def place_of(picture: Picture, known: Known) -> Place:
    """What takes the file's pixels to ours; a file that tells no size has our pixels."""
    width, height = picture.width or known.width, picture.height or known.height
    return Place(known.width / width, known.height / height, known.width, known.height)


def read_picture(
    file: CocoFile, picture: Picture, place: Place, shapes: str
) -> tuple[list[Entry], list[FormatError]]:
    """What to send for the picture, and every fault with its path in the file."""
    items: list[Entry] = []
    faults: list[FormatError] = []
    for where, entry in file.annotations_of(picture):
        if isinstance(entry, Refused):
            faults.append(FormatError(where, entry.reason))
            continue
        try:
            items += wire_annotations(entry, file.categories, place, shapes)
        except FormatError as error:
            faults.append(FormatError(join_path(where, error.field), error.predicate))
    return items, faults


def store(image_id: Any, picture: Picture, items: list[Entry], options: Options, user: User | None) -> bool:
    """The whole analysis or nothing of it; False where the picture has this very one already.

    Raises Refusal.
    """
    key = key_of(image_id, items, options)
    earlier = Analysis.objects.filter(image=image_id, idempotency_key=key)
    if options.dry_run:
        return not earlier.exists()
    with transaction.atomic():
        # Of two imports at once the second waits here, and then finds what the first has stored.
        image = Image.objects.select_for_update(no_key=True).filter(pk=image_id).first()
        if image is None:
            raise Gone
        if earlier.exists():
            return False
        fields = {
            "model_name": options.model_name,
            "model_version": options.model_version,
            "description": f"Imported from {options.source}." if options.source else "Imported.",
        }
        analysis, _ = Analysis.objects.open(image, user, fields, key)
        for number, batch in enumerate(batches(items)):
            ingest.submit(analysis, encode({"annotations": batch}), f"part {number}")
        analysis.finalize(Status.COMPLETED, {"coco_image_id": picture.id}, "", {})
    return True


def batches(items: list[Entry]) -> Iterator[list[Entry]]:
    """As many at a time as the API takes."""
    most = settings.ML_MAX_BULK_ANNOTATIONS
    for start in range(0, len(items), most):
        yield items[start : start + most]


def key_of(image_id: Any, items: list[Entry], options: Options) -> str:
    """The same for the same content: what was imported before is not imported again."""
    said = encode([str(image_id), options.model_name, options.model_version, items])
    return f"import:{hashlib.sha256(said).hexdigest()}"
