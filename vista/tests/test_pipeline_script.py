"""scripts/test_ml_pipeline.py: the six steps on a running VISTA, and one clear sentence where something is wrong."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ApiKey, User
from analyses.models import Analysis
from analyses.tests.factories import SECRET
from images.models import Image
from images.tests.factories import ImageFactory
from vista.tests.fake_vista import CLIENT_FILE, Answer, FakeVista, serving

SETTINGS = {"API_KEY": "vista_the-api-key", "ML_CALLBACK_HMAC_SECRET": "the-hmac-secret"}
PICTURE = {"filename": "a.jpg", "width": 40, "height": 30}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The scripts in a folder of their own, so that the checkout's `.env` is not theirs."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    for name in (CLIENT_FILE.name, "test_ml_pipeline.py"):
        shutil.copy(CLIENT_FILE.with_name(name), folder)
    return folder


@pytest.fixture
def vista() -> Iterator[FakeVista]:
    with serving() as server:
        yield server


def run(scripts: Path, *options: object, **settings: str) -> subprocess.CompletedProcess[str]:
    names = ("BASE_URL", *SETTINGS)
    environment = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, scripts / "test_ml_pipeline.py", *map(str, options)],
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class TestOnVista:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def image(self, db: None) -> Image:
        return ImageFactory()

    @pytest.fixture
    def api_key(self, image: Image) -> str:
        user = User.objects.create_user("pipeline@example.org")
        user.groups.add(image.project.group)
        return ApiKey.objects.issue(user, "script")[1]

    @pytest.mark.parametrize("scheme", ["timestamped", "body"])
    def test_everything_works(
        self, live_server: Any, scripts: Path, image: Image, api_key: str, scheme: str
    ) -> None:
        settings = {"API_KEY": api_key, "ML_CALLBACK_HMAC_SECRET": SECRET}
        done = run(
            scripts, "--image-id", image.pk, "--base-url", live_server.url, "--scheme", scheme, **settings
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == [
            "Picture:",
            *(f"{step}." for step in range(1, 7)),
            "Read",
            "Everything",
        ]
        analysis = Analysis.objects.get(image=image)
        assert (analysis.status, analysis.annotation_count) == ("completed", 7)

    def test_settings_from_the_file(
        self, live_server: Any, scripts: Path, image: Image, api_key: str
    ) -> None:
        lines = [f"BASE_URL={live_server.url}", f"API_KEY={api_key}", f"ML_CALLBACK_HMAC_SECRET={SECRET}"]
        (scripts.parent / ".env").write_text("\n".join(lines))
        assert run(scripts, "--image-id", image.pk).returncode == 0

    def test_a_wrong_secret(self, live_server: Any, scripts: Path, image: Image, api_key: str) -> None:
        settings = {"API_KEY": api_key, "ML_CALLBACK_HMAC_SECRET": "wrong"}
        done = run(scripts, "--image-id", image.pk, "--base-url", live_server.url, **settings)
        assert done.returncode == 1
        assert done.stderr == "Failed: PATCH status: 401 Invalid HMAC signature\n"


def failure(scripts: Path, *options: object, **settings: str) -> str:
    """What the script says when it fails, which it must."""
    done = run(scripts, *options, **settings)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "API_KEY and ML_CALLBACK_HMAC_SECRET"),
        ({"API_KEY": "vista_x"}, "ML_CALLBACK_HMAC_SECRET"),
        ({"ML_CALLBACK_HMAC_SECRET": "x"}, "API_KEY"),
    ],
)
def test_without_settings(scripts: Path, given: dict[str, str], missing: str) -> None:
    said = failure(scripts, "--image-id", "i1", **given)
    env_file = scripts.parent / ".env"
    assert said == f"Failed: {missing} must be set, in the environment or in {env_file}.\n"


def test_without_a_server(scripts: Path) -> None:
    said = failure(scripts, "--image-id", "i1", "--base-url", "http://127.0.0.1:9", **SETTINGS)
    assert said.endswith("Failed: GET /api/images/i1: no answer: Connection refused\n")


def test_an_unknown_picture(scripts: Path, vista: FakeVista) -> None:
    vista.answer(Answer(404, {"detail": "Not found."}))
    said = failure(scripts, "--image-id", "i1", "--base-url", vista.url, **SETTINGS)
    assert said == "Failed: GET /api/images/i1: 404 Not found.\n"


def test_an_answer_of_another_shape(scripts: Path, vista: FakeVista) -> None:
    said = failure(scripts, "--image-id", "i1", "--base-url", vista.url, **SETTINGS)
    assert said == f"Failed: An answer of {vista.url} lacks 'width'; is that VISTA, and of this version?\n"


def test_what_does_not_read_back(scripts: Path, vista: FakeVista) -> None:
    upload = {"upload_url": f"{vista.url}/api/uploads/token", "expires_in": 3600}
    vista.answer(
        Answer(body=PICTURE),
        Answer(201, {"id": "a1", "status": "queued"}),
        Answer(body={"status": "processing"}),
        Answer(body={"presigned_urls": [upload]}),
        Answer(),
        Answer(201, {"created_count": 7}),
        Answer(body={"status": "completed"}),
        Answer(body={"status": "completed", "annotation_count": 6}),
    )
    said = failure(scripts, "--image-id", "i1", "--base-url", vista.url, **SETTINGS)
    assert said == "Failed: Read back, the number of annotations should be 7, but is 6.\n"


def test_help_names_the_options(scripts: Path) -> None:
    done = run(scripts, "--help")
    assert done.returncode == 0
    assert "--image-id IMAGE_ID" in done.stdout
    assert "API_KEY, ML_CALLBACK_HMAC_SECRET and BASE_URL" in done.stdout
