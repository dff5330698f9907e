"""docs/pipelines.md quotes VISTA: each message in its tables of errors is what the API really says."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import ApiKeyFactory, UserFactory
from analyses.models import Analysis, Status
from analyses.tests.factories import BOX, AnalysisFactory, signed

PAGE = (settings.BASE_DIR / "docs" / "pipelines.md").read_text(encoding="utf-8")
REFUSALS = re.findall(r"^\| (\d{3}) `([^`]+)` \|", PAGE, re.MULTILINE)
FAULTS = re.findall(r"^\| `([\w.\[\]]+)` `([^`]+)` \|", PAGE, re.MULTILINE)


class Caller:
    """Calls of a member of the project, and signed ones, about one analysis."""

    def __init__(self, analysis: Analysis, key: str) -> None:
        self.analysis, self.key, self.client = analysis, key, Client()
        self.base = f"/api/analyses/{analysis.pk}"

    def create(self, key: str | None = None, **fields: str) -> Any:
        headers = {"X-API-Key": self.key} if key is None else {"X-API-Key": key} if key else {}
        if "repeat" in fields:
            headers["Idempotency-Key"] = fields.pop("repeat")
        body = json.dumps({"model_name": "yolo_v8", "model_version": "1"} | fields)
        path = f"/api/images/{self.analysis.image_id}/analyses"
        return self.client.post(path, body, "application/json", headers=headers)

    def callback(self, path: str, raw: bytes, kind: str = "application/json", **headers: str) -> Any:
        method = "PATCH" if path == "status" else "POST"
        return self.client.generic(method, f"{self.base}/{path}", raw, kind, headers=signed(raw) | headers)

    def annotate(self, **fields: Any) -> Any:
        fields = {name: value for name, value in (BOX | fields).items() if value is not None}
        return self.callback("annotations:bulk", json.dumps({"annotations": [fields]}).encode())

    def presigned(self) -> str:
        wanted = {"artifacts": [{"artifact_name": "a.png", "content_type": "image/png"}]}
        answer = self.callback("artifacts/presign", json.dumps(wanted).encode())
        return answer.json()["presigned_urls"][0]["upload_url"].partition("testserver")[2]

    def ended(self, status: Status) -> "Caller":
        self.analysis.move_to(status)
        return self


PROCESSING = b'{"status": "processing"}'


def without_secret(caller: Caller, changed: Any) -> Any:
    changed.ML_CALLBACK_HMAC_SECRETS = []
    return caller.callback("status", PROCESSING)


def expired(caller: Caller, changed: Any) -> Any:
    url = caller.presigned()
    later = timezone.now() + timedelta(seconds=settings.ML_UPLOAD_URL_SECONDS + 1)
    with time_machine.travel(later):
        return caller.client.put(url, b"x", "image/png")


def used_again(caller: Caller, changed: Any) -> Any:
    caller.create(repeat="once")
    return caller.create(repeat="once", model_version="2")


PROVOKED: dict[str, Callable[[Caller, Any], Any]] = {
    "Authentication credentials were not provided.": lambda c, _: c.create(key=""),
    "The API key is not valid.": lambda c, _: c.create(key=c.key[:-1]),
    "Invalid HMAC signature": lambda c, _: c.callback(
        "status", PROCESSING, **{"X-ML-Timestamp": "1767225600"}
    ),
    "There is nothing here, or it is not yours to see.": lambda c, _: c.client.get(
        f"/api/images/{AnalysisFactory().image_id}", headers={"X-API-Key": c.key}
    ),
    "Model not in allowed list": lambda c, _: c.create(model_name="another"),
    "Invalid annotation format": lambda c, _: c.annotate(confidence=95),
    "The request is not valid.": lambda c, _: c.create(model_version=""),
    "NaN is not a JSON number.": lambda c, _: c.callback("annotations:bulk", b'{"annotations": [NaN]}'),
    "The Content-Type must be image/png, as the URL was signed for.": lambda c, _: c.client.put(
        c.presigned(), b"x", "text/plain"
    ),
    "This is not an upload URL that VISTA made.": lambda c, _: c.client.put(
        c.presigned()[:-2], b"x", "image/png"
    ),
    "This upload URL has expired; ask for a new one.": expired,
    "An analysis that is completed cannot become processing.": lambda c, _: c.ended(
        Status.COMPLETED
    ).callback("status", PROCESSING),
    "The analysis is cancelled; annotations are taken only while it is queued or processing.": lambda c, _: (
        c.ended(Status.CANCELLED).annotate()
    ),
    "Send the body as application/json in UTF-8.": lambda c, _: c.callback(
        "status", PROCESSING, "application/x-www-form-urlencoded"
    ),
    "This Idempotency-Key was used for another analysis.": used_again,
    "No ML_CALLBACK_HMAC_SECRET is configured, so no callback can be checked.": without_secret,
}
FAULTY: dict[str, dict[str, Any]] = {
    "data.bbox[2]": {"data": {"bbox": [1, 2, -5, 3]}},
    "data.bbox": {"data": {"bbox": [1, 2, 3]}},
    "confidence": {"confidence": 95},
    "class_name": {"class_name": None},
    "annotation_type": {"annotation_type": "box"},
    "data.artifact_name": {"annotation_type": "heatmap", "data": {"artifact_name": "heatmap.png"}},
}


@pytest.fixture
def caller(db: None) -> Caller:
    analysis = AnalysisFactory()
    member = UserFactory(groups=[analysis.image.project.group])
    return Caller(analysis, ApiKeyFactory(user=member).secret)


def test_each_row_is_provoked_here() -> None:
    assert {said for _, said in REFUSALS} == set(PROVOKED)
    assert {field for field, _ in FAULTS} == set(FAULTY)


@pytest.mark.parametrize(("status", "said"), REFUSALS)
def test_a_refusal_is_quoted(caller: Caller, settings: Any, status: str, said: str) -> None:
    answer = PROVOKED[said](caller, settings)
    assert (answer.status_code, answer.json()["detail"]) == (int(status), said)


@pytest.mark.parametrize(("field", "said"), FAULTS)
def test_a_fault_of_an_annotation_is_quoted(caller: Caller, field: str, said: str) -> None:
    answer = caller.annotate(**FAULTY[field])
    assert answer.json()["errors"] == [{"field": f"annotations[0].{field}", "message": said}]
