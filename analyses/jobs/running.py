"""What the worker does with a job: run it, tell how far it is, hear of a cancel, keep what came of it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from analyses.jobs.beside import beside
from analyses.jobs.folders import sweep_folders, working_folder
from analyses.jobs.kinds import Outcome, Run, Stopped, runner_of
from analyses.models import Job
from analyses.models.job import LIVE, JobQuerySet, JobStatus
from vista.errors import Refusal

logger = logging.getLogger(__name__)
PULSE = 1.0  # seconds between two signs of life
FORGOTTEN_AFTER = timedelta(days=1)

ending = threading.Event()  # set when the worker is to end


@task()
def perform(job_id: str) -> None:
    """Do the job, unless somebody else does, or nobody wants it any more."""
    if not Job.objects.filter(pk=job_id).claim():
        return
    job = Job.objects.select_related("project").get(pk=job_id)
    with working_folder() as folder:
        run = Run(job, folder)
        try:
            with told(run):
                outcome = runner_of(job)(run)
                run.progress(run.total or run.done)
                keep(run, outcome)
        except (Stopped, SystemExit):  # the worker exits when it is told to end a second time
            give_back(job)
        except Refusal as refusal:
            end(job, JobStatus.FAILED, error_message=refusal.detail, result=refusal.as_dict())
        except Exception:
            logger.exception("job %s failed", job.pk)
            end(
                job,
                JobStatus.FAILED,
                error_message=f"VISTA made a mistake; its log tells more of job {job.pk}.",
            )
    sweep()


def attempt(job: Job) -> JobQuerySet:
    """The job's row, as long as it is this attempt's."""
    return Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts)


def end(job: Job, status: str, **fields: Any) -> bool:
    """Write the last word; False when it was not this attempt's to say."""
    ended = attempt(job).update(status=status, finished_at=timezone.now(), **fields)
    if ended:
        default_storage.delete(job.input_path)
    return bool(ended)


def keep(run: Run, outcome: Outcome) -> None:
    """Store what came of it; the file first, so that a completed job always has it."""
    job = run.job
    fields: dict[str, Any] = {"result": outcome.result, "done": run.done, "total": run.total, "doing": ""}
    if outcome.path is not None:
        with outcome.path.open("rb") as file:
            default_storage.save(job.output_path, File(file))
        fields |= {
            "filename": outcome.filename,
            "content_type": outcome.content_type,
            "size": outcome.path.stat().st_size,
        }
    if end(job, JobStatus.COMPLETED, **fields):
        outcome.afterwards()
    elif not Job.objects.filter(pk=job.pk, status__in=(*LIVE, JobStatus.COMPLETED)).exists():
        # It was cancelled meanwhile, and no other attempt has its file there.
        default_storage.delete(job.output_path)


def give_back(job: Job) -> None:
    """A job that was stopped because the worker ends waits for the next one; a cancelled one is over."""
    with transaction.atomic():
        if attempt(job).update(status=JobStatus.WAITING, attempts=job.attempts - 1):
            perform.enqueue(str(job.pk))


def sweep() -> None:
    """Remove expired jobs with their files, what the queue remembers of old ones, and what killed workers left."""
    sweep_folders()
    for job in Job.objects.expired():
        job.erase()
    # Those that have begun; of dead workers too, which never finish.
    begun = DBTaskResult.objects.exclude(status=TaskResultStatus.READY)
    begun.filter(started_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


@contextmanager
def told(run: Run) -> Iterator[None]:
    """While inside, a thread tells once a second how far the run is, and hears whether it is still wanted.

    A thread with a connection of its own: the run may sit in a transaction that only reads, or sees one moment.
    """
    with beside(tell, run):
        yield


def tell(run: Run, over: threading.Event) -> None:
    try:
        while not over.wait(PULSE):
            try:
                now = {"done": run.done, "total": run.total, "doing": run.doing[:200]}
                is_wanted = attempt(run.job).update(**now, touched_at=timezone.now())
                run.is_stopped = ending.is_set() or not is_wanted
            except DatabaseError:
                logger.warning("job %s cannot tell how far it is", run.job.pk)  # the next time perhaps
    finally:
        connections.close_all()
