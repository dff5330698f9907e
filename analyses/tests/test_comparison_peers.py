"""Matching without ground truth: symmetric, the best there is, ties decided, and the same as in the browser."""

import json
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from analyses import geometry
from analyses.comparison import Agreement, Side, TooDense, counts_by_class, gate, match
from analyses.comparison.agreement import kappa, spearman
from analyses.comparison.gate import overlapping

VECTORS = json.loads((settings.BASE_DIR / "vista/tests/vectors/comparison.json").read_text(encoding="utf-8"))


def side_of(said: dict[str, Any]) -> Side:
    return Side.of(said["bounds"], said["classes"], said["scores"])


def pairs_of(a: Side, b: Side, *given: float) -> set[tuple[int, int]]:
    found = match(a, b, *given)
    return set(zip(found.rows_a.tolist(), found.rows_b.tolist(), strict=True))


# Coordinates of few values: boxes that touch, coincide and hold each other are common, and so are ties.
corners = st.tuples(*[st.integers(0, 4)] * 2, *[st.integers(1, 4)] * 2)
objects = st.tuples(corners, st.integers(0, 1), st.sampled_from([None, 0.25, 0.5, 0.75]))


def side(said: list[Any]) -> Side:
    return Side.of(
        [(x, y, x + width, y + height) for (x, y, width, height), _, _ in said],
        [number for _, number, _ in said],
        [score for _, _, score in said],
    )


sides = st.lists(objects, max_size=6).map(side)
many = st.lists(objects, max_size=25).map(side)
least = st.sampled_from([0.05, 0.2, 1 / 3, 0.5, 0.75, 1])


# --- the vectors shared with JavaScript -------------------------------------------------------------------
@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_a_vector(case: dict[str, Any]) -> None:
    a, b = side_of(case["a"]), side_of(case["b"])
    found = match(a, b, case["iou"], case["min_a"], case["min_b"])
    pairs = sorted(zip(found.rows_a.tolist(), found.rows_b.tolist(), found.ious.tolist(), strict=True))
    wanted = case["wanted"]
    assert [pair[:2] for pair in pairs] == [tuple(pair[:2]) for pair in wanted["pairs"]]
    assert [pair[2] for pair in pairs] == pytest.approx([pair[2] for pair in wanted["pairs"]], abs=1e-12)
    assert found.verdicts_a.tolist() == wanted["verdicts_a"]
    assert found.verdicts_b.tolist() == wanted["verdicts_b"]
    sums = Agreement.of(a, b, found)
    said = {name: getattr(sums, name) for name in wanted["sums"]}
    assert said == {name: pytest.approx(value, abs=1e-12) for name, value in wanted["sums"].items()}


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_a_vector_the_other_way_round(case: dict[str, Any]) -> None:
    a, b = side_of(case["a"]), side_of(case["b"])
    turned = pairs_of(b, a, case["iou"], case["min_b"], case["min_a"])
    assert sorted((row, other) for other, row in turned) == [
        tuple(pair[:2]) for pair in case["wanted"]["pairs"]
    ]


# --- properties -------------------------------------------------------------------------------------------
@given(many, many, least)
def test_the_gate_loses_no_pair_and_adds_none(a: Side, b: Side, iou: float) -> None:
    rows, columns, ious = overlapping(a.bounds, b.bounds, iou)
    table = geometry.boxes_iou(a.bounds[:, None], b.bounds[None])
    wanted = np.argwhere(table >= iou)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        tuple(pair) for pair in wanted.tolist()
    ]
    assert ious.tolist() == table[rows, columns].tolist()


def test_the_gate_knows_boxes_of_all_sizes_and_places() -> None:
    random = np.random.default_rng(5)
    low = random.uniform(-1e6, 1e6, (60, 2))
    size = 10.0 ** random.uniform(-3, 5, (60, 2))
    a = np.concatenate((low, low + size), axis=1)
    b = np.concatenate((low + size * 0.1, low + size * 1.05), axis=1)
    rows, columns, _ = overlapping(a, b, 0.5)
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) >= {(row, row) for row in range(60)}


@given(many, many, least)
def test_exchanging_the_sides_exchanges_the_answer(a: Side, b: Side, iou: float) -> None:
    assert pairs_of(a, b, iou) == {(row, other) for other, row in pairs_of(b, a, iou)}


