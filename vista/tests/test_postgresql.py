"""Connections whose server ended them cost no request. SQLite has no server: there a connection is only reopened."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from vista.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)

END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def pooled() -> Iterator[Any]:
    """A connection as the settings make it; the other tests have no pool."""
    if connection.vendor != "postgresql":
        yield connection
        return
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 10}}
    wrapper = base.DatabaseWrapper(
        connection.settings_dict | {"OPTIONS": options, "CONN_MAX_AGE": 0}, "pooled"
    )
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def answer(pooled: Any) -> Any:
    with pooled.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0]


def test_a_connection_that_the_server_ended_is_not_used(pooled: Any) -> None:
    answer(pooled)
    if pooled.vendor == "postgresql":
        dsn = pooled.connection.info.dsn
        pooled.close()  # back into the pool
        with psycopg.connect(dsn, autocommit=True) as other:
            other.execute(END_OTHERS)
    assert answer(pooled) == 1


def test_after_a_pause_the_server_is_asked(pooled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(pooled)
    pooled.close()
    asked: list[Any] = []
    monkeypatch.setattr(ConnectionPool, "check_connection", asked.append)
    monkeypatch.setattr(base, "FRESH", 0)
    answer(pooled)
    assert len(asked) == (pooled.vendor == "postgresql")


def test_a_connection_in_use_is_not_asked_about(pooled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(pooled)
    pooled.close()
    asked: list[Any] = []
    monkeypatch.setattr(ConnectionPool, "check_connection", asked.append)
    answer(pooled)
    assert not asked
