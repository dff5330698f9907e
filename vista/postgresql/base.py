"""Connections from a pool, looked at before they are used."""

import select
from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

FRESH = 1  # seconds after its last use in which a connection is only looked at


class DatabaseWrapper(base.DatabaseWrapper):
    """CONN_HEALTH_CHECKS asks the server about a connection before every request. Here its socket is looked at first.

    A server that ends or restarts says so there. It is asked after a pause only: what lies between may have forgotten.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            connection = super().get_new_connection(conn_params)
            if self.pool is None or is_alive(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)  # which opens another one

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.used_at = monotonic()
        super()._close()


def is_alive(connection: Any) -> bool:
    """False for a connection that is no more; its server is asked where its socket does not tell."""
    try:
        if monotonic() - getattr(connection, "used_at", 0) < FRESH:
            waiting = select.poll()
            waiting.register(connection.fileno(), select.POLLIN)
            if not waiting.poll(0):
                return True
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True
