"""The page of a project: its pictures, each with what models have said so far, chosen by that."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from analyses.models import Analysis, Tally
from analyses.views.overlay import MOST_DRAWN, version_of
from analyses.wanted import NOT_ANALYSED, PARAMETERS, STATUSES, Wanted
from images.models import Image, ImageQuerySet, Project
from images.paging import BY_NAME, NEWEST, OLDEST, Order, Page, page_by_id
from vista.errors import Invalid

PICTURES_A_PAGE = 60
LOOKED_AT = 200  # the newest pictures, whose models and classes are suggested
MOST_SUGGESTED = 200
KEPT = ("-", "_", ".", "!", "~", "*", "'", "(", ")")  # as encodeURIComponent leaves them

# As the form calls the parameters.
LABELS = {
    "model_name": "Model",
    "status": "Status",
    "class_name": "Class",
    "min_confidence": "Score",
    "min_count": "Objects",
}
SORTS = {
    "newest": (NEWEST, "Newest first", "Newer", "Older"),
    "oldest": (OLDEST, "Oldest first", "Older", "Newer"),
    "name": (BY_NAME, "By name", "Previous", "Next"),
}


@dataclass(frozen=True)
class Choice:
    """What the address asks for, and what is wrong with it."""

    query: QueryDict
    wanted: Wanted = field(default_factory=Wanted)
    sort: str = "newest"
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: QueryDict) -> "Choice":
        """From the parameters that the API takes too, and `sort`; faults are told and not raised."""
        faults, wanted = {}, Wanted()
        try:
            wanted = Wanted.read(query)
        except Invalid as refusal:
            faults = {name: text.replace(name, LABELS[name], 1) for name, text in refusal.errors}
        sort = query.get("sort") or "newest"
        if sort not in SORTS:
            faults["sort"] = f"Sort must be one of {', '.join(SORTS)}."
            sort = "newest"
        return cls(query, wanted, sort, faults)

    @property
    def said(self) -> dict[str, str]:
        """The values of the form, also those that are wrong."""
        return {name: self.query.get(name, "") for name in PARAMETERS}

    @property
    def is_filtered(self) -> bool:
        return any(self.said.values())

    @property
    def unfiltered(self) -> str:
        """The address of all pictures, sorted as these are."""
        return "?" + urlencode({} if self.sort == "newest" else {"sort": self.sort})

    @property
    def kept(self) -> str:
        """The query that names what is chosen and how it is sorted; empty for all pictures, newest first."""
        said = {name: value for name, value in self.said.items() if value}
        return urlencode(said if self.sort == "newest" else said | {"sort": self.sort})

    @property
    def exported(self) -> str:
        """The query of the page of downloads, for what is looked at here."""
        return urlencode(self.exported_fields)

    @property
    def exported_fields(self) -> dict[str, str]:
        """The same as fields of a form."""
        said = {name: value for name, value in self.said.items() if value and name != "min_count"}
        return {name: value for name, value in said.items() if value != NOT_ANALYSED}

    @property
    def order(self) -> Order:
        return SORTS[self.sort][0]

    @property
    def pager(self) -> tuple[str, str]:
        return SORTS[self.sort][2:]

    @property
    def sorts(self) -> list[tuple[str, str]]:
        return [(name, label) for name, (_, label, *_) in SORTS.items()]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        return [(status, status.replace("_", " ")) for status in STATUSES]

    @property
    def scores(self) -> list[str]:
        return [f"0.{tenths}" for tenths in range(1, 10)]

    @property
    def draws(self) -> bool:
        """Whether the thumbnails show objects: those of the analysis that was asked for."""
        return bool(self.wanted) and self.wanted.status != NOT_ANALYSED


@require_safe
@login_required
def gallery(request: HttpRequest, project_id: Any) -> HttpResponse:
    """One page of a project's pictures, in a constant number of queries."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    context = {
        "project": project,
        "max_image_bytes": settings.MAX_IMAGE_BYTES,
        "shows_analyses": settings.ML_ANALYSIS_ENABLED,
    }
    if not settings.ML_ANALYSIS_ENABLED:
        page = page_by_id(project.images.newest_first(), request.GET, PICTURES_A_PAGE)
        return render(request, "analyses/gallery.html", context | {"page": page})
    choice = Choice.read(request.GET)
    context |= {"choice": choice, "suggested": suggestions(project), "most_drawn": MOST_DRAWN}
    if choice.faults:
        return render(request, "analyses/gallery.html", context | {"page": Page([], "", "")}, status=400)
    pictures = with_analyses(choice.wanted.pictures(project.images.all()), choice.wanted)
    page = page_by_id(pictures, request.GET, PICTURES_A_PAGE, choice.order)
    attach_analyses(project, page.rows, choice)
    return render(request, "analyses/gallery.html", context | {"page": page})


