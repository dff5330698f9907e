"""What OpenAPI says about each endpoint: operation id, summary, bodies, examples. No behaviour."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from analyses import exports, formats, payload
from analyses.api import serializers
from analyses.wanted import NOT_ANALYSED, STATUSES
from images.api_schema import IMAGE
from images.serializers import ImageSerializer
from vista.api import ErrorSerializer

ANALYSIS_ID = "0192f0c1-2b3c-7d4e-8f50-61728394a5b6"
IMAGE_ID = "0192f0c1-0000-7d4e-8f50-61728394a5b6"
TIME = "2026-01-15T10:30:00Z"
ANALYSIS: dict[str, Any] = {
    "id": ANALYSIS_ID,
    "image_id": IMAGE_ID,
    "model_name": "yolo_v8",
    "model_version": "v8.0.0",
    "status": "queued",
    "is_stalled": False,
    "is_reference": False,
    "parameters": {"confidence_threshold": 0.5},
    "description": "Object detection",
    "summary": {},
    "error_message": "",
    "annotation_count": 0,
    "created_at": TIME,
    "updated_at": TIME,
    "started_at": None,
    "completed_at": None,
}
BOX = {
    "annotation_type": "bounding_box",
    "class_name": "person",
    "confidence": 0.95,
    "data": {"bbox": [100, 150, 50, 100], "format": "xywh"},
}
STORED_BOX = {"id": "0192f0c1-aaaa-7d4e-8f50-61728394a5b6"} | BOX | {"created_at": TIME}
ARTIFACT = {
    "artifact_name": "heatmap.png",
    "content_type": "image/png",
    "size": 48213,
    "status": "stored",
    "checksum": "sha256:" + "0" * 64,
    "storage_path": f"artifacts/{ANALYSIS_ID}/{IMAGE_ID}",
    "url": f"/api/analyses/{ANALYSIS_ID}/artifacts/heatmap.png",
}


def answer(serializer: Any, description: str, example: Any) -> OpenApiResponse:
    """A response with one example."""
    return OpenApiResponse(serializer, description, examples=[OpenApiExample("example", value=example)])


def refusal(description: str, detail: str, **more: Any) -> OpenApiResponse:
    return answer(ErrorSerializer, description, {"detail": detail} | more)


def request(value: Any) -> list[OpenApiExample]:
    return [OpenApiExample("request", value=value, request_only=True)]


def header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


IDEMPOTENCY = header("Idempotency-Key", "A retry with the same key and body gets the first answer.")
UNKNOWN = refusal("Unknown, or not yours to see.", "There is nothing here, or it is not yours to see.")
UNSIGNED = refusal("Not signed as it must be.", "Invalid HMAC signature")
NO_LOGIN = refusal("No valid key, proxy login or session.", "Authentication credentials were not provided.")
FINAL = refusal("The analysis is over.", "The analysis is completed; annotations are taken only while …")
BAD_BODY = refusal("The body is not valid.", "The request is not valid.")
FOR_USERS = {401: NO_LOGIN, 404: UNKNOWN}
FOR_PIPELINES = {400: BAD_BODY, 401: UNSIGNED, 404: UNKNOWN}

LIST_IMAGES = extend_schema(
    operation_id="list_images",
    summary="The pictures of a project, newest first, chosen by what models said about them",
    description="With parameters, those with at least one analysis that meets all of them at once.",
    tags=["images"],
    parameters=[
        OpenApiParameter("model_name", str),
        OpenApiParameter(
            "status",
            str,
            enum=STATUSES,
            description=f"`{NOT_ANALYSED}`: no analysis, or none by `model_name`.",
        ),
        OpenApiParameter("class_name", str, description="The analysis found objects of this class."),
        OpenApiParameter(
            "min_confidence",
            float,
            description="0, 0.1, 0.2, … 0.9: only objects with at least this score count. Tenths only.",
        ),
        OpenApiParameter(
            "min_count",
            int,
            description=(
                "At least so many such objects: of `class_name` in one annotation type, or of all classes and types."
            ),
        ),
    ],
    responses={
        200: answer(ImageSerializer(many=True), "A page.", IMAGE),
        400: refusal("A parameter is not valid.", "min_count must be a whole number from 1 to 1,000,000."),
        **FOR_USERS,
    },
)
LIST_ANALYSES = extend_schema(
    operation_id="list_analyses",
    summary="The analyses of a picture, newest first",
    tags=["analyses"],
    responses={200: answer(serializers.AnalysisSerializer(many=True), "A page.", ANALYSIS), **FOR_USERS},
)
CREATE_ANALYSIS = extend_schema(
    operation_id="create_analysis",
    summary="Queue an analysis of a picture",
    tags=["analyses"],
    parameters=[IDEMPOTENCY],
    request=serializers.AnalysisRequestSerializer,
    examples=request(
        {"model_name": "yolo_v8", "model_version": "v8.0.0", "parameters": {"confidence_threshold": 0.5}}
    ),
    responses={
        201: answer(serializers.AnalysisSerializer, "Queued.", ANALYSIS),
        400: refusal("Not valid, or the model is not allowed.", "Model not in allowed list"),
        422: refusal("The key was used for another analysis.", "This Idempotency-Key was used for …"),
        **FOR_USERS,
    },
)
READ_ANALYSIS = extend_schema(
    operation_id="read_analysis",
    summary="One analysis",
    tags=["analyses"],
    responses={200: answer(serializers.AnalysisSerializer, "The analysis.", ANALYSIS), **FOR_USERS},
)
CANCEL_ANALYSIS = extend_schema(
    operation_id="cancel_analysis",
    summary="Cancel an analysis that is queued or processing",
    tags=["analyses"],
    request=None,
    responses={
        200: answer(serializers.AnalysisSerializer, "Cancelled.", ANALYSIS | {"status": "cancelled"}),
        409: refusal("It is over already.", "An analysis that is completed cannot become cancelled."),
        **FOR_USERS,
    },
)
LIST_ANNOTATIONS = extend_schema(
    operation_id="list_annotations",
    summary="The annotations of an analysis, in the order they were sent",
    tags=["analyses"],
    parameters=[
        OpenApiParameter("annotation_type", str, enum=list(formats.ANNOTATION_TYPES)),
        OpenApiParameter("class_name", str),
        OpenApiParameter("min_confidence", float, description="0 to 1; an unknown confidence fails it."),
        OpenApiParameter("bbox", str, description="x,y,width,height in pixels; those that meet this window."),
    ],
    responses={
        200: answer(serializers.AnnotationSerializer(many=True), "A page.", STORED_BOX),
        400: refusal("A parameter is not valid.", "min_confidence must be a number from 0 to 1."),
        **FOR_USERS,
    },
)
READ_ANNOTATION = extend_schema(
    operation_id="read_annotation",
    summary="One annotation in its stored form",
    tags=["analyses"],
    responses={200: answer(serializers.AnnotationSerializer, "The annotation.", STORED_BOX), **FOR_USERS},
)
LIST_ARTIFACTS = extend_schema(
    operation_id="list_artifacts",
    summary="The artifacts of an analysis",
    tags=["analyses"],
    responses={200: answer(serializers.ArtifactSerializer(many=True), "A page.", ARTIFACT), **FOR_USERS},
)
READ_ARTIFACT = extend_schema(
    operation_id="read_artifact",
    summary="The bytes of an artifact",
    tags=["analyses"],
    responses={
        (200, "application/octet-stream"): answer(OpenApiTypes.BINARY, "The bytes.", "…"),
        302: OpenApiResponse(description="To a short-lived address in S3, for what is no picture."),
        **FOR_USERS,
    },
)
EXPORT_ANALYSIS = extend_schema(
    operation_id="export_analysis",
    summary="Download an analysis",
    tags=["analyses"],
    description="Streamed, of one moment, whatever its size; docs/api-guide.md tells what each format holds.",
    parameters=[
        OpenApiParameter("format", str, enum=list(exports.FORMATS), default="json"),
        OpenApiParameter("annotation_type", str, many=True, description="One of these types."),
        OpenApiParameter("class_name", str, many=True, description="One of these classes."),
        OpenApiParameter("min_confidence", float, description="0 to 1; an unknown confidence fails it."),
    ],
    responses={
        (200, "application/json"): answer(
            OpenApiTypes.OBJECT, "`analysis` and `annotations`.", {"analysis": ANALYSIS, "annotations": []}
        ),
        (200, "text/csv"): answer(
            OpenApiTypes.STR, "A header and a row an annotation.", "annotation_id,annotation_type,…"
        ),
        400: refusal(
            "Unknown format.", f"Unknown format 'xml'; the formats are {', '.join(exports.FORMATS)}."
        ),
        **FOR_USERS,
    },
)
SELECTION = [
    OpenApiParameter("min_score", float, description="0 to 1; an unknown confidence fails it."),
    OpenApiParameter("max_score", float, description="0 to 1; an unknown confidence fails it."),
    OpenApiParameter("window", str, description="x_min,y_min,x_max,y_max in pixels; those that meet it."),
    OpenApiParameter("limit", int, description="At most so many, highest scores first; 500,000 by default."),
    OpenApiParameter("format", int, enum=[payload.FORMAT], description="The one that the reader knows."),
]
OF_PAYLOADS = {
    304: OpenApiResponse(description="You have it already (If-None-Match)."),
    400: refusal("A parameter is not valid.", "min_score must be a number from 0 to 1."),
    **FOR_USERS,
}
READ_PAYLOAD = extend_schema(
    operation_id="read_payload",
    summary="An analysis as a viewer wants it: binary columns, highest score first",
    description="docs/payload.md has each byte. Once the analysis is final the answer may be kept for ever.",
    tags=["analyses"],
    parameters=SELECTION,
    responses={
        (200, payload.MEDIA_TYPE): answer(OpenApiTypes.BINARY, "A JSON header and columns.", "\u0089VST…"),
        **OF_PAYLOADS,
    },
)
READ_PAYLOAD_IDS = extend_schema(
    operation_id="read_payload_ids",
    summary="The ids of the annotations in a payload, in its order",
    description="With the same parameters; `version` in both headers says whether they belong together.",
    tags=["analyses"],
    parameters=SELECTION,
    responses={
        (200, payload.MEDIA_TYPE): answer(OpenApiTypes.BINARY, "16 bytes an id.", "\u0089VST…"),
        **OF_PAYLOADS,
    },
)

UPDATE_STATUS = extend_schema(
    operation_id="update_status",
    summary="Tell how far the pipeline is",
    tags=["callbacks"],
    request=serializers.StatusRequestSerializer,
    examples=request({"status": "processing"}),
    responses={
        200: answer(
            serializers.StatusAnswerSerializer,
            "The status now.",
            {"id": ANALYSIS_ID, "status": "processing", "updated_at": TIME},
        ),
        409: refusal("It may not follow.", "An analysis that is completed cannot become processing."),
        **FOR_PIPELINES,
    },
)
PRESIGN_ARTIFACTS = extend_schema(
    operation_id="presign_artifacts",
    summary="Announce artifacts and get an upload address for each",
    tags=["callbacks"],
    request=serializers.PresignRequestSerializer,
    examples=request({"artifacts": [{"artifact_name": "heatmap.png", "content_type": "image/png"}]}),
    responses={
        200: answer(
            serializers.PresignAnswerSerializer,
            "Upload addresses.",
            {
                "presigned_urls": [
                    {
                        "artifact_name": "heatmap.png",
                        "upload_url": "https://vista.example.org/api/uploads/…",
                        "expires_in": 3600,
                        "storage_path": f"artifacts/{ANALYSIS_ID}/{IMAGE_ID}",
                        "method": "PUT",
                        "headers": {"Content-Type": "image/png"},
                    }
                ]
            },
        ),
        409: FINAL,
        **FOR_PIPELINES,
    },
)
SUBMIT_ANNOTATIONS = extend_schema(
    operation_id="submit_annotations",
    summary="Add a batch of annotations: all or nothing",
    tags=["callbacks"],
    parameters=[IDEMPOTENCY],
    request=serializers.BatchRequestSerializer,
    examples=request({"annotations": [BOX]}),
    responses={
        201: answer(
            serializers.BatchAnswerSerializer,
            "Stored; or stored before, then with the header `Idempotent-Replayed: true`.",
            {
                "created_count": 1,
                "annotations": [{"id": STORED_BOX["id"]} | {k: v for k, v in BOX.items() if k != "data"}],
            },
        ),
        400: refusal(
            "At least one item is not valid; nothing was stored.",
            "Invalid annotation format",
            errors=[{"field": "annotations[3].data.bbox", "message": "bbox needs 4 numbers, got 3"}],
            error_count=1,
        ),
        401: UNSIGNED,
        404: UNKNOWN,
        409: FINAL,
        413: refusal("Too many bytes or items.", "The batch has 100,001 annotations; at most …"),
        422: refusal("The key was used before.", "This Idempotency-Key was used with another body."),
    },
)
FINALIZE_ANALYSIS = extend_schema(
    operation_id="finalize_analysis",
    summary="End the analysis",
    tags=["callbacks"],
    request=serializers.FinalizeRequestSerializer,
    examples=request({"status": "completed", "summary": {"total_detections": 25}}),
    responses={
        200: answer(
            serializers.FinalizeAnswerSerializer,
            "Final.",
            {
                "id": ANALYSIS_ID,
                "status": "completed",
                "completed_at": TIME,
                "updated_at": TIME,
                "annotation_count": 25,
                "missing_artifacts": [],
            },
        ),
        409: refusal("It ended otherwise.", "An analysis that is failed cannot become completed."),
        **FOR_PIPELINES,
    },
)
UPLOAD_ARTIFACT = extend_schema(
    operation_id="upload_artifact",
    summary="Upload the bytes of an artifact to VISTA's own storage",
    description="It needs no login: whoever holds the address may upload.",
    tags=["uploads"],
    request={"application/octet-stream": OpenApiTypes.BINARY},
    responses={
        200: answer(
            serializers.UploadAnswerSerializer,
            "Stored.",
            {"artifact_name": "heatmap.png", "size": 48213, "checksum": "sha256:" + "0" * 64},
        ),
        403: refusal("Expired, altered, or another Content-Type.", "The upload address has expired."),
        409: FINAL,
        411: refusal("No Content-Length.", "Send a Content-Length; chunked uploads are not accepted."),
        413: refusal("Too large.", "The upload has more bytes than are accepted."),
    },
)
