"""What OpenAPI says about projects and pictures. No behaviour."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from images import serializers, tiles
from images.thumbnails import DEFAULT_SIZE, SIZES, SMALLEST
from vista.api import ErrorSerializer

PROJECT: dict[str, Any] = {
    "id": "0192f0c0-0000-7d4e-8f50-61728394a5b6",
    "name": "Street scenes",
    "description": "Crossings at noon, one picture a minute.",
    "group": "traffic team",
    "image_count": 128,
    "created_at": "2026-01-15T10:30:00Z",
}
IMAGE: dict[str, Any] = {
    "id": "0192f0c1-0000-7d4e-8f50-61728394a5b6",
    "project_id": PROJECT["id"],
    "filename": "crossing_0412.jpg",
    "content_type": "image/jpeg",
    "size": 2481923,
    "width": 4032,
    "height": 3024,
    "created_at": "2026-01-15T10:31:00Z",
}


def _answer(serializer: Any, description: str, example: Any) -> OpenApiResponse:
    return OpenApiResponse(serializer, description, examples=[OpenApiExample("example", value=example)])


def _refusal(description: str, detail: str, **more: Any) -> OpenApiResponse:
    return _answer(ErrorSerializer, description, {"detail": detail} | more)


NO_LOGIN = _refusal("No valid key, proxy login or session.", "Authentication credentials were not provided.")
UNKNOWN = _refusal("Unknown, or not yours to see.", "There is nothing here, or it is not yours to see.")
NOT_MODIFIED = OpenApiResponse(description="You have it already (If-None-Match).")

LIST_PROJECTS = extend_schema(
    operation_id="list_projects",
    summary="Your projects, newest first",
    tags=["projects"],
    responses={200: _answer(serializers.ProjectSerializer(many=True), "A page.", PROJECT), 401: NO_LOGIN},
)
CREATE_PROJECT = extend_schema(
    operation_id="create_project",
    summary="Make a project (staff)",
    tags=["projects"],
    request=serializers.ProjectRequestSerializer,
    examples=[
        OpenApiExample(
            "request",
            value={key: PROJECT[key] for key in ("name", "description", "group")},
            request_only=True,
        )
    ],
    responses={
        201: _answer(serializers.ProjectSerializer, "Made.", PROJECT | {"image_count": 0}),
        400: _refusal(
            "Not valid.",
            "The request is not valid.",
            errors=[{"field": "group", "message": "There is no group 'trafic team'."}],
            error_count=1,
        ),
        401: NO_LOGIN,
        403: _refusal("You are not staff.", "Only staff make projects."),
    },
)
READ_PROJECT = extend_schema(
    operation_id="read_project",
    summary="One project",
    tags=["projects"],
    responses={
        200: _answer(serializers.ProjectSerializer, "The project.", PROJECT),
        401: NO_LOGIN,
        404: UNKNOWN,
    },
)
UPLOAD_IMAGE = extend_schema(
    operation_id="upload_image",
    summary="Add one picture to a project",
    description=(
        "One JPEG, PNG or WebP file in the multipart field `file`. The type is read from the bytes; width and "
        "height are those of the upright picture."
    ),
    tags=["images"],
    request={"multipart/form-data": serializers.UploadRequestSerializer},
    responses={
        201: _answer(serializers.ImageSerializer, "Added.", IMAGE),
        400: _refusal("No picture, or a damaged one.", "notes.txt is not a JPEG, PNG or WebP picture."),
        401: NO_LOGIN,
        404: UNKNOWN,
        411: _refusal("No Content-Length.", "Send a Content-Length; chunked bodies are not accepted."),
        413: _refusal("Too many bytes or pixels.", "a.jpg has 104,857,601 bytes; at most 104,857,600 are …"),
        415: _refusal("Not multipart.", 'Send the picture as multipart/form-data, in the field "file".'),
    },
)
READ_IMAGE = extend_schema(
    operation_id="read_image",
    summary="One picture's data",
    tags=["images"],
    responses={
        200: _answer(serializers.ImageSerializer, "The picture.", IMAGE),
        401: NO_LOGIN,
        404: UNKNOWN,
    },
)
READ_IMAGE_CONTENT = extend_schema(
    operation_id="read_image_content",
    summary="The original bytes of a picture",
    tags=["images"],
    responses={
        (200, "image/jpeg"): _answer(OpenApiTypes.BINARY, "The bytes, with the picture's own type.", "…"),
        (200, "image/png"): _answer(OpenApiTypes.BINARY, "The bytes, with the picture's own type.", "…"),
        (200, "image/webp"): _answer(OpenApiTypes.BINARY, "The bytes, with the picture's own type.", "…"),
        304: NOT_MODIFIED,
        401: NO_LOGIN,
        404: UNKNOWN,
    },
)
READ_THUMBNAIL = extend_schema(
    operation_id="read_thumbnail",
    summary="A picture made small, upright, as JPEG",
    tags=["images"],
    parameters=[
        OpenApiParameter(
            "size",
            int,
            description=(
                f"Pixels of the longer side, {SMALLEST} to {SIZES[-1]}, rounded up to the next of "
                f"{', '.join(map(str, SIZES))}; smaller pictures stay as they are."
            ),
            default=DEFAULT_SIZE,
        )
    ],
    responses={
        (200, "image/jpeg"): _answer(OpenApiTypes.BINARY, "The thumbnail.", "…"),
        304: NOT_MODIFIED,
        400: _refusal("Not such a number.", f"size must be a whole number from {SMALLEST} to {SIZES[-1]}."),
        401: NO_LOGIN,
        404: UNKNOWN,
    },
)
READ_TILE = extend_schema(
    operation_id="read_tile",
    summary="One Deep Zoom tile of a picture, upright",
    description=(
        "Level {level} is ⌈width / 2ⁿ⌉ × ⌈height / 2ⁿ⌉ pixels, n levels below the highest, ⌈log₂(longer side)⌉, "
        f"which is the picture itself. Tiles have {tiles.SIDE} pixels a side, fewer at the right and lower edge, "
        "and do not overlap. JPEGs give JPEG, other pictures PNG. Who asks first for a tile of a large picture "
        "gets a 202 until all of them are made."
    ),
    tags=["images"],
    responses={
        (200, "image/jpeg"): _answer(OpenApiTypes.BINARY, "The tile of a JPEG.", "…"),
        (200, "image/png"): _answer(OpenApiTypes.BINARY, "The tile of another picture.", "…"),
        202: _refusal(
            "Being made; Retry-After says when to ask again.",
            "The picture is being cut into tiles; ask again in a moment.",
        ),
        304: NOT_MODIFIED,
        401: NO_LOGIN,
        404: _refusal(
            "Unknown, not yours to see, or no such tile.",
            "There is no tile 8_0: level 12 of this picture has the columns 0 to 7 and the rows 0 to 5.",
        ),
    },
)
