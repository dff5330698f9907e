"""Endpoints of background work: how far it is, cancel it, fetch what came of it."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from analyses import jobs
from analyses.api import job_schema as schema
from analyses.api.job_serializer import JobSerializer, ListedJobSerializer
from analyses.api.views.downloads import attachment
from analyses.api.views.shared import AnalysesViewSet
from analyses.models import Job
from images.models import Project
from vista.errors import Conflict


class ProjectJobsViewSet(AnalysesViewSet):
    """The background work of one project."""

    serializer_class = ListedJobSerializer

    @schema.LIST_JOBS
    def list_jobs(self, request: Request, project_id: Any) -> Response:
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
        found = project.jobs.defer("parameters")
        if kind := request.query_params.get("kind"):
            found = found.filter(kind=kind.replace("\x00", ""))
        page = self.paginate_queryset(found)
        return self.get_paginated_response(ListedJobSerializer(page, many=True).data)


class JobViewSet(AnalysesViewSet):
    """One job."""

    serializer_class = JobSerializer

    def find(self, job_id: Any) -> Job:
        return get_object_or_404(Job.objects.visible_to(self.request.user), pk=job_id)

    @schema.READ_JOB
    def read_job(self, request: Request, job_id: Any) -> Response:
        job = self.find(job_id)
        if jobs.revive(Job.objects.filter(pk=job.pk)):
            job.refresh_from_db()
        return Response(JobSerializer(job).data)

    @schema.CANCEL_JOB
    def cancel_job(self, request: Request, job_id: Any) -> Response:
        job = self.find(job_id)
        job.cancel()
        return Response(JobSerializer(job).data)

    @schema.READ_JOB_FILE
    def read_job_file(self, request: Request, job_id: Any) -> HttpResponseBase:
        job = self.find(job_id)
        if not job.has_file:
            raise Conflict(f"The job is {job.status}; there is no file.")
        etag = f'"{job.pk}-{job.size}"'
        return attachment(request, job.output_path, job.filename, job.content_type, etag)
