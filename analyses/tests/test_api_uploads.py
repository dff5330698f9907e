"""Uploads to VISTA's own storage: what the signed address allows and what it refuses."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from analyses import artifacts
from analyses.models import Analysis, Artifact
from analyses.tests.conftest import Callback

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100


def announce(callback: Callback, name: str = "a.png", content_type: str = "image/png", **more: Any) -> str:
    wanted = {"artifact_name": name, "content_type": content_type} | more
    url = callback("presign", {"artifacts": [wanted]}).json()["presigned_urls"][0]["upload_url"]
    return str(url).removeprefix("http://testserver")


def put(url: str, content: bytes = PNG, content_type: str = "image/png", **headers: str) -> Any:
    return Client().put(url, content, content_type, headers=headers)


def read(client: Client, analysis: Analysis, name: str = "a.png") -> Any:
    """The answer to a download and its bytes, the file closed."""
    response = client.get(f"/api/analyses/{analysis.pk}/artifacts/{name}")
    content = response.getvalue()
    response.close()
    return response, content


def test_what_was_uploaded_reads_back_equal(
    callback: Callback, member_client: Client, analysis: Analysis
) -> None:
    response = put(announce(callback))
    checksum = "sha256:" + hashlib.sha256(PNG).hexdigest()
    assert (response.status_code, response.json()) == (
        200,
        {"artifact_name": "a.png", "size": len(PNG), "checksum": checksum},
    )
    assert read(member_client, analysis)[1] == PNG


def test_a_picture_is_shown_inline_with_a_type_of_ours(
    callback: Callback, member_client: Client, analysis: Analysis
) -> None:
    put(announce(callback))
    response, _ = read(member_client, analysis)
    assert response["Content-Disposition"].startswith("inline")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/png", "nosniff")


@pytest.mark.parametrize(
    ("name", "content_type", "content"),
    [
        ("a.png", "image/png", b"<html><script>"),
        ("a.csv", "text/csv", b"a,b"),
        ("a.zip", "application/zip", b"PK"),
    ],
)
def test_what_is_no_picture_is_an_attachment(
    callback: Callback,
    member_client: Client,
    analysis: Analysis,
    name: str,
    content_type: str,
    content: bytes,
) -> None:
    put(announce(callback, name, content_type), content, content_type)
    response, _ = read(member_client, analysis, name)
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_put_may_repeat(callback: Callback, member_client: Client, analysis: Analysis) -> None:
    url = announce(callback)
    put(url)
    assert put(url, PNG + b"2").status_code == 200
    assert read(member_client, analysis)[1] == PNG + b"2"


def test_a_put_after_the_end_is_409_and_changes_nothing(
    callback: Callback, member_client: Client, analysis: Analysis
) -> None:
    url = announce(callback)
    put(url)
    callback("finalize", {"status": "completed"})
    assert put(url, PNG + b"2").status_code == 409
    assert read(member_client, analysis)[1] == PNG


def test_another_content_type_is_403(callback: Callback) -> None:
    assert put(announce(callback), content_type="image/jpeg").status_code == 403


def test_an_address_for_a_type_announced_before_is_403(callback: Callback) -> None:
    url = announce(callback)
    announce(callback, content_type="image/jpeg")
    assert put(url).status_code == 403


def test_an_expired_address_is_403(callback: Callback) -> None:
    url = announce(callback)
    with time_machine.travel(timedelta(seconds=3601)):
        assert put(url).status_code == 403


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "A" + t, lambda t: t + "/", str.swapcase]
)
def test_an_altered_address_is_403(callback: Callback, change: Any) -> None:
    url, _, token = announce(callback).rpartition("/")
    assert put(f"{url}/{change(token)}").status_code == 403


def test_too_large_is_413_and_nothing_is_stored(
    callback: Callback, settings: Any, member_client: Client, analysis: Analysis
) -> None:
    settings.ML_MAX_ARTIFACT_BYTES = 10
    assert put(announce(callback)).status_code == 413
    assert member_client.get(f"/api/analyses/{analysis.pk}/artifacts/a.png").status_code == 404


def test_another_size_than_signed_is_403(callback: Callback) -> None:
    assert put(announce(callback, size=5)).status_code == 403


def test_another_content_than_signed_is_refused(callback: Callback) -> None:
    response = put(announce(callback, sha256="0" * 64))
    assert response.status_code in (400, 403)


def test_no_content_length_is_411(callback: Callback) -> None:
    response = Client().generic("PUT", announce(callback), b"", CONTENT_TYPE="image/png", CONTENT_LENGTH="")
    assert response.status_code == 411


def test_the_analysis_is_gone(callback: Callback, analysis: Analysis) -> None:
    url = announce(callback)
    analysis.delete()
    assert put(url).status_code == 403


def test_get_is_no_way_in(callback: Callback) -> None:
    assert Client().get(announce(callback)).status_code == 405


def test_finalize_records_size_and_checksum(callback: Callback) -> None:
    put(announce(callback))
    assert callback("finalize", {"status": "completed"}).json()["missing_artifacts"] == []
    artifact = Artifact.objects.get()
    assert (artifact.status, artifact.size) == ("stored", len(PNG))
    assert artifact.checksum == "sha256:" + hashlib.sha256(PNG).hexdigest()


def test_a_heatmap_may_name_the_artifact_by_its_storage_path(callback: Callback) -> None:
    announce(callback)
    path = Artifact.objects.get().storage_path
    heatmap = {"annotation_type": "heatmap", "data": {"storage_path": path}}
    assert callback("bulk", {"annotations": [heatmap]}).status_code == 201


def test_a_heatmap_may_not_name_anothers_artifact(callback: Callback) -> None:
    announce(callback)
    other = {"storage_path": f"artifacts/{uuid.uuid4()}/{Artifact.objects.get().pk}"}
    response = callback("bulk", {"annotations": [{"annotation_type": "heatmap", "data": other}]})
    assert response.status_code == 400


def test_a_heatmap_may_not_name_two_artifacts(callback: Callback) -> None:
    for name in ("a.png", "b.png"):
        announce(callback, name)
    data = {
        "artifact_name": "a.png",
        "storage_path": Artifact.objects.get(artifact_name="b.png").storage_path,
    }
    response = callback("bulk", {"annotations": [{"annotation_type": "heatmap", "data": data}]})
    assert [e["field"] for e in response.json()["errors"]] == ["annotations[0].data.storage_path"]


def test_an_upload_that_lands_after_the_look_is_not_missing(callback: Callback, analysis: Analysis) -> None:
    url = announce(callback)
    seen = artifacts.look(analysis)
    put(url)
    analysis.finalize("completed", {}, "", seen)
    assert Artifact.objects.get().status == "stored"


def test_an_upload_whose_bytes_were_lost_is_missing(callback: Callback) -> None:
    put(announce(callback))
    default_storage.delete(Artifact.objects.get().storage_path)
    assert callback("finalize", {"status": "completed"}).json()["missing_artifacts"] == ["a.png"]


def test_options_answers_405(callback: Callback) -> None:
    assert Client().options(announce(callback)).status_code == 405
