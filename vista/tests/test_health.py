"""Probes: `/healthz` says that the process lives, `/readyz` that it can serve."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

FINE = {"status": "ok", "database": "ok", "storage": "ok"}


def test_healthz_looks_at_nothing(client: Client, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_not_cached(client: Client, db: None, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_take_no_posts(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405


def test_readyz_when_all_is_well(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, FINE)


def test_readyz_with_a_storage_that_cannot_be_written(client: Client, db: None, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == FINE | {"status": "unavailable", "storage": "unavailable"}
    assert response["Retry-After"] == "5"


@pytest.mark.django_db(transaction=True)
def test_readyz_without_its_database(client: Client, settings: Any) -> None:
    """The connection is closed and what it would reopen does not exist."""
    connection.close()
    before = connection.settings_dict.copy()
    connection.settings_dict |= {
        "NAME": os.path.join("nowhere", "at", "all"),
        "OPTIONS": {},
        "HOST": "/nowhere",
    }
    try:
        response = client.get("/readyz")
    finally:
        connection.close()
        connection.settings_dict |= before
    assert response.status_code == 503
    assert response.json() == FINE | {"status": "unavailable", "database": "unavailable"}
    assert default_storage.is_reachable()
