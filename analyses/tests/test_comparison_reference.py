"""Detections against a reference: every number is pycocotools' own, on random sets of all kinds."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from analyses.comparison import Side
from analyses.comparison.confusion import confusion
from analyses.comparison.metrics import (
    Averages,
    Counts,
    average_precision,
    calibration,
    calibration_error,
    curve,
)
from analyses.comparison.reference import COCO_IOUS, Evaluated, Picture, evaluate

CLASSES = 3


# --- random sets --------------------------------------------------------------------------------------------
class Sample:
    """Pictures with boxes near those of a reference, once as COCO's JSON and once as ours."""

    def __init__(self, seed: int, pictures: int = 12, busy: int = 14) -> None:
        random = np.random.default_rng(seed)
        self.truths: list[dict[str, Any]] = []
        self.detections: list[dict[str, Any]] = []
        self.pictures = pictures
        for picture in range(1, pictures + 1):
            boxes = [self.box(random) for _ in range(random.integers(0, busy))]
            if picture % 5 == 0:
                boxes = []  # pictures without an object
            for box in boxes:
                crowd = int(random.random() < 0.15)
                box = [box[0], box[1], box[2] * (1 + 3 * crowd), box[3] * (1 + 3 * crowd)]
                self.truths.append(self.entry(picture, box, int(random.integers(1, 3)), iscrowd=crowd))
            near = [[value + random.integers(-3, 4) for value in box] for box in boxes for _ in range(2)] + [
                self.box(random) for _ in range(random.integers(0, 5))
            ]
            for box in [] if picture % 7 == 0 else near:  # and pictures without a detection
                box = [*box[:2], max(box[2], 1), max(box[3], 1)]
                # Few scores, so that many are equal; class 3 is in no reference.
                score = float(random.integers(0, 9)) / 8
                self.detections.append(self.entry(picture, box, int(random.integers(1, 4)), score=score))

    @staticmethod
    def box(random: np.random.Generator) -> list[float]:
        return [float(value) for value in (*random.integers(0, 60, 2), *random.integers(4, 30, 2))]

    @staticmethod
    def entry(picture: int, box: list[float], number: int, **more: Any) -> dict[str, Any]:
        area = box[2] * box[3]
        return {
            "image_id": picture,
            "category_id": number,
            "bbox": list(map(float, box)),
            "area": area,
        } | more

    def ours(self) -> list[Picture]:
        return [
            Picture.of_boxes(self.side(self.detections, n), self.side(self.truths, n), self.crowds(n))
            for n in range(1, self.pictures + 1)
        ]

    @staticmethod
    def side(entries: list[dict[str, Any]], picture: int) -> Side:
        rows = [entry for entry in entries if entry["image_id"] == picture]
        boxes = [entry["bbox"] for entry in rows]
        return Side.of(
            [(x, y, x + width, y + height) for x, y, width, height in boxes],
            [entry["category_id"] - 1 for entry in rows],
            [entry.get("score") for entry in rows],
        )

    def crowds(self, picture: int) -> np.ndarray:
        return np.array([t["iscrowd"] for t in self.truths if t["image_id"] == picture], np.bool_)

    def theirs(self, most: int = 10_000, by_class: bool = True) -> COCOeval:
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO()
            truth.dataset = {
                "images": [{"id": n} for n in range(1, self.pictures + 1)],
                "categories": [{"id": n} for n in range(1, CLASSES + 1)],
                "annotations": [entry | {"id": n} for n, entry in enumerate(self.truths, 1)],
            }
            truth.createIndex()
            oracle = COCOeval(truth, truth.loadRes(self.detections), "bbox")
            oracle.params.maxDets = [most]
            oracle.params.areaRng, oracle.params.areaRngLbl = [[0, 1e10]], ["all"]
            oracle.params.useCats = int(by_class)
            oracle.evaluate()
            oracle.accumulate()
        return oracle


SEEDS = range(6)


def coco_mean(values: np.ndarray) -> Any:
    """The mean of what is known, to be compared to 1e-9; -1 is no truth, which for us is None."""
    known = values[values > -1]
    return pytest.approx(float(known.mean()), abs=1e-9, rel=0) if len(known) else None


