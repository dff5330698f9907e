"""The file that came of a job: stored while its worker still gives signs of life, and only as long as it is wanted."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from analyses import jobs
from analyses.jobs import asking, kinds, running
from analyses.models import Job
from images.tests.factories import ProjectFactory
from vista.storage import LocalStorage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of which a file comes."""
    monkeypatch.setattr(kinds, "RUNNERS", dict(kinds.RUNNERS))
    monkeypatch.setattr(running, "PULSE", 0.01)

    @kinds.kind("test")
    def write(run: jobs.Run) -> jobs.Outcome:
        path = run.folder / "out"
        path.write_bytes(b"all of it")
        return jobs.Outcome({}, path, "all.csv")

    return jobs.start("test", ProjectFactory(), {}, by=None)


@pytest.fixture
def while_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """`while_it_is_stored(function)`: it is called when the file lies there, and is not yet told to."""
    save = LocalStorage.save

    def hold(act: Callable[[], None]) -> None:
        def slowly(self: Any, *args: Any, **options: Any) -> str:
            path: str = save(self, *args, **options)
            act()
            return path

        monkeypatch.setattr(LocalStorage, "save", slowly)

    return hold


def done(job: Job) -> Job:
    call_command("work", once=True)
    job.refresh_from_db()
    return job


def test_a_worker_that_stores_for_long_is_not_taken_for_dead(job: Job, while_it_is_stored: Any) -> None:
    def long() -> None:
        Job.objects.update(touched_at=timezone.now() - timedelta(hours=1))
        pause = threading.Event()
        while Job.objects.abandoned().exists():
            pause.wait(0.01)
        asking.revive()

    while_it_is_stored(long)
    assert (done(job).status, job.attempts) == ("completed", 1)


def test_what_was_cancelled_while_it_was_stored_is_removed(job: Job, while_it_is_stored: Any) -> None:
    while_it_is_stored(lambda: Job.objects.get().cancel())
    assert (done(job).status, default_storage.exists(job.output_path)) == ("cancelled", False)


def test_what_another_attempt_stores_is_left_alone(job: Job, while_it_is_stored: Any) -> None:
    while_it_is_stored(lambda: Job.objects.update(attempts=2))
    assert (done(job).status, default_storage.exists(job.output_path)) == ("running", True)
