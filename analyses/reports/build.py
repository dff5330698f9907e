"""A report of a project from first to last: what goes in, its key, the sums, and what is told of the present."""

from analyses.jobs import key_of
from analyses.reports import document
from analyses.reports.asked import MARKED, Asked
from analyses.reports.compute import Computed, Progress, computed, nothing
from analyses.reports.contents import Classes
from analyses.reports.document import SHAPE, Report
from analyses.reports.gather import gathered
from analyses.reports.heatmaps import correlate
from analyses.reports.sources import Sources
from images.models import Project

VERSION = (
    1  # of the sums: a change that gives other numbers makes it another one, and all reports are made anew
)
LABEL_OF_MARKED = "the marked references"


def key_for(asked: Asked, sources: Sources) -> str:
    """Changes whenever another report would come out."""
    return key_of("report", SHAPE, VERSION, asked.as_dict(), sources.versions())


def build(project: Project, asked: Asked, sources: Sources, progress: Progress = nothing) -> Computed:
    """Raises Invalid where the pictures cannot be compared so, and whatever `progress` raises to stop."""
    classes = Classes(is_one=asked.class_agnostic)
    pictures = gathered(sources, asked, classes)
    made = computed(asked, len(sources.compared), classes, pictures, progress, correlate)
    made.report.key = key_for(asked, sources)
    bring_up_to_date(made.report, project, sources)
    return made


def bring_up_to_date(report: Report, project: Project, sources: Sources, *, stale: bool = False) -> None:
    """Fill in what may change without any change of the sums: names, and who has processed how much."""
    report.stale = stale
    report.project = document.Project(id=str(project.pk), name=project.name)
    for side, tallied in zip(report.sides, sources.sides, strict=True):
        side.model_name, side.model_version = tallied.name, tallied.version
        side.label = LABEL_OF_MARKED if side.value == MARKED else f"{tallied.name} {tallied.version}"
        side.pictures, side.running, side.failed = tallied.processed, tallied.running, tallied.failed
    now = sources.coverage
    report.coverage = document.Coverage(
        pictures=now.pictures,
        compared=report.coverage.compared if stale else now.compared,
        only=now.only,
        some=now.some,
        neither=now.neither,
        empty=report.coverage.empty,
    )
