"""What OpenAPI says about the comparison of models across a project."""

from typing import Any

import msgspec
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from analyses.api.job_schema import RUNNING
from analyses.api.job_serializer import JobSerializer
from analyses.api.schema import ANALYSIS_ID, FOR_USERS, IMAGE_ID, answer, refusal
from analyses.reports import document
from analyses.reports.asked import REFERENCES, TYPES

DEFINITIONS = "#/$defs/"


def inlined(value: Any, definitions: dict[str, Any]) -> Any:
    """The schema without references: none of its parts holds itself."""
    if isinstance(value, list):
        return [inlined(inner, definitions) for inner in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("$ref", "")).startswith(DEFINITIONS):
        return inlined(definitions[value["$ref"].removeprefix(DEFINITIONS)], definitions)
    some = [one for one in value.get("anyOf", []) if one != {"type": "null"}]
    if len(some) == 1:  # as OpenAPI 3.0 says that it may be null
        return inlined(some[0], definitions) | {"nullable": True}
    return {name: inlined(inner, definitions) for name, inner in value.items()}


def schema_of(part: Any) -> dict[str, Any]:
    whole = msgspec.json.schema(part)
    return dict(inlined({name: value for name, value in whole.items() if name != "$defs"}, whole["$defs"]))


def example(schema: Any, description: str, value: Any) -> OpenApiResponse:
    return OpenApiResponse(schema, description, examples=[OpenApiExample("example", value=value)])


MODELS = [
    OpenApiParameter(
        "a", str, required=True, description="`name@version`, or `marked`: the marked references."
    ),
    OpenApiParameter("b", str, required=True, description="`name@version` of another model."),
    OpenApiParameter("c", str, description="A third one."),
    OpenApiParameter("d", str, description="A fourth one."),
    *(
        OpenApiParameter(
            f"threshold_{key}", float, default=0, description="0 to 1: lower scores are left out."
        )
        for key in "abcd"
    ),
    OpenApiParameter("iou", float, default=0.5, description="Pairs overlap at least so much; above 0."),
    OpenApiParameter("types", str, enum=list(TYPES), default="all", description="`all` goes by bounds."),
    OpenApiParameter("class_agnostic", bool, default=False, description="All classes are one."),
    OpenApiParameter(
        "reference",
        str,
        enum=list(REFERENCES),
        description="`a`: A is the truth. `none`, unless A is `marked`.",
    ),
    OpenApiParameter("format", str, enum=["json", "csv"], default="json"),
]
FILTERS = [
    OpenApiParameter("verdict", str, description="One of those that the report counts."),
    OpenApiParameter("class", str, description="Of this class."),
    OpenApiParameter("class_a", str, description="A cell: its row. Empty is nothing."),
    OpenApiParameter("class_b", str, description="A cell: its column. Empty is nothing."),
    OpenApiParameter("threshold", float, description="A point of a curve."),
    OpenApiParameter("score_from", float, description="A bin of the calibration: its lower end."),
    OpenApiParameter("score_to", float, description="Its upper end."),
    OpenApiParameter("first_a", str, description="The class that A puts first."),
    OpenApiParameter("first_b", str, description="The class that B puts first."),
    OpenApiParameter("empty", str, description="The side that found nothing."),
    OpenApiParameter("only", str, description="The side that alone has processed the picture."),
    OpenApiParameter("of", str, default="b", description="Of A and which other side."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("page_size", int, default=100),
]
PICTURE: dict[str, Any] = {
    "rank": 1,
    "id": IMAGE_ID,
    "filename": "street.jpg",
    "analyses": {"a": ANALYSIS_ID, "b": "0192f0c1-5e6f-7d4e-8f50-61728394a5b6"},
    "disagreement": 2,
    "counts": {"agree": 5, "class_differs": 0, "a_only": 2, "b_only": 0},
    "matching": 2,
    "heatmap_correlation": None,
    "first": None,
}
REPORT: dict[str, Any] = {
    "shape": document.SHAPE,
    "stale": False,
    "parameters": {
        "iou": 0.5,
        "types": "all",
        "overlap": "bounds",
        "class_agnostic": False,
        "reference": "none",
    },
    "coverage": {
        "pictures": 20,
        "compared": 18,
        "only": {"a": 2, "b": 0},
        "some": 0,
        "neither": 0,
        "empty": 1,
    },
    "classes": ["person"],
    "pictures": {"total": 18, "with_disagreement": 7, "definition": "Objects that …", "worst": [PICTURE]},
}
InTheMakingSerializer = inline_serializer(
    "ComparisonInTheMaking",
    {
        "job": JobSerializer(),
        "stale_report": serializers.DictField(
            allow_null=True, help_text="The report of before something changed, if there was one."
        ),
    },
)
COMPUTING = RUNNING | {"kind": "report", "doing": "Looking at pictures"}
MAKING = answer(
    InTheMakingSerializer,
    "It is being computed: look at the job (`Location`), then ask again.",
    {"job": COMPUTING, "stale_report": None},
)
COMMON: dict[Any, Any] = {
    202: MAKING,
    (200, "text/csv"): OpenApiTypes.STR,
    400: refusal("A parameter is not valid.", "b must be name@version of a model."),
    409: refusal("It could not be computed.", "These models could not be compared: …"),
    **FOR_USERS,
}
COMPARE_MODELS = extend_schema(
    operation_id="compare_models",
    summary="Two to four models compared on all pictures of a project, with a reference or without",
    description="Computed in the background where it takes long, and kept until an analysis is added or goes.",
    tags=["projects"],
    parameters=MODELS,
    responses={200: example(schema_of(document.Report), "The report.", REPORT), **COMMON},
)
PAGE = {
    "type": "object",
    "required": ["results", "next", "previous", "total"],
    "properties": {
        "results": {"type": "array", "items": schema_of(document.Picture)},
        "next": {"type": "string", "nullable": True},
        "previous": {"type": "string", "nullable": True},
        "total": {"type": "integer"},
    },
}
LIST_COMPARED_PICTURES = extend_schema(
    operation_id="list_compared_pictures",
    summary="The pictures behind a number of the comparison, those that matter most first",
    tags=["projects"],
    parameters=[*MODELS, *FILTERS],
    responses={
        200: example(PAGE, "A page.", {"results": [PICTURE], "next": None, "previous": None, "total": 1}),
        **COMMON,
    },
)
