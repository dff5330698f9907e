"""Strict JSON: what is read, what is refused, and that no body makes it slow."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vista.strict_json import InvalidJSON, loads

# The first draw of a text builds the Unicode tables, which takes a second in a fresh checkout.


def nested(depth: int) -> bytes:
    """An object at the top and arrays below it: `depth` levels in all."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, -2.5, true, null, "x"]} \r\n\t', {"a": [1, -2.5, True, None, "x"]}),
        (b'{"a": {"a": 1}, "b": {"a": 2}}', {"a": {"a": 1}, "b": {"a": 2}}),
        (b'{"n": 18446744073709551615}', {"n": 18446744073709551615}),
        (b'{"n": -12345678901234567890}', {"n": -12345678901234567890}),
        (b'{"n": 0.1234567890123456789012345}', {"n": 0.12345678901234568}),
        (b'{"n": 1e308}', {"n": 1e308}),
        (b'{"n": 1e-400}', {"n": 0.0}),
        ('{"größe": "\U0001f600"}'.encode(), {"größe": "\U0001f600"}),
        (b'{"face": "\\ud83d\\ude00"}', {"face": "\U0001f600"}),
        (b'{"text": "\\\\ud800 \\\\u0000"}', {"text": "\\ud800 \\u0000"}),
        (
            b'{"list": "[[[[[", "number": "1e400", "brace": "}"}',
            {"list": "[[[[[", "number": "1e400", "brace": "}"},
        ),
    ],
)
def test_what_is_read(raw: bytes, value: object) -> None:
    assert loads(raw) == value


def test_the_deepest_nesting_that_is_read() -> None:
    assert list(loads(nested(32))) == ["a"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body is empty, a JSON object is needed."),
        (b"   ", "Malformed JSON: Expecting value at line 1, column 4."),
        (b"\xef\xbb\xbf{}", "The body starts with a byte order mark, plain UTF-8 is needed."),
        (b'{"a": "\xe9"}', "The body is not UTF-8: bad byte at position 7."),
        (b'{"a": "\xed\xa0\x80"}', "The body is not UTF-8: bad byte at position 7."),
        ("{}".encode("utf-16"), "The body is not UTF-8: bad byte at position 0."),
        ("{}".encode("utf-16-le"), "Malformed JSON: "),
        (b"[]", "The body must be a JSON object, got an array."),
        (b'"a"', "The body must be a JSON object, got a string."),
        (b"7", "The body must be a JSON object, got a number."),
        (b"true", "The body must be a JSON object, got a boolean."),
        (b"null", "The body must be a JSON object, got null."),
        (b'{"a": 1,\n "b" 2}', "Malformed JSON: Expecting ':' delimiter at line 2, column 6."),
        (b'{"a": 1} {}', "Malformed JSON: Extra data at line 1, column 10."),
        (b'{"a": 1', "Malformed JSON: Expecting ',' delimiter at line 1, column 8."),
        (
            b"{'a': 1}",
            "Malformed JSON: Expecting property name enclosed in double quotes at line 1, column 2.",
        ),
        (b'{"a": 01}', "Malformed JSON: Expecting ',' delimiter at line 1, column 8."),
        (b'{"a": "\x01"}', "Malformed JSON: Invalid control character at line 1, column 8."),
        (b'{"a": "\x00"}', "Malformed JSON: Invalid control character at line 1, column 8."),
        (b'{"a": "\\x"}', "Malformed JSON: Invalid \\escape at line 1, column 8."),
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', 'The key "c" occurs twice in one object.'),
        (b'{"a": 1, "\\u0061": 2}', 'The key "a" occurs twice in one object.'),
        (b'{"a": NaN}', "NaN is not a JSON number."),
        (b'{"a": Infinity}', "Infinity is not a JSON number."),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number."),
        (b'{"a": 1e400}', "The number 1e400 is too large."),
        (b'{"a": -1e400}', "The number -1e400 is too large."),
        (b'{"a": 123456789012345678901}', "The integer 123456789012345678901 has more than 20 digits."),
        (b'{"a": -123456789012345678901}', "The integer -123456789012345678901 has more than 20 digits."),
        (b'{"a": [{"b": "x\\u0000y"}]}', "There is a NUL character in a[0].b."),
        (b'{"a": {"x\\u0000y": 1}}', "There is a NUL character in a key of a."),
        (b'{"x\\u0000y": 1}', "There is a NUL character in a key of the body."),
        (b'{"a": ["b", "\\ud800"]}', "There is a lone surrogate in a[1]."),
        (b'{"a": "\\uDFFF"}', "There is a lone surrogate in a."),
        (b'{"a": "\\ud83d \\ude00"}', "There is a lone surrogate in a."),
        (b'{"a": {"\\ud800": 1}}', "There is a lone surrogate in a key of a."),
        (nested(33), "The JSON is nested deeper than 32 levels."),
        (nested(500), "The JSON is nested deeper than 32 levels."),
        (nested(100_000), "The JSON is nested deeper than 32 levels."),
        (b"[" * 100_000, "The JSON is nested deeper than 32 levels."),
        (b'{"a":' * 100_000, "The JSON is nested deeper than 32 levels."),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_what_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(InvalidJSON) as caught:
        loads(raw)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": ' + b"9" * 5_000 + b".0e99}",
        b'{"' + b"k" * 5_000 + b'": 1, "' + b"k" * 5_000 + b'": 2}',
        b'{"' + b"k" * 5_000 + b'": "\\u0000"}',
        b'{"a": ' + b"x" * 5_000 + b"}",
    ],
    ids=["integer", "float", "twice", "path", "malformed"],
)
def test_a_message_stays_short(raw: bytes) -> None:
    with pytest.raises(InvalidJSON) as caught:
        loads(raw)
    assert len(caught.value.message) < 120


def test_a_message_is_ascii_whatever_the_key() -> None:
    with pytest.raises(InvalidJSON) as caught:
        loads(b'{"\\ud800": 1, "\\ud800": 2}')
    assert caught.value.message == 'The key "\\ud800" occurs twice in one object.'


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 60_000_000,
        b'{"a": "' + b"[" * 60_000_000,
        b'{"a": ' + b"9" * 60_000_000 + b"}",
        b'{"a": 0.' + b"9" * 60_000_000 + b"}" + b"}",
        b'{"a": "' + b"\\\\" * 30_000_000 + b"\\u0000" + b'"}',
        b'{"a": 1,' + b"\n" * 60_000_000,
    ],
    ids=["nesting", "open string", "integer", "fraction", "backslashes", "blank lines"],
)
@pytest.mark.timeout(60)  # it takes a tenth of a second; whatever is quadratic here takes hours
def test_a_hostile_body_of_60_mb_is_refused_in_seconds(raw: bytes) -> None:
    with pytest.raises(InvalidJSON):
        loads(raw)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20) + 1, 10**20 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), children, max_size=4
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc"), json_values, max_size=4), st.booleans())
def test_what_python_writes_reads_back(value: dict[str, object], ensure_ascii: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ensure_ascii).encode()) == value


@given(st.binary() | st.text().map(lambda text: json.dumps({"a": text, text: 1}).encode()))
def test_any_bytes_give_an_object_or_invalid_json(raw: bytes) -> None:
    try:
        value = loads(raw)
    except InvalidJSON:
        return
    assert isinstance(value, dict)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_read_exactly(number: float) -> None:
    read = loads(b'{"n": %s}' % repr(number).encode())["n"]
    assert (read, math.copysign(1, read)) == (number, math.copysign(1, number))
