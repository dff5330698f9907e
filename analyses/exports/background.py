"""Archives made in the background: asked for once while nothing changes, kept for a day."""

from accounts.models import User
from analyses import jobs
from analyses.exports import archive
from analyses.exports.filenames import portable
from analyses.exports.orders import Order
from analyses.exports.written import Written
from analyses.models import Job
from images.models import Project

KIND = "export"


def start(order: Order, project: Project, *, by: User) -> Job:
    """The job that makes this archive. Raises Refusal where a format cannot be made here."""
    for form in order.contents.forms:
        form.check()
    parameters = order.as_parameters()
    return jobs.start(KIND, project, parameters, by=by, key=jobs.key_of(parameters, version_of(order)))


def version_of(order: Order) -> list[object]:
    """What changes whenever the archive would be another one."""
    analyses = order.selection.analyses().order_by("id").values_list("id", "updated_at", "annotation_count")
    pictures = order.selection.pictures().order_by("id").values_list("id", flat=True)
    return [jobs.key_of(list(analyses.iterator())), jobs.key_of(list(pictures.iterator()))]


@jobs.kind(KIND)
def make(run: jobs.Run) -> jobs.Outcome:
    """The worker's part."""
    order = Order.from_parameters(run.parameters)
    written = Written()
    total = order.contents.steps(order.selection.estimate())
    path = run.folder / "archive.zip"
    with path.open("wb") as file:
        for piece in archive.pieces(order.selection, order.contents, written):
            file.write(piece)
            run.progress(min(written.done, total), total, "Writing the archive")
    run.progress(total, total)
    forms = "-".join(form.name for form in order.contents.forms)
    name = portable(run.job.project.name, f" {forms}.zip")
    told = [part.as_dict() for part in written.parts]
    return jobs.Outcome({"files": written.files, "parts": told}, path, name, archive.CONTENT_TYPE)
