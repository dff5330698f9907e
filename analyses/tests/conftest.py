"""Callers for the tests: a pipeline that signs, a user with a session."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from accounts.models import User
from analyses.models import Analysis
from analyses.tests.factories import AnalysisFactory, signed


@pytest.fixture
def analysis(db: None) -> Analysis:
    return AnalysisFactory()


@pytest.fixture
def member(analysis: Analysis) -> User:
    user = User.objects.create_user("member@example.org")
    user.groups.add(analysis.image.project.group)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    user = User.objects.create_user("stranger@example.org")
    user.groups.add(Group.objects.create(name="Elsewhere"))
    return user


@pytest.fixture
def member_client(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def stranger_client(stranger: User) -> Client:
    client = Client()
    client.force_login(stranger)
    return client


STATEMENTS_A_BATCH = 6 if connection.vendor == "postgresql" else 7  # Django does not see a COPY
VERBS = {
    "status": ("PATCH", "status"),
    "presign": ("POST", "artifacts/presign"),
    "bulk": ("POST", "annotations:bulk"),
    "finalize": ("POST", "finalize"),
}
Callback = Callable[..., Any]


@pytest.fixture
def callback(analysis: Analysis) -> Callback:
    """`callback("status", {"status": "processing"})`: a signed call; `raw`, `headers`, `to`, `scheme` vary it."""

    def call(
        verb: str,
        payload: Any = None,
        *,
        raw: bytes | None = None,
        to: Any = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
        **signing: Any,
    ) -> Any:
        method, path = VERBS[verb]
        raw = json.dumps(payload).encode() if raw is None else raw
        headers = signed(raw, **signing) | (headers or {})
        url = f"/api/analyses/{to or analysis.pk}/{path}"
        sent = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(raw))}  # of empty bodies too
        return Client().generic(method, url, raw, content_type, headers=headers, **sent)

    return call
