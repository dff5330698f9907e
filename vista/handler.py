"""The API's exception handler: every refusal in one shape, `{"detail": "one sentence", "errors": [{field, message}]}`.

A module of its own, because it needs REST framework's views, and those need the classes of vista/api.py.
"""

import logging
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from vista.errors import Invalid, Refusal, Unavailable

logger = logging.getLogger(__name__)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal in one shape: `{"detail": "one sentence", "errors": [{"field", "message"}]}`."""
    if isinstance(error, exceptions.ValidationError):
        faults = list(flatten(error.detail))
        detail = faults[0][1] if len(faults) == 1 and not faults[0][0] else "The request is not valid."
        error = Invalid(detail, faults)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("the database does not answer", exc_info=error)
        error = Unavailable("The database does not answer; try again in a moment.")
    if isinstance(error, Refusal):
        set_rollback()
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        structlog.contextvars.bind_contextvars(refusal=error.detail)
        return Response(error.as_dict(), status=error.status_code, headers=headers)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here, or it is not yours to see.")
    response = drf_exception_handler(error, context)
    if response is not None:
        response.data = {"detail": _sentence(error)}
        structlog.contextvars.bind_contextvars(refusal=response.data["detail"])
    return response


def _sentence(error: Exception) -> str:
    detail = getattr(error, "detail", str(error))
    return str(detail) if not isinstance(detail, list | dict) else "; ".join(m for _, m in flatten(detail))


def flatten(detail: Any, path: str = "") -> Any:
    """Yield (field, message) from DRF's nested details; fields read `annotations[3].data`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            if isinstance(key, int):  # an item of a list
                yield from flatten(value, f"{path}[{key}]")
            else:
                name = "" if key == "non_field_errors" else key
                yield from flatten(value, f"{path}.{name}" if path and name else path or name)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            if not (nested and not value):  # DRF leaves {} for the items that are fine
                yield from flatten(value, f"{path}[{index}]" if nested else path)
    else:
        yield path, str(detail)
