"""Counters: how many annotations of each type and class an analysis holds, and how sure the model was."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from django.db import models

from analyses.formats import Row

LEVELS = range(10)  # at_0 counts the scores of at least 0.0, at_9 those of at least 0.9
COUNTERS = ["count", *(f"at_{level}" for level in LEVELS)]


class TallyQuerySet(models.QuerySet["Tally"]):
    def add(self, analysis_id: Any, groups: "ScoresByGroup") -> None:
        """Count a batch, in two queries whatever its size; the caller holds the lock of the analysis."""
        if not groups:
            return
        known = {(t.annotation_type, t.class_name): t for t in self.filter(analysis_id=analysis_id)}
        tallies = []
        for (annotation_type, class_name), scores in groups.items():
            tally = known.get((annotation_type, class_name)) or Tally(
                analysis_id=analysis_id, annotation_type=annotation_type, class_name=class_name
            )
            tally.count_scores(scores)
            tallies.append(tally)
        self.bulk_create(
            tallies,
            update_conflicts=True,
            update_fields=COUNTERS,
            unique_fields=["analysis", "annotation_type", "class_name"],
        )


class Tally(models.Model):
    """The counters of one type and class in one analysis, written by ingest.py in the batch's transaction.

    `at_6` is the number of annotations with a confidence of at least 0.6: "at least three people above 0.6" is
    one comparison. Those without a confidence are in `count` only.
    """

    analysis = models.ForeignKey(
        "analyses.Analysis", on_delete=models.CASCADE, related_name="tallies", db_index=False
    )
    annotation_type = models.CharField(max_length=16)
    class_name = models.CharField(max_length=255, blank=True)
    count = models.PositiveIntegerField(default=0)
    at_0 = models.PositiveIntegerField(default=0)
    at_1 = models.PositiveIntegerField(default=0)
    at_2 = models.PositiveIntegerField(default=0)
    at_3 = models.PositiveIntegerField(default=0)
    at_4 = models.PositiveIntegerField(default=0)
    at_5 = models.PositiveIntegerField(default=0)
    at_6 = models.PositiveIntegerField(default=0)
    at_7 = models.PositiveIntegerField(default=0)
    at_8 = models.PositiveIntegerField(default=0)
    at_9 = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "annotation_type", "class_name"], name="tally_unique_per_type_and_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.annotation_type} {self.class_name}"

    def count_scores(self, scores: list[float | None]) -> None:
        """Add annotations with these confidences, None where there is none."""
        self.count += len(scores)
        known = np.array(scores, dtype=float)  # None becomes NaN, which is at least nothing
        for level in LEVELS:
            name = f"at_{level}"
            setattr(self, name, getattr(self, name) + int(np.count_nonzero(known >= level / 10)))


ScoresByGroup = dict[tuple[str, str], list[float | None]]


def counted(rows: Iterable[Row], groups: ScoresByGroup) -> Iterator[Row]:
    """The same rows; on their way past, their confidences are gathered by type and class."""
    for row in rows:
        groups[row[0], row[1]].append(row[2])
        yield row


def new_groups() -> ScoresByGroup:
    return defaultdict(list)
