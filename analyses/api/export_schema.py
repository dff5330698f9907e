"""What OpenAPI says about downloads across a project."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers

from analyses import exports, formats
from analyses.api.job_schema import RUNNING
from analyses.api.job_serializer import JobSerializer
from analyses.api.schema import FOR_USERS, answer, refusal, request
from analyses.models import Status

FORMAT = OpenApiParameter("format", str, enum=list(exports.FORMATS), default="json")
CHOICE = [
    OpenApiParameter("image_id", OpenApiTypes.UUID, many=True, description="Only these pictures."),
    OpenApiParameter("model_name", str, description="Only analyses by this model."),
    OpenApiParameter("model_version", str, description="Only analyses by this version."),
    OpenApiParameter(
        "status", str, many=True, enum=Status.values, description="Only analyses in this state."
    ),
    OpenApiParameter(
        "annotation_type",
        str,
        many=True,
        enum=list(formats.ANNOTATION_TYPES),
        description="Only these types.",
    ),
    OpenApiParameter("class_name", str, many=True, description="Only these classes."),
    OpenApiParameter("min_confidence", float, description="0 to 1; an unknown confidence fails it."),
    OpenApiParameter("created_from", str, description="Only analyses made at this day or time, or later."),
    OpenApiParameter(
        "created_to", str, description="Only analyses made up to this day, or before this time."
    ),
]
EXTRAS = [
    OpenApiParameter("artifacts", bool, description="With the artifacts that pipelines uploaded."),
    OpenApiParameter("pictures", bool, description="With the pictures as they were uploaded."),
    OpenApiParameter("annotated", bool, description="With pictures on which is drawn what was found."),
]
BAD = refusal(
    "A parameter is not valid.", "status must be one of queued, processing, completed, failed, cancelled."
)
ESTIMATE: dict[str, Any] = {
    "pictures": 20,
    "analyses": 40,
    "annotations": 1234,
    "exact": True,
    "by_type": {"bounding_box": 1200, "heatmap": 34},
    "no_place": {"heatmap": 34},
    "bytes": 260000,
}
EstimateSerializer = inline_serializer(
    "ExportEstimate",
    {
        "pictures": serializers.IntegerField(),
        "analyses": serializers.IntegerField(),
        "annotations": serializers.IntegerField(),
        "exact": serializers.BooleanField(help_text="False where only an upper bound is known."),
        "by_type": serializers.DictField(child=serializers.IntegerField()),
        "no_place": serializers.DictField(
            child=serializers.IntegerField(), help_text="Those of `by_type` that no chosen format can hold."
        ),
        "bytes": serializers.IntegerField(help_text="Roughly."),
    },
)
OrderSerializer = inline_serializer(
    "ExportRequest",
    {
        "format": serializers.ListField(child=serializers.ChoiceField(list(exports.FORMATS)), required=False),
        "image_id": serializers.ListField(child=serializers.UUIDField(), required=False),
        "model_name": serializers.CharField(required=False),
        "model_version": serializers.CharField(required=False),
        "status": serializers.ListField(child=serializers.CharField(), required=False),
        "annotation_type": serializers.ListField(child=serializers.CharField(), required=False),
        "class_name": serializers.ListField(child=serializers.CharField(), required=False),
        "min_confidence": serializers.FloatField(required=False, min_value=0, max_value=1),
        "created_from": serializers.CharField(required=False),
        "created_to": serializers.CharField(required=False),
        "artifacts": serializers.BooleanField(required=False),
        "pictures": serializers.BooleanField(required=False),
        "annotated": serializers.BooleanField(required=False),
    },
)

ESTIMATE_EXPORT = extend_schema(
    operation_id="estimate_export",
    summary="How much a download across a project will be",
    tags=["projects"],
    parameters=[FORMAT, *CHOICE, *EXTRAS],
    responses={200: answer(EstimateSerializer, "By counters alone.", ESTIMATE), 400: BAD, **FOR_USERS},
)
EXPORT_PROJECT = extend_schema(
    operation_id="export_project",
    summary="Download what models said about the pictures of a project",
    description="Streamed, of one moment, whatever its size; docs/api-guide.md tells what each format holds.",
    tags=["projects"],
    parameters=[FORMAT, *CHOICE],
    responses={
        (200, "application/octet-stream"): OpenApiTypes.BINARY,
        400: BAD,
        **FOR_USERS,
    },
)
TOO_LARGE = refusal(
    "Its pictures alone are larger than what VISTA keeps of archives.",
    "VISTA keeps at most 20.0 GB of archives, and the pictures alone have 31.4 GB:"
    " choose fewer pictures, or make several archives.",
)
START_EXPORT = extend_schema(
    operation_id="start_export",
    summary="Have an archive made in the background: annotations, a manifest, artifacts and pictures if asked for",
    tags=["projects"],
    request=OrderSerializer,
    examples=request({"format": "coco", "model_name": "yolo_v8", "min_confidence": 0.5, "pictures": True}),
    responses={202: answer(JobSerializer, "The job.", RUNNING), 400: BAD, 413: TOO_LARGE, **FOR_USERS},
)
