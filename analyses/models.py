"""What models said about pictures: allowed models, analyses, their annotations, artifacts and receipts."""

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from analyses import formats
from images.models import Image
from vista.errors import Conflict, Invalid
from vista.fields import JSONText, new_id


class IllegalTransition(Conflict):
    """A status that may not follow the one the analysis has."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"An analysis that is {old} cannot become {new}.")


class AnalysisIsFinal(Conflict):
    """Something was to be added to an analysis that is over."""

    def __init__(self, status: str, what: str) -> None:
        super().__init__(f"The analysis is {status}; {what} are taken only while it is queued or processing.")


class ArtifactsMissing(Conflict):
    """Announced artifacts were never uploaded and ML_FINALIZE_MISSING says reject."""

    def __init__(self, names: list[str]) -> None:
        errors = [(f"artifacts.{name}", "was announced and never uploaded") for name in names]
        super().__init__(f"{len(names)} announced artifact(s) were never uploaded.", errors)


class Status(models.TextChoices):
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
MAY_FOLLOW = {Status.QUEUED: (Status.PROCESSING, *FINAL), Status.PROCESSING: FINAL}


class AllowedModelQuerySet(models.QuerySet["AllowedModel"]):
    def allows(self, name: str) -> bool:
        """An active row allows, an inactive one forbids; without a row ML_ALLOWED_MODELS decides."""
        row = self.filter(name=name).values_list("is_active", flat=True).first()
        return name in settings.ML_ALLOWED_MODELS if row is None else row


class AllowedModel(models.Model):
    """A model that may post analyses."""

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(
        default=True, help_text="Off: refused, even when the environment names it."
    )
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AllowedModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="allowed_model_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class AnalysisQuerySet(models.QuerySet["Analysis"]):
    def visible_to(self, user: User | AnonymousUser) -> "AnalysisQuerySet":
        """The analyses of pictures that the user may see."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(image__project__group__in=user.groups.all())

    def running(self) -> "AnalysisQuerySet":
        return self.exclude(status__in=FINAL)

    def stalled(self) -> "AnalysisQuerySet":
        """Running, and silent for longer than ML_STALLED_AFTER."""
        silence = timedelta(seconds=settings.ML_STALLED_AFTER_SECONDS)
        return self.running().filter(updated_at__lt=timezone.now() - silence)

    def open(
        self, image: Image, user: Any, fields: dict[str, Any], key: str | None = None, digest: str = ""
    ) -> tuple["Analysis", bool]:
        """Queue an analysis; returns it and whether the key had made it before.

        Raises Invalid when the model is not allowed. The caller compares `request_digest` on a replay.
        """
        if not AllowedModel.objects.allows(fields["model_name"]):
            raise Invalid(
                "Model not in allowed list",
                [("model_name", f"{fields['model_name']!r} is not allowed; an admin can allow it.")],
            )
        fields = fields | {"image": image, "request_digest": digest}
        if key is None:
            return self.create(created_by=user, **fields), False
        analysis, made = self.get_or_create(created_by=user, idempotency_key=key, defaults=fields)
        return analysis, not made


class Finalized(NamedTuple):
    """What finalize saw in storage: one artifact's bytes at rest, or None where nothing was uploaded."""

    path: str
    size: int
    checksum: str


