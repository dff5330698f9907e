"""Whole numbers in a text."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.formats.digits import whole_numbers


@given(st.lists(st.integers(0, 99_999_999), min_size=1, max_size=50))
def test_numbers_are_read_as_python_reads_them(numbers: list[int]) -> None:
    found, _ = whole_numbers(",".join(map(str, numbers)).encode())
    assert found.tolist() == numbers


@given(st.lists(st.integers(0, 99_999_999), min_size=1, max_size=9))
def test_the_place_behind_each_number_is_told(numbers: list[int]) -> None:
    _, ends = whole_numbers(",".join(map(str, numbers)).encode())
    expected = [end - 1 for end in accumulate(len(str(number)) + 1 for number in numbers)]
    assert ends.tolist() == expected


@pytest.mark.parametrize(
    "text", [b"", b",", b"1,", b",1", b"1,,2", b"123456789", b"1.5", b"-1", b"1e3", b"1, 2"]
)
def test_any_other_text_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="digits"):
        whole_numbers(text)
