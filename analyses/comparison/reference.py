"""Detections against a reference, over many pictures: COCO's greedy matching, at several IoU at once.

Picture by picture and class by class the detections, highest score first, each take the object that they overlap
most. So what a detection takes depends on better ones only: everything is matched once, and a threshold on the
score just cuts what comes below. Objects that are crowds may be taken any number of times, and whoever takes one
counts for nothing. Differences to COCO: no detection is left out unless `most` says so, and a class without an
object in the reference has no AP rather than one of -1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.comparison import shapes
from analyses.comparison.assignment import NOBODY
from analyses.comparison.gate import Pairs
from analyses.comparison.side import Floats, Integers, Side

Flags = npt.NDArray[np.bool_]
COCO_IOUS: Floats = np.linspace(0.5, 0.95, 10)
NEARLY_ONE = 1 - 1e-10  # an IoU of 1 asked for is reached by what was rounded down


@dataclass(frozen=True, slots=True)
class Picture:
    """What a model and the reference say about one picture."""

    scores: Floats  # of the detections; what has no score counts at every threshold, so as 1
    classes: Integers
    true_classes: Integers
    crowd: Flags  # objects of the reference that stand for many
    pairs: Pairs  # row of a detection, row of an object, overlap; of a crowd the share of the detection in it

    @classmethod
    def of_boxes(cls, detections: Side, reference: Side, crowd: Flags | None = None) -> "Picture":
        """Of boxes. Crowds are none unless said."""
        crowd = np.zeros(len(reference), np.bool_) if crowd is None else crowd
        pairs = shapes.box_pairs(detections.bounds, reference.bounds, crowd)
        return cls.of_pairs(detections, reference.class_of, crowd, pairs)

    @classmethod
    def of_pairs(cls, detections: Side, true_classes: Integers, crowd: Flags, pairs: Pairs) -> "Picture":
        """Of any shapes, given their overlaps."""
        scores = np.where(np.isnan(detections.scores), 1.0, detections.scores)
        return cls(scores, detections.class_of, true_classes, crowd, pairs)

    def ranked(self, classes: Integers, most: int | None) -> Integers:
        """Rows of the detections, highest score first; of each class at most `most`."""
        order = np.argsort(-self.scores, kind="stable")
        if most is None:
            return order
        by_class = np.argsort(classes[order], kind="stable")
        sorted_classes = classes[order][by_class]
        place = np.empty(len(order), np.int64)
        place[by_class] = np.arange(len(order)) - np.searchsorted(sorted_classes, sorted_classes)
        return order[place < most]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Every detection in every picture and what it took, highest score first."""

    ious: Floats  # (t,): at which overlaps
    pictures: Integers  # (n,): number of the picture
    rows: Integers  # (n,): row in that picture's detections
    classes: Integers  # (n,)
    scores: Floats  # (n,)
    taken: Integers  # (t, n): row of the object in that picture's reference, or NOBODY
    ignored: Flags  # (t, n): took a crowd and counts for nothing
    wanted: Integers  # objects of each class in the reference, crowds left out


def evaluate(
    pictures: Iterable[Picture],
    class_count: int,
    ious: Floats = COCO_IOUS,
    *,
    most: int | None = None,
    by_class: bool = True,
) -> Evaluated:
    """Match all pictures at each of `ious`.

    `most` keeps so many detections of a class a picture (COCO: 100, which cuts dense pictures). Without `by_class`
    all classes are one, number 0.
    """
    least = np.minimum(ious, NEARLY_ONE)
    wanted = np.zeros(class_count if by_class else 1, np.int64)
    parts: list[tuple[Integers, Integers, Integers, Floats, Integers, Flags]] = []
    for number, picture in enumerate(pictures):
        classes = picture.classes if by_class else np.zeros_like(picture.classes)
        true_classes = picture.true_classes if by_class else np.zeros_like(picture.true_classes)
        wanted += np.bincount(true_classes[~picture.crowd], minlength=len(wanted))
        rows = picture.ranked(classes, most)
        taken = _taken(picture, rows, classes, true_classes, least)
        where = np.full(len(rows), number)
        ignored = (taken != NOBODY) & np.append(picture.crowd, False)[taken]
        parts.append((where, rows, classes[rows], picture.scores[rows], taken, ignored))
    if not parts:
        none = np.empty(0, np.int64)
        parts = [
            (
                none,
                none,
                none,
                np.empty(0),
                np.empty((len(ious), 0), np.int64),
                np.empty((len(ious), 0), bool),
            )
        ]
    where, rows, found, scores, taken, ignored = (
        np.concatenate(columns, axis=-1) for columns in zip(*parts, strict=True)
    )
    order = np.argsort(-scores, kind="stable")
    return Evaluated(
        ious=ious,
        pictures=where[order],
        rows=rows[order],
        classes=found[order],
        scores=scores[order],
        taken=taken[:, order],
        ignored=ignored[:, order],
        wanted=wanted,
    )


def _taken(
    picture: Picture, rows: Integers, classes: Integers, true_classes: Integers, least: Floats
) -> Integers:
    """(t, n): what each of the rows, which come best first, takes at each overlap."""
    rank = np.full(len(classes), NOBODY)
    rank[rows] = np.arange(len(rows))
    detections, objects, overlaps = picture.pairs
    possible = (classes[detections] == true_classes[objects]) & (overlaps >= least.min())
    possible &= rank[detections] != NOBODY
    ranks, objects, overlaps = rank[detections[possible]], objects[possible], overlaps[possible]
    taken = np.full((len(least), len(rows)), NOBODY, np.int64)
    # Most have nobody to compete with: these are settled at once.
    alone = (np.bincount(ranks)[ranks] == 1) & (np.bincount(objects)[objects] == 1)
    enough = overlaps[alone] >= least[:, None]
    taken[:, ranks[alone]] = np.where(enough, objects[alone], NOBODY)
    if alone.all():
        return taken
    ranks, objects, overlaps = ranks[~alone], objects[~alone], overlaps[~alone]
    order = np.lexsort((objects, picture.crowd[objects], ranks))
    known, first = np.unique(ranks[order], return_index=True)
    crowd = picture.crowd[objects[order]].tolist()
    choices = list(zip(objects[order].tolist(), overlaps[order].tolist(), crowd, strict=True))
    groups = [choices[slice(*span)] for span in zip(first, [*first[1:], len(choices)], strict=True)]
    for level, at_least in enumerate(least.tolist()):
        taken[level, known] = _greedy(groups, at_least)
    return taken


def _greedy(groups: Sequence[Sequence[tuple[int, float, bool]]], least: float) -> list[int]:
    """What each group takes in turn; its objects come with overlap and whether they are crowds, crowds last."""
    gone: set[int] = set()
    found = []
    for choices in groups:
        best, chosen, single = least, NOBODY, False
        for number, overlap, crowd in choices:
            if crowd and single:
                break  # any single object goes before a crowd
            if overlap >= best and number not in gone:  # of equal ones the last, as COCO has it
                best, chosen, single = overlap, number, not crowd
        if single:
            gone.add(chosen)
        found.append(chosen)
    return found
