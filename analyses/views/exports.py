"""The page where results of a project are taken away: what, as what, how much that is, and what was made before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from analyses import formats
from analyses.exports import FORMATS
from analyses.exports.background import KIND, start
from analyses.exports.orders import EXTRAS, Order
from analyses.models import Status
from analyses.views.gallery import suggestions
from images.models import Project
from vista.errors import Invalid, Refusal

MOST_SHOWN = 10  # of what was made before
# As the form calls the parameters.
LABELS = {
    "model_name": "Model",
    "model_version": "Version",
    "status": "Status",
    "annotation_type": "Type",
    "class_name": "Class",
    "min_confidence": "Score",
    "created_from": "From",
    "created_to": "To",
    "image_id": "Picture",
    "format": "Format",
    "artifacts": "Artifacts",
    "pictures": "Pictures",
    "annotated": "Drawings",
}


@dataclass(frozen=True)
class Field:
    """One field of the form: a list to choose from where there are `choices`, otherwise a line."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    suggested: Sequence[str] = ()
    type: str = "text"
    inputmode: str = ""
    placeholder: str = "any"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def export(request: HttpRequest, project_id: Any) -> HttpResponse:
    """What is chosen, how much it is, and the archives of the last day; a POST has one made."""
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    query = request.POST if request.method == "POST" else request.GET
    order, faults = read(query, project)
    status = 400 if faults else 200
    if order and request.method == "POST":
        try:
            start(order, project, by=request.user)
        except Refusal as refusal:
            faults, status = {"archive": refusal.detail}, refusal.status_code
        else:
            return redirect(f"{reverse('export', args=[project.pk])}?{chosen(query)}#made")
    context = {
        "project": project,
        "said": {"format": query.get("format", "")} | {name: name in query for name in EXTRAS},
        "pictures": [text for text in query.getlist("image_id") if text],
        "faults": faults,
        "estimate": order.estimate() if order else None,
        "query": chosen(query),
        "of_all": chosen(query, but="image_id"),
        "formats": FORMATS.values(),
        "fields": fields(query, suggestions(project)),
        "made": project.jobs.filter(kind=KIND).select_related("asked_by")[:MOST_SHOWN],
    }
    return render(request, "analyses/export.html", context, status=status)


def read(query: QueryDict, project: Project) -> tuple[Order | None, dict[str, str]]:
    """The order, or what is wrong with it, by the names of the fields."""
    try:
        return Order.read(dict(query.lists()), project), {}
    except Invalid as refusal:
        faults = {name: text.replace(name, LABELS.get(name, name), 1) for name, text in refusal.errors}
        return None, faults or {"format": refusal.detail}


def fields(query: QueryDict, suggested: dict[str, Any]) -> list[Field]:
    """Of what: the fields of the form in their order, as they are filled in."""

    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, query.get(name, ""), **more)

    return [
        field("model_name", "Model", suggested=suggested["models"]),
        field("model_version", "Version"),
        field("status", "Status", choices=spelled(Status.values)),
        field("annotation_type", "Type", choices=spelled(formats.ANNOTATION_TYPES)),
        field("class_name", "Class", suggested=suggested["classes"]),
        field("min_confidence", "Score at least", inputmode="decimal", placeholder="0 to 1"),
        field("created_from", "Analysed from", type="date"),
        field("created_to", "to, with that day", type="date"),
    ]


def spelled(names: Iterable[str]) -> list[tuple[str, str]]:
    """Names and what people call them."""
    return [(name, name.replace("_", " ")) for name in names]


def chosen(query: QueryDict, *, but: str = "") -> str:
    """The query of an address that opens the page with the same choice, one parameter perhaps left out."""
    values = {name: [value for value in query.getlist(name) if value] for name in LABELS if name != but}
    return urlencode({name: given for name, given in values.items() if given}, doseq=True)
