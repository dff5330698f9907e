"""Models measured against a reference, over all pictures: what the report says of each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analyses.comparison.assignment import NOBODY
from analyses.comparison.metrics import Averages, Bin, Curve, calibration, calibration_error, curve
from analyses.comparison.reference import COCO_IOUS, Evaluated, Flags, Picture, evaluate
from analyses.comparison.side import Floats, Integers
from analyses.reports import document
from analyses.reports.cells import NOTHING, Cells
from analyses.reports.document import Against, AtIou, ClassScores, Key, ScoreCurve, Scores

MOST_POINTS = 200  # of the curve of all classes
MOST_POINTS_OF_CLASS = 50
WRONG, RIGHT, IGNORED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Detections:
    """Every detection and what became of it at the IoU asked for, highest score first."""

    picture: Integers
    class_of: Integers
    scores: Floats
    became: Integers  # WRONG, RIGHT or IGNORED


@dataclass(frozen=True, slots=True)
class Measured:
    """One model against the reference: `against` for the document, the rest to list the pictures behind it."""

    against: Against
    detections: Detections
    cells: Cells


def measured(key: Key, pictures: list[Picture], names: list[str], iou: float, threshold: float) -> Measured:
    ious = COCO_IOUS if iou in COCO_IOUS.tolist() else np.append(COCO_IOUS, iou)
    level = int(np.flatnonzero(ious == iou)[0])
    found = evaluate(pictures, max(len(names), 1), ious)
    became = np.where(found.taken[level] == NOBODY, WRONG, RIGHT)
    became[found.ignored[level]] = IGNORED
    detections = Detections(found.pictures, found.classes, found.scores, became)
    cells = crossed(pictures, found, level, threshold)
    coco = at_levels(found, len(COCO_IOUS))
    classes = []
    for number, name in enumerate(names):
        scores = scores_of(found, level, threshold, number, Averages.of_class(coco, number))
        seen = (cells.row == number) | (cells.column == number)
        if scores.objects or (detections.class_of == number).any():
            pictures_of = len(np.unique(cells.picture[seen]))
            classes.append(ClassScores(**as_dict(scores), class_name=name, pictures=pictures_of))
    against = Against(
        side=key,
        overall=scores_of(found, level, threshold, None, Averages.of_all(coco)),
        classes=classes,
        confusion=cells.table(names),
        calibration=[bin_of(one) for one in calibration(found, level)],
        ap_by_iou=[
            AtIou(iou=round(one, 2), ap=Averages.of_all(at_level(coco, number)).ap)
            for number, one in enumerate(COCO_IOUS.tolist())
        ],
    )
    return Measured(against, detections, cells)


def as_dict(scores: Scores) -> dict[str, Any]:
    return {name: getattr(scores, name) for name in scores.__struct_fields__}


def at_levels(found: Evaluated, count: int) -> Evaluated:
    """The same at the first so many overlaps only."""
    return Evaluated(
        ious=found.ious[:count],
        pictures=found.pictures,
        rows=found.rows,
        classes=found.classes,
        scores=found.scores,
        taken=found.taken[:count],
        ignored=found.ignored[:count],
        wanted=found.wanted,
    )


def at_level(found: Evaluated, level: int) -> Evaluated:
    return Evaluated(
        ious=found.ious[level : level + 1],
        pictures=found.pictures,
        rows=found.rows,
        classes=found.classes,
        scores=found.scores,
        taken=found.taken[level : level + 1],
        ignored=found.ignored[level : level + 1],
        wanted=found.wanted,
    )


def scores_of(
    found: Evaluated, level: int, threshold: float, number: int | None, averages: Averages
) -> Scores:
    whole = curve(found, level, number)
    counts = whole.at(threshold)
    ignored = found.ignored[level] & (found.scores >= threshold)
    if number is not None:
        ignored &= found.classes == number
    best = whole.best() if whole.wanted else None
    most = MOST_POINTS if number is None else MOST_POINTS_OF_CLASS
    return Scores(
        objects=whole.wanted,
        detections=counts.true_positives + counts.false_positives,
        ignored=int(ignored.sum()),
        true_positives=counts.true_positives,
        false_positives=counts.false_positives,
        false_negatives=counts.false_negatives,
        precision=counts.precision,
        recall=counts.recall,
        f1=counts.f1,
        ap=averages.ap,
        ap50=averages.ap50,
        ap75=averages.ap75,
        ar=averages.recall,
        best_threshold=best,
        best_f1=None if best is None else whole.at(best).f1,
        calibration_error=calibration_error(calibration(found, level, number)),
        curve=points_of(whole, most),
    )


def points_of(whole: Curve, most: int) -> ScoreCurve:
    """At most so many points, evenly among all there are; both ends and the best one are kept."""
    count = len(whole.thresholds)
    places = np.unique(np.linspace(0, max(count - 1, 0), min(count, most - 1)).round().astype(np.int64))
    if count > len(places):
        places = np.unique(np.append(places, int(whole.f1.argmax())))
    hits, misses = whole.true_positives[places].tolist(), whole.false_positives[places].tolist()
    pairs = list(zip(hits, misses, strict=True))
    return ScoreCurve(
        threshold=whole.thresholds[places].tolist(),
        true_positives=hits,
        false_positives=misses,
        false_negatives=[whole.wanted - hit for hit in hits],
        precision=[hit / (hit + miss) for hit, miss in pairs],
        recall=[hit / whole.wanted if whole.wanted else None for hit in hits],
        f1=[2 * hit / (hit + miss + whole.wanted) for hit, miss in pairs],
    )


def bin_of(one: Bin) -> document.Bin:
    return document.Bin(
        low=one.low, high=one.high, count=one.count, mean_score=one.mean_score, precision=one.precision
    )


# --- which class was taken for which --------------------------------------------------------------------------
def crossed(pictures: list[Picture], found: Evaluated, level: int, threshold: float) -> Cells:
    """What comparison.confusion counts, picture by picture.

    Objects of their own class have been taken already: what is left takes objects of any other class.
    """
    order = np.lexsort((found.rows, found.pictures))
    starts = np.searchsorted(found.pictures[order], np.arange(len(pictures) + 1))
    empty = np.empty(0, np.int64)
    parts: list[tuple[Integers, Integers, Integers]] = [(empty, empty, empty)]
    for number, picture in enumerate(pictures):
        own = order[starts[number] : starts[number + 1]]  # by row: all rows are there
        kept = picture.scores >= threshold
        taken = np.where(kept, found.taken[level, own], NOBODY)
        free = ~picture.crowd
        free[taken[(taken != NOBODY)]] = False
        left = kept & (taken == NOBODY)
        taken = np.where(left, taken_of_any(picture, left, free, found.ious[level]), taken)
        on_crowd = (taken != NOBODY) & np.append(picture.crowd, False)[taken]
        counts = kept & ~on_crowd
        truth = np.append(picture.true_classes, NOTHING)[taken[counts]]
        missed = ~picture.crowd
        missed[taken[taken != NOBODY]] = False
        lost = picture.true_classes[missed]
        parts.append(
            (
                np.full(len(truth) + len(lost), number),
                np.concatenate((truth, lost)),
                np.concatenate((picture.classes[counts], np.full(len(lost), NOTHING))),
            )
        )
    return Cells.of(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def taken_of_any(picture: Picture, left: Flags, free: Flags, iou: float) -> Integers:
    """The object that each of the detections that are left takes of those that are free."""
    rows, columns, overlaps = picture.pairs
    kept = left[rows] & free[columns]
    taken = np.full(len(picture.scores), NOBODY, np.int64)
    if kept.any():
        pairs = (rows[kept], columns[kept], overlaps[kept])
        rest = Picture(picture.scores, picture.classes, picture.true_classes, picture.crowd, pairs)
        found = evaluate([rest], 1, np.array([iou]), by_class=False)
        taken[found.rows] = found.taken[0]
    return taken