def with_analyses(images: ImageQuerySet, wanted: Wanted) -> ImageQuerySet:
    """Adds `analysis_count` and `shown_analysis_id`, the newest that is wanted.

    Both are sub-queries that only the rows of the page pay for.
    """
    analyses = Analysis.objects.filter(image=OuterRef("pk"))
    count = analyses.order_by().values("image").annotate(n=Count("pk")).values("n")
    return with_shown(images.annotate(analysis_count=Coalesce(Subquery(count), 0)), wanted)


def with_shown(images: ImageQuerySet, wanted: Wanted) -> ImageQuerySet:
    """Adds `shown_analysis_id`, the newest analysis that is wanted."""
    shown = Analysis.objects.all() if wanted.status == NOT_ANALYSED else wanted.analyses()
    newest = shown.filter(image=OuterRef("pk")).order_by("-id").values("pk")[:1]
    return images.annotate(shown_analysis_id=Subquery(newest))


def attach_analyses(project: Project, images: list[Image], choice: Choice) -> None:
    """Gives each picture its `shown_analysis`, or None, and what was asked about it, in two queries for all."""
    ids = [image.shown_analysis_id for image in images if image.shown_analysis_id]
    shown = Analysis.objects.defer("parameters", "summary", "description").in_bulk(ids)
    counts = choice.wanted.counts(list(shown.values())) if choice.draws else {}
    colours = version_of(project.class_colours)
    for image in images:
        image.shown_analysis = analysis = shown.get(image.shown_analysis_id)
        if analysis and choice.draws:
            image.state = viewer_state(analysis.pk, choice.wanted)
            image.overlay_url = overlay_url(analysis, choice.wanted, colours)
            image.object_count = counts.get(analysis.pk, 0)


def viewer_state(analysis_id: Any, wanted: Wanted) -> str:
    """The part of the image page's address behind #, which opens it as asked; static/js/viewer/url.js reads it."""
    parts = [f"a={analysis_id}"]
    if wanted.tenths:
        parts.append(f"t=0.{wanted.tenths}")
    if wanted.class_name:
        parts.append(f"only={quote(wanted.class_name, safe=''.join(KEPT))}")
    return "&".join(parts)


def overlay_url(analysis: Analysis, wanted: Wanted, colours: str) -> str:
    """Where the drawing is; with other colours the address is another one, so browsers may keep it."""
    score = "" if wanted.tenths is None else f"0.{wanted.tenths}"
    asked = {"class_name": wanted.class_name, "min_confidence": score, "colours": colours}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("overlay", args=[analysis.pk]) + (f"?{query}" if query else "")


def suggestions(project: Project) -> dict[str, Any]:
    """Models and classes of the newest pictures: a look at all of them would take longer the more there are."""
    newest = project.images.newest_first().values("pk")[:LOOKED_AT]
    analyses = Analysis.objects.filter(image__in=newest).order_by()
    tallies = Tally.objects.filter(analysis__in=analyses.values("pk")).order_by()
    versions = list(analyses.values_list("model_name", "model_version").distinct()[:MOST_SUGGESTED])
    return {
        "models": sorted({name for name, _ in versions}),
        "can_compare": len(versions) > 1,
        "classes": sorted(tallies.values_list("class_name", flat=True).distinct()[:MOST_SUGGESTED]),
    }