@given(many, least)
def test_a_side_agrees_with_itself(a: Side, iou: float) -> None:
    assert pairs_of(a, a, iou) == {(row, row) for row in range(len(a))}


def best_sum(weights: np.ndarray) -> float:
    """The greatest sum of one weight a row and column, by trying everything."""
    wide = weights if weights.shape[0] <= weights.shape[1] else weights.T
    count = wide.shape[0]
    return max(
        sum(wide[row, column] for row, column in enumerate(order))
        for order in permutations(range(wide.shape[1]), count)
    )


@given(sides, sides, least)
def test_no_other_choice_has_more_overlap(a: Side, b: Side, iou: float) -> None:
    table = geometry.boxes_iou(a.bounds[:, None], b.bounds[None])
    allowed = np.where(table >= iou, table, 0)
    same = a.class_of[:, None] == b.class_of[None]
    found = match(a, b, iou)
    first = found.same_class
    assert found.ious[first].sum() == pytest.approx(best_sum(np.where(same, allowed, 0)), abs=1e-9)
    # What the first turn left over is the second turn's.
    rows = np.setdiff1d(np.arange(len(a)), found.rows_a[first])
    columns = np.setdiff1d(np.arange(len(b)), found.rows_b[first])
    assert found.ious[~first].sum() == pytest.approx(best_sum(allowed[np.ix_(rows, columns)]), abs=1e-9)


@given(many, many, least)
def test_no_object_is_in_two_pairs(a: Side, b: Side, iou: float) -> None:
    found = match(a, b, iou)
    assert len(set(found.rows_a.tolist())) == len(found.rows_a)
    assert len(set(found.rows_b.tolist())) == len(found.rows_b)
    assert (found.ious >= iou).all()


# --- what is compared -------------------------------------------------------------------------------------
def test_more_pairs_than_can_be_looked_at_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST", 8)
    crowd = Side.of([(0, 0, 1, 1)] * 3, [0] * 3, [None] * 3)
    with pytest.raises(TooDense, match="more than 8 pairs overlap"):
        match(crowd, crowd)


@pytest.mark.parametrize("iou", [0, -0.5, 1.01, float("nan")])
def test_an_iou_that_is_none_is_refused(iou: float) -> None:
    with pytest.raises(ValueError, match="IoU must be above 0"):
        match(side([]), side([]), iou)


# --- sums -------------------------------------------------------------------------------------------------
def test_kappa_of_a_known_table() -> None:
    """Cohen's own kind of example: 20 and 15 agree of 50, by chance half of them would."""
    ours = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    theirs = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert kappa(ours, theirs) == pytest.approx(0.4)


def test_kappa_of_one_class_says_nothing() -> None:
    assert kappa(np.array([3, 3]), np.array([3, 3])) is None


def test_equal_scores_share_their_ranks() -> None:
    ours, theirs = np.array([0.1, 0.1, 0.2, 0.9]), np.array([0.2, 0.4, 0.6, 0.8])
    assert spearman(ours, theirs) == pytest.approx(4.5 / np.sqrt(4.5 * 5))


def test_one_score_for_all_correlates_with_nothing() -> None:
    assert spearman(np.array([0.5, 0.5]), np.array([0.1, 0.9])) is None


def test_pairs_without_a_score_are_not_correlated() -> None:
    nan = float("nan")
    assert spearman(np.array([0.1, nan, 0.3]), np.array([0.2, 0.9, 0.8])) == pytest.approx(1)


def test_counts_add_up_class_by_class() -> None:
    a = Side.of([(0, 0, 9, 9), (20, 0, 29, 9), (40, 0, 49, 9)], [0, 0, 1], [0.9, 0.8, 0.7])
    b = Side.of([(0, 0, 9, 9), (20, 0, 29, 9), (80, 0, 89, 9)], [0, 1, 1], [0.9, 0.8, 0.7])
    car, dog = counts_by_class(a, b, match(a, b), ["dog", "car", "unseen"])
    assert (car.class_name, car.count_a, car.count_b) == ("car", 1, 2)
    assert (car.agree, car.a_differs, car.b_differs, car.a_only, car.b_only) == (0, 0, 1, 1, 1)
    assert (dog.class_name, dog.count_a, dog.count_b) == ("dog", 2, 1)
    assert (dog.agree, dog.a_differs, dog.b_differs, dog.a_only, dog.b_only) == (1, 1, 0, 0, 0)
