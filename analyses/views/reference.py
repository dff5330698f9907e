"""What others are measured against: marks are set and unset, files of ground truth come in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analyses import jobs
from analyses.forms import ImportForm, MarkForm
from analyses.imports.background import KIND, start_import
from analyses.imports.report import KINDS, sentence_of, taken
from analyses.models import Analysis, Job, ReferenceMark
from analyses.views.gallery import suggestions
from analyses.views.neighbours import back_to
from images.models import Project
from vista.errors import Refusal

MARKS_SHOWN = 50
IMPORTS_SHOWN = 10
MARK_ID = "mark-%s"  # the other form on the page has fields of the same names


def find_project(request: HttpRequest, project_id: Any) -> Project:
    """A project of the caller's; 404 too while analyses are switched off."""
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    return get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reference_page(request: HttpRequest, project_id: Any) -> HttpResponse:
    """What is marked, and the form that marks a model."""
    project = find_project(request, project_id)
    form = MarkForm(request.POST or None, auto_id=MARK_ID)
    if form.is_valid():
        name, version = form.cleaned_data["model_name"], form.cleaned_data["model_version"]
        mark, _ = ReferenceMark.objects.mark_model(project, name, version, request.user)
        messages.success(request, f"{mark} is a reference of this project.")
        return redirect("reference", project.pk)
    return show(request, project, status=400 if form.is_bound else 200, mark_form=form)


def show(request: HttpRequest, project: Project, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with a form as it was sent where it was refused."""
    marks = list(project.reference_marks.select_related("analysis__image")[: MARKS_SHOWN + 1])
    context = {
        "project": project,
        "mark_form": MarkForm(auto_id=MARK_ID),
        "import_form": ImportForm(),
        "marks": marks[:MARKS_SHOWN],
        "has_more_marks": len(marks) > MARKS_SHOWN,
        "imports": project.jobs.filter(kind=KIND)[:IMPORTS_SHOWN],
        "models": suggestions(project)["models"],
        "largest": filesizeformat(settings.ML_MAX_BODY_BYTES).replace(".0", ""),
    }
    return render(request, "analyses/reference.html", context | forms, status=status)


@login_required
@require_POST
def unmark(request: HttpRequest, project_id: Any, reference_id: Any) -> HttpResponse:
    """Take a mark away."""
    project = find_project(request, project_id)
    mark = get_object_or_404(project.reference_marks, pk=reference_id)
    mark.delete()
    messages.success(request, f"{mark} is no reference any more.")
    return redirect("reference", project.pk)


@login_required
@require_POST
def mark_analysis(request: HttpRequest, analysis_id: Any) -> HttpResponse:
    """Mark an analysis, or its model in the project, or take away every mark that it carries."""
    if not settings.ML_ANALYSIS_ENABLED:
        raise Http404
    visible = Analysis.objects.visible_to(request.user).select_related("image__project")
    analysis = get_object_or_404(visible, pk=analysis_id)
    project, what = analysis.image.project, request.POST.get("what")
    if what == "analysis":
        ReferenceMark.objects.mark_analysis(analysis, request.user)
        messages.success(request, f"What {analysis.model_name} says of this picture is its reference.")
    elif what == "model":
        mark, _ = ReferenceMark.objects.mark_model(
            project, analysis.model_name, analysis.model_version, request.user
        )
        messages.success(request, f"{mark} is a reference of the whole project.")
    elif what == "none":
        for mark in ReferenceMark.objects.on(analysis):
            mark.delete()
            said = "This analysis" if mark.analysis_id else f"{mark}, in the whole project,"
            messages.success(request, f"{said} is no reference any more.")
    return back_to(analysis.image_id, request)


# --- imports --------------------------------------------------------------------------------------------------
@login_required
@require_POST
def import_file(request: HttpRequest, project_id: Any) -> HttpResponse:
    """Begin the import of a file and go where one sees how far it is."""
    project = find_project(request, project_id)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            job = start_import(project, sent["file"], sent["categories"], form.options(), request.user)
        except Refusal as refusal:
            for field, sentence in refusal.errors or [("", refusal.detail)]:
                form.add_error(field if field in form.fields else None, sentence)
            return show(request, project, refusal.status_code, import_form=form)
        return redirect("import", project.pk, job.pk)
    return show(request, project, 400, import_form=form)


@login_required
@require_safe
def import_page(request: HttpRequest, project_id: Any, job_id: Any) -> HttpResponse:
    """How far an import is, and what came of it."""
    project = find_project(request, project_id)
    imports = project.jobs.filter(kind=KIND, pk=job_id)
    jobs.revive(imports)
    job = get_object_or_404(imports)
    context = {"project": project, "job": job, "source": job.parameters["source"]}
    if job.status == "completed":
        context |= {"sentences": taken(job.result), "faults": faults_of(job)}
    elif job.status == "failed":
        told = job.error_message  # a single fault often says all of it
        context["errors"] = [e for e in job.result.get("errors", []) if e["message"] not in told]
    return render(request, "analyses/import.html", context)


def faults_of(job: Job) -> list[dict[str, Any]]:
    """Each kind of fault that the report has, with its first ones and how many more there are."""
    return [
        {
            "title": sentence_of(kind, told["count"]),
            "first": told["first"],
            "more": told["count"] - len(told["first"]),
        }
        for kind in KINDS
        if (told := job.result[kind])["count"]
    ]
