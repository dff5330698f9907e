"""Work done in the background: who asked for what, how far it is, and the file that came of it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from images.models import Project
from vista.errors import Conflict
from vista.fields import JSONText, new_id

SILENCE = timedelta(
    minutes=1
)  # without a sign of life, after which a job counts as abandoned; it gives one a second
MOST_ATTEMPTS = 3


class JobIsOver(Conflict):
    """A job was to be cancelled that is over."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The job is {status}; only one that waits or runs can be cancelled.")


class JobStatus(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (JobStatus.WAITING, JobStatus.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User | AnonymousUser) -> "JobQuerySet":
        """The jobs of projects that the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def live(self) -> "JobQuerySet":
        return self.filter(status__in=LIVE)

    def usable(self) -> "JobQuerySet":
        """Those whose outcome is there, or will be."""
        there = Q(status=JobStatus.COMPLETED, expires_at__gt=timezone.now())
        return self.filter(there | Q(status__in=LIVE))

    def abandoned(self) -> "JobQuerySet":
        """Those whose worker has died under them."""
        return self.filter(status=JobStatus.RUNNING, touched_at__lt=timezone.now() - SILENCE)

    def expired(self) -> "JobQuerySet":
        return self.exclude(status__in=LIVE).filter(expires_at__lte=timezone.now())

    def claim(self) -> int:
        """Begin those that wait; how many that were, so that of two workers one gets a job."""
        now = timezone.now()
        return self.filter(status=JobStatus.WAITING).update(
            status=JobStatus.RUNNING, attempts=F("attempts") + 1, touched_at=now, done=0
        )


class Job(models.Model):
    """One piece of background work for a project, begun by `analyses.jobs.start`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    kind = models.CharField(max_length=30)
    parameters = JSONText(default=dict)
    key = models.CharField(max_length=64, help_text="Of two live jobs with one key the second is the first.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    done = models.PositiveBigIntegerField(default=0, help_text="Of `total`, in whatever the job counts.")
    total = models.PositiveBigIntegerField(null=True)
    doing = models.CharField(max_length=200, blank=True, help_text="What it does just now, for people.")
    result = JSONText(default=dict, help_text="What came of it, in few words.")
    error_message = models.TextField(blank=True)
    filename = models.CharField(max_length=255, blank=True, help_text="Empty where there is no file.")
    content_type = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(null=True, help_text="Bytes.")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now, help_text="The last sign of life.")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(help_text="Then it is removed, with its file.")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "kind", "key"], name="job_by_key"),
            models.Index(fields=["expires_at"], name="job_by_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "key"],
                condition=Q(status__in=LIVE),
                name="live_job_unique_by_key",
            ),
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.project_id}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def has_file(self) -> bool:
        return bool(self.filename) and self.status == JobStatus.COMPLETED

    @property
    def input_path(self) -> str:
        """Where the storage keeps what came in with the job."""
        return f"jobs/{self.id}/input"

    @property
    def output_path(self) -> str:
        """Where the storage keeps what came of the job."""
        return f"jobs/{self.id}/output"

    def open(self) -> Any:
        """What came of it as a file; raises FileNotFoundError where there is none."""
        return default_storage.open(self.output_path)

    def cancel(self) -> None:
        """Stop it, or let it never begin; its worker hears of it within a second. Raises JobIsOver."""
        over = {"status": JobStatus.CANCELLED, "finished_at": timezone.now()}
        if not Job.objects.filter(pk=self.pk).live().update(**over):
            self.refresh_from_db()
            raise JobIsOver(self.status)
        self.refresh_from_db()

    def erase(self) -> None:
        """Remove the row, and the files with it."""
        for path in (self.input_path, self.output_path):
            default_storage.delete(path)
        self.delete()
