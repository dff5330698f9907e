"""Replays demo/ through the signed API of a running server: `manage.py replay_demo --base-url URL`."""

import signal
import sys
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.models import User
from analyses import demo


class Command(BaseCommand):
    help = (
        "Upload the demo's pictures and replay what models said about them, as a pipeline would: over HTTP and "
        "signed. What is there already is left alone, so it can be interrupted and called again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL, help="Where the server answers.")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "demo")
        parser.add_argument("--no-progress", action="store_true", help="Print no progress bar.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ML_ANALYSIS_ENABLED:
            self.stdout.write("Demo: ML_ANALYSIS_ENABLED is false, so there is nothing to replay.")
            return
        if not settings.ML_CALLBACK_HMAC_SECRETS:
            raise CommandError("Demo: ML_CALLBACK_HMAC_SECRET is not set, so nothing can be signed.")
        admin = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        if admin is None:
            raise CommandError("Demo: there is no admin to upload as; call `manage.py ensure_admin` first.")
        recordings = demo.read_recordings(options["folder"])
        project = demo.prepare(admin, recordings)
        waiting = demo.still_to_do(project, recordings)
        if waiting:
            self.replay(options, admin, project, waiting)

    def replay(self, options: dict[str, Any], admin: User, project: Any, waiting: list[Any]) -> None:
        base_url = options["base_url"].rstrip("/")
        if settings.SERVED_BY_HTTPS and not base_url.startswith("https://"):
            raise CommandError(
                f"Demo: VISTA_BASE_URL is {settings.BASE_URL}, so {base_url} redirects there. Once your proxy runs, "
                f"call `manage.py replay_demo`."
            )
        # SIGTERM ends the command the way Ctrl-C does, so that the key is revoked.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            demo.wait_for(base_url)
            with demo.temporary_key(admin) as key:
                replay = demo.Replay(base_url, project, key, options["folder"] / "pictures")
                # disable=None: no bar where standard error is not a terminal
                for recording in tqdm(waiting, "Demo", disable=options["no_progress"] or None):
                    replay.play(recording)
        except (demo.DemoFailed, requests.RequestException, OSError) as error:
            raise CommandError(f"Demo: {error}\nCall `manage.py replay_demo` to go on from here.") from error
        finally:
            signal.signal(signal.SIGTERM, before)
        self.stdout.write(
            f"Demo: {len(waiting)} analyses of real models are in the project {project.name!r}."
        )
