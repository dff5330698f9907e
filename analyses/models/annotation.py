"""Annotations and the receipts of the batches they came in."""

from datetime import UTC, datetime
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from analyses import formats
from vista.fields import JSONText, new_id


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def of_type(self, annotation_type: str) -> "AnnotationQuerySet":
        return self.filter(annotation_type=annotation_type)

    def of_class(self, class_name: str) -> "AnnotationQuerySet":
        return self.filter(class_name=class_name)

    def at_least(self, confidence: float) -> "AnnotationQuerySet":
        """Those with at least this confidence; an unknown one is not enough."""
        return self.filter(confidence__gte=confidence)

    def touching(self, x: float, y: float, width: float, height: float) -> "AnnotationQuerySet":
        """Those whose bounds meet this window of the picture, in pixels; edges count."""
        return self.filter(x_min__lte=x + width, x_max__gte=x, y_min__lte=y + height, y_max__gte=y)


class Annotation(models.Model):
    """One thing that a model saw; written by ingest.py, never through `save`.

    The id is time-ordered and rises within a batch, so it is the submission order. There is no foreign key in
    the database (it costs more than the rest of an insert): ingest locks the analysis, Django deletes explicitly.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    analysis = models.ForeignKey(
        "analyses.Analysis",
        on_delete=models.CASCADE,
        related_name="annotations",
        db_constraint=False,
        db_index=False,
    )
    annotation_type = models.CharField(max_length=16, choices=[(t, t) for t in formats.ANNOTATION_TYPES])
    class_name = models.CharField(max_length=255, blank=True)
    confidence = models.FloatField(null=True)
    x_min = models.FloatField(null=True)
    y_min = models.FloatField(null=True)
    x_max = models.FloatField(null=True)
    y_max = models.FloatField(null=True)
    data = JSONText(help_text="The stored form of formats.py.")

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["analysis", "id"], name="annotation_by_analysis")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="annotation_confidence_between_0_and_1",
            ),
            # Not `IN`: SQLite takes much longer over it, a fifth of the whole insert.
            models.CheckConstraint(
                condition=reduce(or_, [Q(annotation_type=known) for known in formats.ANNOTATION_TYPES]),
                name="annotation_type_is_known",
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

    analysis = models.ForeignKey(
        "analyses.Analysis", on_delete=models.CASCADE, related_name="receipts", db_index=False
    )
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
