"""The JSON of analyses and artifacts, in and out; annotations are read by formats.py."""

from typing import Any

from rest_framework import serializers

from analyses import formats
from analyses.models import FINAL, Analysis, Annotation, Artifact, Status
from vista.api import Text

FINAL_STATUSES = [(status.value, status.label) for status in FINAL]


class Whole(serializers.IntegerField):
    """A whole number; DRF's own takes strings and booleans too."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Choice(serializers.ChoiceField):
    """One of a few strings; the fault names them."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(f"expected one of {', '.join(self.choices)}, got {data!r:.60}")
        return data


# --- users ------------------------------------------------------------------------------------------------
class AnalysisRequestSerializer(serializers.Serializer):
    """What a user sends to queue an analysis."""

    image_id = serializers.UUIDField(required=False, help_text="Optional; must be the picture of the path.")
    model_name = Text(max_length=100, trim_whitespace=False)
    model_version = Text(max_length=100, trim_whitespace=False)
    parameters = serializers.DictField(required=False, default=dict)
    description = Text(required=False, allow_blank=True, default="", max_length=10_000, trim_whitespace=False)


class AnalysisSerializer(serializers.ModelSerializer):
    """One analysis as it reads back."""

    image_id = serializers.UUIDField(read_only=True)
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    parameters = serializers.DictField(read_only=True)
    summary = serializers.DictField(read_only=True)
    is_stalled = serializers.BooleanField(read_only=True, help_text="Running, but silent for too long.")
    is_reference = serializers.BooleanField(
        read_only=True, help_text="Marked as reference, itself or by its model."
    )

    class Meta:
        model = Analysis
        fields = [
            "id",
            "image_id",
            "model_name",
            "model_version",
            "status",
            "is_stalled",
            "is_reference",
            "parameters",
            "description",
            "summary",
            "error_message",
            "annotation_count",
            "created_at",
            "updated_at",
            "started_at",
            "completed_at",
        ]
        read_only_fields = fields


class AnnotationSerializer(serializers.ModelSerializer):
    """One annotation in its stored form."""

    created_at = serializers.DateTimeField(read_only=True)
    data = serializers.DictField(read_only=True)

    class Meta:
        model = Annotation
        fields = ["id", "annotation_type", "class_name", "confidence", "data", "created_at"]
        read_only_fields = fields


class ArtifactSerializer(serializers.ModelSerializer):
    """One artifact and where its bytes are."""

    url = serializers.CharField(
        source="get_absolute_url", read_only=True, help_text="404 until it is uploaded."
    )

    class Meta:
        model = Artifact
        fields = ["artifact_name", "content_type", "size", "status", "checksum", "storage_path", "url"]
        read_only_fields = fields


# --- comparison -------------------------------------------------------------------------------------------
class ComparedAnalysisSerializer(serializers.ModelSerializer):
    """One of the two that are compared."""

    class Meta:
        model = Analysis
        fields = ["id", "model_name", "model_version", "status"]
        read_only_fields = fields


class AgreementSerializer(serializers.Serializer):
    """The sums; null where there is nothing to say them of."""

    count_a = serializers.IntegerField(help_text="Objects of A that were compared.")
    count_b = serializers.IntegerField()
    agree = serializers.IntegerField(help_text="Pairs of the same class.")
    class_differs = serializers.IntegerField(help_text="Pairs of different classes.")
    a_only = serializers.IntegerField()
    b_only = serializers.IntegerField()
    object_agreement = serializers.FloatField(allow_null=True, help_text="2 pairs / (count_a + count_b).")
    class_kappa = serializers.FloatField(allow_null=True, help_text="Cohen's kappa over the pairs.")
    mean_iou = serializers.FloatField(allow_null=True, help_text="Of the pairs.")
    score_correlation = serializers.FloatField(allow_null=True, help_text="Spearman's, over the pairs.")


class ClassCountsSerializer(serializers.Serializer):
    """What became of the objects of one class."""

    class_name = serializers.CharField()
    count_a = serializers.IntegerField(help_text="Objects that A calls so.")
    count_b = serializers.IntegerField()
    agree = serializers.IntegerField(help_text="Pairs that both call so.")
    a_differs = serializers.IntegerField(help_text="Pairs that only A calls so.")
    b_differs = serializers.IntegerField()
    a_only = serializers.IntegerField()
    b_only = serializers.IntegerField()


class PairSerializer(serializers.Serializer):
    """Two annotations that mean the same object."""

    a = serializers.UUIDField()
    b = serializers.UUIDField()
    iou = serializers.FloatField()
    verdict = serializers.ChoiceField(choices=["agree", "class_differs"])
    class_a = serializers.CharField()
    class_b = serializers.CharField()


