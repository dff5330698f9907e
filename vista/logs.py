"""Structured logs: one line an event with a request id, never a secret, a body or a signed URL."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.dispatch import Signal

SIGNED_URL = re.compile(r"(/api/uploads/)[^\s?\"']+")
SIGNED_QUERY = re.compile(r"((?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|Signature)=)[^&\s\"']+")


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that takes upload tokens and S3 signatures out of every text of an event."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SIGNED_QUERY.sub(r"\1[hidden]", SIGNED_URL.sub(r"\1[token]", value))
    return event


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def configure_structlog() -> None:
    """Send structlog's own loggers through the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configuration(level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, as JSON lines or for people's eyes."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    redact,
                    renderer,
                ],
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow=["status_code"])],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},  # django_structlog logs each request with its status
            "gunicorn.error": {
                "handlers": [],
                "propagate": True,
            },  # it names addresses, so it is redacted too
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def connect() -> None:
    """Put the caller's address into the logs, and their request id on every answer, so that a person can quote it."""
    from django_structlog import signals  # noqa: PLC0415 - it reads settings when imported

    signals.bind_extra_request_metadata.connect(_add_address)
    signals.bind_extra_request_finished_metadata.connect(_add_request_id)
    signals.update_failure_response.connect(_add_request_id)


def _add_address(sender: Signal, request: Any, **kwargs: Any) -> None:
    """Who connected, and beside it whom a proxy, or a caller who says to be one, names."""
    said = {"ip": request.META.get("REMOTE_ADDR", "")}
    if "HTTP_X_FORWARDED_FOR" in request.META:
        said["forwarded_for"] = request.META["HTTP_X_FORWARDED_FOR"][:200]
    structlog.contextvars.bind_contextvars(**said)


def _add_request_id(sender: Signal, response: Any, **kwargs: Any) -> None:
    response["X-Request-ID"] = structlog.contextvars.get_contextvars().get("request_id", "")
