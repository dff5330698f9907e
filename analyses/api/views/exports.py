"""Endpoints of downloads across a project: how much it is, stream it, or have it made in the background."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from rest_framework.request import Request
from rest_framework.response import Response

from analyses.api import export_schema as schema
from analyses.api.job_serializer import JobSerializer
from analyses.api.views.shared import AnalysesViewSet
from analyses.exports.background import start
from analyses.exports.filenames import portable
from analyses.exports.orders import Order
from images.models import Project
from vista.api import json_body
from vista.errors import Invalid


class ProjectExportsViewSet(AnalysesViewSet):
    """What models said about the pictures of a project, as files."""

    serializer_class = JobSerializer

    def find(self, project_id: Any) -> Project:
        return get_object_or_404(Project.objects.visible_to(self.request.user), pk=project_id)

    @schema.ESTIMATE_EXPORT
    def estimate_export(self, request: Request, project_id: Any) -> Response:
        order = Order.read(dict(request.query_params.lists()), self.find(project_id))
        return Response(order.estimate())

    @schema.EXPORT_PROJECT
    def export_project(self, request: Request, project_id: Any) -> HttpResponseBase:
        project = self.find(project_id)
        order = Order.read(dict(request.query_params.lists()), project)
        form = order.only_form
        response = StreamingHttpResponse(form.pieces(order.selection), content_type=form.content_type)
        name = portable(project.name, f".{form.suffix}")
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    @schema.START_EXPORT
    def start_export(self, request: Request, project_id: Any) -> Response:
        project = self.find(project_id)
        job = start(Order.read(as_texts(json_body(request)), project), project, by=request.user)
        location = reverse("read_job", args=[job.pk])
        return Response(JobSerializer(job).data, status=202, headers={"Location": location})


def as_texts(body: dict[str, Any]) -> dict[str, list[str]]:
    """The body's values as query parameters would have them."""
    return {
        name: [as_text(name, item) for item in (value if isinstance(value, list) else [value])]
        for name, value in body.items()
        if value is not None
    }


def as_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Invalid(f"{name} must be a text, a number or a list of such.", [(name, "has another type")])
    return str(value)
