"""A project on a live server and a pipeline that runs over it, in an environment of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.tests.factories import ApiKeyFactory, UserFactory
from analyses.models import AllowedModel
from analyses.tests.factories import SECRET
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory

PHOTOGRAPHS = settings.BASE_DIR / "demo" / "pictures"
Pipeline = Callable[..., subprocess.CompletedProcess[str]]


def photograph(project: Project, filename: str, width: int, height: int) -> Image:
    """A picture of the demo; the size is that of the upright picture."""
    content = (PHOTOGRAPHS / filename).read_bytes()
    return ImageFactory(project=project, filename=filename, bytes=content, width=width, height=height)


@pytest.fixture(scope="session")
def environments() -> Path:
    """The folder that `make` has told, where pipelines keep what it has made them install."""
    return Path(os.environ["VISTA_TEST_PIPELINES"])


@pytest.fixture
def project(db: None) -> Project:
    project = ProjectFactory(name="Street")
    photograph(project, "walker.jpg", 640, 424)
    photograph(project, "astronaut.jpg", 512, 512)
    for name in ("opencv_haar", "opencv_hog", "opencv_saliency", "centernet"):
        AllowedModel.objects.get_or_create(name=name)
    return project


@pytest.fixture
def pipeline(live_server: Any, project: Project, environments: Path, tmp_path: Path) -> Pipeline:
    """`pipeline("run_….sh", "Street", "--limit", "1")` as a member; its home is `tmp_path`/home."""
    key = ApiKeyFactory(user=UserFactory(groups=[project.group]))
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
        "NO_PROXY": "localhost,127.0.0.1",
        "BASE_URL": live_server.url,
        "API_KEY": key.secret,
        "ML_CALLBACK_HMAC_SECRET": SECRET,
        "VISTA_DATA_DIR": str(environments.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(script: str, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [settings.BASE_DIR / "scripts" / script, *map(str, arguments)],
            env=environment | more,
            cwd=tmp_path / "work",
            capture_output=True,
            encoding="utf-8",
            timeout=500,
            check=False,
        )

    return run
