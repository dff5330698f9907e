"""Target 8: signed status callbacks on a running gunicorn, against the textbook twin on the same one."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connections

from analyses.models import Analysis
from benchmarks import calls, seeds
from benchmarks.harness import Row, Settings, faster, race, rate
from benchmarks.textbook.models import Analysis as TextbookAnalysis

AT_LEAST = 2
CALLS = 4000  # in one run
CONNECTIONS = 4
BODY = json.dumps({"status": "processing"}).encode()
SIDES: dict[str, tuple[str, Any]] = {
    "ours": ("/api/analyses/{}/status", Analysis),
    "textbook": ("/textbook/analyses/{}/status", TextbookAnalysis),
}
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Unexpected(Exception):
    """The server did not answer as it should."""


def rows(settings: Settings) -> list[Row]:
    number = settings.size(CALLS)
    seed(number)
    cpu: dict[str, list[float]] = {side: [] for side in SIDES}
    with server(settings) as (port, pid):
        acts = [partial(load, side, number, port, pid, cpu[side]) for side in SIDES]
        ours, theirs = (number / seconds for seconds in race(settings, "status callbacks", *acts))
    what = "status callbacks on gunicorn, 2 workers"
    ours_cpu, theirs_cpu = (min(found) / number for found in cpu.values())
    return [
        rate(8, what, ours, theirs, at_least=AT_LEAST),
        faster(8, "the same, processor time of the workers a call", ours_cpu, theirs_cpu),
    ]


def seed(number: int) -> None:
    for row in (seeds.make_analysis(seeds.make_image()), TextbookAnalysis.objects.create()):
        seeds.multiply(row, number)
    seeds.settle()


# --- the server -------------------------------------------------------------------------------------------
@contextmanager
def server(settings: Settings) -> Iterator[tuple[int, int]]:
    """A gunicorn until the block ends; its port and its process id."""
    port = settings.port or free_port()
    connections.close_all()
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.serve", f"127.0.0.1:{port}"],
        env=os.environ | {"VISTA_LOG_LEVEL": "WARNING"},
    )
    try:
        wait_until_it_answers(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise Unexpected(f"gunicorn ended with status {process.returncode}")
        try:
            return Connection(port).close()
        except OSError:
            time.sleep(0.1)
    raise Unexpected("gunicorn does not answer")


def processor_seconds(pid: int) -> float:
    """What the workers of a gunicorn have used so far, to the tick; 0 where /proc does not tell."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    ticks = 0
    for child in children.read_text().split() if children.exists() else ():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # user and system time
    return ticks / os.sysconf("SC_CLK_TCK")


# --- the load ---------------------------------------------------------------------------------------------
def load(side: str, number: int, port: int, pid: int, cpu: list[float]) -> Callable[[], None]:
    """Every analysis from queued to processing, over a few connections that stay open."""
    path, model = SIDES[side]
    model.objects.update(status="queued")
    connections.close_all()  # no transaction of ours is in the server's way
    signed = calls.signed(BODY)
    requests = [
        request(path.format(f"{0:08x}-0000-0000-0000-{n:012x}"), signed) for n in range(1, number + 1)
    ]
    shares = [requests[i::CONNECTIONS] for i in range(CONNECTIONS)]

    def timed() -> None:
        before = processor_seconds(pid)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(partial(send_all, port), shares))
        cpu.append(processor_seconds(pid) - before)

    return timed


def request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"PATCH {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(BODY)}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + BODY


def send_all(port: int, requests: list[bytes]) -> None:
    with closing(Connection(port)) as connection:
        for sent in requests:
            connection.exchange(sent)


class Connection:
    """A kept-alive connection; http.client would take more of the two cores than the server's fastest answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, sent: bytes) -> None:
        """Send a request and read its answer; raises Unexpected unless it is a 200."""
        self._socket.sendall(sent)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive(answer)
        found = LENGTH.search(answer)
        if not answer.startswith(b"HTTP/1.1 200") or found is None:
            raise Unexpected(answer.decode(errors="replace"))
        while len(answer) < end + 4 + int(found[1]):
            answer += self._receive(answer)

    def _receive(self, so_far: bytes) -> bytes:
        piece = self._socket.recv(65536)
        if not piece:
            raise Unexpected(f"the server closed the connection after {so_far!r}")
        return piece

    def close(self) -> None:
        self._socket.close()
