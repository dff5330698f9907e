"""Charts: numbers in, places out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.charts import Axis, Chart, Point, Series, stretches
from analyses.charts import plot as plots
from analyses.charts.axes import ticks_of
from analyses.charts.plot import sign_of, written

SHARES = Axis("share")


def chart(*points: Point, kind: int = 0) -> Chart:
    return Chart(SHARES, SHARES, [Series("line", list(points), kind)])


def line(*points: Point) -> plots.Line:
    return next(chart(*points).lines)


# --- axes -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 130, [0, 50, 100]),
        (0, 3, [0, 1, 2, 3]),
        (0.5, 0.95, [0.5, 0.6, 0.7, 0.8, 0.9]),
        (-1, 1, [-1, -0.5, 0, 0.5, 1]),
        (0, 2_000_000, [0, 500_000, 1_000_000, 1_500_000, 2_000_000]),
    ],
)
def test_ticks_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert ticks_of(low, high) == wanted


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_within_the_axis_and_are_few(low: float, span: float) -> None:
    ticks = ticks_of(low, low + span)
    assert len(ticks) <= 6
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


def test_an_axis_of_counts_ends_at_a_tick() -> None:
    axis = Axis.of_counts("objects", 130)
    assert (axis.high, axis.ticks) == (150, [0, 50, 100, 150])


def test_an_axis_of_nothing_is_an_axis() -> None:
    assert Axis.of_counts("objects", 0).high == 1


def test_an_axis_without_a_span_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 1"):
        Axis("none", 1, 1)


@pytest.mark.parametrize(("value", "wanted"), [(0.5, 0), (0.75, 0.5), (1, 1), (0.2, 0), (3, 1)])
def test_what_is_beyond_an_axis_lies_at_its_end(value: float, wanted: float) -> None:
    assert Axis("IoU", 0.5, 1).part(value) == wanted


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.2, "0.2"), (1, "1"), (1500, "1,500"), (0.25, "0.25")]
)
def test_ticks_are_written_short(value: float, text: str) -> None:
    assert written(value) == text


# --- lines ------------------------------------------------------------------------------------------------
def test_a_line_goes_from_corner_to_corner() -> None:
    frame = chart().frame
    wanted = f"M{frame['left']} {frame['bottom']}L{frame['right']} {frame['top']}"
    assert line(Point(0, 0), Point(1, 1)).path == wanted


def test_a_line_is_broken_where_there_is_nothing() -> None:
    path = line(Point(0, 0), Point(0.25, None), Point(0.5, 0), Point(1, 0)).path
    assert re.sub("[^ML]", "", path) == "MML"


@given(st.lists(st.tuples(st.floats(-1, 2), st.none() | st.floats(-1, 2)), max_size=30))
def test_everything_is_drawn_within_the_frame(points: list[tuple[float, float | None]]) -> None:
    drawn = chart(*(Point(x, y) for x, y in points))
    frame = drawn.frame
    places = re.findall(r"[ML]([\d.-]+) ([\d.-]+)", next(drawn.lines).path)
    assert len(places) == sum(y is not None for _, y in points)
    for x, y in places:
        assert frame["left"] <= float(x) <= frame["right"]
        assert frame["top"] <= float(y) <= frame["bottom"]


def test_a_long_line_has_few_signs_and_one_at_each_end() -> None:
    signs = line(*(Point(number / 100, 0.5) for number in range(101))).signs
    assert len(signs) == plots.MOST_SIGNS
    assert [signs[0].point.x, signs[-1].point.x] == [0, 1]


def test_the_point_that_the_page_is_about_is_always_drawn() -> None:
    drawn = line(*(Point(number / 100, 0.5, is_marked=number == 37) for number in range(101)))
    assert [place.point.x for place in drawn.marked] == [0.37]


def test_every_point_that_leads_somewhere_can_be_met() -> None:
    drawn = line(*(Point(number / 100, 0.5, href="/x" if number % 2 else "") for number in range(101)))
    assert len(drawn.linked) == 50


def test_what_is_missing_leads_nowhere() -> None:
    assert line(Point(0, None, href="/x")).linked == []


def test_kinds_are_told_apart_by_their_signs() -> None:
    assert len({sign_of(kind) for kind in range(plots.KINDS)}) == plots.KINDS


def test_a_fifth_line_looks_like_the_first() -> None:
    assert next(chart(Point(0, 0), kind=4).lines).kind == 0


def test_a_chart_of_nothing_is_empty() -> None:
    assert chart(Point(0, None), Point(1, None)).is_empty
    assert not chart(Point(0, None), Point(1, 0)).is_empty


# --- bars -------------------------------------------------------------------------------------------------
def test_a_bar_has_its_parts_side_by_side() -> None:
    assert [(part.name, part.at, part.width) for part in stretches([("a", 1), ("b", 3)])] == [
        ("a", "0", "249.5"),
        ("b", "251.5", "748.5"),
    ]


def test_a_part_of_nothing_is_left_out() -> None:
    assert [part.name for part in stretches([("a", 0), ("b", 3)])] == ["b"]


def test_a_bar_of_nothing_is_empty() -> None:
    assert stretches([("a", 0)]) == []
