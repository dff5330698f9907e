"""Work that takes too long for a request, done by the worker (`manage.py work`) that `make run` starts.

    asking.py    start a job, or find the one that does the same already; begin anew what a dead worker left
    running.py   what the worker does with a job: run, report progress, hear of a cancel, keep what came of it
    beside.py    what goes on in a thread meanwhile
    folders.py   temporary folders, and those that killed workers left
    kinds.py     which function does which kind of work

A new kind is a function `(Run) -> Outcome` with `@kind("name")`, in a module that AnalysesConfig.ready() imports:

    @kind("export")
    def export(run: Run) -> Outcome:
        for done, item in enumerate(items):
            run.progress(done, len(items), "Writing")   # raises Stopped when the job was cancelled
            …
        return Outcome({"rows": len(items)}, path, "export.zip", "application/zip")

A job may run twice, when a worker died: whatever it stores besides its outcome must bear that.
"""

from analyses.jobs.asking import key_of, lookout, queue_lost, revive, start
from analyses.jobs.kinds import Outcome, Run, Stopped, kind
from analyses.jobs.running import perform, sweep

__all__ = [
    "Outcome",
    "Run",
    "Stopped",
    "key_of",
    "kind",
    "lookout",
    "perform",
    "queue_lost",
    "revive",
    "start",
    "sweep",
]
