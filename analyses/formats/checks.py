"""What the formats are made of: numbers, texts, and the errors that name a field and a fault."""

import json
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

Data = dict[str, Any]
T = TypeVar("T")

MAX_COORDINATE = 1e9  # pixels; beyond any picture, and no sum or product of such numbers overflows
_SHOWN_CHARACTERS = 40  # of a value in a message
_SHOWN_INTEGER = 10**20
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's control characters, surrogates, line separators


class FormatError(ValueError):
    """One fault of an annotation or a file.

    `field` is its path from the annotation on (`data.bbox[2]`, "" for the annotation itself); `message` is a
    sentence about it, made of the field and the predicate given.
    """

    def __init__(self, field: str, predicate: str) -> None:
        super().__init__(field, predicate)
        self.field = field
        self.predicate = predicate

    @property
    def message(self) -> str:
        return f"{self.field.removeprefix('data.') or 'an annotation'} {self.predicate}"

    def __str__(self) -> str:
        return self.message

    def inside(self, path: str) -> "FormatError":
        """The same fault seen from further out: `x` inside `data.keypoints[3]` is `data.keypoints[3].x`."""
        return FormatError(join_path(path, self.field), self.predicate)


class UnknownType(FormatError):
    """The annotation_type is missing or none that VISTA knows."""


class UnknownFormat(FormatError):
    """The `format` inside data is none that the type has."""


def join_path(path: str, field: str) -> str:
    """`path` and then `field`, with a dot unless one is empty or the field an index."""
    return f"{path}.{field}" if path and field and not field.startswith("[") else path + field


def each(items: list[Any], read: Callable[[Any], T], path: str) -> list[T]:
    """What `read` makes of every item. Paths are put together only for a fault: lists can be very long."""
    results: list[T] = []
    for index, item in enumerate(items):
        try:
            results.append(read(item))
        except FormatError as error:
            raise error.inside(f"{path}[{index}]") from None
    return results


def number(
    value: object, field: str, lowest: float = -MAX_COORDINATE, highest: float = MAX_COORDINATE
) -> float:
    """The number as a float when it is finite and in range; strings and booleans are not numbers."""
    # Exact types: bool is a subclass of int. The comparison fails for NaN and is exact for huge integers.
    if type(value) is not float and type(value) is not int:
        raise FormatError(field, f"must be a number, got {shown(value)}")
    if not lowest <= value <= highest:
        raise FormatError(field, f"must be a number between {lowest:g} and {highest:g}, got {shown(value)}")
    return float(value)


def share(value: object, field: str) -> float:
    """A confidence or a score: a number between 0 and 1."""
    return number(value, field, 0, 1)


def integer(value: object, field: str, lowest: int, highest: int) -> int:
    """The integer when it is in range; 1.0 is not an integer."""
    if type(value) is not int:
        raise FormatError(field, f"must be an integer, got {shown(value)}")
    if not lowest <= value <= highest:
        raise FormatError(field, f"must be between {lowest} and {highest}, got {shown(value)}")
    return value


def text(value: object, field: str, shortest: int, longest: int) -> str:
    """The text when it has the right number of characters and none that controls a terminal or a header."""
    if not isinstance(value, str):
        raise FormatError(field, f"must be a string, got {shown(value)}")
    if not shortest <= len(value) <= longest:
        raise FormatError(field, f"must have {shortest} to {longest} characters, got {len(value)}")
    if any(unicodedata.category(character) in _CONTROL for character in value):
        raise FormatError(field, f"must have no control characters, got {shown(value)}")
    return value


def format_of(data: Data, formats: tuple[str, ...], default: str) -> str:
    """The `format` that data names, which must be one of `formats`."""
    value = data.get("format", default)
    if value not in formats:
        raise UnknownFormat("data.format", f"must be {' or '.join(formats)}, got {shown(value)}")
    return str(value)


def without(data: Data, *keys: str) -> Data:
    """The entries of data that a format does not use itself; they are kept as they came."""
    return {key: value for key, value in data.items() if key not in keys}


def got(data: Data, key: str) -> str:
    """What came where something else was expected, to end a sentence with."""
    return f"got {shown(data[key])}" if key in data else "but it is missing"


def shown(value: object) -> str:
    """Any JSON value for a message: short, in ASCII, and never an error of its own."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "...")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    if type(value) is int and not -_SHOWN_INTEGER < value < _SHOWN_INTEGER:
        return "a huge integer"  # Python refuses to print one of more than 4,300 digits
    return json.dumps(value)
