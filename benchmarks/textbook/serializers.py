"""What goes in and out, as ModelSerializers."""

from typing import Any

from rest_framework import serializers

from benchmarks.textbook.models import Analysis, Annotation
from benchmarks.textbook.validation import CHECKS


class AnnotationListSerializer(serializers.ListSerializer):
    """Many annotations in one INSERT."""

    def create(self, validated_data: list[dict[str, Any]]) -> list[Annotation]:
        return Annotation.objects.bulk_create([Annotation(**fields) for fields in validated_data])


class TextbookAnnotationSerializer(serializers.ModelSerializer):
    """One annotation."""

    class Meta:
        model = Annotation
        fields = ["id", "annotation_type", "class_name", "confidence", "data", "created_at"]
        list_serializer_class = AnnotationListSerializer

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(attrs["data"], dict):
            raise serializers.ValidationError({"data": "must be an object"})
        return attrs | {"data": CHECKS[attrs["annotation_type"]](attrs["data"])}


class TextbookCreatedSerializer(serializers.ModelSerializer):
    """One annotation in the answer to a batch."""

    class Meta:
        model = Annotation
        fields = ["id", "annotation_type", "class_name", "confidence"]


class TextbookStatusSerializer(serializers.ModelSerializer):
    """A new status, and the answer to it."""

    class Meta:
        model = Analysis
        fields = ["id", "status", "updated_at"]

    def validate_status(self, status: str) -> str:
        if status not in Analysis.MAY_FOLLOW.get(self.instance.status, ()):
            raise serializers.ValidationError(
                f"An analysis that is {self.instance.status} cannot become {status}."
            )
        return status
