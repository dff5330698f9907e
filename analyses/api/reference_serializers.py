"""The JSON of references and of imports, in and out."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

from analyses.api.serializers import Choice
from analyses.imports.store import FIRST_VERSION
from analyses.imports.wire import ONE, SHAPES
from analyses.models import ReferenceMark
from analyses.models.allowed import GROUND_TRUTH
from vista.api import Text


class Flag(serializers.BooleanField):
    """True or false in a form; absent is the default, and not false as DRF has it for forms of browsers."""

    default_empty_html = empty


class ReferenceSerializer(serializers.ModelSerializer):
    """What others are measured against: one analysis, or a model in the whole project."""

    analysis_id = serializers.UUIDField(read_only=True, allow_null=True)
    model_name = serializers.SerializerMethodField(help_text="Null where one analysis is marked.")
    model_version = serializers.SerializerMethodField(help_text="Null: every version.")

    class Meta:
        model = ReferenceMark
        fields = ["id", "project_id", "analysis_id", "model_name", "model_version", "created_at"]
        read_only_fields = fields

    def get_model_name(self, mark: ReferenceMark) -> str | None:
        return mark.model_name or None

    def get_model_version(self, mark: ReferenceMark) -> str | None:
        return mark.model_version or None


class ReferenceRequestSerializer(serializers.Serializer):
    """Either an analysis or a model."""

    analysis_id = serializers.UUIDField(required=False, help_text="Of a picture of this project.")
    model_name = Text(required=False, max_length=100, trim_whitespace=False)
    model_version = Text(
        required=False,
        max_length=100,
        trim_whitespace=False,
        allow_null=True,
        default=None,
        help_text="Null or absent: every version.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("analysis_id" in attrs) == ("model_name" in attrs):
            raise serializers.ValidationError({"analysis_id": "give either analysis_id or model_name"})
        if "analysis_id" in attrs and attrs["model_version"] is not None:
            raise serializers.ValidationError({"model_version": "goes with model_name only"})
        return attrs


class ImportRequestSerializer(serializers.Serializer):
    """A COCO file, and what is to become of it; fields of a multipart form."""

    file = serializers.FileField(help_text="COCO instances or keypoints, or a list of results.")
    categories = serializers.FileField(
        required=False, help_text="A COCO file or a list of categories, where `file` has none."
    )
    model_name = Text(default=GROUND_TRUTH, max_length=100, trim_whitespace=False)
    model_version = Text(default=FIRST_VERSION, max_length=100, trim_whitespace=False)
    is_reference = Flag(default=True, help_text="Whether others are measured against it.")
    shapes = Choice(
        choices=[(name, name) for name in SHAPES],
        default=ONE,
        help_text="What is taken of an annotation; `one`: its keypoints, segmentation or bbox, the first that it has.",
    )
    scale = Flag(default=False, help_text="Fit annotations to pictures that have another size here.")
    dry_run = Flag(default=False, help_text="Check everything, store nothing.")
