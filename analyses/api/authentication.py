"""Who may call back: pipelines, by the signature of their body and by nothing else."""

import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from analyses import signing
from vista.api import check_json_headers
from vista.errors import Invalid, Unavailable

logger = structlog.get_logger(__name__)

SIGNATURE, TIMESTAMP = "X-ML-Signature", "X-ML-Timestamp"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The caller of a callback; not a user, it only knows a secret."""

    name: str = "pipeline"
    is_authenticated: bool = True
    pk: None = None


@dataclass(frozen=True, slots=True)
class SignedBody:
    """A request body whose signature was right, and the scheme it was signed by."""

    raw: bytes = field(repr=False)
    scheme: str


class HMACAuthentication(BaseAuthentication):
    """Refuse by header first, then read the body once and check its signature.

    411, 413 and 415 come before 401, and 401 before any look at the database, so that an unknown analysis and
    a wrong signature cannot be told apart.
    """

    def authenticate(self, request: Request) -> tuple[Pipeline, SignedBody]:
        length = check_json_headers(request._request, settings.ML_MAX_BODY_BYTES)
        if not settings.ML_CALLBACK_HMAC_SECRETS:
            raise Unavailable("No ML_CALLBACK_HMAC_SECRET is configured, so no callback can be checked.")
        signature = request.headers.get(SIGNATURE, "")
        timestamp = request.headers.get(TIMESTAMP, "")
        now = time.time()
        try:
            _, _, seconds = signing.check_form(signature, timestamp)
            signing.check_time(seconds, now, settings.ML_SIGNATURE_MAX_SKEW_SECONDS)
            raw = read_body(request._request, length)
            verified = signing.verify(
                raw,
                signature,
                timestamp,
                secrets=settings.ML_CALLBACK_HMAC_SECRETS,
                now=now,
                max_skew=settings.ML_SIGNATURE_MAX_SKEW_SECONDS,
                schemes=settings.ML_SIGNATURE_SCHEMES,
            )
        except signing.BadSignature as error:
            logger.warning("callback_refused", reason=error.reason)
            raise AuthenticationFailed("Invalid HMAC signature") from error
        return Pipeline(), SignedBody(raw, verified.scheme)

    def authenticate_header(self, request: Request) -> str:
        return "HMAC-SHA256"


def read_body(request: Any, length: int) -> bytes:
    """Exactly `length` bytes; raises Invalid when the connection ends early."""
    try:
        raw = request.read(length)
    except OSError as error:
        raise Invalid("The body could not be read to its end.") from error
    if len(raw) != length:
        raise Invalid(f"The body ended after {len(raw):,} of {length:,} bytes.")
    return raw


class HMACScheme(OpenApiAuthenticationExtension):
    """How the schema describes it: two headers that are needed together."""

    target_class = HMACAuthentication
    name = ["pipelineSignature", "pipelineTimestamp"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": SIGNATURE,
                "description": "HMAC-SHA256 of the body in lower-case hex, keyed with ML_CALLBACK_HMAC_SECRET; "
                "with the prefix `sha256=`, of the timestamp, a full stop and the body.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": TIMESTAMP,
                "description": "Seconds since 1970, at most five minutes from the server's clock.",
            },
        ]