class ComparisonSerializer(serializers.Serializer):
    """Two analyses of one picture, object by object."""

    image_id = serializers.UUIDField()
    a = ComparedAnalysisSerializer()
    b = ComparedAnalysisSerializer()
    iou = serializers.FloatField()
    min_a = serializers.FloatField()
    min_b = serializers.FloatField()
    agreement = AgreementSerializer()
    classes = ClassCountsSerializer(many=True)
    pairs = PairSerializer(many=True, help_text="By the score that A gives them, the highest first.")
    a_only = serializers.ListField(child=serializers.UUIDField(), help_text="Annotations without a partner.")
    b_only = serializers.ListField(child=serializers.UUIDField())


# --- pipelines --------------------------------------------------------------------------------------------
class StatusRequestSerializer(serializers.Serializer):
    """A new status."""

    status = Choice(choices=Status.choices)
    error_message = Text(required=False, allow_blank=True, default="", max_length=10_000)


class StatusAnswerSerializer(serializers.ModelSerializer):
    """The status an analysis has now."""

    class Meta:
        model = Analysis
        fields = ["id", "status", "updated_at"]


class AnnouncedArtifactSerializer(serializers.Serializer):
    """One file that will be uploaded."""

    artifact_name = serializers.CharField(help_text="1 to 255 characters, one path segment.")
    content_type = serializers.CharField(help_text="An image type, JSON, CSV, plain text, NumPy or zip.")
    size = Whole(required=False, min_value=0, help_text="Bytes; signed when given.")
    sha256 = serializers.RegexField(r"\A[0-9a-f]{64}\Z", required=False, help_text="Hex; signed when given.")

    def to_internal_value(self, data: Any) -> Any:
        faults, values = {}, {}
        if not isinstance(data, dict):
            raise serializers.ValidationError({"non_field_errors": ["expected an object"]})
        for name, check in (
            ("artifact_name", formats.check_artifact_name),
            ("content_type", formats.check_content_type),
        ):
            try:
                values[name] = check(data.get(name))
            except formats.FormatError as error:
                faults[name] = [error.message]
        if faults:
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data) | values


class PresignRequestSerializer(serializers.Serializer):
    """The files to be uploaded; at most 100."""

    artifacts = AnnouncedArtifactSerializer(many=True, allow_empty=False)


class PresignedUrlSerializer(serializers.Serializer):
    """How to upload one file."""

    artifact_name = serializers.CharField()
    upload_url = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    storage_path = serializers.CharField()
    method = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField(), help_text="To be sent with the upload.")


class PresignAnswerSerializer(serializers.Serializer):
    """One upload URL a file, in the order of the request."""

    presigned_urls = PresignedUrlSerializer(many=True)


class WireAnnotationSerializer(serializers.Serializer):
    """One annotation as it is sent; docs/api-guide.md has the forms of `data`. For the schema only."""

    annotation_type = serializers.ChoiceField(choices=[(t, t) for t in formats.ANNOTATION_TYPES])
    class_name = serializers.CharField(required=False, max_length=255)
    confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    data = serializers.DictField()


class BatchRequestSerializer(serializers.Serializer):
    """A batch of annotations; for the schema only, ingest.py reads it."""

    annotations = WireAnnotationSerializer(many=True)
    mode = serializers.ChoiceField(choices=[("append", "append"), ("replace", "replace")], default="append")


class CreatedAnnotationSerializer(serializers.Serializer):
    """One stored annotation, in short."""

    id = serializers.UUIDField()
    annotation_type = serializers.CharField()
    class_name = serializers.CharField()
    confidence = serializers.FloatField(allow_null=True)


class BatchAnswerSerializer(serializers.Serializer):
    """What was stored, in the order of the request."""

    created_count = serializers.IntegerField()
    annotations = CreatedAnnotationSerializer(many=True)


class FinalizeRequestSerializer(serializers.Serializer):
    """How it ended."""

    status = Choice(choices=FINAL_STATUSES)
    summary = serializers.DictField(required=False, default=dict)
    error_message = Text(required=False, allow_blank=True, default="", max_length=10_000)


class FinalizeAnswerSerializer(serializers.ModelSerializer):
    """The end of an analysis and what was announced but never uploaded."""

    missing_artifacts = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Analysis
        fields = ["id", "status", "completed_at", "updated_at", "annotation_count", "missing_artifacts"]


class UploadAnswerSerializer(serializers.Serializer):
    """What VISTA's own storage took."""

    artifact_name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    checksum = serializers.CharField(help_text="sha256:<hex>")
