"""The demo: pictures and recorded outputs of real models, replayed through the HTTP API of a running server."""

import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import requests
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import ApiKey, User
from analyses.models import FINAL, AllowedModel, Analysis
from images.models import Project

NAME = "Demo"
DESCRIPTION = "Photographs, and what real models said about them. demo/README.md says which and how."
WAIT_SECONDS = 60


class DemoFailed(Exception):
    """The demo cannot go on; the text is one sentence for the person who started VISTA."""


@dataclass(frozen=True)
class Recording:
    """One analysis as a model left it: `document` is the JSON file at `path`, whose artifacts lie beside it."""

    path: Path
    document: dict[str, Any]

    @property
    def picture(self) -> str:
        return str(self.document["picture"])

    @property
    def model_name(self) -> str:
        return str(self.document["model_name"])


def read_recordings(folder: Path) -> list[Recording]:
    """All recordings below `folder`/outputs, picture by picture.

    From z to a: lists show the newest first, so people then see them from a to z, the best detector on top.
    """
    paths = folder.glob("outputs/*/*.json")
    recordings = [Recording(path, json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    return sorted(recordings, key=lambda r: (r.picture, r.model_name), reverse=True)


# --- what has to be there, and what is there already ----------------------------------------------------------
def prepare(admin: User, recordings: list[Recording]) -> Project:
    """Make the rows that no API makes: the models, the group with the admin in it, the project."""
    for name in sorted({recording.model_name for recording in recordings}):
        AllowedModel.objects.get_or_create(name=name, defaults={"note": "Of the demo."})
    group, _ = Group.objects.get_or_create(name=NAME)
    admin.groups.add(group)
    project, _ = Project.objects.get_or_create(name=NAME, group=group, defaults={"description": DESCRIPTION})
    return project


def still_to_do(project: Project, recordings: list[Recording]) -> list[Recording]:
    """The recordings of allowed models that no analysis of the project has brought to an end yet."""
    done = set(
        Analysis.objects.filter(image__project=project, status__in=FINAL).values_list(
            "model_name", "image__filename"
        )
    )
    allowed = {n: AllowedModel.objects.allows(n) for n in {r.model_name for r in recordings}}
    return [r for r in recordings if allowed[r.model_name] and (r.model_name, r.picture) not in done]


@contextmanager
def temporary_key(user: User) -> Iterator[str]:
    """An API key that is revoked on the way out, and expires even if there is no way out."""
    key, secret = ApiKey.objects.issue(user, "demo replay", timezone.now() + timedelta(hours=1))
    try:
        yield secret
    finally:
        key.revoke()


# --- over HTTP ------------------------------------------------------------------------------------------------
def wait_for(base_url: str, seconds: float = WAIT_SECONDS) -> None:
    """Return as soon as the server answers; raises DemoFailed."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if requests.get(f"{base_url}/healthz", timeout=5).ok:
                return
        except requests.RequestException:
            pass  # not yet
        if time.monotonic() > deadline:
            raise DemoFailed(f"{base_url} did not answer within {seconds:g} seconds.")
        time.sleep(0.2)


class Replay:
    """Brings recordings into one project, each by the six steps that a pipeline takes."""

    def __init__(self, base_url: str, project: Project, key: str, pictures: Path) -> None:
        scheme = "body" if "body" in settings.ML_SIGNATURE_SCHEMES else "timestamped"
        secret = settings.ML_CALLBACK_HMAC_SECRETS[0]
        client = load_client().MLPipelineClient
        self._client = client(base_url, secret, api_key=key, scheme=scheme, progress=False)
        self._base_url, self._project, self._key, self._pictures = base_url, project, key, pictures
        self._images = dict(project.images.values_list("filename", "pk"))

    def play(self, recording: Recording) -> None:
        """Upload the picture where it is missing, then create, announce, upload, submit and finalize.

        Every step may be repeated, so an analysis that was cut off is simply taken up again.
        """
        document, client = recording.document, self._client
        image_id = self._image_id(recording.picture)
        analysis_id = self._unfinished(image_id, recording) or self._create(image_id, document)
        client.update_status(analysis_id, "processing")
        files = {a["artifact_name"]: a for a in document["artifacts"]}
        if files:
            wanted = [{"artifact_name": n, "content_type": a["content_type"]} for n, a in files.items()]
            for url in client.request_presigned_urls(analysis_id, wanted)["presigned_urls"]:
                artifact = files[url["artifact_name"]]
                path = recording.path.parent / artifact["file"]
                client.upload_artifact(url["upload_url"], path, artifact["content_type"])
        client.submit_annotations(analysis_id, document["annotations"])
        client.finalize_analysis(analysis_id, "completed", document["summary"])

    def _image_id(self, filename: str) -> str:
        if filename not in self._images:
            with (self._pictures / filename).open("rb") as file:
                response = requests.post(
                    f"{self._base_url}/api/projects/{self._project.pk}/images",
                    headers={"X-API-Key": self._key},
                    files={"file": (filename, file)},
                    timeout=60,
                )
            if not response.ok:
                raise DemoFailed(f"The upload of {filename} was refused: {response.text[:300]}")
            self._images[filename] = response.json()["id"]
        return str(self._images[filename])

    def _unfinished(self, image_id: str, recording: Recording) -> str | None:
        running = Analysis.objects.running().filter(image=image_id, model_name=recording.model_name)
        pk = running.values_list("pk", flat=True).first()
        return pk and str(pk)

    def _create(self, image_id: str, document: dict[str, Any]) -> str:
        analysis = self._client.create_analysis(
            image_id,
            document["model_name"],
            document["model_version"],
            parameters=document["parameters"],
            description=document["description"],
        )
        return str(analysis["id"])


def load_client() -> ModuleType:
    """scripts/vista_client.py, which people copy next to their pipelines and which is therefore no package."""
    name, path = "vista_client", settings.BASE_DIR / "scripts" / "vista_client.py"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise DemoFailed(f"{path} is missing.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look themselves up there
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
