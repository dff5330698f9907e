"""Analyses and annotations, plainly."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Analysis(models.Model):
    """One run of one model."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        PROCESSING = "processing"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    MAY_FOLLOW = {
        Status.QUEUED: {Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.CANCELLED},
        Status.PROCESSING: {Status.COMPLETED, Status.FAILED, Status.CANCELLED},
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_name = models.CharField(max_length=100, default="benchmark_model")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.model_name} ({self.status})"


class Annotation(models.Model):
    """One thing that a model saw."""

    class Type(models.TextChoices):
        BOUNDING_BOX = "bounding_box"
        SEGMENTATION = "segmentation"
        KEYPOINT = "keypoint"
        CLASSIFICATION = "classification"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="annotations")
    annotation_type = models.CharField(max_length=16, choices=Type)
    class_name = models.CharField(max_length=255)
    confidence = models.FloatField(null=True, validators=[MinValueValidator(0), MaxValueValidator(1)])
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.annotation_type} {self.class_name}"
