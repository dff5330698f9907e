"""The guide's three clients, byte for byte: what Python's requests, Node and curl put on the wire."""

import hashlib
import hmac
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from accounts.models import ApiKey, User
from analyses.models import Analysis, Status
from analyses.tests.factories import SECRET
from images.tests.factories import ImageFactory

NODE_CLIENT = Path(__file__).parent / "guide_client.mjs"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def image(db: None) -> Any:
    return ImageFactory()


@pytest.fixture
def api_key(image: Any) -> str:
    user = User.objects.create_user("pipeline@example.org")
    user.groups.add(image.project.group)
    return ApiKey.objects.issue(user, "guide")[1]


def python_headers(payload: Any) -> dict[str, str]:
    """The guide's `create_hmac_headers`: it signs compact, sorted JSON, and requests sends other bytes."""
    message = json.dumps(payload, separators=(",", ":"), sort_keys=True)
    signature = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-ML-Signature": signature,
        "X-ML-Timestamp": str(int(time.time())),
    }


def python_call(method: str, url: str, payload: Any) -> Any:
    response = requests.request(method, url, json=payload, headers=python_headers(payload), timeout=30)
    response.raise_for_status()
    return response.json()


def create(server: Any, image: Any, api_key: str) -> str:
    response = requests.post(
        f"{server.url}/api/images/{image.pk}/analyses",
        json={
            "model_name": "yolo_v8",
            "model_version": "v8.0.0",
            "parameters": {"confidence_threshold": 0.5},
        },
        headers={"X-API-Key": api_key},
        timeout=30,
    )
    response.raise_for_status()
    return str(response.json()["id"])


ANNOTATIONS = [
    {
        "annotation_type": "bounding_box",
        "class_name": "Größe",
        "confidence": 1.0,
        "data": {"bbox": [100, 150, 1e-07, 100.0], "format": "xywh"},
    },
    {
        "annotation_type": "classification",
        "class_name": "dog",
        "confidence": 0.96,
        "data": {"scores": {"dog": 0.96, "cat": 0.03}, "by_id": dict.fromkeys(range(11), 0.5)},
    },
]


def test_the_python_pipeline(live_server: Any, image: Any, api_key: str) -> None:
    analysis_id = create(live_server, image, api_key)
    base = f"{live_server.url}/api/analyses/{analysis_id}"
    python_call("PATCH", f"{base}/status", {"status": "processing"})
    wanted = [{"artifact_name": "detections.png", "content_type": "image/png"}]
    presigned = python_call("POST", f"{base}/artifacts/presign", {"artifacts": wanted})
    upload_url = presigned["presigned_urls"][0]["upload_url"]
    uploaded = requests.put(upload_url, data=PNG, headers={"Content-Type": "image/png"}, timeout=30)
    uploaded.raise_for_status()
    created = python_call("POST", f"{base}/annotations:bulk", {"annotations": ANNOTATIONS})
    python_call("POST", f"{base}/finalize", {"status": "completed", "summary": {"total_detections": 2}})

    read = requests.get(f"{base}/artifacts/detections.png", headers={"X-API-Key": api_key}, timeout=30)
    analysis = Analysis.objects.get(pk=analysis_id)
    assert (created["created_count"], analysis.status, read.content) == (2, Status.COMPLETED, PNG)


@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_a_body_that_is_signed_as_it_is_sent(
    live_server: Any, image: Any, api_key: str, ensure_ascii: bool
) -> None:
    analysis_id = create(live_server, image, api_key)
    raw = json.dumps({"annotations": ANNOTATIONS}, ensure_ascii=ensure_ascii).encode()
    signature = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    response = requests.post(
        f"{live_server.url}/api/analyses/{analysis_id}/annotations:bulk",
        data=raw,
        headers={
            "Content-Type": "application/json",
            "X-ML-Signature": signature,
            "X-ML-Timestamp": str(int(time.time())),
        },
        timeout=30,
    )
    assert response.status_code == 201


@pytest.mark.node
def test_the_node_client(live_server: Any, image: Any, api_key: str) -> None:
    node = shutil.which("node")
    assert node, "Node.js is needed: the guide promises that its Node client works"
    analysis_id = create(live_server, image, api_key)
    done = subprocess.run(
        [node, str(NODE_CLIENT), live_server.url, analysis_id, SECRET],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    analysis = Analysis.objects.get(pk=analysis_id)
    assert (analysis.status, analysis.annotation_count) == (Status.COMPLETED, 2)


def curl(*arguments: str) -> Any:
    program = shutil.which("curl")
    assert program, "curl is needed: the guide promises that its curl calls work"
    done = subprocess.run([program, "-sS", *arguments], capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.curl
def test_the_curl_calls(live_server: Any, image: Any, api_key: str) -> None:
    json_type = ["-H", "Content-Type: application/json"]
    body = '{\n    "model_name": "test_model",\n    "model_version": "1.0.0"\n  }'
    url = f"{live_server.url}/api/images/{image.pk}/analyses"
    made = curl("-X", "POST", url, "-H", f"X-API-Key: {api_key}", *json_type, "-d", body)
    payload = '{"status":"processing"}'
    signature = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()
    url = f"{live_server.url}/api/analyses/{made['id']}/status"
    signed = ["-H", f"X-ML-Signature: {signature}", "-H", f"X-ML-Timestamp: {int(time.time())}"]
    moved = curl("-X", "PATCH", url, *json_type, *signed, "-d", payload)
    assert moved["status"] == "processing"
