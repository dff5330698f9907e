"""The JSON of projects and pictures, in and out."""

from typing import Any

from django.contrib.auth.models import Group
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from images.models import Image, Project
from vista.api import Text


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
class GroupField(serializers.Field):
    """A group by its name or its id; it reads back as the name."""

    def to_internal_value(self, data: Any) -> Group:
        group = None
        if isinstance(data, str):
            group = Group.objects.filter(name=data).first()
        if group is None and _is_id(data):
            group = Group.objects.filter(pk=int(data)).first()
        if group is None:
            raise serializers.ValidationError(f"There is no group {data!r:.60}.")
        return group

    def to_representation(self, value: Group) -> str:
        return value.name


def _is_id(data: Any) -> bool:
    if isinstance(data, str):
        return data.isascii() and data.isdigit() and len(data) < 19
    return isinstance(data, int) and not isinstance(data, bool)


class ProjectRequestSerializer(serializers.Serializer):
    """What staff send to make a project."""

    name = Text(max_length=200)
    description = Text(required=False, allow_blank=True, default="", max_length=10_000)
    group = GroupField(help_text="The name or the id of a group; its members see the project.")


class ProjectSerializer(serializers.ModelSerializer):
    """A project as it reads back."""

    group = serializers.CharField(source="group.name", read_only=True)
    image_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Project
        fields = ["id", "name", "description", "group", "image_count", "created_at"]
        read_only_fields = fields


class UploadRequestSerializer(serializers.Serializer):
    """The multipart form of an upload; images/files.py does the reading."""

    file = serializers.FileField()


class ImageSerializer(serializers.ModelSerializer):
    """A picture as it reads back; `size` in bytes, `width` and `height` in pixels."""

    project_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Image
        fields = ["id", "project_id", "filename", "content_type", "size", "width", "height", "created_at"]
        read_only_fields = fields
