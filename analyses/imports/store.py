"""The annotations of a picture become a completed analysis, by the way that the API's take, and once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from analyses import ingest
from analyses.formats import FormatError
from analyses.formats.checks import join_path, text
from analyses.imports.coco import CocoFile, Picture, Refused
from analyses.imports.matching import Known, match
from analyses.imports.parts import Parts, check_count
from analyses.imports.report import Report
from analyses.imports.wire import ONE, SHAPES, Entry, Place, wire_annotations
from analyses.models import AllowedModel, Analysis, ReferenceMark, Status
from analyses.models.allowed import GROUND_TRUTH
from images.models import Image, Project
from vista.errors import Gone, Invalid, Refusal

FIRST_VERSION = "1"
LONGEST_NAME = 100
JOB = "import_job"  # the parameter of an analysis that says which import stored it
LISTEN = (
    20  # annotations, after which it is asked whether anybody wants them; each may take a tenth of a second
)
Progress = Callable[[int, int], None]


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
    job: str = ""  # whose import this is: what it stored before its worker died counts as its own

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
    report.add_untold("annotation_refused", file.stray_count - len(file.strays))
    columns = project.images.order_by("id").values_list("pk", "filename", "width", "height")
    found = match(file.pictures, (Known(*row) for row in columns.iterator()), by_id=not file.has_pictures)
    for picture in found.missing:
        report.add("not_in_project", picture.name)
    for picture, reason in found.doubtful:
        report.add("picture_refused", picture.name, reason=reason)
    for known in found.unused:
        report.add("not_in_file", known.name)
    total = len(found.pairs)
    for number, (picture, known) in enumerate(found.pairs):
        heard = partial(progress, number, total)
        heard()
        if picture.was_not_processed and not file.count(picture):
            continue
        import_picture(file, picture, known, options, user, report, heard)
    progress(total, total)
    if options.is_reference and not options.dry_run and report.imported + report.unchanged:
        ReferenceMark.objects.mark_model(project, options.model_name, options.model_version, user)
        report.is_reference = True
    return report


def import_picture(
    file: CocoFile,
    picture: Picture,
    known: Known,
    options: Options,
    user: User | None,
    report: Report,
    heard: Callable[[], None],
) -> None:
    """Store what the file says of one picture, or tell the report why not; `heard` may raise to stop it."""
    if reason := refusal_of_size(picture, known, options):
        report.add("picture_refused", picture.name, reason=reason)
        return
    parts = Parts(str(known.key), options.model_name, options.model_version)
    refused = 0
    try:
        check_count(file.count(picture))
        for number, found in enumerate(read_picture(file, picture, place_of(picture, known), options.shapes)):
            if number % LISTEN == 0:
                heard()
            if isinstance(found, Refused):
                report.add("annotation_refused", picture.name, found.where, found.reason)
                refused += 1
            elif not refused:  # otherwise only its faults are of interest
                for item in found:
                    parts.add(item)
        if refused:
            were = "was" if refused == 1 else "were"
            some = f"{refused:,} of its {file.count(picture):,} annotations {were} refused"
            raise Invalid(f"{some}; part of a picture misleads")
        is_new = store(known.key, picture, parts, options, user, heard)
    except Refusal as refusal:
        said = refusal.errors[0][1] if refusal.errors else refusal.detail
        reason = "was deleted meanwhile" if isinstance(refusal, Gone) else said
        report.add("picture_refused", picture.name, reason=reason)
        return
    if is_new:
        report.imported += 1
        report.empty += not parts.count
        report.annotations += parts.count
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
) -> Iterator[list[Entry] | Refused]:
    """Of each annotation of the picture what to send, or its fault with the path in the file."""
    for where, entry in file.annotations_of(picture):
        if isinstance(entry, Refused):
            yield entry
            continue
        try:
            yield wire_annotations(entry, file.categories, place, shapes)
        except FormatError as error:
            yield Refused(join_path(where, error.field), error.predicate)


def store(
    image_id: Any,
    picture: Picture,
    parts: Parts,
    options: Options,
    user: User | None,
    heard: Callable[[], None],
) -> bool:
    """The whole analysis or nothing of it; False where the picture had this very one before this import.

    Raises Refusal, and what `heard` raises.
    """
    key = parts.key()
    same = Analysis.objects.filter(image=image_id, idempotency_key=key)
    if options.dry_run:
        return not same.exists()
    with transaction.atomic():
        # Of two imports at once the second waits here, and then finds what the first has stored.
        image = Image.objects.select_for_update(no_key=True).filter(pk=image_id).first()
        if image is None:
            raise Gone
        if earlier := same.first():
            return bool(options.job) and earlier.parameters.get(JOB) == options.job
        fields = {
            "model_name": options.model_name,
            "model_version": options.model_version,
            "description": f"Imported from {options.source}." if options.source else "Imported.",
            "parameters": {JOB: options.job} if options.job else {},
        }
        analysis, _ = Analysis.objects.open(image, user, fields, key)
        for number, body in enumerate(parts.bodies):
            heard()
            ingest.submit(analysis, body, f"part {number}")
        analysis.finalize(Status.COMPLETED, {"coco_image_id": picture.id}, "", {})
    return True
