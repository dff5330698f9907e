"""What a file has twice: keys of an object, of which quick readers of JSON keep the last, and ids of annotations."""

import json
from array import array
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, Raw, Struct, UnsetType

from vista.strict_json import InvalidJSON, object_without_duplicates


def key_twice(raw: Raw, value: Any) -> str:
    """What is wrong where an object in these bytes has a key twice, or ""; `value` is what was read of them.

    Each key has a colon. Where there are no more colons than keys and texts that were read have, no key was dropped;
    only others, as those with escapes may be, are read once more, and slowly.
    """
    text = bytes(raw)
    try:
        if text.count(b":") == _colons(value, texts=b"\\" not in text):
            return ""
        json.loads(text, object_pairs_hook=object_without_duplicates, parse_int=len, parse_float=len)
    except InvalidJSON as error:
        return f"cannot be read: {error.message[0].lower()}{error.message[1:].rstrip('.')}"
    except RecursionError:
        return "is nested too deeply"
    return ""


def _colons(value: Any, *, texts: bool) -> int:
    """The colons of what is quick to find: fewer than there are do no harm."""
    if type(value) is str:
        return value.count(":") if texts else 0
    if type(value) is dict:
        inside = [v for v in value.values() if type(v) in (dict, list, str)]
        return len(value) + sum(_colons(v, texts=texts) for v in inside)
    if type(value) is list and value and type(value[0]) is dict:
        return sum(_colons(v, texts=texts) for v in value)
    return 0


def at_the_top(content: memoryview, document: Struct) -> str:
    """The field of `document` that the object in `content`, of which it was read, has twice; or ""."""
    fields = document.__struct_fields__
    found = {name: raw for name in fields if (raw := getattr(document, name)) is not UNSET}
    rest, end = b"", 0
    for offset, name in sorted((_address(raw) - _address(content), name) for name, raw in found.items()):
        before = bytes(
            content[end:offset]
        )  # ends with the key and its colon; such a key has no quotes inside
        rest += before[: before.rindex(b'"', 0, before.rindex(b'"'))] + b'"":0'
        end = offset + memoryview(found[name]).nbytes
    # Without what was read of it, the object has none of these fields, unless it had them twice.
    left = msgspec.json.decode(rest + bytes(content[end:]), type=type(document))
    return next((name for name in fields if getattr(left, name) is not UNSET), "")


def _address(content: Raw | memoryview) -> int:
    """Where these bytes lie in memory: what was read of a file are views into it."""
    address: int = np.frombuffer(content, np.uint8).ctypes.data
    return address


class Called:
    """The ids of annotations; those that are integers, as all honest ones are, take 16 bytes each."""

    def __init__(self) -> None:
        self.ids, self.places = array("q"), array("q")
        self.others: dict[bytes, int] = {}
        self.found: dict[int, int] = {}

    def add(self, place: int, raw: Raw | UnsetType) -> None:
        """One annotation's; one without an id, as results are, has none to repeat."""
        text = b"null" if isinstance(raw, UnsetType) else bytes(raw)
        if text == b"null":
            return
        if text.isdigit() and len(text) < 19:
            self.ids.append(int(text))
            self.places.append(place)
        elif (first := self.others.setdefault(text, place)) != place:
            self.found[place] = first

    def repeated(self) -> dict[int, int]:
        """Each annotation whose id an earlier one has, and that one."""
        ids, places = np.array(self.ids, np.int64), np.array(self.places, np.int64)
        _, first, which = np.unique(ids, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[which] != np.arange(len(ids)))
        return self.found | dict(
            zip(places[again].tolist(), places[first[which[again]]].tolist(), strict=True)
        )
