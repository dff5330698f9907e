"""What an evaluation amounts to: precision, recall and F1 over the threshold, average precision, calibration.

None is "there is nothing to say it of": no object in the reference, no detection. COCO writes -1.
"""

from dataclasses import dataclass

import numpy as np

from analyses.comparison.assignment import NOBODY
from analyses.comparison.reference import Evaluated
from analyses.comparison.side import Floats, Integers

RECALLS: Floats = np.linspace(0.0, 1.0, 101)  # at which COCO looks at the precision
BINS = 10  # of scores


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false positives, and false negatives; with their sums."""

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        both = 2 * self.true_positives
        return _share(both, both + self.false_positives + self.false_negatives)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
        )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Curve:
    """What a class counts at each threshold on the score that makes a difference, highest first."""

    thresholds: Floats  # (k,)
    true_positives: Integers  # (k,): of detections with at least this score
    false_positives: Integers
    wanted: int  # objects in the reference

    def at(self, threshold: float) -> Counts:
        """The counts of detections with at least this score."""
        place = int((self.thresholds >= threshold).sum()) - 1
        hits = int(self.true_positives[place]) if place >= 0 else 0
        misses = int(self.false_positives[place]) if place >= 0 else 0
        return Counts(hits, misses, self.wanted - hits)

    @property
    def precision(self) -> Floats:
        shares: Floats = self.true_positives / (self.true_positives + self.false_positives)
        return shares

    @property
    def recall(self) -> Floats | None:
        """None where the reference has no object."""
        return self.true_positives / self.wanted if self.wanted else None

    @property
    def f1(self) -> Floats:
        both = 2 * self.true_positives
        shares: Floats = both / (self.true_positives + self.false_positives + self.wanted)
        return shares

    def best(self) -> float | None:
        """The threshold with the highest F1, the higher of equal ones; None without detections."""
        return float(self.thresholds[int(self.f1.argmax())]) if len(self.thresholds) else None


def curve(found: Evaluated, level: int, number: int | None = None) -> Curve:
    """The curve of a class, or of all together, at the overlap `found.ious[level]`."""
    scores, hits = _hits(found, level, number)
    last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]  # of those with equal scores
    true_positives, count = np.cumsum(hits)[last], np.flatnonzero(last) + 1
    wanted = int(found.wanted.sum() if number is None else found.wanted[number])
    return Curve(scores[last], true_positives, count - true_positives, wanted)


def _hits(found: Evaluated, level: int, number: int | None) -> tuple[Floats, Integers]:
    """Scores of the detections that count, highest first, and 1 for each that took an object."""
    counts = ~found.ignored[level]
    if number is not None:
        counts &= found.classes == number
    return found.scores[counts], (found.taken[level, counts] != NOBODY).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Averages:
    """Average precision of one class, or the mean of all that have an object in the reference."""

    ap: float | None  # mean over all overlaps
    ap50: float | None  # None where 0.5 is not among the overlaps
    ap75: float | None
    recall: float | None  # mean over all overlaps of the recall of all detections: COCO's AR

    @classmethod
    def of_class(cls, found: Evaluated, number: int) -> "Averages":
        """The averages of one class."""
        if not found.wanted[number]:
            return cls(None, None, None, None)
        hits = [_hits(found, level, number)[1] for level in range(len(found.ious))]
        aps = [average_precision(took, int(found.wanted[number])) for took in hits]
        recalls = [int(took.sum()) / int(found.wanted[number]) for took in hits]

        def at(iou: float) -> float | None:
            levels = np.flatnonzero(np.isclose(found.ious, iou))
            return aps[levels[0]] if len(levels) else None

        return cls(float(np.mean(aps)), at(0.5), at(0.75), float(np.mean(recalls)))

    @classmethod
    def of_all(cls, found: Evaluated) -> "Averages":
        """The mean of the classes that the reference has."""
        classes = [cls.of_class(found, number) for number in np.flatnonzero(found.wanted).tolist()]

        def mean(values: list[float | None]) -> float | None:
            known = [value for value in values if value is not None]
            return float(np.mean(known)) if known else None

        return cls(*(mean([getattr(one, name) for one in classes]) for name in cls.__slots__))


def average_precision(hits: Integers, wanted: int) -> float:
    """COCO's: the mean over 101 recalls of the best precision at that recall or a higher one.

    `hits` has 1 or 0 for each detection that counts, highest score first; `wanted` is above 0.
    """
    if not len(hits):
        return 0.0
    true_positives = np.cumsum(hits)
    precision = true_positives / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(true_positives / wanted, RECALLS, side="left")
    return float(np.append(best, 0.0)[place].mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """The detections whose score is in [low, high); the last bin has its upper end too."""

    low: float
    high: float
    count: int
    mean_score: float | None
    precision: float | None


def calibration(found: Evaluated, level: int, number: int | None = None, bins: int = BINS) -> list[Bin]:
    """How often detections of about the same score are right, at the overlap `found.ious[level]`."""
    scores, hits = _hits(found, level, number)
    place = np.clip((scores * bins).astype(np.int64), 0, bins - 1)
    counts = np.bincount(place, minlength=bins).tolist()
    sums = np.bincount(place, weights=scores, minlength=bins).tolist()
    right = np.bincount(place, weights=hits, minlength=bins).tolist()
    return [
        Bin(
            low=index / bins,
            high=(index + 1) / bins,
            count=count,
            mean_score=sums[index] / count if count else None,
            precision=right[index] / count if count else None,
        )
        for index, count in enumerate(counts)
    ]


def calibration_error(bins: list[Bin]) -> float | None:
    """Expected calibration error: the mean distance of score and precision, each bin weighted by its detections."""
    count = sum(one.count for one in bins)
    off = [
        one.count * abs(one.mean_score - one.precision)
        for one in bins
        if one.mean_score is not None and one.precision is not None
    ]
    return sum(off) / count if count else None
