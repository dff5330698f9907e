"""Rows on their way to PostgreSQL while the next ones are read. No rules here."""

import select
import threading
from typing import Any

import psycopg
from psycopg.copy import LibpqWriter

AT_MOST = 8_000_000  # bytes after which `write` waits until all are out; a socket takes some 200,000 at once


class Sender(LibpqWriter):
    """Writes a COPY: what the socket has no room for is sent by a thread, as soon as it has.

    psycopg's own writers leave PostgreSQL without work: one sends only while it is called, and the thread of the
    other waits for the interpreter with every piece.
    """

    def __init__(self, cursor: Any) -> None:
        super().__init__(cursor, flush_threshold=AT_MOST)
        self._lock = threading.Lock()  # a connection is for one thread at a time
        self._left = threading.Event()  # something waits to be sent
        self._thread: threading.Thread | None = None
        self._ended = False

    def write(self, data: Any) -> None:
        with self._lock:
            super().write(data)
            if not self._pgconn.flush():
                return
        self._left.set()
        if self._thread is None:
            thread = threading.Thread(target=self._send, args=(self._pgconn.socket,), daemon=True)
            thread.start()
            self._thread = thread

    def finish(self, exc: BaseException | None = None) -> None:
        self._ended = True
        self._left.set()
        try:
            if self._thread is not None:
                self._thread.join()
        finally:
            super().finish(exc)

    def _send(self, socket: int) -> None:
        room = select.poll()
        room.register(socket, select.POLLOUT)
        while not self._ended:
            if self._flush():
                room.poll(100)  # milliseconds
            else:
                self._left.wait()
                self._left.clear()

    def _flush(self) -> bool:
        """Send what the socket takes; whether something is left."""
        try:
            with self._lock:
                return bool(self._pgconn.flush())
        except psycopg.Error:  # `write` or `finish` will meet it too
            return False
