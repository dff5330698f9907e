"""Tries `make run` as a stranger would: twice on a fresh data folder, over HTTP, with the demo appearing."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
FIRST_START_SECONDS, SECOND_START_SECONDS, DEMO_SECONDS = 120, 15, 180


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Run:
    """One `make run`, with its output in a file."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.url = environment["VISTA_BASE_URL"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                ["make", "run"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    def until(self, what: str, seconds: float, happens: Callable[[], Any]) -> float:
        """Wait for something; returns how long it took and gives up with the server's own output."""
        started = time.monotonic()
        while not happens():
            if self.process.poll() is not None or time.monotonic() - started > seconds:
                sys.exit(f"{self.log.read_text()}\nmake run: {what} did not happen in {seconds:g} s.")
            time.sleep(0.2)
        return time.monotonic() - started

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(self.environment["PORT"]))) == 0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


@contextmanager
def running(environment: dict[str, str], log: Path) -> Iterator[Run]:
    run = Run(environment, log)
    try:
        yield run
    finally:
        run.stop()
    if run.is_open():
        sys.exit("make run: the port is still open after SIGTERM.")


def new_key(environment: dict[str, str]) -> str:
    """An API key of the admin, from the command that people use."""
    python = ROOT / environment["VENV"] / "bin" / "python"
    command = [python, "manage.py", "create_api_key", "admin@example.com", "--name", "smoke test"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]


def results(session: requests.Session, url: str) -> list[dict[str, Any]]:
    answer = session.get(url, params={"page_size": 1000}, timeout=30)
    answer.raise_for_status()
    return list(answer.json()["results"])


def finished_models(session: requests.Session, url: str, images: list[dict[str, Any]]) -> list[set[str]]:
    """For each picture the models whose analyses of it are completed."""
    lists = [results(session, f"{url}/api/images/{image['id']}/analyses") for image in images]
    return [{a["model_name"] for a in analyses if a["status"] == "completed"} for analyses in lists]


def demo_is_there(session: requests.Session, url: str) -> bool:
    projects = [p for p in results(session, f"{url}/api/projects") if p["name"] == "Demo"]
    if not projects:
        return False
    images = results(session, f"{url}/api/projects/{projects[0]['id']}/images")
    return len(images) >= 12 and all(len(models) >= 3 for models in finished_models(session, url, images))


def main() -> None:
    os.environ["no_proxy"] = "localhost,127.0.0.1"
    with tempfile.TemporaryDirectory(prefix="vista-smoke-") as folder:
        port = free_port()
        environment = os.environ | {
            "PORT": str(port),
            "VENV": os.environ.get("VENV", ".venv"),
            "VISTA_DATA_DIR": f"{folder}/data",
            "VISTA_BASE_URL": f"http://localhost:{port}",
            "DATABASE_URL": f"sqlite:///{folder}/data/vista.sqlite3",
        }
        with running(environment, Path(folder, "first.log")) as run:
            print(f"healthz answered after {run.until('an answer', FIRST_START_SECONDS, run.answers):.1f} s")
            session = requests.Session()
            session.headers["X-API-Key"] = new_key(environment)
            seconds = run.until("the demo", DEMO_SECONDS, lambda: demo_is_there(session, run.url))
            print(f"the demo was complete after {seconds:.1f} s more")
        with running(environment, Path(folder, "second.log")) as run:
            print(f"second start: {run.until('an answer', SECOND_START_SECONDS, run.answers):.1f} s")


if __name__ == "__main__":
    main()
