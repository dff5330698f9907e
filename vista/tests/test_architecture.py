"""Imports point one way: the table of forbidden pairs, and nothing is imported inside a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APPS = ["vista", "accounts", "images", "analyses"]
WEB = ["analyses.api", "analyses.views", "analyses.admin", "analyses.management", "analyses.urls"]
ACTS = [
    "analyses.jobs",
    "analyses.ingest",
    "analyses.exports",
    "analyses.imports.store",
    "analyses.reports.asking",
    "analyses.reports.build",
    "analyses.reports.gather",
    "analyses.reports.heatmaps",
    "analyses.reports.sources",
    "analyses.artifacts",
    "analyses.demo",
]
# The sums of a report: a database is known only to those above.
PURE_REPORTS = ["asked", "cells", "compute", "contents", "document", "listing", "measuring", "overlaps"]
PURE_REPORTS += ["pairing", "peering", "picking", "seeing"]
NO_DJANGO = ["django", "rest_framework", "accounts", "images", "analyses.models", *ACTS, *WEB]
FORBIDDEN = {
    "vista": ["accounts", "images", "analyses", "benchmarks"],
    "accounts": ["images", "analyses", "benchmarks"],
    "images": ["analyses", "benchmarks"],
    "analyses": ["benchmarks"],
    "images.models": ["rest_framework", "images.api", "images.views"],
    "images.files": ["django.db", "images.models"],
    "images.tiles": ["django.db", "images.models"],
    "accounts.models": ["rest_framework"],
    "analyses.models": ["rest_framework", *ACTS, *WEB],
    "analyses.api": ["analyses.views"],
    "analyses.views": ["analyses.api"],
    **{act: [*WEB, "rest_framework"] for act in ACTS},
    "analyses.formats": [*NO_DJANGO, "analyses.comparison"],
    "analyses.comparison": NO_DJANGO,
    **{f"analyses.imports.{name}": NO_DJANGO for name in ("coco", "wire", "matching", "report")},
    "analyses.geometry": [*NO_DJANGO, "analyses.formats", "analyses.comparison"],
    "analyses.charts": [*NO_DJANGO, "analyses.comparison", "analyses.reports"],
    "analyses.payload": [*NO_DJANGO, "analyses.comparison"],
    **{f"analyses.reports.{module}": NO_DJANGO for module in PURE_REPORTS},
    "analyses.signing": NO_DJANGO,
    "vista.errors": NO_DJANGO,
    "vista.strict_json": NO_DJANGO,
    "vista.envfile": NO_DJANGO,
}
EXCEPTIONS = {("vista.urls", "images"), ("vista.urls", "accounts"), ("vista.urls", "analyses")}
# Django wants registration after the apps are loaded.
MAY_IMPORT_LATE = {"ready", "connect"}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def faults(module: str, source: str) -> set[str]:
    """What `module` does that it must not, each as a sentence."""
    tree = ast.parse(source)
    pairs = {
        (name, package)
        for importer, packages in FORBIDDEN.items()
        for name in (imported(tree) if within(module, importer) else ())
        for package in packages
        if within(name, package) and (module, package) not in EXCEPTIONS
    }
    late = {
        f"{module}.{node.name} imports inside"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in MAY_IMPORT_LATE
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    }
    return {f"{module} imports {name}" for name, _ in pairs} | late


def modules() -> dict[str, Path]:
    root = settings.BASE_DIR
    paths = [path for app in APPS for path in (root / app).rglob("*.py")]
    ours = [p for p in paths if not {"tests", "migrations"} & set(p.relative_to(root).parts)]
    return {".".join(p.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): p for p in ours}


def test_no_import_points_the_wrong_way() -> None:
    found = modules()
    assert {"vista.urls", "accounts.models", "images.models", "analyses.models.analysis"} <= set(found)
    assert set().union(*(faults(name, path.read_text()) for name, path in found.items())) == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("vista.api", "from images.models import Image"),
        ("accounts.models", "import images"),
        ("images.views", "from analyses import ingest"),
        ("analyses.models.analysis", "import rest_framework.views"),
        ("analyses.models.analysis", "from analyses import exports"),
        ("analyses.api.views.users", "from analyses.views.image import image_page"),
        ("analyses.views.image", "from analyses import api"),
        ("analyses.formats.boxes", "from django.conf import settings"),
        ("analyses.geometry", "from analyses import formats"),
        ("analyses.imports.wire", "from analyses.imports import store"),
        ("analyses.payload.cache", "from django.conf import settings"),
        ("analyses.charts.plot", "from analyses.reports import document"),
        ("analyses.ingest", "from benchmarks import batches"),
        ("images.models", "def file(self):\n    import os"),
    ],
)
def test_a_planted_violation_is_seen(module: str, source: str) -> None:
    assert len(faults(module, source)) == 1


def test_the_table_of_contents_may_import_every_app() -> None:
    assert faults("vista.urls", "from analyses.api import urls\nfrom images import views") == set()
