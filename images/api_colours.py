"""The colours that the members of a project give to classes."""

import re
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from images.models import Project
from vista.errors import Invalid

COLOUR = re.compile(r"#[0-9a-f]{6}")
LONGEST_NAME = 255


class ClassColoursSerializer(serializers.Serializer):
    """Class names and their colours, as they are sent and as they read back."""

    class_colours = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        help_text="Class name to #rrggbb; null gives a class its usual colour back.",
    )


class ProjectColoursViewSet(GenericViewSet):
    """The colours of one project; every member may choose them."""

    serializer_class = ClassColoursSerializer

    @extend_schema(
        operation_id="update_class_colours",
        summary="Give classes other colours in a project",
        description="Classes that are not named keep the colours they have.",
        tags=["projects"],
        request=ClassColoursSerializer,
        responses={200: ClassColoursSerializer},
        examples=[OpenApiExample("Two classes", {"class_colours": {"person": "#ff7a59", "car": None}})],
    )
    def update_class_colours(self, request: Request, project_id: Any) -> Response:
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
        return Response({"class_colours": project.recolour(read_colours(request.data))})


def read_colours(body: Any) -> dict[str, str | None]:
    """The changes in a request's body; raises Invalid with a sentence for each class that is wrong."""
    colours = body.get("class_colours") if isinstance(body, dict) else None
    if not isinstance(colours, dict):
        raise Invalid(
            "The colours could not be read.", [("class_colours", "expected an object of class names")]
        )
    faults = []
    for name, colour in colours.items():
        if len(name) > LONGEST_NAME:
            faults.append(
                (f"class_colours.{name[:40]}", f"a class name has at most {LONGEST_NAME} characters")
            )
        elif colour is not None and not (isinstance(colour, str) and COLOUR.fullmatch(colour)):
            faults.append((f"class_colours.{name}", f"expected #rrggbb or null, got {colour!r:.60}"))
    if faults:
        raise Invalid("The colours were not changed.", faults)
    return colours
