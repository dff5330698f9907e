"""What every test gets: its own files and caches, and Chromium where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from django.core.cache import caches

from vista.tests import log_watch

# Playwright keeps an event loop running in the thread of the tests; Django then takes their queries for async.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Servers of the tests are here; a proxy would look for them at home.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Marker -> the program that its tests need.
PROGRAMS = {"browser": CHROMIUM, "node": shutil.which("node"), "curl": shutil.which("curl")}
# Where something is missing, its tests are left out, but never where nothing may be left out.
LEFT_OUT = {m for m, path in PROGRAMS.items() if path is None and os.environ.get("CI") != "true"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in LEFT_OUT)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEFT_OUT:
        terminalreporter.write_line(
            f"Left out, as their programs are missing: {', '.join(sorted(LEFT_OUT))} tests."
        )


@pytest.fixture(autouse=True)
def files_of_this_test(settings: Any, tmp_path: Path) -> None:
    """Uploaded files lie in the test's own folder: changing STORAGES makes Django build the storage anew."""
    default = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {
        "default": default | {"OPTIONS": default["OPTIONS"] | {"location": tmp_path / "files"}}
    }


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Caches (thumbnails, rate limits) and the context of the logs are empty before each test."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def nothing_secret_is_logged() -> Iterator[None]:
    """Whatever a test does: no line of its logs opens anything."""
    with log_watch.watched() as stream:
        yield
    if found := log_watch.given_away(stream.getvalue()):
        pytest.fail(f"The logs give away {found[0]!r}.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of one that Playwright would download."""
    if CHROMIUM is None:
        pytest.fail("There is no Chromium; install it or name it in CHROMIUM.")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": QUIET + as_root}
