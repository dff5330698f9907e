"""Scores, coordinates, indices and the file around them: what is lost is what docs/payload.md says, and no more."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.payload import BadPayload, Rows, decode, encode
from analyses.payload.quantities import coordinates_back, grids, indices, scores, scores_back
from analyses.payload.rows import Row

SHARES = st.floats(0, 1)
DIGITS = st.integers(0, 10_000).map(lambda number: number / 10_000)
COORDINATES = st.floats(-1e9, 1e9)


def back(values: list[float]) -> list[float]:
    return scores_back(scores(np.array(values))).tolist()


def places_back(*axes: list[float]) -> list[list[float]]:
    arrays = [np.array(axis, np.float64) for axis in axes]
    written = [grid.write(axis) for grid, axis in zip(grids(*([a] for a in arrays)), arrays, strict=True)]
    return [coordinates_back(values, meaning).tolist() for values, meaning in written]


# --- scores -----------------------------------------------------------------------------------------------
@given(SHARES)
def test_a_score_is_rounded_down_by_less_than_a_step(score: float) -> None:
    (read,) = back([score])
    assert read <= score < read + 1 / 60_000 + 1e-16


@given(DIGITS)
def test_a_score_of_four_digits_reads_back_exactly(score: float) -> None:
    assert back([score]) == [score]


@given(SHARES, DIGITS)
def test_a_threshold_of_four_digits_keeps_the_same(score: float, threshold: float) -> None:
    assert (back([score])[0] >= threshold) == (score >= threshold)


def test_no_score_is_nan() -> None:
    assert math.isnan(back([math.nan])[0])


@given(st.lists(st.one_of(st.none(), SHARES, st.sampled_from([0.5, 0.25])), max_size=30))
def test_rows_are_sorted_by_score_then_by_id(confidences: list[float | None]) -> None:
    rows: list[Row] = [
        ("bounding_box", f"{number:03}", confidence, 0, 0, 1, 1, None)
        for number, confidence in enumerate(confidences)
    ]
    payload = decode(encode(Rows.of(rows), {}))
    wanted = sorted(rows, key=lambda row: (row[2] is None, -(row[2] or 0), row[1]))
    assert payload.values("class", "classes") == [row[1] for row in wanted]


# --- coordinates ------------------------------------------------------------------------------------------
@given(st.lists(COORDINATES, min_size=1), st.lists(COORDINATES, min_size=1))
def test_a_coordinate_is_at_most_an_eighth_of_a_pixel_away(across: list[float], down: list[float]) -> None:
    for axis, read in zip((across, down), places_back(across, down), strict=True):
        assert max(abs(a - b) for a, b in zip(axis, read, strict=True)) <= 1 / 8


@given(st.lists(st.floats(-300, 16_000), min_size=1))
def test_pictures_of_the_usual_size_take_sixteen_bits(axis: list[float]) -> None:
    (grid,) = grids([np.array(axis)])
    assert grid.write(np.array(axis))[0].dtype == np.uint16


@pytest.mark.parametrize("width", [16_383.5, 16_383.75, 2.0**21, 2.0**21 + 0.25])
@pytest.mark.parametrize("first", [0.0, -0.25])
def test_no_width_is_too_much_for_its_type(first: float, width: float) -> None:
    ((low, high),) = places_back([first, width])
    assert (low, high) == (pytest.approx(first, abs=1 / 8), pytest.approx(width, abs=1 / 8))


@given(st.lists(st.integers(-40_000, 40_000).map(lambda quarters: quarters / 4), min_size=1))
def test_quarters_of_a_pixel_are_exact(axis: list[float]) -> None:
    assert places_back(axis) == [axis]


@pytest.mark.parametrize("other", [0.0, -7.5, 1e5, 1e8])
def test_no_place_is_nan_beside_any_other(other: float) -> None:
    ((first, second),) = places_back([math.nan, other])
    assert math.isnan(first)
    assert second == other


# --- indices ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("entries", [1, 255, 256, 65_535, 65_536])
def test_an_index_is_never_taken_for_none(entries: int) -> None:
    column, meaning = indices([None, entries - 1], entries)
    assert column.tolist() == [meaning["null"], entries - 1]
    assert meaning["null"] >= entries


# --- the file ---------------------------------------------------------------------------------------------
GOOD = encode(Rows.of([("bounding_box", "car", 0.5, 1, 2, 3, 4, None)]), {})


def test_nothing_at_all_is_a_payload_too() -> None:
    assert list(decode(encode(Rows.of([]), {})).annotations()) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is no payload"),
        (b"GIF89a" + GOOD[6:], "This is no payload"),
        (GOOD[:10], "cut short"),
        (GOOD[:-1], f"has {len(GOOD) - 1} bytes"),
        (GOOD + b"\0", f"has {len(GOOD) + 1} bytes"),
        (GOOD[:4] + b"\x02\x00" + GOOD[6:], "format 2"),
        (GOOD[:16] + b"[" + GOOD[17:], "header is damaged"),
        (GOOD.replace(b'"u16"', b'"i16"', 1), "header is damaged"),
    ],
)
def test_what_is_no_payload_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadPayload, match=sentence):
        decode(content)
