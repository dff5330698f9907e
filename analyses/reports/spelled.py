"""Reports as CSV: a row a class, or a row a picture; names that look like formulas are made harmless."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from analyses.exports.spelling import harmless
from analyses.reports.document import ClassScores, PeerClass, PeerCounts, Picture, Report, Scores

ALL = "(all)"
PEER_COLUMNS = ("objects_a", "objects_b", "agree", "a_differs", "b_differs", "a_only", "b_only", "agreement")
SCORE_COLUMNS = (
    *("objects", "detections", "ignored", "true_positives", "false_positives", "false_negatives"),
    *("precision", "recall", "f1", "ap", "ap50", "ap75", "ar", "best_threshold", "best_f1"),
    "calibration_error",
)


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """UTF-8 without a byte order mark; None is an empty cell."""
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.getvalue().encode()


def by_class(report: Report) -> Iterator[tuple[Any, ...]]:
    """A header, then all classes together and each class; with a reference for each model in turn."""
    if report.peers:
        yield "class_name", *PEER_COLUMNS, "mean_iou", "pictures"
        yield ALL, *of_all(report.peers.overall), report.peers.overall.mean_iou, report.coverage.compared
        for one in report.peers.classes:
            yield one.class_name, *(getattr(one, name) for name in PEER_COLUMNS), one.mean_iou, one.pictures
        return
    names = {side.key: side.label for side in report.sides}
    yield "model", "class_name", *SCORE_COLUMNS, "pictures"
    for against in report.against:
        model = names[against.side]
        yield model, ALL, *cells(against.overall), report.coverage.compared
        for scores in against.classes:
            yield model, scores.class_name, *cells(scores), scores.pictures


def of_all(counts: PeerCounts) -> tuple[Any, ...]:
    """Every pair of different classes is one that A calls otherwise, and one that B does."""
    return (
        counts.objects_a,
        counts.objects_b,
        counts.agree,
        counts.class_differs,
        counts.class_differs,
        counts.a_only,
        counts.b_only,
        2 * counts.agree / objects if (objects := counts.objects_a + counts.objects_b) else None,
    )


def cells(scores: Scores) -> tuple[Any, ...]:
    return tuple(getattr(scores, name) for name in SCORE_COLUMNS)


def by_picture(
    pictures: Iterable[Picture], keys: Iterable[str], verdicts: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    """A header and a row a picture, in their order."""
    keys, verdicts = list(keys), list(verdicts)
    analyses = (f"analysis_{key}" for key in keys)
    yield (
        "rank",
        "picture_id",
        "filename",
        "disagreement",
        *verdicts,
        "matching",
        "heatmap_correlation",
        *analyses,
    )
    for one in pictures:
        counts = (one.counts.get(verdict) for verdict in verdicts)  # type: ignore[call-overload]
        ids = (one.analyses.get(key) for key in keys)  # type: ignore[call-overload]
        yield (
            one.rank,
            one.id,
            one.filename,
            one.disagreement,
            *counts,
            one.matching,
            one.heatmap_correlation,
            *ids,
        )


__all__ = ["ClassScores", "PeerClass", "by_class", "by_picture", "lines"]