class Analysis(models.Model):
    """One run of one model on one picture, and the life it leads (`move_to`, `finalize`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="analyses", db_index=False)
    model_name = models.CharField(max_length=100)
    model_version = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    parameters = JSONText(default=dict)
    description = models.TextField(blank=True)
    summary = JSONText(default=dict)
    error_message = models.TextField(blank=True)
    annotation_count = models.PositiveIntegerField(default=0, help_text="Kept in step by ingest.py.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    finalized_at = models.DateTimeField(
        null=True, help_text="Set by the finalize call, which stores the summary."
    )
    idempotency_key = models.CharField(max_length=255, null=True)
    request_digest = models.CharField(max_length=64, blank=True)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "analyses"
        indexes = [
            models.Index(fields=["image", "id"], name="analysis_by_image"),
            models.Index(fields=["model_name", "model_version", "id"], name="analysis_by_model"),
            models.Index(fields=["status", "id"], name="analysis_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="analysis_status_is_known"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=False, status__in=FINAL)
                | Q(completed_at=None) & ~Q(status__in=FINAL),
                name="analysis_has_completed_at_exactly_when_final",
            ),
            models.UniqueConstraint(
                fields=["created_by", "idempotency_key"], name="analysis_idempotency_key_unique_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_name} {self.model_version} ({self.status})"

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_stalled(self) -> bool:
        """Running, and silent for longer than ML_STALLED_AFTER seconds."""
        silence = timedelta(seconds=settings.ML_STALLED_AFTER_SECONDS)
        return not self.is_final and self.updated_at < timezone.now() - silence

    def locked(self) -> "Analysis":
        """The same row, fresh and locked until the transaction ends; callbacks at once wait in line here."""
        return Analysis.objects.select_for_update(of=("self",)).get(pk=self.pk)

    def require_open(self, what: str) -> None:
        """Raises AnalysisIsFinal when nothing may be added any more."""
        if self.is_final:
            raise AnalysisIsFinal(self.status, what)

    def _become(self, status: str, error_message: str) -> None:
        if status not in MAY_FOLLOW.get(Status(self.status), ()):
            raise IllegalTransition(self.status, status)
        now = timezone.now()
        self.status, self.updated_at = status, now
        self.error_message = error_message or self.error_message
        if status == Status.PROCESSING:
            self.started_at = now
        else:
            self.completed_at = now

    @transaction.atomic
    def move_to(self, status: str, error_message: str = "") -> "Analysis":
        """Change the status; the same one again changes nothing. Raises IllegalTransition."""
        analysis = self.locked()
        if status != analysis.status:
            analysis._become(status, error_message)
            analysis.save()
        return analysis

    @transaction.atomic
    def finalize(
        self,
        status: str,
        summary: dict[str, Any],
        error_message: str,
        seen: dict[Any, Finalized | None],
    ) -> "Analysis":
        """End the analysis with its summary and what storage held (`seen`: artifact id -> bytes or None).

        A finalize with the status of an earlier one changes nothing; another one raises IllegalTransition.
        The first finalize with the status that `move_to` already set still stores everything.
        """
        analysis = self.locked()
        if analysis.finalized_at and analysis.status == status:
            return analysis
        missing = [a.artifact_name for a in analysis.artifacts.order_by("id") if not seen.get(a.pk)]
        if status == Status.COMPLETED and missing and settings.ML_FINALIZE_MISSING == "reject":
            raise ArtifactsMissing(missing)
        if analysis.status != status:
            analysis._become(status, error_message)
        analysis.error_message = error_message or analysis.error_message
        analysis.summary = summary
        analysis.finalized_at = analysis.updated_at = timezone.now()
        analysis.save()
        for artifact in analysis.artifacts.all():
            artifact.settle(seen.get(artifact.pk))
        return analysis

    @transaction.atomic
    def announce(self, artifacts: list[tuple[str, str]]) -> list["Artifact"]:
        """Rows for the artifacts to be uploaded, (name, content type) each; asking again keeps the row."""
        self.locked().require_open("artifacts")
        known = {
            a.artifact_name: a for a in self.artifacts.filter(artifact_name__in=[n for n, _ in artifacts])
        }
        for name, content_type in artifacts:
            artifact = known.setdefault(name, Artifact(analysis=self, artifact_name=name))
            if artifact.content_type != content_type:
                artifact.content_type = content_type
                artifact.save()
        return [known[name] for name, _ in artifacts]


class Annotation(models.Model):
    """One thing that a model saw; written by ingest.py, never through `save`.

    The id is time-ordered and rises within a batch, so it is the submission order. There is no foreign key in
    the database (it costs more than the rest of an insert): ingest locks the analysis, Django deletes explicitly.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    analysis = models.ForeignKey(
        Analysis, on_delete=models.CASCADE, related_name="annotations", db_constraint=False, db_index=False
    )
    annotation_type = models.CharField(max_length=16, choices=[(t, t) for t in formats.ANNOTATION_TYPES])
    class_name = models.CharField(max_length=255, blank=True)
    confidence = models.FloatField(null=True)
    x_min = models.FloatField(null=True)
    y_min = models.FloatField(null=True)
    x_max = models.FloatField(null=True)
    y_max = models.FloatField(null=True)
    data = JSONText(help_text="The stored form of formats.py.")

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["analysis", "id"], name="annotation_by_analysis")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="annotation_confidence_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=Q(annotation_type__in=formats.ANNOTATION_TYPES), name="annotation_type_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_type} {self.class_name}"

    @property
    def created_at(self) -> datetime:
        """UTC, to the millisecond: the first 48 bits of a version 7 UUID (RFC 9562)."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, tz=UTC)


class Receipt(models.Model):
    """A batch that was accepted: enough to give a retry the first answer and to store nothing twice."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    key = models.CharField(max_length=300, help_text="`key:` + Idempotency-Key, or `body:` + SHA-256.")
    body_digest = models.CharField(max_length=64)
    first_id = models.UUIDField(help_text="The ids of the batch are this one and those that follow it.")
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["analysis", "key"], name="receipt_key_unique_per_analysis"),
        ]

    def __str__(self) -> str:
        return f"{self.count} annotations"


class ArtifactStatus(models.TextChoices):
    ANNOUNCED = "announced"
    STORED = "stored"
    MISSING = "missing"


class Artifact(models.Model):
    """A file that a pipeline announced, uploaded by a signed URL and settled when the analysis ends."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="artifacts", db_index=False)
    artifact_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=ArtifactStatus, default=ArtifactStatus.ANNOUNCED)
    final_path = models.CharField(max_length=200, blank=True, help_text="Where the bytes rest once final.")
    size = models.BigIntegerField(null=True, help_text="Bytes.")
    checksum = models.CharField(
        max_length=100, blank=True, help_text="sha256:<hex>, or etag:<value> from S3."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "artifact_name"], name="artifact_name_unique_in_analysis"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ArtifactStatus.values), name="artifact_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.artifact_name

    @property
    def storage_path(self) -> str:
        """The key that uploads are written to: ids only, names never become paths."""
        return f"artifacts/{self.analysis_id}/{self.id}"

    @property
    def is_image(self) -> bool:
        return self.content_type in ("image/png", "image/jpeg", "image/webp")

    @property
    def is_array(self) -> bool:
        return PurePosixPath(self.artifact_name).suffix == ".npy"

    def open(self) -> Any:
        """The bytes as a file; raises FileNotFoundError where nothing was uploaded yet."""
        return default_storage.open(self.final_path or self.storage_path)

    def settle(self, seen: Finalized | None) -> None:
        """Record what storage held when the analysis ended."""
        if seen:
            self.status = ArtifactStatus.STORED
            self.final_path, self.size, self.checksum = seen.path, seen.size, seen.checksum
        else:
            self.status = ArtifactStatus.MISSING
        self.save(update_fields=["status", "final_path", "size", "checksum"])
