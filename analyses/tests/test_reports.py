"""The report of a project: the document as a whole, and where its numbers come from."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyses.reports import document
from analyses.reports.asked import Asked
from analyses.reports.build import build
from analyses.reports.compute import Computed
from analyses.reports.sources import sources
from analyses.tests.report_projects import tiny
from images.models import Project

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "reports"
PARAMETERS = {"a": "yolo@1", "b": "resnet@2", "c": "third@3"}


def made(project: Project, **params: str) -> Computed:
    asked = Asked.read(params)
    return build(project, asked, sources(project, asked))


def anonymous(report: document.Report) -> Any:
    """As JSON, without what differs from one time to the next."""
    said = json.loads(document.written(report))
    said |= {"key": "key", "made_at": "2026-01-15T10:30:00Z", "seconds": 0.0}
    said["project"]["id"] = "project"
    for picture in said["pictures"]["worst"]:
        picture["id"] = picture["filename"]
        picture["analyses"] = {key: f"{picture['filename']} {key}" for key in picture["analyses"]}
    return said


@pytest.mark.parametrize(
    ("sample", "params"),
    [("peers", {"threshold_a": "0.3"}), ("reference", {"reference": "a", "threshold_b": "0.5"})],
)
def test_the_whole_document(sample: str, params: dict[str, str]) -> None:
    """The samples were counted by hand; whoever builds a page may read them as a promise."""
    wanted = json.loads((SAMPLES / f"{sample}.json").read_text())
    assert anonymous(made(tiny(), **PARAMETERS, **params).report) == wanted


@pytest.mark.parametrize("sample", ["peers", "reference"])
def test_a_document_reads_back(sample: str) -> None:
    raw = (SAMPLES / f"{sample}.json").read_bytes()
    assert json.loads(document.written(document.read(raw))) == json.loads(raw)
