"""Requirements: pinned, each with its reason, and enough: what runs needs nothing that only tests install."""

import ast
import re
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vista.tests.test_architecture import APPS, imported, modules

ROOT = settings.BASE_DIR
PINNED = re.compile(r"[a-z0-9-]+(\[[a-z0-9,]+\])?==[0-9][0-9a-z.]* +# \S.*", re.IGNORECASE)
BESIDE = ["manage.py", "gunicorn.conf.py", "scripts/vista_client.py", "scripts/test_ml_pipeline.py"]


def lines(name: str) -> list[str]:
    """The lines that name a package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-parquet.txt"])
def test_every_line_is_pinned_and_says_what_it_is_for(name: str) -> None:
    assert lines(name)
    assert [line for line in lines(name) if not PINNED.fullmatch(line)] == []


def with_dependencies(required: list[Requirement]) -> set[str]:
    """The distributions that installing these brings along, themselves among them."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(r.name), extra) for r in required for extra in ("", *r.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found.add(name)
        for needed in map(Requirement, distribution(name).requires or []):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(needed.name), e) for e in ("", *needed.extras)]
    return found


def test_what_runs_needs_only_what_is_installed_for_running() -> None:
    installed = with_dependencies([Requirement(line.split("#")[0]) for line in lines("requirements.txt")])
    assert {"django", "botocore", "psycopg-pool"} <= installed
    assert "pytest" not in installed
    distributions = packages_distributions()
    sources: list[Path] = [*modules().values(), *(ROOT / name for name in BESIDE)]
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources
        for name in {full.split(".")[0] for full in imported(ast.parse(path.read_text(encoding="utf-8")))}
        if name not in sys.stdlib_module_names and name not in [*APPS, "vista_client"]
        if not installed & {canonicalize_name(d) for d in distributions.get(name, [])}
    }
    assert missing == set()
