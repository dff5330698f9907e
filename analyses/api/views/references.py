"""What others are measured against in a project: list, mark, unmark; and files of it that are imported."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from analyses.api import reference_schema as schema
from analyses.api.job_serializer import JobSerializer
from analyses.api.reference_serializers import (
    ImportRequestSerializer,
    ReferenceRequestSerializer,
    ReferenceSerializer,
)
from analyses.api.views.shared import AnalysesViewSet
from analyses.imports.background import start_import
from analyses.imports.store import Options
from analyses.models import Analysis, ReferenceMark
from images.models import Project
from vista.api import json_body
from vista.errors import LengthRequired, Refusal, TooLarge

FORM_BYTES = 2 * 2**20  # what a multipart form may have beside its file


class NotAForm(Refusal):
    """An upload that is not a multipart form."""

    status_code = 415


class ProjectViewSet(AnalysesViewSet):
    """What all of a project's endpoints here begin with."""

    def find_project(self, project_id: Any) -> Project:
        return get_object_or_404(Project.objects.visible_to(self.request.user), pk=project_id)


class ReferencesViewSet(ProjectViewSet):
    """The marks of one project; every member may set and unset them."""

    serializer_class = ReferenceSerializer

    @schema.LIST_REFERENCES
    def list_references(self, request: Request, project_id: Any) -> Response:
        page = self.paginate_queryset(self.find_project(project_id).reference_marks.all())
        return self.get_paginated_response(ReferenceSerializer(page, many=True).data)

    @schema.MARK_REFERENCE
    def mark_reference(self, request: Request, project_id: Any) -> Response:
        project = self.find_project(project_id)
        serializer = ReferenceRequestSerializer(data=json_body(request))
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        if "analysis_id" in wanted:
            found = Analysis.objects.filter(image__project=project).select_related("image")
            analysis = get_object_or_404(found, pk=wanted["analysis_id"])
            mark, is_new = ReferenceMark.objects.mark_analysis(analysis, request.user)
        else:
            name, version = wanted["model_name"], wanted["model_version"] or ""
            mark, is_new = ReferenceMark.objects.mark_model(project, name, version, request.user)
        return Response(ReferenceSerializer(mark).data, status=201 if is_new else 200)

    @schema.UNMARK_REFERENCE
    def unmark_reference(self, request: Request, project_id: Any, reference_id: Any) -> Response:
        if not self.find_project(project_id).reference_marks.filter(pk=reference_id).delete()[0]:
            raise Http404
        return Response(status=204)


class ImportsViewSet(ProjectViewSet):
    """Files of annotations, imported in the background."""

    serializer_class = JobSerializer
    parser_classes = [MultiPartParser]

    @schema.IMPORT_COCO
    def import_coco(self, request: Request, project_id: Any) -> Response:
        project = self.find_project(project_id)
        check_form_headers(request)
        serializer = ImportRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        flags = {name: wanted[name] for name in ("is_reference", "scale", "dry_run")}
        options = Options(wanted["model_name"], wanted["model_version"], shapes=wanted["shapes"], **flags)
        job = start_import(project, wanted["file"], wanted.get("categories"), options, request.user)
        return Response(
            JobSerializer(job).data, status=202, headers={"Location": reverse("read_job", args=[job.pk])}
        )


def check_form_headers(request: Request) -> None:
    """Refuse by header what could not be read anyway (411, 413, 415), before the body is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired("Send a Content-Length; chunked bodies are not accepted.")
    most = settings.ML_MAX_BODY_BYTES
    if int(length) > most + FORM_BYTES:
        raise TooLarge(f"The upload has {int(length):,} bytes; a file may have at most {most:,}.")
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise NotAForm('Send the file as multipart/form-data, in the field "file".')