# --- equal to pycocotools -----------------------------------------------------------------------------------
@pytest.mark.parametrize("most", [10_000, 100, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_averages_are_cocos(seed: int, most: int) -> None:
    sample = Sample(seed)
    oracle = sample.theirs(most).eval
    found = evaluate(sample.ours(), CLASSES, most=most)
    precision, recall = oracle["precision"][..., 0, 0], oracle["recall"][..., 0, 0]
    for number in range(CLASSES):
        ours = Averages.of_class(found, number)
        assert ours.ap == coco_mean(precision[:, :, number])
        assert ours.ap50 == coco_mean(precision[0, :, number])
        assert ours.ap75 == coco_mean(precision[5, :, number])
        assert ours.recall == coco_mean(recall[:, number])
    whole = Averages.of_all(found)
    assert whole.ap == coco_mean(precision)
    assert whole.ap50 == coco_mean(precision[0])
    assert whole.recall == coco_mean(recall)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_classes_averages_are_cocos(seed: int) -> None:
    sample = Sample(seed)
    for entries in (sample.detections, sample.truths):
        entries.sort(
            key=lambda entry: entry["category_id"]
        )  # as COCO lists them then: it decides between equals
    oracle = sample.theirs(by_class=False).eval
    found = evaluate(sample.ours(), CLASSES, by_class=False)
    assert found.wanted.tolist() == [sum(not truth["iscrowd"] for truth in sample.truths)]
    whole = Averages.of_all(found)
    assert whole.ap == coco_mean(oracle["precision"][..., 0, 0])
    assert whole.recall == coco_mean(oracle["recall"][..., 0, 0])


def coco_counts(oracle: COCOeval, number: int, level: int, threshold: float) -> Counts:
    """Summed over COCO's own list of what each detection took."""
    hits = misses = wanted = 0
    for one in oracle.evalImgs:
        if one is None or one["category_id"] != number + 1:
            continue
        kept = (np.array(one["dtScores"]) >= threshold) & ~one["dtIgnore"][level].astype(bool)
        took = one["dtMatches"][level] > 0
        hits += int((kept & took).sum())
        misses += int((kept & ~took).sum())
        wanted += int((np.array(one["gtIgnore"]) == 0).sum())
    return Counts(hits, misses, wanted - hits)


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.5, 0.6, 1.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_counts_at_a_threshold_are_cocos(seed: int, threshold: float) -> None:
    sample = Sample(seed)
    oracle, found = sample.theirs(), evaluate(sample.ours(), CLASSES)
    for number in range(CLASSES):
        for level in (0, 5, 9):
            assert curve(found, level, number).at(threshold) == coco_counts(oracle, number, level, threshold)


@pytest.mark.parametrize("threshold", [0.25, 0.7])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_threshold_only_cuts_what_comes_below(seed: int, threshold: float) -> None:
    """Matching again without the weak detections gives what is read off the curve of all."""
    sample = Sample(seed)
    whole = evaluate(sample.ours(), CLASSES)
    sample.detections = [entry for entry in sample.detections if entry["score"] >= threshold]
    strong = evaluate(sample.ours(), CLASSES)
    for number in (*range(CLASSES), None):
        assert curve(whole, 0, number).at(threshold) == curve(strong, 0, number).at(0)


# --- single cases -------------------------------------------------------------------------------------------
def picture(detections: list[Any], truths: list[Any], crowd: list[bool] | None = None) -> Picture:
    """Each an entry [x, class] or [x, class, score]; boxes are 10 by 10."""

    def side(entries: list[Any]) -> Side:
        return Side.of(
            [(entry[0], 0, entry[0] + 10, 10) for entry in entries],
            [entry[1] for entry in entries],
            [entry[2] if len(entry) > 2 else None for entry in entries],
        )

    flags = np.array(crowd if crowd else [False] * len(truths), np.bool_)
    return Picture.of_boxes(side(detections), side(truths), flags)


def at_half(*pictures: Picture, classes: int = 2) -> Evaluated:
    return evaluate(pictures, classes, np.array([0.5]))


def test_no_picture_is_no_error() -> None:
    found = at_half()
    assert Averages.of_all(found) == Averages(None, None, None, None)
    assert curve(found, 0).at(0.5) == Counts(0, 0, 0)


def test_a_class_without_truth_has_no_average() -> None:
    assert Averages.of_class(at_half(picture([[0, 1, 0.9]], [[0, 0]])), 1).ap is None


def test_a_class_that_nobody_found_has_an_average_of_0() -> None:
    assert Averages.of_class(at_half(picture([], [[0, 0]])), 0).ap == 0


def test_what_has_no_score_counts_at_every_threshold() -> None:
    assert curve(at_half(picture([[0, 0]], [[0, 0]])), 0).at(1.0) == Counts(1, 0, 0)


def test_nothing_found_has_no_precision() -> None:
    none = Counts(0, 0, 4)
    assert (none.precision, none.recall, none.f1) == (None, 0, 0)


def test_counts_add_up() -> None:
    both = Counts(3, 1, 2) + Counts(1, 1, 0)
    assert (both.precision, both.recall, both.f1) == (4 / 6, 4 / 6, 8 / 12)


def test_the_best_threshold_has_the_highest_f1() -> None:
    found = at_half(picture([[0, 0, 0.9], [50, 0, 0.7], [90, 0, 0.4]], [[0, 0], [50, 0]]))
    assert curve(found, 0, 0).best() == 0.7
    assert curve(found, 0, 0).f1.tolist() == [2 / 3, 1, 4 / 5]


def test_each_class_keeps_as_many_as_is_said() -> None:
    busy = picture([[0, 0, 0.1], [20, 0, 0.9], [40, 1, 0.2], [60, 0, 0.5]], [])
    found = evaluate([busy], 2, np.array([0.5]), most=1)
    assert found.rows.tolist() == [1, 2]


def test_average_precision_by_hand() -> None:
    """One of two found first, then a miss, then the other: 51 recalls at 1 and 50 at 2/3."""
    assert average_precision(np.array([1, 0, 1]), 2) == pytest.approx((51 + 50 * 2 / 3) / 101)


# --- confusion ----------------------------------------------------------------------------------------------
def test_confusion_knows_the_wrong_class_and_background() -> None:
    seen = picture([[0, 0, 0.9], [20, 1, 0.8], [90, 1, 0.7]], [[0, 0], [20, 0], [50, 1]])
    assert confusion([seen], 2).tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_the_own_class_comes_first() -> None:
    """The better score has the wrong class; the object goes to the right one, the other finds nothing."""
    seen = picture([[0, 1, 0.9], [0, 0, 0.4]], [[0, 0]])
    assert confusion([seen], 2).tolist() == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_below_the_threshold_nothing_was_said() -> None:
    seen = picture([[0, 1, 0.9], [0, 0, 0.4]], [[0, 0]])
    assert confusion([seen], 2, threshold=0.5).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_crowds_are_not_counted() -> None:
    seen = picture([[0, 0, 0.9], [0, 0, 0.8]], [[0, 0]], [True])
    assert confusion([seen], 1).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_adds_up(seed: int, threshold: float) -> None:
    sample = Sample(seed)
    table = confusion(sample.ours(), CLASSES, threshold=threshold)
    found = evaluate(sample.ours(), CLASSES, np.array([0.5]))
    counts = [curve(found, 0, number).at(threshold) for number in range(CLASSES)]
    assert np.diag(table)[:CLASSES].tolist() == [one.true_positives for one in counts]
    assert table[:CLASSES].sum(axis=1).tolist() == found.wanted.tolist()
    said = [one.true_positives + one.false_positives for one in counts]
    assert table[:, :CLASSES].sum(axis=0).tolist() == said
    assert table[CLASSES, CLASSES] == 0


# --- calibration --------------------------------------------------------------------------------------------
def test_calibration_by_hand() -> None:
    found = at_half(picture([[0, 0, 0.95], [30, 0, 0.85], [60, 0, 0.81], [90, 0, 1.0]], [[0, 0], [30, 0]]))
    bins = calibration(found, 0)
    assert [one.count for one in bins] == [0] * 8 + [2, 2]
    assert (bins[8].precision, bins[9].precision, bins[0].precision) == (0.5, 0.5, None)
    assert bins[8].mean_score == pytest.approx(0.83)
    assert calibration_error(bins) == pytest.approx((2 * 0.33 + 2 * 0.475) / 4)


def test_nothing_detected_has_no_calibration_error() -> None:
    assert calibration_error(calibration(at_half(picture([], [[0, 0]])), 0)) is None


def test_the_usual_overlaps_are_cocos() -> None:
    assert COCO_IOUS.tolist() == pytest.approx([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
