"""Which function does which kind of background work, and what it is given and gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from analyses.models import Job
from vista.errors import Refusal


class Stopped(Exception):
    """The job was cancelled, or the worker is to end: leave everything and go."""


class Run:
    """One attempt at a job, as the function that does it sees it."""

    def __init__(self, job: Job, folder: Path) -> None:
        self.job = job
        self.folder = folder  # for temporary files; it goes when the job is over
        self.done, self.total, self.doing = 0, job.total, ""
        self.is_stopped = False

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.job.parameters)

    def progress(self, done: int, total: int | None = None, doing: str | None = None) -> None:
        """Say how far it is; costs nothing, so say it often. Raises Stopped when nobody wants it any more."""
        if self.is_stopped:
            raise Stopped
        self.done = done
        self.total = self.total if total is None else total
        self.doing = self.doing if doing is None else doing

    def open_input(self) -> Any:
        """The file that came in with the job, to be read as bytes."""
        return default_storage.open(self.job.input_path)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: a few words as JSON, and a file of the job's folder where there is one."""

    result: dict[str, Any] = field(default_factory=dict)
    path: Path | None = None
    filename: str = ""
    content_type: str = "application/octet-stream"
    afterwards: Callable[[], None] = lambda: None  # called once when all of it is kept


Runner = Callable[[Run], Outcome]
RUNNERS: dict[str, Runner] = {}


class UnknownKind(Refusal):
    """A job of a kind that this version of VISTA does not know."""


def kind(name: str) -> Callable[[Runner], Runner]:
    """The decorated function does this kind of work."""

    def register(runner: Runner) -> Runner:
        RUNNERS[name] = runner
        return runner

    return register


def runner_of(job: Job) -> Runner:
    """Raises UnknownKind."""
    if job.kind not in RUNNERS:
        raise UnknownKind(f"This version of VISTA knows no work called {job.kind!r:.40}.")
    return RUNNERS[job.kind]
