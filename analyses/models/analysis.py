"""Analyses and the life they lead."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from analyses.models.allowed import AllowedModel
from analyses.models.artifact import Artifact
from analyses.models.reference import is_marked
from images.models import Image, Project
from vista.errors import Conflict, Gone, KeyReused
from vista.fields import JSONText, new_id
from vista.storage import Resting


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


def _changes(status: str, error_message: str, now: datetime) -> dict[str, Any]:
    """The fields of an analysis that a new status changes."""
    moment = "started_at" if status == Status.PROCESSING else "completed_at"
    said = {"error_message": error_message} if error_message else {}
    return {"status": status, "updated_at": now, moment: now} | said


class AnalysisQuerySet(models.QuerySet["Analysis"]):
    def visible_to(self, user: User | AnonymousUser) -> "AnalysisQuerySet":
        """The analyses of pictures that the user may see."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(image__project__group__in=user.groups.all())

    def running(self) -> "AnalysisQuerySet":
        return self.filter(status__in=MAY_FOLLOW)  # named and not excluded: so the index finds them

    def stalled(self) -> "AnalysisQuerySet":
        """Running, and silent for longer than ML_STALLED_AFTER."""
        silence = timedelta(seconds=settings.ML_STALLED_AFTER_SECONDS)
        return self.running().filter(updated_at__lt=timezone.now() - silence)

    def marked(self) -> "AnalysisQuerySet":
        """Those that are marked as reference, themselves or by their model, whatever became of them."""
        return self.filter(is_marked())

    def with_mark(self) -> "AnalysisQuerySet":
        """The same, each knowing `is_reference` already."""
        return self.annotate(is_reference=is_marked())

    def reference_of(self, image: Image) -> "Analysis | None":
        """The analysis that others of this picture are measured against: the newest completed marked one."""
        return self.filter(image=image, status=Status.COMPLETED).marked().order_by("-id").first()

    def references_in(self, project: Project) -> "AnalysisQuerySet":
        """The references of the project's pictures: one analysis for each picture that has any."""
        completed = Analysis.objects.filter(status=Status.COMPLETED).marked()
        newest = completed.filter(image=OuterRef("image")).order_by("-id").values("pk")[:1]
        return self.filter(image__project=project, pk=Subquery(newest))

    def open(
        self, image: Image, user: Any, fields: dict[str, Any], key: str | None = None, digest: str = ""
    ) -> tuple["Analysis", bool]:
        """Queue an analysis; returns it and whether an earlier request with this key had made it.

        `digest` tells requests apart: the same key with another one raises KeyReused. Raises Invalid when the
        model is not allowed.
        """
        earlier = self.filter(created_by=user, idempotency_key=key).first() if key else None
        if earlier is None:
            AllowedModel.objects.require(fields["model_name"])
            fields = fields | {"image": image, "request_digest": digest}
            if key is None:
                return self.create(created_by=user, **fields), False
            earlier, made = self.get_or_create(created_by=user, idempotency_key=key, defaults=fields)
            if made:
                return earlier, False
        if earlier.request_digest != digest:
            raise KeyReused("This Idempotency-Key was used for another analysis.")
        return earlier, True


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
    last_annotation_id = models.UUIDField(null=True, help_text="The next batch's ids come after this one.")
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

    @classmethod
    def advance(cls, analysis_id: Any, status: str, error_message: str = "") -> datetime | None:
        """Give one this status if it may follow the one it has, in one statement; when, or None if it may not.

        In SQL: most callbacks are this one, and the ORM takes as long to write the statement as all the rest.
        """
        now = timezone.now()
        changes = _changes(status, error_message, now)
        before = [old for old, following in MAY_FOLLOW.items() if status in following]
        if not before:
            return None
        columns, holes = (f"{name} = %s" for name in changes), ["%s"] * len(before)
        statement = f"""
            UPDATE analyses_analysis SET {", ".join(columns)} WHERE id = %s AND status IN ({", ".join(holes)})
        """  # noqa: S608 - names of ours only
        adapt = connection.ops.adapt_datetimefield_value
        values = [adapt(value) if isinstance(value, datetime) else str(value) for value in changes.values()]
        id_ = cls._meta.pk.get_db_prep_value(analysis_id, connection)
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, id_, *map(str, before)])
            return now if cursor.rowcount else None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_stalled(self) -> bool:
        """Running, and silent for longer than ML_STALLED_AFTER seconds."""
        silence = timedelta(seconds=settings.ML_STALLED_AFTER_SECONDS)
        return not self.is_final and self.updated_at < timezone.now() - silence

    @cached_property
    def is_reference(self) -> bool:
        """Whether it, or its model in this project, is marked as reference; sets know it by `with_mark`."""
        return Analysis.objects.filter(pk=self.pk).marked().exists()

    def locked(self) -> "Analysis":
        """The same row, fresh and locked until the transaction ends; callbacks at once wait in line here.

        Raises Gone when it was deleted meanwhile.
        """
        try:
            return Analysis.objects.select_for_update(of=("self",)).get(pk=self.pk)
        except Analysis.DoesNotExist as error:
            raise Gone from error

    def require_open(self, what: str) -> None:
        """Raises AnalysisIsFinal when nothing may be added any more."""
        if self.is_final:
            raise AnalysisIsFinal(self.status, what)

    def require_may_end(self, status: str) -> None:
        """Raises IllegalTransition when the analysis can neither get nor keep this final status."""
        if status != self.status and status not in MAY_FOLLOW.get(Status(self.status), ()):
            raise IllegalTransition(self.status, status)

    def _become(self, status: str, error_message: str) -> None:
        if status not in MAY_FOLLOW.get(Status(self.status), ()):
            raise IllegalTransition(self.status, status)
        for name, value in _changes(status, error_message, timezone.now()).items():
            setattr(self, name, value)

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
        seen: dict[Any, Resting | None],
    ) -> "Analysis":
        """End the analysis with its summary and what storage held (`seen`: artifact id -> bytes, None if lost).

        A finalize with the status of an earlier one changes nothing; another one raises IllegalTransition.
        The first finalize with the status that `move_to` already set still stores everything.
        """
        analysis = self.locked()
        if analysis.finalized_at and analysis.status == status:
            return analysis
        artifacts = list(analysis.artifacts.all())
        # What was uploaded after the look is in the locked row: our own upload view wrote it there.
        seen = {a.pk: a.as_uploaded() for a in artifacts} | seen
        missing = [a.artifact_name for a in artifacts if not seen[a.pk]]
        if status == Status.COMPLETED and missing and settings.ML_FINALIZE_MISSING == "reject":
            raise ArtifactsMissing(missing)
        if analysis.status != status:
            analysis._become(status, error_message)
        analysis.error_message = error_message or analysis.error_message
        analysis.summary = summary
        analysis.finalized_at = analysis.updated_at = timezone.now()
        analysis.save()
        for artifact in artifacts:
            artifact.settle(seen[artifact.pk])
        Artifact.objects.bulk_update(artifacts, ["status", "final_path", "size", "checksum"])
        return analysis

    @transaction.atomic
    def announce(self, artifacts: list[tuple[str, str]]) -> list["Artifact"]:
        """Rows for the artifacts to be uploaded, (name, content type) each; asking again keeps the row."""
        self.locked().require_open("artifacts")
        names = [name for name, _ in artifacts]
        known = {a.artifact_name: a for a in self.artifacts.filter(artifact_name__in=names)}
        new = [
            Artifact(analysis=self, artifact_name=n, content_type=t) for n, t in artifacts if n not in known
        ]
        changed = [known[n] for n, t in artifacts if n in known and known[n].content_type != t]
        for artifact in changed:
            artifact.content_type = dict(artifacts)[artifact.artifact_name]
        Artifact.objects.bulk_create(new)
        Artifact.objects.bulk_update(changed, ["content_type"])
        known |= {artifact.artifact_name: artifact for artifact in new}
        return [known[name] for name in names]
