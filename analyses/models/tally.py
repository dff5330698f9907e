"""Counters: how many annotations of each type and class an analysis holds, and how sure the model was."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection, models

from analyses.formats import Floats, Head

LEVELS = range(10)  # at_0 counts the scores of at least 0.0, at_9 those of at least 0.9
COUNTERS = ["count", *(f"at_{level}" for level in LEVELS)]
SUMS = ", ".join(f"{name} = analyses_tally.{name} + excluded.{name}" for name in COUNTERS)
# The rows come as one JSON text: drivers take long to read a statement with a hundred parameters.
ROWS = {
    "postgresql": (
        "json_array_elements(%s::json) AS rows (value)",
        "value ->> {}",
        "(value ->> {})::integer",
    ),
    "sqlite": ("json_each(%s) WHERE true", "json_extract(value, '$[{}]')", "json_extract(value, '$[{}]')"),
}


def insert_or_add(vendor: str) -> str:
    """The statement for rows of a type, a class and the COUNTERS."""
    source, text, number = ROWS[vendor]
    values = [text.format(0), text.format(1), *(number.format(2 + i) for i in range(len(COUNTERS)))]
    return f"""
        INSERT INTO analyses_tally (analysis_id, annotation_type, class_name, {", ".join(COUNTERS)})
        SELECT %s, {", ".join(values)} FROM {source}
        ON CONFLICT (analysis_id, annotation_type, class_name) DO UPDATE SET {SUMS}
    """  # noqa: S608 - constants only


INSERT_OR_ADD = {vendor: insert_or_add(vendor) for vendor in ROWS}


class TallyQuerySet(models.QuerySet["Tally"]):
    def add(self, analysis_id: Any, rows: str) -> None:
        """Count a batch, in one statement; `rows` are from Tally.rows_of.

        The caller holds the lock of the analysis, and is in a transaction.
        """
        id_ = self.model._meta.get_field("analysis").get_db_prep_value(analysis_id, connection)
        with connection.cursor() as cursor:
            cursor.execute(INSERT_OR_ADD[connection.vendor], [id_, rows])

    def in_total(self, counter: str, least: int = 0) -> "TallyQuerySet":
        """A row an analysis with `n`, its objects of all types and classes, where there are that many."""
        return self._by_analysis(models.Sum(counter)).filter(n__gte=least)

    def of_one_type(self, counter: str) -> "TallyQuerySet":
        """A row an analysis with `n`: what is both boxed and posed is one object, so the greatest type counts."""
        return self._by_analysis(models.Max(counter))

    def _by_analysis(self, number: models.Aggregate) -> "TallyQuerySet":
        return self.order_by().values("analysis").annotate(n=number)


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
        indexes = [models.Index(fields=["class_name", "analysis"], name="tally_by_class")]
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "annotation_type", "class_name"], name="tally_unique_per_type_and_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.annotation_type} {self.class_name}"

    @staticmethod
    def rows_of(heads: Sequence[Head], head_of: Sequence[int], confidences: Floats) -> str:
        """The counters of a batch, for `add`.

        `head_of` says of each annotation which of `heads` it has, `confidences` is NaN where there is none.
        """
        counters = counts_by_level(len(heads), head_of, confidences)
        return json.dumps([[*head, *counts] for head, counts in zip(heads, counters, strict=True)])


def counts_by_level(heads: int, head_of: Sequence[int], confidences: Floats) -> list[list[int]]:
    """COUNTERS of each annotation type and class, of which there are `heads`."""
    reached = np.searchsorted(np.array(LEVELS) / 10, confidences, side="right")
    reached[np.isnan(confidences)] = 0
    width = len(LEVELS) + 1
    places = np.array(head_of, np.int64) * width + reached
    exactly = np.bincount(places, minlength=heads * width).reshape(-1, width)
    # Summed from the right: how many reached a level or a higher one. All reached the zeroth: it is their count.
    at_least: list[list[int]] = exactly[:, ::-1].cumsum(axis=1)[:, ::-1].tolist()
    return at_least
