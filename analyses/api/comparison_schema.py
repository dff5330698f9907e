"""What OpenAPI says about the comparison of two analyses."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from analyses.api.schema import ANALYSIS, FOR_USERS, IMAGE_ID, answer, refusal
from analyses.api.serializers import ComparisonSerializer

COMPARED: dict[str, Any] = {name: ANALYSIS[name] for name in ("id", "model_name", "model_version", "status")}
OTHER_ID = "0192f0c1-5e6f-7d4e-8f50-61728394a5b6"
PAIRED = ["0192f0c1-aaaa-7d4e-8f50-61728394a5b6", "0192f0c1-bbbb-7d4e-8f50-61728394a5b6"]
COMPARISON = {
    "image_id": IMAGE_ID,
    "a": COMPARED,
    "b": COMPARED | {"id": OTHER_ID, "model_name": "resnet50"},
    "iou": 0.5,
    "min_a": 0.3,
    "min_b": 0,
    "agreement": {
        "count_a": 2,
        "count_b": 1,
        "agree": 1,
        "class_differs": 0,
        "a_only": 1,
        "b_only": 0,
        "object_agreement": 0.6667,
        "class_kappa": None,
        "mean_iou": 0.82,
        "score_correlation": None,
    },
    "classes": [
        {
            "class_name": "person",
            "count_a": 2,
            "count_b": 1,
            "agree": 1,
            "a_differs": 0,
            "b_differs": 0,
            "a_only": 1,
            "b_only": 0,
        }
    ],
    "pairs": [
        {
            "a": PAIRED[0],
            "b": PAIRED[1],
            "iou": 0.82,
            "verdict": "agree",
            "class_a": "person",
            "class_b": "person",
        }
    ],
    "a_only": ["0192f0c1-cccc-7d4e-8f50-61728394a5b6"],
    "b_only": [],
}
COMPARE_ANALYSES = extend_schema(
    operation_id="compare_analyses",
    summary="Two analyses of a picture, object by object: where they agree, and where they do not",
    description="No ground truth is needed, and neither of the two comes first.",
    tags=["analyses"],
    parameters=[
        OpenApiParameter("a", OpenApiTypes.UUID, required=True, description="An analysis of this picture."),
        OpenApiParameter("b", OpenApiTypes.UUID, required=True, description="Another one."),
        OpenApiParameter("iou", float, default=0.5, description="Pairs overlap at least so much; above 0."),
        OpenApiParameter(
            "min_a", float, default=0, description="0 to 1: objects of A with a lower score are left out."
        ),
        OpenApiParameter("min_b", float, default=0, description="The same for B."),
    ],
    responses={
        200: answer(ComparisonSerializer, "The comparison.", COMPARISON),
        400: refusal("A parameter is not valid.", "iou must be a number above 0, at most 1."),
        **FOR_USERS,
    },
)
