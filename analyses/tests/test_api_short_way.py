"""Callbacks pass by what is for people, and their answers have all the headers of every other answer."""

from typing import Any

import pytest
from django.test import Client

from analyses.models import Analysis
from analyses.tests.conftest import VERBS, Callback
from analyses.tests.factories import signed

BODIES: dict[str, Any] = {
    "status": {"status": "processing"},
    "presign": {"artifacts": [{"artifact_name": "a.png", "content_type": "image/png"}]},
    "bulk": {"annotations": []},
    "finalize": {"status": "completed"},
}
HEADERS = (
    "Content-Length",
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Request-ID",
)


@pytest.mark.parametrize("verb", VERBS)
def test_an_answer_has_every_header(callback: Callback, verb: str) -> None:
    response = callback(verb, BODIES[verb])
    assert response.status_code in (200, 201)
    assert [name for name in HEADERS if name not in response] == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_refusal_has_every_header(callback: Callback, verb: str) -> None:
    response = callback(verb, BODIES[verb], secret="wrong")
    assert response.status_code == 401
    assert [name for name in HEADERS if name not in response] == []


def test_an_unknown_host_is_400(callback: Callback) -> None:
    assert callback("status", BODIES["status"], headers={"Host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/api/projects", "/api/nowhere", "/login"])
def test_a_signature_opens_no_other_way(analysis: Analysis, path: str) -> None:
    plain, with_signature = Client().get(path), Client().get(path, headers=signed(b""))
    assert with_signature.status_code == plain.status_code
    assert with_signature["Content-Security-Policy"] == plain["Content-Security-Policy"]
