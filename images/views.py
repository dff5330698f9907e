"""Pages: the projects, a new project, and uploads without JavaScript."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_http_methods, require_safe

from images.files import clean_filename
from images.forms import ProjectForm
from images.intake import add_picture
from images.models import Image, Project, ProjectQuerySet
from images.paging import page_by_id
from vista.errors import Refusal

PROJECTS_A_PAGE = 60
COVERS = 4  # newest pictures shown of each project


@require_safe
@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """The caller's projects, newest first."""
    visible = Project.objects.visible_to(request.user).select_related("group")
    page = page_by_id(with_covers(visible), request.GET, PROJECTS_A_PAGE)
    for project in page.rows:
        ids = (getattr(project, f"cover_{n}") for n in range(COVERS))
        project.covers = [id_ for id_ in ids if id_]
    return render(request, "images/projects.html", {"page": page})


def with_covers(visible: ProjectQuerySet) -> ProjectQuerySet:
    """Adds the ids of each project's newest pictures as `cover_0` and so on: one step of an index each."""
    newest = Image.objects.filter(project=OuterRef("pk")).order_by("-id").values("pk")
    return visible.annotate(**{f"cover_{n}": Subquery(newest[n : n + 1]) for n in range(COVERS)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_project(request: HttpRequest) -> HttpResponse:
    """Staff make a project for a group."""
    if not request.user.is_staff:
        raise PermissionDenied
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        project = form.save()
        messages.success(request, f"“{project.name}” is made. Add its first pictures.")
        return redirect("project", project.pk)
    context = {"form": form, "has_groups": Group.objects.exists()}
    return render(request, "images/new_project.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload_images(request: HttpRequest, project_id: Any) -> HttpResponse:
    """Add the files of a form, as many as there are; each is kept or refused by itself."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    added, refused = [], []
    for upload in request.FILES.getlist("file"):
        try:
            added.append(add_picture(project, upload, upload.name, request.user))
        except Refusal as refusal:
            refused.append((clean_filename(upload.name), refusal.detail))
    if added and not refused:
        messages.success(request, f"{_pictures(len(added))} added.")
        return redirect("project", project.pk)
    sent = request.method == "POST"
    context = {
        "project": project,
        "added": added,
        "refused": refused,
        "sent": sent,
        "largest": filesizeformat(settings.MAX_IMAGE_BYTES).replace(".0", ""),
    }
    return render(request, "images/upload.html", context, status=400 if sent else 200)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
