"""What OpenAPI says about background work."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from analyses.api.job_serializer import JobSerializer, ListedJobSerializer
from analyses.api.schema import FOR_USERS, TIME, answer, refusal

JOB_ID = "0192f0c1-dddd-7d4e-8f50-61728394a5b6"
JOB: dict[str, Any] = {
    "id": JOB_ID,
    "project_id": "0192f0c1-1111-7d4e-8f50-61728394a5b6",
    "kind": "export",
    "status": "completed",
    "parameters": {"format": "coco"},
    "done": 12000,
    "total": 12000,
    "doing": "",
    "result": {"annotations": 12000},
    "error_message": "",
    "file": f"/api/jobs/{JOB_ID}/file",
    "filename": "street.zip",
    "content_type": "application/zip",
    "size": 1048576,
    "created_at": TIME,
    "finished_at": TIME,
    "expires_at": "2026-01-16T10:30:00Z",
}
LISTED = {name: value for name, value in JOB.items() if name != "parameters"}
RUNNING = JOB | {"status": "running", "done": 4000, "doing": "Writing", "file": None, "finished_at": None}
OVER = refusal("It is over already.", "The job is completed; only one that waits or runs can be cancelled.")
BEHIND_THE_END = refusal(
    "The range begins behind the end.", "The file has 1,048,576 bytes; the range begins behind them."
)

LIST_JOBS = extend_schema(
    operation_id="list_jobs",
    summary="The background work of a project, newest first",
    tags=["jobs"],
    parameters=[OpenApiParameter("kind", str, description="Only of this kind.")],
    responses={
        200: answer(ListedJobSerializer(many=True), "A page.", LISTED),
        **FOR_USERS,
    },
)
READ_JOB = extend_schema(
    operation_id="read_job",
    summary="How far a piece of background work is",
    tags=["jobs"],
    responses={200: answer(JobSerializer, "The job.", RUNNING), **FOR_USERS},
)
CANCEL_JOB = extend_schema(
    operation_id="cancel_job",
    summary="Stop a piece of background work, or let it never begin",
    tags=["jobs"],
    request=None,
    responses={
        200: answer(JobSerializer, "The job, cancelled.", JOB | {"status": "cancelled", "file": None}),
        409: OVER,
        **FOR_USERS,
    },
)
READ_JOB_FILE = extend_schema(
    operation_id="read_job_file",
    summary="What came of a piece of background work, as a download",
    tags=["jobs"],
    parameters=[
        OpenApiParameter(
            "Range", str, OpenApiParameter.HEADER, description="One range of bytes: bytes=1000-"
        ),
        OpenApiParameter(
            "If-Range", str, OpenApiParameter.HEADER, description="The ETag that the range is of."
        ),
    ],
    responses={
        (200, "application/octet-stream"): OpenApiTypes.BINARY,
        (206, "application/octet-stream"): OpenApiTypes.BINARY,
        302: OpenApiResponse(description="The file, by a short-lived address of the storage."),
        304: OpenApiResponse(description="You have it already (If-None-Match)."),
        409: refusal("There is no file (yet).", "The job is running; there is no file."),
        416: BEHIND_THE_END,
        **FOR_USERS,
    },
)
