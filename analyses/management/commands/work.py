"""Do background work, one job after the other, until told to end; jobs that are under way are then given back."""

import signal
from contextlib import nullcontext
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from analyses import jobs
from analyses.jobs.running import ending

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


class JobWorker(Worker):
    """The worker of django-tasks-db; who ends it does not wait for a long job."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        if ending.is_set():
            raise SystemExit(1)  # told a second time: at once
        ending.set()
        self.running = False
        if not self.running_task:
            raise SystemExit(0)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when nothing waits any more.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        jobs.revive()
        jobs.queue_lost()
        jobs.sweep()
        worker = JobWorker(
            queue_names=["default"],
            interval=0.5,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        before = {number: signal.getsignal(number) for number in SIGNALS}
        worker.configure_signals()
        try:
            with nullcontext() if once else jobs.lookout():
                worker.run()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
