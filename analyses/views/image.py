"""The page of a picture: what models said about it, as HTML first; static/js/viewer/ draws on it."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.views.decorators.http import require_POST, require_safe

from analyses.models import Analysis, Annotation, IllegalTransition, Status, Tally
from analyses.views.drawing import drawing
from analyses.views.gallery import Choice
from analyses.views.neighbours import back_to, neighbours
from images.models import Image
from images.paging import with_key

ANALYSES_SHOWN = 100
OBJECTS_WITHOUT_JAVASCRIPT = 200
CLASSES_COLOURED = 1000


@dataclass(frozen=True)
class Card:
    """One analysis as its card shows it."""

    analysis: Analysis

    @property
    def status(self) -> str:
        return "stalled" if self.analysis.is_stalled else self.analysis.status

    @property
    def summary(self) -> list[tuple[str, str]]:
        return facts(self.analysis.summary)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return facts(self.analysis.parameters)

    @property
    def about(self) -> list[tuple[str, str]]:
        """Version, number of objects and times; panels/info.js says the same."""
        a = self.analysis
        times = {
            "queued": a.created_at,
            "started": a.started_at,
            "ended": a.completed_at,
            "last sign": a.updated_at if a.is_stalled else None,
        }
        return [
            ("version", a.model_version),
            ("objects", f"{a.annotation_count:,}"),
            *((name, f"{date_format(at, 'j M Y, H:i')} UTC") for name, at in times.items() if at),
        ]

    @property
    def export_url(self) -> str:
        return reverse("export_analysis", args=[self.analysis.pk])

    @property
    def artifacts(self) -> list[Any]:
        return list(self.analysis.artifacts.all())


@dataclass(frozen=True)
class Row:
    """One annotation as its row in the table shows it; format.js does the same."""

    annotation: Annotation

    @property
    def type(self) -> str:
        return self.annotation.annotation_type.replace("_", " ")

    @property
    def score(self) -> str:
        confidence = self.annotation.confidence
        return "–" if confidence is None else f"{confidence:.2f}"

    @property
    def corner(self) -> str:
        a = self.annotation
        return "–" if a.x_min is None else f"{a.x_min:.0f}, {a.y_min:.0f}"

    @property
    def size(self) -> str:
        a = self.annotation
        return "" if a.x_min is None else f"{a.x_max - a.x_min:.0f} × {a.y_max - a.y_min:.0f}"


@require_safe
@login_required
def image_page(request: HttpRequest, image_id: Any) -> HttpResponse:
    """A picture with its analyses and the first objects of the newest one, in a constant number of queries."""
    choice = Choice.read(request.GET if settings.ML_ANALYSIS_ENABLED else QueryDict())
    if choice.faults:
        choice = Choice(QueryDict())  # a mangled address is no reason not to show the picture
    visible = with_key(Image.objects.visible_to(request.user).select_related("project"), choice.order)
    image = get_object_or_404(visible, pk=image_id)
    previous, following = neighbours(image, choice)
    context = {
        "image": image,
        "choice": choice,
        "previous": previous,
        "following": following,
        "shows_analyses": settings.ML_ANALYSIS_ENABLED,
    }
    if settings.ML_ANALYSIS_ENABLED:
        context |= what_models_said(image)
    return render(request, "analyses/image.html", context)


def what_models_said(image: Image) -> dict[str, Any]:
    """The cards of the newest analyses, and the objects of the one that a page without JavaScript shows."""
    analyses = list(image.analyses.with_mark().prefetch_related("artifacts")[:ANALYSES_SHOWN])
    completed = [analysis for analysis in analyses if analysis.status == Status.COMPLETED]
    told = next(iter(completed or analyses), None)
    objects = list(told.annotations.all()[:OBJECTS_WITHOUT_JAVASCRIPT]) if told else []
    return {
        "cards": [Card(analysis) for analysis in analyses],
        "told": told,
        "rows": [Row(annotation) for annotation in objects],
        "drawing": drawing(objects, image.width, image.height),
        "class_colours": image.project.class_colours,
        "class_names": classes_of(image),
        "colour_maps": ["viridis", "magma", "cividis", "grey"],
        "adjustments": ["brightness", "contrast", "saturation"],
        "has_more_analyses": len(analyses) == ANALYSES_SHOWN,
        "example_model": next(iter(settings.ML_ALLOWED_MODELS), "your_model"),
        "base_url": settings.BASE_URL,
    }


def classes_of(image: Image) -> list[str]:
    """What models saw in the picture: all of it, so that no colour depends on which analysis is looked at first."""
    found = Tally.objects.filter(analysis__image=image).values_list("class_name", flat=True)
    return list(found.order_by("class_name").distinct()[:CLASSES_COLOURED])


def facts(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values of a summary or of parameters as people read them; format.js does the same."""
    return [(name.replace("_", " "), fact(value)) for name, value in values.items()]


def fact(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(fact(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@login_required
@require_POST
def cancel_analysis(request: HttpRequest, analysis_id: Any) -> HttpResponse:
    """End a running analysis; whoever sees the picture may."""
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    analysis = get_object_or_404(Analysis.objects.visible_to(request.user), pk=analysis_id)
    try:
        analysis.move_to(Status.CANCELLED)
    except IllegalTransition as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, f"The analysis by {analysis.model_name} is cancelled.")
    return back_to(analysis.image_id, request)
