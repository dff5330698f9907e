"""The demo: replayed over real HTTP, signed, once, and resumed where it was cut off."""

import io
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, User
from analyses import demo
from analyses.models import AllowedModel, Analysis, ArtifactStatus, Status
from analyses.tests.factories import BOX
from images.models import Image, Project
from images.tests.factories import picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("admin@example.com", "a password")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, two models; one analysis has an artifact."""
    (tmp_path / "pictures").mkdir()
    for name in ("one.jpg", "two.jpg"):
        (tmp_path / "pictures" / name).write_bytes(picture_bytes())
    artifacts = [{"artifact_name": "table.csv", "content_type": "text/csv", "file": "one.table.csv"}]
    record(tmp_path, "detector", "one.jpg", [BOX, BOX], artifacts)
    (tmp_path / "outputs" / "detector" / "one.table.csv").write_text("class,score\nperson,0.95\n")
    record(tmp_path, "detector", "two.jpg", [])
    record(tmp_path, "weak_detector", "one.jpg", [BOX])
    return tmp_path


def record(folder: Path, model: str, picture: str, annotations: list[Any], artifacts: Any = ()) -> None:
    document = {
        "picture": picture,
        "model_name": model,
        "model_version": "1.0",
        "parameters": {"confidence_threshold": 0.5},
        "description": "A recording for the tests.",
        "annotations": annotations,
        "artifacts": list(artifacts),
        "summary": {"total_detections": len(annotations)},
    }
    path = folder / "outputs" / model / f"{Path(picture).stem}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def replay(folder: Path, base_url: str) -> str:
    out = io.StringIO()
    call_command("replay_demo", base_url=base_url, folder=folder, no_progress=True, stdout=out)
    return out.getvalue()


def stored() -> list[tuple[str, str, str, int]]:
    """(picture, model, status, annotations) of every analysis there is."""
    rows = Analysis.objects.values_list("image__filename", "model_name", "status", "annotation_count")
    return sorted(rows)


ALL = [
    ("one.jpg", "detector", "completed", 2),
    ("one.jpg", "weak_detector", "completed", 1),
    ("two.jpg", "detector", "completed", 0),
]


@pytest.mark.parametrize("scheme", ["body", "timestamped"])
def test_everything_is_replayed(
    live_server: Any, admin: User, folder: Path, settings: Any, scheme: str
) -> None:
    settings.ML_SIGNATURE_SCHEMES = [scheme]
    said = replay(folder, live_server.url)
    assert said == "Demo: 3 analyses of real models are in the project 'Demo'.\n"
    assert stored() == ALL
    analysis = Analysis.objects.get(model_name="detector", image__filename="one.jpg")
    assert (analysis.model_version, analysis.parameters, analysis.description, analysis.summary) == (
        "1.0",
        {"confidence_threshold": 0.5},
        "A recording for the tests.",
        {"total_detections": 2},
    )
    artifact = analysis.artifacts.get()
    assert (artifact.artifact_name, artifact.status) == ("table.csv", ArtifactStatus.STORED)
    with artifact.open() as file:
        assert file.read() == b"class,score\nperson,0.95\n"


def test_the_admin_is_a_member_of_the_demos_group(live_server: Any, admin: User, folder: Path) -> None:
    replay(folder, live_server.url)
    project = Project.objects.get()
    assert (project.name, project.group.name) == ("Demo", "Demo")
    assert list(project.group.user_set.all()) == [admin]


def test_a_second_replay_does_nothing_and_asks_nobody(live_server: Any, admin: User, folder: Path) -> None:
    replay(folder, live_server.url)
    assert replay(folder, "http://127.0.0.1:1") == ""
    assert stored() == ALL
    assert Image.objects.count() == 2


def test_an_interrupted_replay_is_taken_up_where_it_stopped(
    live_server: Any, admin: User, folder: Path
) -> None:
    artifact = folder / "outputs" / "detector" / "one.table.csv"
    content = artifact.read_bytes()
    artifact.unlink()
    with pytest.raises(CommandError, match=r"one\.table\.csv"):
        replay(folder, live_server.url)
    assert [row[2] for row in stored()] == [Status.PROCESSING, Status.COMPLETED, Status.COMPLETED]
    begun = Analysis.objects.get(status=Status.PROCESSING)
    artifact.write_bytes(content)
    replay(folder, live_server.url)
    assert stored() == ALL
    assert Analysis.objects.get(model_name="detector", image__filename="one.jpg") == begun
    assert Image.objects.count() == 2


def test_a_cancelled_analysis_is_not_made_again(live_server: Any, admin: User, folder: Path) -> None:
    replay(folder, live_server.url)
    Analysis.objects.filter(model_name="weak_detector").update(status=Status.CANCELLED)
    assert replay(folder, live_server.url) == ""


def test_a_model_that_the_admin_switched_off_is_left_out(live_server: Any, admin: User, folder: Path) -> None:
    AllowedModel.objects.create(name="detector", is_active=False)
    replay(folder, live_server.url)
    assert stored() == [ALL[1]]
    assert not AllowedModel.objects.get(name="detector").is_active


def test_the_key_is_revoked_in_the_end(live_server: Any, admin: User, folder: Path) -> None:
    replay(folder, live_server.url)
    assert [key.state for key in ApiKey.objects.all()] == ["revoked"]


def test_the_key_is_revoked_after_a_failure_too(live_server: Any, admin: User, folder: Path) -> None:
    (folder / "pictures" / "one.jpg").write_text("no picture")
    with pytest.raises(CommandError, match=r"The upload of one\.jpg was refused: "):
        replay(folder, live_server.url)
    assert [key.state for key in ApiKey.objects.all()] == ["revoked"]


def test_without_the_feature_there_is_nothing_to_do(admin: User, folder: Path, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert replay(folder, "http://127.0.0.1:1").startswith("Demo: ML_ANALYSIS_ENABLED is false")
    assert not Project.objects.exists()


def test_behind_https_it_says_what_to_do(admin: User, folder: Path, settings: Any) -> None:
    settings.SERVED_BY_HTTPS, settings.BASE_URL = True, "https://vista.example.org"
    with pytest.raises(CommandError, match=r"so http://127\.0\.0\.1:1 redirects there"):
        replay(folder, "http://127.0.0.1:1")


def test_without_a_secret_it_says_so(admin: User, folder: Path, settings: Any) -> None:
    settings.ML_CALLBACK_HMAC_SECRETS = []
    with pytest.raises(CommandError, match="ML_CALLBACK_HMAC_SECRET is not set"):
        replay(folder, "http://127.0.0.1:1")


def test_without_an_admin_it_says_so(folder: Path) -> None:
    with pytest.raises(CommandError, match="there is no admin"):
        replay(folder, "http://127.0.0.1:1")


def test_a_server_that_does_not_answer_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(demo.DemoFailed, match=f"{url} did not answer within 0 seconds"):
        demo.wait_for(url, seconds=0)


def test_the_recordings_of_this_repository_are_complete(settings: Any) -> None:
    """Each names a picture and artifacts that are there, at least 12 pictures have at least 3 models."""
    root = settings.BASE_DIR / "demo"
    recordings = demo.read_recordings(root)
    models: dict[str, set[str]] = {}
    for recording in recordings:
        models.setdefault(recording.picture, set()).add(recording.model_name)
        for artifact in recording.document["artifacts"]:
            assert (recording.path.parent / artifact["file"]).is_file()
    assert {name for name in models if not (root / "pictures" / name).is_file()} == set()
    assert len([name for name, of in models.items() if len(of) >= 3]) >= 12
