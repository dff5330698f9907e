"""Reports are asked for: a small one is made at once, a large one by the worker, and kept until something changes."""

from dataclasses import dataclass
from datetime import timedelta
from zipfile import BadZipFile

from django.utils import timezone

from accounts.models import User
from analyses import jobs
from analyses.jobs import Outcome, Run
from analyses.models import Job, JobStatus
from analyses.models.job import JobQuerySet
from analyses.reports.asked import Asked
from analyses.reports.build import bring_up_to_date, build, key_for
from analyses.reports.compute import Computed
from analyses.reports.kept import CONTENT_TYPE, Kept, write
from analyses.reports.sources import Sources, sources
from images.models import Project
from vista.errors import Conflict

KIND = "report"
AT_ONCE = 2000  # annotations: with fewer nobody has to wait for the worker
MASKS_AT_ONCE = 200  # each may take some milliseconds to be drawn
PICTURES_AT_ONCE = 50  # each may have heatmaps to read, which takes some hundredths of a second
KEPT = timedelta(days=30)
TRIED_AGAIN_AFTER = timedelta(minutes=10)  # what failed is not begun again with every look at the page
MOST_UNDER_WAY = 20  # of a project: an address alone asks for one, and the worker is everybody's
FILENAME = "report.npz"


class ReportFailed(Conflict):
    """The worker could not make it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"These models could not be compared: {reason}")


class TooManyReports(ReportFailed):
    """So many wait already that this one has to be asked for later."""

    status_code = 429
    retry_after = 10

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} comparisons of this project are under way already; ask again when some are done."
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is. `computed` may be stale (its report says so) while `job` makes a new one; None: not yet."""

    asked: Asked
    sources: Sources
    computed: Computed | Kept | None
    job: Job | None


def ask(project: Project, asked: Asked, user: User | None) -> Answer:
    """The report, or who is making it. Raises Invalid, and ReportFailed where the worker has failed just now."""
    found = sources(project, asked)
    few = MASKS_AT_ONCE if asked.overlap == "masks" else AT_ONCE
    if found.annotation_count < few and len(found.compared) <= PICTURES_AT_ONCE:
        return Answer(asked, found, build(project, asked, found), None)
    key = key_for(asked, found)
    same = Job.objects.filter(project=project, kind=KIND, parameters=asked.as_dict()).order_by("-id")
    last = same.filter(status=JobStatus.COMPLETED).first()
    made = last and opened(last)
    if last and not made:
        last.erase()
    if made and made.report.key == key:
        bring_up_to_date(made.report, project, found)
        return Answer(asked, found, made, None)
    job = making(project, asked, key, user, same)
    if made:
        bring_up_to_date(made.report, project, found, stale=True)
    return Answer(asked, found, made, job)


def making(project: Project, asked: Asked, key: str, user: User | None, same: JobQuerySet) -> Job:
    """The job that makes it. Raises ReportFailed, which TooManyReports is too.

    One that is under way already is waited for, even if something has changed since it was begun: while analyses come
    in, one report is made after the other, and not all of them at once.
    """
    under_way: Job | None = same.live().first()
    if under_way:
        jobs.revive(Job.objects.filter(pk=under_way.pk))
        return under_way
    lately = timezone.now() - TRIED_AGAIN_AFTER
    if failed := same.filter(status=JobStatus.FAILED, key=key, finished_at__gt=lately).first():
        raise ReportFailed(failed.error_message)
    waiting = Job.objects.filter(project=project, kind=KIND).live().count()
    if waiting >= MOST_UNDER_WAY:
        raise TooManyReports(waiting)
    # The newest one is shown until the new one is there. One with this key holds something else, and would be found.
    newest = same.filter(status=JobStatus.COMPLETED).exclude(key=key).first()
    for old in same.filter(status=JobStatus.COMPLETED).exclude(pk=newest and newest.pk):
        old.erase()
    return jobs.start(KIND, project, asked.as_dict(), by=user, key=key, kept=KEPT)


def opened(job: Job) -> Kept | None:
    try:
        with job.open() as file:
            return Kept(file.read())
    except (OSError, KeyError, ValueError, BadZipFile):  # gone, or of another version of VISTA
        return None


@jobs.kind(KIND)
def make(run: Run) -> Outcome:
    """What the worker does. It may be done twice, or stopped anywhere: nothing is stored but the outcome."""
    asked = Asked.of(run.parameters)
    project = run.job.project
    made = build(project, asked, sources(project, asked), run.progress)
    path = run.folder / FILENAME
    with path.open("wb") as file:
        write(made, file)
    told = {"pictures": made.report.coverage.compared, "seconds": made.report.seconds}
    return Outcome(told, path, FILENAME, CONTENT_TYPE)
