"""Which class was taken for which: a table with background."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from analyses.comparison.assignment import NOBODY
from analyses.comparison.reference import Picture, evaluate
from analyses.comparison.side import Integers

DEFAULT_IOU = 0.5


def confusion(
    pictures: Iterable[Picture], class_count: int, iou: float = DEFAULT_IOU, threshold: float = 0.0
) -> Integers:
    """(c + 1, c + 1) counts: a row is the class in the reference, a column what the model said.

    The last row has detections of nothing, the last column objects that nobody detected. Detections with at least
    the threshold take objects of their own class first, as in an evaluation, so the diagonal has its true
    positives; what is left takes objects of any class in the same way. Crowds, and who takes one, are not counted.
    """
    table = np.zeros((class_count + 1, class_count + 1), np.int64)
    for picture in pictures:
        kept = picture.scores >= threshold
        detected = np.where(kept, picture.classes, class_count)
        wanted = ~picture.crowd
        taken = _took(_only(picture, kept, np.ones_like(picture.crowd)), class_count, iou, by_class=True)
        first = taken != NOBODY
        free = wanted.copy()
        free[taken[first]] = False
        rest = _took(_only(picture, kept & ~first, free), class_count, iou, by_class=False)
        taken = np.where(first, taken, rest)
        on_crowd = (taken != NOBODY) & np.append(picture.crowd, False)[taken]
        counts = kept & ~on_crowd
        truth = np.append(picture.true_classes, class_count)[taken]  # NOBODY is the last
        np.add.at(table, (truth[counts], detected[counts]), 1)
        missed = wanted.copy()
        missed[taken[taken != NOBODY]] = False
        table[:class_count, class_count] += np.bincount(picture.true_classes[missed], minlength=class_count)
    return table


def _only(picture: Picture, detections: npt.NDArray[np.bool_], objects: npt.NDArray[np.bool_]) -> Picture:
    """The same with only the pairs of some detections and objects."""
    rows, columns, overlaps = picture.pairs
    kept = detections[rows] & objects[columns]
    pairs = (rows[kept], columns[kept], overlaps[kept])
    return Picture(picture.scores, picture.classes, picture.true_classes, picture.crowd, pairs)


def _took(picture: Picture, class_count: int, iou: float, *, by_class: bool) -> Integers:
    """What each detection of a picture takes, by its row."""
    found = evaluate([picture], class_count, np.array([iou]), by_class=by_class)
    taken = np.full(len(picture.scores), NOBODY, np.int64)
    taken[found.rows] = found.taken[0]
    return taken
