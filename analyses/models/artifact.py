"""Files that pipelines upload beside their annotations."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.urls import reverse

from vista.fields import new_id
from vista.storage import Resting


class ArtifactStatus(models.TextChoices):
    ANNOUNCED = "announced"
    STORED = "stored"
    MISSING = "missing"


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    def at(self, storage_path: str) -> "ArtifactQuerySet":
        """The artifact whose uploads go to this key, as `Artifact.storage_path` forms it."""
        return self.filter(pk=storage_path.rpartition("/")[2])


class Artifact(models.Model):
    """A file that a pipeline announced, uploaded by a signed URL and settled when the analysis ends."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    analysis = models.ForeignKey(
        "analyses.Analysis", on_delete=models.CASCADE, related_name="artifacts", db_index=False
    )
    artifact_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=ArtifactStatus, default=ArtifactStatus.ANNOUNCED)
    final_path = models.CharField(max_length=200, blank=True, help_text="Where the bytes rest once final.")
    size = models.BigIntegerField(null=True, help_text="Bytes.")
    checksum = models.CharField(
        max_length=100, blank=True, help_text="sha256:<hex>, or etag:<value> from S3."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArtifactQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        """Where the bytes are read."""
        return reverse("read_artifact", args=[self.analysis_id, self.artifact_name])

    @property
    def storage_path(self) -> str:
        """The key that uploads are written to: ids only, names never become paths."""
        return f"artifacts/{self.analysis_id}/{self.id}"

    @property
    def is_image(self) -> bool:
        return self.content_type in ("image/png", "image/jpeg", "image/webp")

    @property
    def is_drawn(self) -> bool:
        """Whether the viewer reads its pixels; such bytes come from our own origin, never by a redirect."""
        return self.is_image or self.artifact_name.endswith(".npy")

    def open(self) -> Any:
        """The bytes as a file; raises FileNotFoundError where nothing was uploaded yet."""
        return default_storage.open(self.final_path or self.storage_path)

    def as_uploaded(self) -> Resting | None:
        """The bytes that our own upload view took, as the row tells; None before, and always on S3."""
        if self.status != ArtifactStatus.STORED:
            return None
        return Resting(self.storage_path, self.size or 0, self.checksum)

    def settle(self, seen: Resting | None) -> None:
        """Note what storage held when the analysis ended; `Analysis.finalize` saves it."""
        if seen:
            self.status = ArtifactStatus.STORED
            self.final_path = seen.path
            if not self.checksum:  # our own upload view has recorded both, under the lock
                self.size, self.checksum = seen.size, seen.checksum
        else:
            self.status = ArtifactStatus.MISSING
