"""The client in scripts/, and a web server that answers as told and remembers what it was asked."""

import importlib.util
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

CLIENT_FILE = Path(__file__).resolve().parents[2] / "scripts" / "vista_client.py"


def load_client() -> ModuleType:
    """A fresh scripts/vista_client.py, which is no package: people copy it next to their pipelines."""
    spec = importlib.util.spec_from_file_location("vista_client", CLIENT_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """One answer; `dropped` hangs up instead, `delay` is the number of seconds to think it over."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    delay: float = 0

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class FakeVista:
    """`answers` are given in turn, the last one again and again; `asked` are the requests so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.answers = [Answer()]
        self.closing = threading.Event()

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def next_answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving() -> Iterator[FakeVista]:
    """A server on a free port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = vista.next_answer(Asked(self.command, self.path, self.headers, body))
            vista.closing.wait(answer.delay)
            if answer.dropped:
                self.close_connection = True
                return
            content = answer.encoded()
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: Any) -> None:
            pass  # a client that did not wait

    with Server(("127.0.0.1", 0), Handler) as server:
        vista = FakeVista(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield vista
        finally:
            vista.closing.set()
            server.shutdown()
            thread.join()
