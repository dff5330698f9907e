"""Connections from a pool, looked at before they are used."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """CONN_HEALTH_CHECKS asks the server about a connection before every request. Here its socket is looked at first.

    A server that ends or restarts says so there: nobody pays for it with a failed request.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            connection = super().get_new_connection(conn_params)
            if self.pool is None or is_alive(connection):
                return connection
            self.pool.putconn(connection)  # which closes it and opens another


def is_alive(connection: Any) -> bool:
    """False for a connection that its server has ended."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if not socket.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)  # a message may wait there, too
    except psycopg.Error:
        return False
    return True
