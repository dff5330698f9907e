"""Whole requests through VISTA's WSGI stack, as gunicorn would hand them over, signed as a pipeline signs them."""

import io
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.conf import settings

from analyses import signing
from vista.wsgi import application

Call = Callable[[], bytes]


class Unexpected(Exception):
    """An answer with another status than the one wanted: what was to be measured did not happen."""


def signed(body: bytes) -> dict[str, str]:
    """The headers of a callback with this body."""
    timestamp = str(int(time.time()))
    signature = signing.sign(body, settings.ML_CALLBACK_HMAC_SECRETS[0], timestamp)
    return {"X-ML-Signature": signature, "X-ML-Timestamp": timestamp}


def prepare(
    method: str,
    path: str,
    body: bytes | BinaryIO = b"",
    headers: dict[str, str] | None = None,
    *,
    length: int | None = None,
    expect: int = 200,
) -> Call:
    """A call that makes one request and returns the whole body of the answer; preparing it is not timed."""

    def call() -> bytes:
        return b"".join(stream(method, path, body, headers, length=length, expect=expect))

    return call


def callback(method: str, path: str, body: bytes, *, expect: int = 200, key: str | None = None) -> Call:
    """A signed callback, with an Idempotency-Key when one is given."""
    headers = signed(body) | ({"Idempotency-Key": key} if key else {})
    return prepare(method, path, body, headers, expect=expect)


def stream(
    method: str,
    path: str,
    body: bytes | BinaryIO = b"",
    headers: dict[str, str] | None = None,
    *,
    length: int | None = None,
    expect: int = 200,
) -> Iterator[bytes]:
    """The pieces of the answer as they come; raises Unexpected for another status."""
    path, _, query = path.partition("?")
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    size = len(body) if isinstance(body, bytes) else length
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": source,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": text for name, text in (headers or {}).items()},
    }
    if size:
        environ |= {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": "application/json"}
    seen = []
    response = application(environ, lambda status, _headers, _error=None: seen.append(status))
    try:
        if not seen[0].startswith(str(expect)):
            raise Unexpected(f"{method} {path}: {seen[0]} {b''.join(response)[:500]!r}")
        yield from response
    finally:
        response.close()
