"""What OpenAPI says about references and imports."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema

from analyses.api.job_schema import JOB, JOB_ID
from analyses.api.job_serializer import JobSerializer
from analyses.api.reference_serializers import (
    ImportRequestSerializer,
    ReferenceRequestSerializer,
    ReferenceSerializer,
)
from analyses.api.schema import BAD_BODY, FOR_USERS, TIME, answer, refusal, request

REFERENCE: dict[str, Any] = {
    "id": "0192f0c1-eeee-7d4e-8f50-61728394a5b6",
    "project_id": JOB["project_id"],
    "analysis_id": None,
    "model_name": "ground_truth",
    "model_version": "1",
    "created_at": TIME,
}
IMPORT_JOB = JOB | {
    "id": JOB_ID,
    "kind": "import_coco",
    "status": "waiting",
    "parameters": {
        "model_name": "ground_truth",
        "model_version": "1",
        "is_reference": True,
        "shapes": "one",
        "scale": False,
        "dry_run": False,
        "source": "instances.json",
    },
    "done": 0,
    "total": None,
    "result": {},
    "file": None,
    "filename": "",
    "content_type": "",
    "size": None,
    "finished_at": None,
}

LIST_REFERENCES = extend_schema(
    operation_id="list_references",
    summary="What is marked as reference in a project, newest first",
    tags=["references"],
    responses={200: answer(ReferenceSerializer(many=True), "A page.", REFERENCE), **FOR_USERS},
)
MARK_REFERENCE = extend_schema(
    operation_id="mark_reference",
    summary="Mark an analysis, or a model in the project, as reference",
    description="Of a picture's marked analyses the newest completed one counts. Marking twice is marking once.",
    tags=["references"],
    request=ReferenceRequestSerializer,
    examples=request({"model_name": "ground_truth", "model_version": "1"}),
    responses={
        200: answer(ReferenceSerializer, "It was marked already.", REFERENCE),
        201: answer(ReferenceSerializer, "It is marked now.", REFERENCE),
        400: BAD_BODY,
        **FOR_USERS,
    },
)
UNMARK_REFERENCE = extend_schema(
    operation_id="unmark_reference",
    summary="Take a mark away",
    tags=["references"],
    responses={204: OpenApiResponse(description="It is gone."), **FOR_USERS},
)
IMPORT_COCO = extend_schema(
    operation_id="import_coco",
    summary="Import a COCO file as completed analyses, in the background",
    description="Pictures are matched by name. The job's `result` and file say what was taken and what was not.",
    tags=["references"],
    request={"multipart/form-data": ImportRequestSerializer},
    responses={
        202: answer(JobSerializer, "The job that does it.", IMPORT_JOB),
        400: refusal("Something can be seen to be wrong at once.", "Model not in allowed list"),
        413: refusal(
            "More bytes than ML_MAX_BODY_BYTES.",
            "instances.json has 90,000,000 bytes; at most 67,108,864 are accepted.",
        ),
        **FOR_USERS,
    },
)
