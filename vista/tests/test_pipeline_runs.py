"""Own models over a project, in Python and in Node alike: what fails, what is left out, what stops a run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.factories import ApiKeyFactory, UserFactory
from analyses.models import AllowedModel, Analysis, Status
from analyses.tests.factories import SECRET
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory, picture_bytes
from vista.tests.fake_vista import CLIENT_FILE

pytestmark = pytest.mark.django_db(transaction=True)

# A wide picture has one box, a square one is too much for the model.
PYTHON = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from vista_pipeline import File, Found, Model, box, run

class Picky(Model):
    name, version = "custom_model", "1"

    def find(self, picture):
        if picture.width == picture.height:
            raise RuntimeError("squares are too much")
        return Found([box("thing", 0.5, (1, 2, 3, 4))], [File("a.txt", "text/plain", b"seen")])

run(Picky())
"""
NODE = """
import path from 'node:path';
import { pathToFileURL } from 'node:url';
const [folder] = process.argv.splice(2, 1);
const { run } = await import(pathToFileURL(path.join(folder, 'vista_pipeline.mjs')));

await run({
  name: 'custom_model',
  version: '1',
  find(bytes, { width, height }) {
    if (width === height) throw new Error('squares are too much');
    const box = { annotation_type: 'bounding_box', class_name: 'thing', confidence: 0.5, data: { bbox: [1, 2, 3, 4] } };
    return { annotations: [box], files: [{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('seen') }] };
  },
});
"""
REASON = {"python": "RuntimeError: squares are too much", "node": "Error: squares are too much"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=[pytest.param("node", marks=pytest.mark.node), "python"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(db: None) -> Project:
    """Three pictures; the model fails on the second."""
    project = ProjectFactory(name="Street")
    for name, (width, height) in (("1.jpg", (40, 30)), ("2.jpg", (30, 30)), ("3.jpg", (40, 30))):
        content = picture_bytes(size=(width, height))
        ImageFactory(project=project, filename=name, width=width, height=height, bytes=content)
    return project


@pytest.fixture
def run(live_server: Any, project: Project, language: str, tmp_path: Path) -> Run:
    """`run("Street", "--limit", "1", API_KEY="…")` runs the model as a member."""
    scripts = tmp_path / "checkout" / "scripts"  # beside no `.env` but the test's own
    scripts.mkdir(parents=True)
    for name in ("vista_client.py", "vista_pipeline.py", "vista_client.mjs", "vista_pipeline.mjs"):
        shutil.copy(CLIENT_FILE.with_name(name), scripts)
    source, program, command = {
        "python": (PYTHON, tmp_path / "model.py", [sys.executable]),
        "node": (NODE, tmp_path / "model.mjs", ["node"]),
    }[language]
    program.write_text(source)
    environment = {
        "PATH": os.environ["PATH"],
        "NO_PROXY": "localhost,127.0.0.1",
        "BASE_URL": live_server.url,
        "API_KEY": ApiKeyFactory(user=UserFactory(groups=[project.group])).secret,
        "ML_CALLBACK_HMAC_SECRET": SECRET,
    }

    def start(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, program, scripts, *arguments],
            env=environment | more,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )

    return start


def outcome() -> list[tuple[str, str, int]]:
    """File name, status and number of annotations of every analysis, by file name."""
    found = Analysis.objects.order_by("image__filename").select_related("image")
    return [(a.image.filename, a.status, a.annotation_count) for a in found]


def test_a_picture_that_fails_does_not_stop_the_rest(run: Run, language: str) -> None:
    done = run("Street")
    assert outcome() == [
        ("1.jpg", Status.COMPLETED, 1),
        ("2.jpg", Status.FAILED, 0),
        ("3.jpg", Status.COMPLETED, 1),
    ]
    assert done.returncode == 1
    assert done.stdout == "2 analyses completed with 2 annotations, 1 failed.\n"
    assert done.stderr == f"2.jpg: custom_model failed: {REASON[language]}\n"


def test_vista_knows_why_a_picture_failed(run: Run, language: str) -> None:
    run("Street")
    assert Analysis.objects.get(status=Status.FAILED).error_message == REASON[language]


def test_files_and_a_summary_come_along(run: Run, project: Project) -> None:
    run(str(project.pk), "--limit", "1")
    analysis = Analysis.objects.get()
    assert [(a.artifact_name, a.status) for a in analysis.artifacts.all()] == [("a.txt", "stored")]
    assert analysis.summary.pop("processing_time_seconds") >= 0
    assert analysis.summary == {"total_detections": 1, "classes_detected": ["thing"]}


def test_the_newest_come_first_and_no_more_than_asked_for(run: Run) -> None:
    run("Street", "--limit", "2")
    assert [name for name, *_ in outcome()] == ["2.jpg", "3.jpg"]


def test_what_is_completed_is_left_out_when_asked(run: Run) -> None:
    run("Street", "--limit", "2")
    done = run("Street", "--skip-existing", "--limit", "2")
    assert [name for name, *_ in outcome()] == ["1.jpg", "2.jpg", "2.jpg", "3.jpg"]
    assert "1 skipped, as they were there" in done.stdout


def test_a_wrong_secret_stops_the_run_and_leaves_nothing_waiting(run: Run) -> None:
    done = run("Street", ML_CALLBACK_HMAC_SECRET="another")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "Stopped: PATCH status: 401 Invalid HMAC signature - is ML_CALLBACK_HMAC_SECRET"
    )
    assert outcome() == [("3.jpg", Status.CANCELLED, 0)]


def test_a_model_that_is_not_allowed_stops_the_run(run: Run) -> None:
    AllowedModel.objects.create(name="custom_model", is_active=False)
    done = run("Street")
    assert (done.returncode, outcome()) == (1, [])
    assert "Model not in allowed list" in done.stderr
    assert "custom_model - add it in the admin under Allowed models, or to ML_ALLOWED_MODELS." in done.stderr


def test_an_unknown_project_is_answered_with_those_there_are(run: Run) -> None:
    done = run("Strasse")
    assert done.returncode == 1
    assert "There is no project 'Strasse' that this key may see; there are: Street." in done.stderr


def test_two_projects_of_one_name_are_told_apart_by_id(run: Run, project: Project) -> None:
    other = ProjectFactory(name="Street", group=project.group)
    done = run("Street")
    assert done.returncode == 1
    assert "give the id of one" in done.stderr
    assert str(other.pk) in done.stderr


def test_a_project_without_pictures_says_so(run: Run, project: Project) -> None:
    ProjectFactory(name="Empty", group=project.group)
    assert run("Empty").stderr == "Stopped: The project Empty has no pictures yet.\n"


def test_what_is_not_set_is_named(run: Run, tmp_path: Path) -> None:
    done = run("Street", API_KEY="")
    env_file = tmp_path / "checkout" / ".env"
    assert done.stderr == f"API_KEY must be set, in the environment or in {env_file}.\n"


def test_the_secret_is_read_from_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "checkout" / ".env").write_text(f"export ML_CALLBACK_HMAC_SECRET='{SECRET},older'\n")
    done = run("Street", "--limit", "1", ML_CALLBACK_HMAC_SECRET="")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_limit_that_is_none_is_refused(run: Run) -> None:
    done = run("Street", "--limit", "0")
    assert done.returncode == 2
    assert "whole number above 0" in done.stderr
