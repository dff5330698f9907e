"""Jobs are asked for: start one, find the one that does the same already, begin anew what a dead worker left."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from analyses.jobs.running import perform
from analyses.models import Job
from analyses.models.job import MOST_ATTEMPTS, JobStatus
from images.models import Project

KEPT = timedelta(days=1)


def key_of(*parts: Any) -> str:
    """A key for what a job depends on: parameters, versions, ids; equal parts give equal keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def start(
    kind: str,
    project: Project,
    parameters: dict[str, Any],
    *,
    by: User | None,
    key: str | None = None,
    kept: timedelta = KEPT,
    file: Any = None,
) -> Job:
    """The job that does this: one that is there already, waits, runs or is completed, or a new one.

    Jobs with one `key` do the same; without a key the parameters decide. `file` is a Django file that comes in with
    a new job. What came of it is kept for so long.
    """
    key = key_of(parameters) if key is None else key
    same = Job.objects.filter(project=project, kind=kind, key=key)
    if there := same.usable().first():
        revive(Job.objects.filter(pk=there.pk))
        return there
    job = Job(project=project, kind=kind, key=key, parameters=parameters, asked_by=by)
    job.expires_at = timezone.now() + kept
    if file is not None:
        default_storage.save(job.input_path, file)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            perform.enqueue(str(job.pk))
    except IntegrityError:  # somebody else has just asked
        if file is not None:
            default_storage.delete(job.input_path)
        return same.live().get()
    return job


def revive(jobs: Any = None) -> int:
    """Queue abandoned jobs again, or fail those that were abandoned too often; how many there were."""
    abandoned = (Job.objects.all() if jobs is None else jobs).abandoned()
    count = 0
    for job in abandoned:
        with transaction.atomic():
            same = Job.objects.filter(pk=job.pk).abandoned()
            if job.attempts >= MOST_ATTEMPTS:
                said = f"Its worker died {job.attempts} times."
                same.update(status=JobStatus.FAILED, error_message=said, finished_at=timezone.now())
            elif same.update(status=JobStatus.WAITING):
                perform.enqueue(str(job.pk))
                count += 1
    return count
