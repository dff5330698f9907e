"""What every endpoint shares: strict JSON, cursor pages, throttling; vista/handler.py answers refusals."""

import base64
import binascii
import math
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from rest_framework import negotiation, pagination, parsers, serializers, throttling
from rest_framework.request import Request
from rest_framework.response import Response

from vista import strict_json
from vista.errors import Invalid, LengthRequired, NotJSON, TooLarge


# --- errors ---------------------------------------------------------------------------------------------
class FaultSerializer(serializers.Serializer):
    """One fault: where, and what was expected there."""

    field = serializers.CharField(help_text="Such as annotations[3].data.bbox.")
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    """Every refusal has this shape."""

    detail = serializers.CharField(help_text="One sentence.")
    errors = FaultSerializer(many=True, required=False, help_text="Where there is more to say, at most 20.")
    error_count = serializers.IntegerField(required=False, help_text="All faults, also those not shown.")


class Text(serializers.CharField):
    """A string; DRF's own takes numbers and booleans too."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


# --- bodies -----------------------------------------------------------------------------------------------
def check_json_headers(request: Any, limit: int) -> int:
    """Refuse by header what could not be read anyway (411, 413, 415); returns the body's length in bytes."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()) or request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired("Send a Content-Length; chunked bodies are not accepted.")
    if int(length) > limit:
        raise TooLarge(f"The body has {int(length):,} bytes; at most {limit:,} are accepted.")
    essence, _, parameters = (request.META.get("CONTENT_TYPE") or "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if essence.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise NotJSON("Send the body as application/json in UTF-8.")
    if (request.META.get("HTTP_CONTENT_ENCODING") or "identity").lower() != "identity":
        raise NotJSON("Send the body without a Content-Encoding.")
    return int(length)


def parse_json(raw: bytes) -> dict[str, Any]:
    """The body as a dict; raises Invalid with a sentence that says what is wrong with it."""
    try:
        return strict_json.loads(raw)
    except strict_json.InvalidJSON as error:
        raise Invalid(error.message) from error


class StrictJSONParser(parsers.BaseParser):
    """JSON bodies of users: small, strict, one meaning only. Pipelines' bodies are read by their signature."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = check_json_headers(parser_context["request"]._request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return parse_json(stream.read(length))


def json_body(request: Request) -> Any:
    """The parsed body of a user's request. DRF takes a body without a length for none at all; here it is a 411."""
    check_json_headers(request._request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return request.data


class OneRenderer(negotiation.BaseContentNegotiation):
    """Every endpoint answers in one format, so `Accept` is not looked at."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return negotiation.DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def iso(moment: datetime | None) -> str | None:
    """`2024-01-15T10:30:00.123456Z`, as DRF's serializers write it."""
    return moment and moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- pages ------------------------------------------------------------------------------------------------
class IdCursorPagination(pagination.CursorPagination):
    """Pages by the unique, time-ordered id: newest first, unless the view's `ordering` says otherwise."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "-id"
    invalid_cursor_message = "The cursor is not one that this list gave out."

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str]:
        return (getattr(view, "ordering", self.ordering),)

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
            raise Invalid(f"page_size must be a whole number from 1 to {self.max_page_size}.")
        return min(int(text), self.max_page_size)

    def decode_cursor(self, request: Request) -> Any:
        """DRF's own, but a position that is no id is a 400 here and not a fault in the database."""
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            tokens = parse_qs(
                base64.b64decode(encoded.encode("ascii"), validate=True).decode("ascii"), strict_parsing=True
            )
            offset = int(tokens.get("o", ["0"])[0])
            position = str(uuid.UUID(tokens["p"][0])) if "p" in tokens else None
            if not 0 <= offset <= self.offset_cutoff:
                raise ValueError("offset")
            return pagination.Cursor(offset=offset, reverse=tokens.get("r") == ["1"], position=position)
        except (ValueError, KeyError, UnicodeError, binascii.Error) as error:
            raise Invalid(self.invalid_cursor_message) from error

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()})


# --- fairness ---------------------------------------------------------------------------------------------
class CallerThrottle(throttling.SimpleRateThrottle):
    """Rate limits per key, user or pipeline; off unless VISTA_RATE_LIMIT_USER or …_PIPELINE is set."""

    scope = "user"

    def __init__(self) -> None:
        """The rate depends on the caller, who is known only when the request is."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.scope = "user" if getattr(request.user, "pk", None) else "pipeline"
        self.rate = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        caller = getattr(request.user, "pk", None) or getattr(request.user, "name", None)
        return caller and self.cache_format % {"scope": self.scope, "ident": caller}

    def wait(self) -> float | None:
        seconds = super().wait()
        return math.ceil(seconds) if seconds else 1
