"""What a model found on a picture, as a small drawing that is laid over its thumbnail."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from analyses.models import Analysis
from analyses.models.annotation import AnnotationQuerySet
from analyses.palette import colour_of
from analyses.reports.asked import share
from analyses.wanted import Wanted
from vista.errors import Invalid

MOST_DRAWN = 100  # objects: more would be a tangle at this size
# Of those that are compared, as css/tokens.css has them: colour and dash.
LINES = {
    "a": ("#56b4e9", ""),
    "b": ("#e69f00", "4 2.5"),
    "c": ("#cc79a7", "1.5 2.5"),
    "d": ("#f0e442", "6 2 1.5 2"),
}

Bounds = tuple[str, float, float, float, float]


@require_safe
@login_required
def overlay(request: HttpRequest, analysis_id: Any) -> HttpResponse:
    """The best objects of an analysis as an SVG of the picture's size; `class_name`, `min_confidence` choose.

    With `line=a` (to d) all have the line of a model that is compared, and `threshold` cuts as comparisons do.
    """
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    try:
        wanted = Wanted.read(request.GET)
        least = least_of(request.GET.get("threshold", ""))
    except Invalid as refusal:
        raise BadRequest(refusal.detail) from refusal
    visible = Analysis.objects.visible_to(request.user).select_related("image__project")
    analysis = get_object_or_404(visible, pk=analysis_id)
    colours = analysis.image.project.class_colours
    etag = f'"{analysis.updated_at.timestamp()}-{analysis.annotation_count}-{version_of(colours)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        best = best_of(reaching(analysis.annotations.all(), least), wanted)
        line = LINES.get(request.GET.get("line", ""))
        drawn = [(line[0], rectangles(best))] if line else paths(best, colours)
        context = {"image": analysis.image, "paths": drawn, "dash": line[1] if line else ""}
        response = render(request, "analyses/_gallery_overlay.svg", context, content_type="image/svg+xml")
        response["ETag"] = etag
    # What a final analysis found never changes; the day is for those who are shut out of the project.
    response["Cache-Control"] = "private, max-age=86400" if analysis.is_final else "private, no-cache"
    return response


def least_of(text: str) -> float:
    """Raises Invalid for what is no score."""
    least = share(text or "0")
    if least is None:
        raise Invalid("threshold must be a number from 0 to 1.")
    return least


def reaching(annotations: AnnotationQuerySet, least: float) -> AnnotationQuerySet:
    """As comparisons count: what has no score always does."""
    return annotations.filter(Q(confidence=None) | Q(confidence__gte=least)) if least else annotations


def best_of(annotations: AnnotationQuerySet, wanted: Wanted) -> Iterable[Bounds]:
    """Class and bounds of the objects that have a place in the picture, the best last."""
    placed = annotations.filter(x_min__isnull=False)
    if wanted.class_name:
        placed = placed.of_class(wanted.class_name)
    if wanted.tenths is not None:
        placed = placed.at_least(wanted.tenths / 10)
    best = placed.order_by(F("confidence").desc(nulls_last=True), "id")[:MOST_DRAWN]
    return list(best.values_list("class_name", "x_min", "y_min", "x_max", "y_max"))[::-1]


def version_of(colours: dict[str, str]) -> str:
    """Another one when people choose other colours; empty while they have chosen none."""
    return hashlib.sha256(json.dumps(colours, sort_keys=True).encode()).hexdigest()[:8] if colours else ""


def paths(objects: Iterable[Bounds], chosen: dict[str, str]) -> list[tuple[str, str]]:
    """A colour and the rectangles that have it, as one path of SVG."""
    drawn: dict[str, list[Bounds]] = defaultdict(list)
    for bounds in objects:
        drawn[chosen.get(bounds[0]) or colour_of(bounds[0])].append(bounds)
    return [(colour, rectangles(some)) for colour, some in drawn.items()]


def rectangles(objects: Iterable[Bounds]) -> str:
    """As one path of SVG."""
    return "".join(
        f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z"
        for _, left, top, right, bottom in objects
    )
