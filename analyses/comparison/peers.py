"""Two models without ground truth: which object of one is which of the other.

Pairs overlap by at least an IoU. The sum of the IoU of the pairs is the greatest there can be: first among pairs of
the same class, then, of what is left, among all. Of equally good choices the object with the higher score is
paired, then the one with the lower id. Neither side comes first: exchanging them exchanges the answer.

static/js/viewer/comparison/peers.js is its twin; vista/tests/vectors/comparison.json holds both to the same answers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.comparison.assignment import NOBODY, assigned
from analyses.comparison.gate import Pairs, overlapping
from analyses.comparison.side import Floats, Integers, Side

DEFAULT_IOU = 0.5
# Verdicts on an object.
LEFT_OUT, AGREE, CLASS_DIFFERS, ONLY_HERE = 0, 1, 2, 3
Verdicts = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs of rows in the order of side A's ranks, and a verdict for each row of both sides."""

    rows_a: Integers
    rows_b: Integers
    ious: Floats
    same_class: npt.NDArray[np.bool_]  # of the pairs
    verdicts_a: Verdicts
    verdicts_b: Verdicts

    def only_a(self) -> Integers:
        """The rows of side A that nothing on side B matches."""
        return np.flatnonzero(self.verdicts_a == ONLY_HERE)

    def only_b(self) -> Integers:
        return np.flatnonzero(self.verdicts_b == ONLY_HERE)


def match(a: Side, b: Side, iou: float = DEFAULT_IOU, min_a: float = 0.0, min_b: float = 0.0) -> Matching:
    """Match two sides, of each the objects that score enough. Raises TooDense, and ValueError for the IoU."""
    rows_a, rows_b = a.ranked(min_a), b.ranked(min_b)
    partner, ious = _paired(
        (a.bounds[rows_a], a.class_of[rows_a]), (b.bounds[rows_b], b.class_of[rows_b]), iou
    )
    paired = partner != NOBODY
    with_a, with_b = rows_a[paired], rows_b[partner[paired]]
    same = a.class_of[with_a] == b.class_of[with_b]
    return Matching(
        rows_a=with_a,
        rows_b=with_b,
        ious=ious[paired],
        same_class=same,
        verdicts_a=_verdicts(len(a), rows_a, with_a, same),
        verdicts_b=_verdicts(len(b), rows_b, with_b, same),
    )


def _verdicts(count: int, compared: Integers, paired: Integers, same: npt.NDArray[np.bool_]) -> Verdicts:
    verdicts = np.full(count, LEFT_OUT, np.uint8)
    verdicts[compared] = ONLY_HERE
    verdicts[paired] = np.where(same, AGREE, CLASS_DIFFERS)
    return verdicts


Ranked = tuple[Floats, Integers]  # bounds and classes, highest score first


def _paired(a: Ranked, b: Ranked, least: float) -> tuple[Integers, Floats]:
    """For each of `a` its partner in `b` or NOBODY, and their IoU."""
    rows, columns, ious = overlapping(a[0], b[0], least)
    turned = _comes_later(a, b)
    if turned:
        order = np.lexsort((rows, columns))
        rows, columns, ious = columns[order], rows[order], ious[order]
        a, b = b, a
    partner, overlap = in_two_turns((rows, columns, ious), a[1], b[1])
    if not turned:
        return partner, overlap
    paired = np.flatnonzero(partner != NOBODY)
    back, overlap_back = np.full(len(b[1]), NOBODY, np.int64), np.zeros(len(b[1]))
    back[partner[paired]], overlap_back[partner[paired]] = paired, overlap[paired]
    return back, overlap_back


def in_two_turns(pairs: Pairs, classes_a: Integers, classes_b: Integers) -> tuple[Integers, Floats]:
    """For each row of A its partner in B or NOBODY, and their IoU; pairs come by row, then by column."""
    rows, columns, ious = pairs
    partner = np.full(len(classes_a), NOBODY, np.int64)
    overlap = np.zeros(len(classes_a))
    taken = np.zeros(len(classes_b), np.bool_)
    same = classes_a[rows] == classes_b[columns]
    for turn in (same, ~same):
        open_ = turn & (partner[rows] == NOBODY) & ~taken[columns]
        found = assigned(rows[open_], columns[open_], ious[open_], len(classes_a), len(classes_b))
        partner = np.where(found == NOBODY, partner, found)
        chosen = open_ & (found[rows] == columns)
        overlap[rows[chosen]] = ious[chosen]
        taken[columns[chosen]] = True
    return partner, overlap


def _comes_later(a: Ranked, b: Ranked) -> bool:
    """Which side gets the rows must not depend on which was named first: the one with fewer or smaller numbers."""
    if len(a[1]) != len(b[1]):
        return len(a[1]) > len(b[1])
    for ours, theirs in zip(a, b, strict=True):
        differs = np.flatnonzero(ours.ravel() != theirs.ravel())
        if len(differs):
            return bool(ours.ravel()[differs[0]] > theirs.ravel()[differs[0]])
    return False
