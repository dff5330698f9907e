"""More than two models on one picture."""

import pytest

from analyses.comparison import Side
from analyses.comparison.several import match_all, seen_by


def side(*places: float) -> Side:
    """Boxes of 10 by 10 at these x, with scores that fall."""
    scores = [0.9 - 0.1 * number for number in range(len(places))]
    return Side.of([(x, 0, x + 10, 10) for x in places], [0] * len(places), scores)


def test_every_two_are_matched_once() -> None:
    table = match_all([side(0, 50), side(50), side(0)])
    pairs = {both: (found.rows_a.tolist(), found.rows_b.tolist()) for both, found in table.items()}
    assert pairs == {(0, 1): ([1], [0]), (0, 2): ([0], [0]), (1, 2): ([], [])}


@pytest.mark.parametrize(
    ("sides", "wanted"),
    [
        ([side(0, 50), side(50), side(0, 90)], [1, 2, 0]),
        ([side(0), side(1), side(2)], [0, 0, 1]),
        ([side(0), side(4), side(9)], [1, 1, 0]),
        ([side(), side()], [0, 0]),
        ([side(0, 50)], [2]),
    ],
)
def test_how_many_saw_each_object(sides: list[Side], wanted: list[int]) -> None:
    assert seen_by(sides, match_all(sides, 0.4)).tolist() == wanted


def test_annotations_joined_through_others_are_one_object() -> None:
    """The outer two do not overlap enough, but both do with the middle one."""
    sides = [side(0), side(4), side(8)]
    assert seen_by(sides, match_all(sides, 0.4)).tolist() == [0, 0, 1]


def test_what_scores_too_little_saw_nothing() -> None:
    sides, least = [side(0, 50), side(0, 50)], [0.85, 0.0]
    assert seen_by(sides, match_all(sides, least=least), least).tolist() == [1, 1]
