"""Peers paired in all pictures and at many thresholds at once: the same as one picture and threshold at a time."""

import numpy as np
import pytest

from analyses.comparison import Side, match
from analyses.comparison.side import Floats
from analyses.reports.overlaps import box_pairs
from analyses.reports.pairing import Column, Paired, Tie, Two, components, paired

NAMES = ["a", "b", "c"]
TENTHS = np.arange(11) / 10
CELLS = np.array([(0.3, 0.2), *((t, t) for t in TENTHS), *((x, y) for x in TENTHS[::3] for y in TENTHS[::3])])
DETAILED = 12
Pictures = list[tuple[Side, Side]]


def boxes(random: np.random.Generator, count: int, step: float) -> Floats:
    """On a grid: with a coarse one many overlaps are equal."""
    low = np.round(random.uniform(0, 40, (count, 2)) / step) * step
    return np.concatenate((low, low + np.round(random.uniform(8, 24, (count, 2)) / step) * step), axis=1)


def side(random: np.random.Generator, bounds: Floats) -> Side:
    """Few scores, some of them missing; ranked, as contents are."""
    count = len(bounds)
    scores = np.round(random.random(count), 1)
    scores[random.random(count) < 0.15] = np.nan
    made = Side(bounds, random.integers(0, len(NAMES), count), scores)
    order = made.ranked()
    return Side(bounds[order], made.class_of[order], scores[order])


def pictures(seed: int) -> Pictures:
    random = np.random.default_rng(seed)
    step = 4.0 if seed % 2 else 0.01
    made = []
    for _ in range(6):
        bounds = boxes(random, int(random.integers(0, 14)), step)
        if random.random() < 0.7:
            other = bounds[random.permutation(len(bounds))] + step * random.integers(-1, 2, (len(bounds), 1))
        else:
            other = boxes(random, int(random.integers(0, 14)), step)
        made.append((side(random, bounds), side(random, other)))
    return made


def two_of(made: Pictures, least: float) -> Two:
    found = [box_pairs(a.bounds, b.bounds, least) for a, b in made]
    starts = [np.cumsum([0, *(len(one[which]) for one in made)]) for which in (0, 1)]
    ends = [
        np.concatenate([pairs[which] + starts[which][n] for n, pairs in enumerate(found)]) for which in (0, 1)
    ]
    ties = [Tie.of(a, b, NAMES) for a, b in made]
    return Two(
        column([a for a, _ in made]),
        column([b for _, b in made]),
        *ends,
        np.concatenate([pairs[2] for pairs in found]),
        ties,
    )


def column(sides: list[Side]) -> Column:
    numbers = np.repeat(np.arange(len(sides)), [len(one) for one in sides])
    classes, scores = (np.concatenate([getattr(one, n) for one in sides]) for n in ("class_of", "scores"))
    return Column(numbers, classes, scores)


@pytest.mark.parametrize("least", [0.5, 0.1])
@pytest.mark.parametrize("seed", range(12))
def test_every_cell_counts_what_a_matching_there_counts(seed: int, least: float) -> None:
    made = pictures(seed)
    found = paired(two_of(made, least), CELLS, DETAILED)
    for number, (a_least, b_least) in enumerate(CELLS.tolist()):
        wanted = [match(a, b, least, a_least, b_least).same_class for a, b in made]
        agree, differs = [int(same.sum()) for same in wanted], [int((~same).sum()) for same in wanted]
        assert (found.agree[number], found.differs[number]) == (sum(agree), sum(differs))
        if number < DETAILED:
            assert found.agree_in[number].tolist() == agree
            assert found.differs_in[number].tolist() == differs


def ends_of(two: Two, found: Paired) -> set[tuple[int, int]]:
    rows, columns = two.rows[found.chosen], two.columns[found.chosen]
    return set(zip(rows.tolist(), columns.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_the_first_cell_says_which_pairs(seed: int) -> None:
    made = pictures(seed)
    two = two_of(made, 0.3)
    wanted, first_a, first_b = set(), 0, 0
    for a, b in made:
        matching = match(a, b, 0.3, *CELLS[0])
        pairs = zip(matching.rows_a + first_a, matching.rows_b + first_b, strict=True)
        wanted |= {(int(row), int(other)) for row, other in pairs}
        first_a, first_b = first_a + len(a), first_b + len(b)
    assert ends_of(two, paired(two, CELLS[:1])) == wanted


@pytest.mark.parametrize(
    ("seed", "least"), [*((seed, 0.1) for seed in range(12)), (595, 0.5)]
)  # of a few thousand the last one alone has a choice of equals between as many objects on both sides
def test_exchanging_the_sides_exchanges_the_pairs(seed: int, least: float) -> None:
    made = pictures(seed)
    two, back = two_of(made, least), two_of([(b, a) for a, b in made], least)
    found, turned = paired(two, CELLS), paired(back, CELLS[:, ::-1])
    assert ends_of(two, found) == {(row, other) for other, row in ends_of(back, turned)}
    assert (found.agree.tolist(), found.differs.tolist()) == (turned.agree.tolist(), turned.differs.tolist())


def test_few_groups_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    two = two_of(pictures(1), 0.1)
    wanted = paired(two, CELLS)
    monkeypatch.setattr("analyses.reports.pairing.AT_ONCE", 1)
    found = paired(two, CELLS)
    assert ends_of(two, found) == ends_of(two, wanted)
    assert found.agree.tolist() == wanted.agree.tolist()


def test_no_pictures_have_no_pairs() -> None:
    none = np.empty(0, np.int64)
    nobody = Column(none, none, np.empty(0))
    found = paired(Two(nobody, nobody, none, none, np.empty(0), []), CELLS)
    assert (found.agree.sum(), len(found.chosen)) == (0, 0)


def test_components_are_numbered_by_their_first_pairs() -> None:
    rows, columns = np.array([5, 5, 7, 9, 8]), np.array([1, 2, 3, 2, 3])
    assert components(rows, columns).tolist() == [0, 0, 1, 0, 1]
