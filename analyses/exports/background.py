"""Archives made in the background: asked for once while nothing changes, kept for a day while there is room."""

import errno
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from analyses import jobs
from analyses.exports import archive
from analyses.exports.filenames import portable
from analyses.exports.orders import Order
from analyses.exports.written import Written
from analyses.models import Job, JobStatus
from images.models import Project
from vista.errors import Refusal, TooLarge

KIND = "export"
FULL = (errno.ENOSPC, errno.EDQUOT)


class ArchiveTooLarge(TooLarge):
    """An archive that is larger than all that VISTA keeps of them."""

    def __init__(self, what: str) -> None:
        most = filesizeformat(settings.MAX_ARCHIVE_BYTES)
        super().__init__(
            f"VISTA keeps at most {most} of archives, and {what}: choose fewer pictures, or make several archives."
        )


class DiskFull(Refusal):
    """The worker has no room for what it writes."""

    status_code = 507

    def __init__(self) -> None:
        super().__init__(
            "The disk of the worker is full: tell those who run VISTA, or choose fewer pictures."
        )


def start(order: Order, project: Project, *, by: User) -> Job:
    """The job that makes this archive.

    Raises Refusal where a format cannot be made here, ArchiveTooLarge where its pictures alone are too large already,
    and TooManyJobs.
    """
    for form in order.contents.forms:
        form.check()
    if order.contents.pictures and (size := order.picture_bytes()) > settings.MAX_ARCHIVE_BYTES:
        raise ArchiveTooLarge(f"the pictures alone have {filesizeformat(size)}")
    parameters = order.as_parameters()
    return jobs.start(
        KIND, project, parameters, by=by, key=jobs.key_of(parameters, version_of(order, project))
    )


def version_of(order: Order, project: Project) -> list[str]:
    """What changes whenever the archive would be another one."""
    analyses = order.selection.analyses().order_by("id").values_list("id", "updated_at", "annotation_count")
    pictures = order.selection.pictures().order_by("id").values_list("id", flat=True)
    marked = order.selection.analyses().marked().order_by("id").values_list("id", flat=True)
    colours = sorted(project.class_colours.items()) if order.contents.annotated else []
    return [digest(found) for found in (analyses.iterator(), pictures.iterator(), marked.iterator(), colours)]


def digest(rows: Iterable[Any]) -> str:
    """Of any number of rows."""
    found = hashlib.sha256()
    for row in rows:
        found.update(f"{row}\n".encode())
    return found.hexdigest()


@jobs.kind(KIND)
def make(run: jobs.Run) -> jobs.Outcome:
    """The worker's part."""
    order = Order.from_parameters(run.parameters)
    written, size = Written(), 0
    total = order.contents.steps(order.selection.estimate())
    path = run.folder / "archive.zip"
    with with_room(), path.open("wb") as file:
        for piece in archive.pieces(order.selection, order.contents, written):
            if (size := size + len(piece)) > settings.MAX_ARCHIVE_BYTES:
                raise ArchiveTooLarge("this one has more")
            file.write(piece)
            run.progress(min(written.done, total), total, "Writing the archive")
    run.progress(total, total)
    forms = "-".join(form.name for form in order.contents.forms)
    name = portable(run.job.project.name, f" {forms}.zip")
    told = [part.as_dict() for part in written.parts]
    return jobs.Outcome({"files": written.files, "parts": told}, path, name, archive.CONTENT_TYPE, make_room)


@contextmanager
def with_room() -> Iterator[None]:
    """A full disk is told, and not taken for a mistake of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull from error
        raise


def make_room() -> None:
    """Remove archives, the oldest first, until the others take no more than they may. The newest alone fits."""
    kept = Job.objects.filter(kind=KIND, status=JobStatus.COMPLETED)
    total = kept.aggregate(n=Sum("size"))["n"] or 0
    for job in kept.order_by("finished_at", "id"):
        if total <= settings.MAX_ARCHIVE_BYTES:
            return
        job.erase()
        total -= job.size or 0
