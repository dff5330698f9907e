"""HMAC-SHA256 schemes of the pipeline callbacks: bytes in, verdict out."""

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Candidate = Literal["raw", "canonical", "canonical-numeric"]

SCHEMES = ("body", "timestamped")
MAX_CANONICAL_BYTES = 16 * 1024 * 1024  # beyond it the canonical form costs seconds and gigabytes

_SCHEME_OF_PREFIX = {"": "body", "sha256=": "timestamped"}
_SIGNATURE = re.compile(r"(sha256=|v1=)?([0-9a-f]{64})")
_TIMESTAMP = re.compile(r"[0-9]{9,11}")
_NUMERIC_KEY = re.compile(rb'"-?[0-9][0-9.e+-]*":')
_NUMBER = re.compile(r"-?[0-9][0-9.e+-]*")


class BadSignature(ValueError):
    """The request is not signed as it must be; `reason` names the fault and is safe to log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleTimestamp(BadSignature):
    """The timestamp is too far from now, in either direction."""


@dataclass(slots=True, frozen=True)
class Verified:
    """How a signature was found to be right."""

    scheme: str  # one of SCHEMES
    candidate: Candidate  # which form of the body was signed
    secret_index: int  # which of the secrets it was signed with


def sign(raw: bytes, secret: str, timestamp: str, scheme: str = "body") -> str:
    """The X-ML-Signature header for the body `raw`; `timestamp` is the X-ML-Timestamp header."""
    prefixes = {name: prefix for prefix, name in _SCHEME_OF_PREFIX.items()}
    if scheme not in prefixes:
        raise ValueError(f"unknown signature scheme {scheme!r}")
    return prefixes[scheme] + _hex_digest(raw, secret, timestamp, scheme)


def verify(
    raw: bytes,
    signature: str,
    timestamp: str,
    *,
    secrets: Sequence[str],
    now: float,
    max_skew: int = 300,
    schemes: Collection[str] = SCHEMES,
) -> Verified:
    """Check the headers `signature` and `timestamp` against the raw body; `now` is seconds since 1970.

    Raises BadSignature, StaleTimestamp among them. Blank secrets never match. The work done for a refusal
    depends on the body and the number of secrets alone, never on which secret or signature was wrong.
    """
    scheme, hex_digest, seconds = check_form(signature, timestamp)
    if scheme not in schemes:
        raise BadSignature(f"the signature scheme {scheme} is switched off")
    check_time(seconds, now, max_skew)
    if not any(secrets):
        raise BadSignature("no secret is configured")
    claimed = hex_digest.encode("ascii")
    for candidate, message in _candidates(raw):
        for index, secret in enumerate(secrets):
            expected = _hex_digest(message, secret, timestamp, scheme).encode("ascii")
            if hmac.compare_digest(expected, claimed) and secret:
                return Verified(scheme, candidate, index)
    raise BadSignature("the signature does not match the body")


def check_form(signature: str, timestamp: str) -> tuple[str, str, int]:
    """(scheme, 64 hex digits, seconds) of the two headers, before any body is read; raises BadSignature."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise BadSignature("the signature is missing or malformed")
    if _TIMESTAMP.fullmatch(timestamp) is None:
        raise BadSignature("the timestamp is missing or malformed")
    prefix, hex_digest = match[1] or "", match[2]
    if prefix not in _SCHEME_OF_PREFIX:
        raise BadSignature(f"the signature scheme {prefix.rstrip('=')} is unknown")
    return _SCHEME_OF_PREFIX[prefix], hex_digest, int(timestamp)


def check_time(timestamp: int, now: float, max_skew: int) -> None:
    """Raise StaleTimestamp when the timestamp is more than `max_skew` whole seconds before or after now."""
    skew = timestamp - int(now)
    if abs(skew) > max_skew:
        direction = "in the future" if skew > 0 else "in the past"
        raise StaleTimestamp(f"the timestamp is {abs(skew)} seconds {direction}, {max_skew} are allowed")


def canonical(value: object) -> bytes:
    """The JSON that the guide's Python client signs: no spaces, sorted keys, ASCII only."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode("ascii")


def _hex_digest(message: bytes, secret: str, timestamp: str, scheme: str) -> str:
    mac = hmac.new(secret.encode("utf-8"), digestmod=hashlib.sha256)
    if scheme == "timestamped":
        mac.update(timestamp.encode("ascii") + b".")
    mac.update(message)
    return mac.hexdigest()


def _candidates(raw: bytes) -> Iterator[tuple[Candidate, bytes]]:
    """The forms of the body that a pipeline may have signed, the cheapest first."""
    yield "raw", raw
    if len(raw) > MAX_CANONICAL_BYTES:
        return
    # Lenient on purpose: this only rebuilds what the client signed. What is then processed is parsed strictly.
    try:
        value = json.loads(raw)
        message = canonical(value)
    except (ValueError, RecursionError):
        return
    yield "canonical", message
    if _NUMERIC_KEY.search(message) is None:
        return
    # Python sorts integer keys before it writes them as text: {2: …, 10: …} is signed in that order, but
    # arrives as {"2": …, "10": …}, which sorts the other way round.
    try:
        message = json.dumps(_with_numeric_order(value), separators=(",", ":")).encode("ascii")
    except RecursionError:
        return
    yield "canonical-numeric", message


def _with_numeric_order(value: Any) -> Any:
    """The same value with sorted keys: as numbers where all keys of an object are numbers, else as text."""
    if isinstance(value, list):
        return [_with_numeric_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    try:
        keys = sorted(value, key=_number)
    except ValueError:
        keys = sorted(value)
    return {key: _with_numeric_order(value[key]) for key in keys}


def _number(key: str) -> int | float:
    """The number that Python writes as this key; ValueError where it writes none so ("01", "+1", "²")."""
    if _NUMBER.fullmatch(key) is None:
        raise ValueError(key)
    number = int(key) if key.lstrip("-").isdecimal() else float(key)
    if repr(number) != key:
        raise ValueError(key)
    return number
