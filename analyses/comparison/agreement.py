"""What verdicts amount to: agreement on objects and on classes, mean IoU, rank correlation of scores.

None is "there is nothing to say it of", which is not 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.comparison.peers import AGREE, CLASS_DIFFERS, ONLY_HERE, Matching, Verdicts
from analyses.comparison.side import Floats, Integers, Side


@dataclass(frozen=True, slots=True)
class Agreement:
    """The sums of one comparison."""

    count_a: int  # objects compared
    count_b: int
    agree: int  # pairs of the same class
    class_differs: int  # pairs of different classes
    a_only: int
    b_only: int
    object_agreement: float | None  # 2 pairs / objects of both sides
    class_kappa: float | None  # Cohen's kappa of the classes of the pairs
    mean_iou: float | None  # of the pairs
    score_correlation: float | None  # Spearman's, of the pairs in which both have a score

    @classmethod
    def of(cls, a: Side, b: Side, matching: Matching) -> "Agreement":
        """The sums of a matching of these sides."""
        pairs = len(matching.rows_a)
        agree = int(matching.same_class.sum())
        a_only, b_only = len(matching.only_a()), len(matching.only_b())
        objects = 2 * pairs + a_only + b_only
        return cls(
            count_a=pairs + a_only,
            count_b=pairs + b_only,
            agree=agree,
            class_differs=pairs - agree,
            a_only=a_only,
            b_only=b_only,
            object_agreement=2 * pairs / objects if objects else None,
            class_kappa=kappa(a.class_of[matching.rows_a], b.class_of[matching.rows_b]),
            mean_iou=float(matching.ious.mean()) if pairs else None,
            score_correlation=spearman(a.scores[matching.rows_a], b.scores[matching.rows_b]),
        )


def kappa(ours: Integers, theirs: Integers) -> float | None:
    """Cohen's kappa of two lists of classes; None where chance alone would make them agree, or they are empty."""
    if not len(ours):
        return None
    table = np.unique(np.concatenate((ours, theirs)), return_inverse=True)[1]
    here, there = (np.bincount(part, minlength=table.max() + 1) for part in np.split(table, 2))
    count = len(ours)
    # In whole numbers, so that "by chance always" is found exactly.
    by_chance = int(here @ there)
    if by_chance == count * count:
        return None
    seen = int((ours == theirs).sum()) * count
    return (seen - by_chance) / (count * count - by_chance)


def spearman(ours: Floats, theirs: Floats) -> float | None:
    """Rank correlation of those that have both; equal ones share their ranks. None where one side has one rank."""
    known = ~(np.isnan(ours) | np.isnan(theirs))
    if known.sum() < 2:
        return None
    here, there = _ranks(ours[known]), _ranks(theirs[known])
    here, there = here - here.mean(), there - there.mean()
    spread = float(np.sqrt((here @ here) * (there @ there)))
    return float(here @ there) / spread if spread else None


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2)[place]
    return ranks


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """What became of the objects of one class."""

    class_name: str
    count_a: int  # objects compared that A calls so
    count_b: int
    agree: int  # pairs that both call so
    a_differs: int  # pairs that A calls so and B otherwise
    b_differs: int
    a_only: int
    b_only: int


def counts_by_class(a: Side, b: Side, matching: Matching, classes: Sequence[str]) -> list[ClassCounts]:
    """One entry a class that has an object on either side, by name."""

    def counted(side: Side, verdicts: Verdicts, which: int) -> list[int]:
        return np.bincount(side.class_of[verdicts == which], minlength=len(classes)).tolist()  # type: ignore[no-any-return]

    here, there = (
        [counted(side, verdicts, which) for which in (AGREE, CLASS_DIFFERS, ONLY_HERE)]
        for side, verdicts in ((a, matching.verdicts_a), (b, matching.verdicts_b))
    )
    found = []
    for number, name in sorted(enumerate(classes), key=lambda entry: entry[1]):
        (agree, a_differs, a_only), (_, b_differs, b_only) = (
            [counts[number] for counts in side] for side in (here, there)
        )
        if agree + a_differs + a_only + b_differs + b_only:
            found.append(
                ClassCounts(
                    class_name=name,
                    count_a=agree + a_differs + a_only,
                    count_b=agree + b_differs + b_only,
                    agree=agree,
                    a_differs=a_differs,
                    b_differs=b_differs,
                    a_only=a_only,
                    b_only=b_only,
                )
            )
    return found
