"""Jobs are asked for: start one, find the one that does the same already, begin anew what a dead worker left."""

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from analyses.jobs.beside import beside
from analyses.jobs.running import perform
from analyses.models import Job
from analyses.models.job import MOST_ATTEMPTS, JobStatus
from images.models import Project
from vista.errors import Refusal

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)
MOST_LIVE = 50  # jobs of a project that wait or run: the worker is everybody's, and so is the disk


class TooManyJobs(Refusal):
    """So many wait already that this one has to be asked for later."""

    status_code = 429
    retry_after = 60

    def __init__(self) -> None:
        super().__init__(f"{MOST_LIVE} jobs of this project are under way; ask again when some are done.")


LOOK = 20.0  # seconds between two looks for what dead workers left


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
    a new job. What came of it is kept for so long. Raises TooManyJobs.
    """
    key = key_of(parameters) if key is None else key
    same = Job.objects.filter(project=project, kind=kind, key=key)
    if there := same.usable().first():
        revive(Job.objects.filter(pk=there.pk))
        return there
    if Job.objects.filter(project=project).live().count() >= MOST_LIVE:
        raise TooManyJobs
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


def queue_lost() -> int:
    """Queue jobs again whose worker died between taking their task and beginning them; how many there were.

    A second task for a job does nothing, so it does not matter when a worker takes the first one just now.
    """
    waiting = list(Job.objects.filter(status=JobStatus.WAITING).values_list("pk", flat=True))
    if not waiting:
        return 0
    queued = {said["args"][0] for said in DBTaskResult.objects.ready().values_list("args_kwargs", flat=True)}
    lost = [str(pk) for pk in waiting if str(pk) not in queued]
    for pk in lost:
        perform.enqueue(pk)
    return len(lost)


@contextmanager
def lookout() -> Iterator[None]:
    """While inside, a thread does what a worker does when it begins: nobody may ask for a job once more."""
    with beside(look):
        yield


def look(over: threading.Event) -> None:
    try:
        while not over.wait(LOOK):
            try:
                revive()
                queue_lost()
            except DatabaseError:
                logger.warning("nobody looks after the jobs of dead workers")  # the next time perhaps
    finally:
        connections.close_all()
