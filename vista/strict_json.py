"""Strict JSON for request bodies: what PostgreSQL or Python would stumble over later is refused here."""

import codecs
import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

MAX_DEPTH = 32  # levels of nesting, the object at the top is the first
MAX_INTEGER_DIGITS = 20  # holds every 64-bit integer
_SHOWN_CHARACTERS = 40  # of a key or number in a message


class InvalidJSON(ValueError):
    """The body is not JSON as VISTA takes it; `message` is one sentence that is fit for the caller."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def loads(raw: bytes) -> dict[str, Any]:
    """The object that `raw` spells, in time linear in its length; raises InvalidJSON for every fault."""
    value = _parse(_decode(raw))
    if not isinstance(value, dict):
        raise InvalidJSON(f"The body must be a JSON object, got {_type_name(value)}.")
    _check_depth(value)
    if _may_escape_forbidden_characters(raw):
        _check_characters(value)
    return value


def _decode(raw: bytes) -> str:
    if not raw:
        raise InvalidJSON("The body is empty, a JSON object is needed.")
    if raw.startswith(codecs.BOM_UTF8):
        raise InvalidJSON("The body starts with a byte order mark, plain UTF-8 is needed.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJSON(f"The body is not UTF-8: bad byte at position {error.start}.") from None


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=object_without_duplicates,
            parse_int=_short_integer,
            parse_float=_finite_float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        fault = error.msg.removesuffix(": ").removesuffix(" at")
        raise InvalidJSON(f"Malformed JSON: {fault} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        # The parser recurses and gives up after some hundred levels, long before a hostile body is read.
        raise _too_deep() from None


def object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, for Python's own reader of JSON; raises InvalidJSON where a key occurs twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidJSON(f"The key {_shown(key)} occurs twice in one object.")
            seen.add(key)
    return result


def _short_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise InvalidJSON(f"The integer {_shortened(digits)} has more than {MAX_INTEGER_DIGITS} digits.")
    return int(digits)


def _finite_float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise InvalidJSON(f"The number {_shortened(digits)} is too large.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJSON(f"{name} is not a JSON number.")


def _check_depth(value: dict[str, Any]) -> None:
    # Level by level, not by recursion. Exact type tests are the quickest, and JSON has no subclasses.
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidJSON:
    return InvalidJSON(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _may_escape_forbidden_characters(raw: bytes) -> bool:
    # Written out, NUL is malformed JSON and a surrogate is not UTF-8: only an escape can bring them in.
    return b"\\u0000" in raw or b"\\ud" in raw or b"\\uD" in raw


Trail = tuple["Trail", str | int] | None  # where a value is: its parent's trail and its own key or index


def _check_characters(value: dict[str, Any]) -> None:
    # The trail is only linked while walking and spelled out for the one fault that ends the walk.
    waiting: list[tuple[Any, Trail]] = [(value, None)]
    while waiting:
        node, trail = waiting.pop()
        if isinstance(node, str):
            _check_string(node, trail)
            continue
        children: Iterable[tuple[str | int, Any]]
        if isinstance(node, dict):
            for key in node:
                _check_string(key, trail, is_key=True)
            children = node.items()
        else:
            children = enumerate(node)
        waiting.extend(
            (child, (trail, key)) for key, child in children if isinstance(child, str | dict | list)
        )


def _check_string(text: str, trail: Trail, is_key: bool = False) -> None:
    if "\0" in text:
        fault = "NUL character"
    elif _has_surrogate(text):
        fault = "lone surrogate"
    else:
        return
    place = _path(trail)
    if is_key:
        place = f"a key of {place}" if place else "a key of the body"
    raise InvalidJSON(f"There is a {fault} in {place}.")


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _path(trail: Trail) -> str:
    parts: list[str] = []
    while trail is not None:
        trail, step = trail
        parts.append(f"[{step}]" if isinstance(step, int) else "." + _shown(step)[1:-1])
    return "".join(reversed(parts)).lstrip(".")


def _shown(text: str) -> str:
    """A key for a message: shortened and in ASCII, so that no answer or log can choke on it."""
    return json.dumps(_shortened(text))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "a number"
