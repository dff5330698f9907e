"""The page of a project: its pictures, each with what models have said so far."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analyses.models import Analysis
from images.models import Image, ImageQuerySet, Project
from images.paging import page_by_id

PICTURES_A_PAGE = 60


@require_safe
@login_required
def gallery(request: HttpRequest, project_id: Any) -> HttpResponse:
    """One page of a project's pictures, newest first, in a constant number of queries."""
    visible = Project.objects.visible_to(request.user)
    project = get_object_or_404(visible, pk=project_id)
    pictures = project.images.newest_first()
    if settings.ML_ANALYSIS_ENABLED:
        pictures = with_analysis_counts(pictures)
    page = page_by_id(pictures, request.GET, PICTURES_A_PAGE)
    if settings.ML_ANALYSIS_ENABLED:
        attach_latest_analyses(page.rows)
    context = {
        "project": project,
        "page": page,
        "max_image_bytes": settings.MAX_IMAGE_BYTES,
        "shows_analyses": settings.ML_ANALYSIS_ENABLED,
    }
    return render(request, "analyses/gallery.html", context)


def with_analysis_counts(images: ImageQuerySet) -> ImageQuerySet:
    """Adds `analysis_count` and `latest_analysis_id`, by sub-queries that only the rows of the page pay for."""
    analyses = Analysis.objects.filter(image=OuterRef("pk"))
    count = analyses.order_by().values("image").annotate(n=Count("pk")).values("n")
    return images.annotate(
        analysis_count=Coalesce(Subquery(count), 0),
        latest_analysis_id=Subquery(analyses.order_by("-id").values("pk")[:1]),
    )


def attach_latest_analyses(images: Iterable[Image]) -> None:
    """Gives each picture its `latest_analysis`, or None, by one query for all of them."""
    ids = [image.latest_analysis_id for image in images if image.latest_analysis_id]
    latest = Analysis.objects.defer("parameters", "summary", "description").in_bulk(ids)
    for image in images:
        image.latest_analysis = latest.get(image.latest_analysis_id)
