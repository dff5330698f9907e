"""The pages that compare models across a project: the report, and the pictures behind each of its numbers."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analyses.reports.asking import Answer, ReportFailed, ask
from analyses.views.comparison.behind import Behind
from analyses.views.comparison.choice import Choice
from analyses.views.comparison.links import Links, shortened
from analyses.views.comparison.shown import Shown
from images.models import Project
from vista.errors import Invalid

PAGE, PICTURES = "analyses/comparison/page.html", "analyses/comparison/pictures.html"


@require_safe
@login_required
def comparison(request: HttpRequest, project_id: Any) -> HttpResponse:
    """Two to four models compared; while the report is made, how far it is."""
    project = find(request, project_id)
    choice = Choice.read(project, request.GET)
    context: dict[str, Any] = {"project": project, "choice": choice}
    if choice.asked is None:
        return render(request, PAGE, context, status=400 if choice.faults else 200)
    try:
        answer = ask(project, choice.asked, request.user)
    except Invalid as refusal:
        return render(request, PAGE, context | {"choice": choice.refused(refusal)}, status=400)
    except ReportFailed as failed:
        return render(request, PAGE, context | {"failed": failed.detail}, status=409)
    sort = request.GET.get("sort", "")
    links = links_of(project, answer, {"sort": sort} if sort else {})
    context |= {"job": answer.job, "address": links.page()}
    if answer.computed:
        context["shown"] = Shown(answer.computed.report, links, sort)
    return render(request, PAGE, context)


@require_safe
@login_required
def pictures(request: HttpRequest, project_id: Any) -> HttpResponse:
    """A page of the pictures behind a number; without one all compared pictures, the worst first."""
    project = find(request, project_id)
    choice = Choice.read(project, request.GET)
    context: dict[str, Any] = {"project": project, "choice": choice}
    if choice.asked is None:
        return render(request, PICTURES, context, status=400 if choice.faults else 200)
    try:
        answer = ask(project, choice.asked, request.user)
        links = links_of(project, answer)
        context |= {"job": answer.job, "comparison": links.page()}
        if answer.computed:
            context["behind"] = Behind.read(answer, answer.computed, links, request.GET)
    except (Invalid, ReportFailed) as refusal:
        return render(request, PICTURES, context | {"failed": refusal.detail}, status=400)
    return render(request, PICTURES, context)


def find(request: HttpRequest, project_id: Any) -> Project:
    """The project, or 404 where it is not theirs to see, or where nobody analyses."""
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    return get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)


def links_of(project: Project, answer: Answer, extra: dict[str, str] | None = None) -> Links:
    sides = answer.computed.report.sides if answer.computed else ()
    return Links(project.pk, shortened(answer.asked.query()), sides, answer.asked.iou, extra or {})
