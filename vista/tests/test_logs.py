"""Logs: one line an event, and nothing in it that opens anything."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import Client

from vista import logs
from vista.tests import log_watch

PRESIGNED = (
    "http://127.0.0.1:9000/vista/artifacts/1?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F2026"
    "&X-Amz-Date=20260101T000000Z&X-Amz-Signature=0123abcd&X-Amz-Security-Token=FwoG"
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a logger with the project's own configuration writes."""
    configuration = logs.configuration("INFO", as_json=True)
    stream = io.StringIO()
    formatter = configuration["formatters"]["lines"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.getLogger("vista.tests.logs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def written(stream: io.StringIO) -> dict[str, Any]:
    [line] = stream.getvalue().splitlines()
    return dict(json.loads(line))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PUT /api/uploads/eyJuYW1lIjoi:1abc:sig", "PUT /api/uploads/[token]"),
        ("PUT /api/uploads/tok?x=1 done", "PUT /api/uploads/[token]?x=1 done"),
        ('http://host/api/uploads/tok"', 'http://host/api/uploads/[token]"'),
        ("GET /api/analyses/1/artifacts/heatmap.png", "GET /api/analyses/1/artifacts/heatmap.png"),
        ("/k?Signature=abc&Expires=1", "/k?Signature=[hidden]&Expires=1"),
    ],
)
def test_what_is_taken_out_of_a_text(text: str, expected: str) -> None:
    assert logs.redact(None, "info", {"event": text, "size": 3}) == {"event": expected, "size": 3}


def test_a_presigned_address_keeps_only_its_harmless_parts() -> None:
    event = logs.redact(None, "info", {"event": "put", "url": PRESIGNED})
    assert event["url"] == (
        "http://127.0.0.1:9000/vista/artifacts/1?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=[hidden]"
        "&X-Amz-Date=20260101T000000Z&X-Amz-Signature=[hidden]&X-Amz-Security-Token=[hidden]"
    )


def test_a_line_is_json_with_time_level_and_logger(lines: io.StringIO) -> None:
    logging.getLogger("vista.tests.logs").warning("refused %s", "PUT /api/uploads/tok")
    line = written(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "refused PUT /api/uploads/[token]",
        "level": "warning",
        "logger": "vista.tests.logs",
    }


def test_a_traceback_is_redacted_too(lines: io.StringIO) -> None:
    try:
        raise OSError(f"no answer from {PRESIGNED}")
    except OSError:
        logging.getLogger("vista.tests.logs").exception("upload failed")
    line = written(lines)
    assert "OSError: no answer from http://127.0.0.1:9000" in line["exception"]
    assert "0123abcd" not in line["exception"]


def test_context_such_as_the_request_id_is_on_every_line(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        logging.getLogger("vista.tests.logs").info("seen")
    assert written(lines)["request_id"] == "abc"


def test_what_the_request_middleware_logs_is_redacted_too(lines: io.StringIO) -> None:
    structlog.get_logger("vista.tests.logs").info(
        "request_finished", request="PUT /api/uploads/tok", code=200
    )
    assert written(lines)["request"] == "PUT /api/uploads/[token]"


@pytest.mark.parametrize(
    "text",
    [
        "signed with test-secret-of-the-pipelines",
        f"key vista_abcdefgh_{'x' * 32}",
        f"X-Amz-Signature={'0a' * 32}",
        "only-for-tests-0123456789abcdef",
    ],
)
def test_the_watch_over_every_test_sees_what_is_given_away(text: str) -> None:
    assert log_watch.given_away(text)


def test_the_watch_reads_what_the_handler_writes() -> None:
    with log_watch.watched() as stream:
        logging.getLogger("vista.tests.watch").warning("PUT /api/uploads/%s", "e" * 40)
    assert "/api/uploads/[token]" in stream.getvalue()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, {"ip": "127.0.0.1"}),
        ({"X-Forwarded-For": "203.0.113.9"}, {"ip": "127.0.0.1", "forwarded_for": "203.0.113.9"}),
    ],
)
def test_a_request_is_logged_with_who_connected_and_whom_a_proxy_names(
    caplog: pytest.LogCaptureFixture, sent: dict[str, str], expected: dict[str, str]
) -> None:
    caplog.set_level(logging.INFO)
    Client().get("/healthz", headers=sent)
    [event] = [
        r.msg for r in caplog.records if isinstance(r.msg, dict) and r.msg["event"] == "request_started"
    ]
    assert {name: event[name] for name in ("ip", "forwarded_for") if name in event} == expected
