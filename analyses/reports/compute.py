"""The report and the index of its pictures, from what the sides say of each picture; knows no database."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Protocol

import numpy as np

from analyses.comparison.gate import TooDense
from analyses.comparison.pictures import Classified
from analyses.comparison.reference import Picture
from analyses.comparison.side import Integers
from analyses.reports import document
from analyses.reports.asked import Asked
from analyses.reports.cells import NOTHING, Cells
from analyses.reports.contents import Classes, Content
from analyses.reports.document import SHAPE, Coverage, Report
from analyses.reports.listing import Index
from analyses.reports.measuring import Measured, measured
from analyses.reports.overlaps import peer_pairs, reference_pairs
from analyses.reports.pairing import Column, Tie, Two
from analyses.reports.peering import Peered, peered
from analyses.reports.seeing import seen_by
from vista.errors import Invalid

WORST = 50
Progress = Callable[[int, int, str], object]
Correlate = Callable[[Any, list[Content]], float | str | None]


class Compared(Protocol):
    """A compared picture, as far as the sums care."""

    id: Any
    filename: str
    width: int
    height: int
    chosen: list[Any]  # the analysis of each side


@dataclass(frozen=True, slots=True)
class Computed:
    report: Report
    index: Index


def nothing(done: int, total: int, doing: str) -> None:
    """Progress that nobody wants to hear of."""


def computed(
    asked: Asked,
    total: int,
    classes: Classes,
    pictures: Iterable[tuple[Any, list[Content]]],
    progress: Progress = nothing,
    correlate: Correlate | None = None,
) -> Computed:
    """Everything that can be said of these pictures. What is not theirs (project, coverage, labels) is filled in later.

    `progress` may raise to stop; nothing is left behind.
    """
    begun = time.process_time()
    sums = Sums(asked, classes, correlate)
    for done, (picture, contents) in enumerate(pictures):
        progress(done, total, "Looking at pictures")
        sums.add(picture, contents)
    progress(total, total, "Adding up")
    return sums.finished(begun)


@dataclass(slots=True)
class Sums:
    """What is kept of each picture while all are looked at: no shapes, only scores, classes and pairs."""

    asked: Asked
    classes: Classes
    correlate: Correlate | None
    pictures: list[Compared] = field(default_factory=list)
    columns: list[list[Any]] = field(default_factory=list)  # a side: (classes, scores) a picture
    pairs: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    ties: dict[tuple[int, int], list[Tie]] = field(default_factory=dict)
    measured: dict[int, list[Picture]] = field(default_factory=dict)
    truth: list[Any] = field(default_factory=list)  # classes of the reference's objects
    first: list[list[str | None]] = field(default_factory=list)
    heatmaps: list[float | str | None] = field(default_factory=list)
    by_type: list[Counter[str]] = field(default_factory=list)

    def add(self, picture: Compared, contents: list[Content]) -> None:
        """Raises Invalid where more overlaps than can be looked at."""
        if not self.pictures:
            self.by_type = [Counter() for _ in contents]
        self.pictures.append(picture)
        self.columns.append([(content.side.class_of, content.side.scores) for content in contents])
        for counted, content in zip(self.by_type, contents, strict=True):
            counted.update(content.by_type)
        self.first.append([content.first for content in contents])
        self.heatmaps.append(self.correlate(picture, contents) if self.correlate else None)
        try:
            if self.asked.has_reference:
                self._measure(contents)
            else:
                self._pair(contents)
        except TooDense as error:
            raise Invalid(f"In {picture.filename} {error}. Ask for a higher iou.") from error

    def _measure(self, contents: list[Content]) -> None:
        reference = contents[0].at_least(self.asked.thresholds[0])
        least = min(0.5, self.asked.iou)
        self.truth.append(reference.side.class_of[~reference.crowd])
        for number, content in enumerate(contents[1:], 1):
            pairs = reference_pairs(content, reference, self.asked.overlap, least)
            one = Picture.of_pairs(content.side, reference.side.class_of, reference.crowd, pairs)
            self.measured.setdefault(number, []).append(one)

    def _pair(self, contents: list[Content]) -> None:
        for here, there in combinations(range(len(contents)), 2):
            a, b = contents[here], contents[there]
            found = peer_pairs(a, b, self.asked.overlap, self.asked.iou)
            self.pairs.setdefault((here, there), []).append(found)
            self.ties.setdefault((here, there), []).append(Tie.of(a.side, b.side, self.classes.names))

    # --- when all have been looked at ---------------------------------------------------------------------------
    def finished(self, begun: float) -> Computed:
        names, places = self.classes.by_name()
        columns = [self._column(number, places) for number in range(len(self.asked.models))]
        compared = Compare(self, names, places, columns)
        against, peers, several, index = compared.all()
        order = index.order()
        report = Report(
            shape=SHAPE,
            key="",
            made_at=datetime.now(tz=UTC),
            stale=False,
            seconds=0.0,
            project=document.Project(id="", name=""),
            parameters=self.asked.parameters(),
            sides=self._sides(columns, index),
            coverage=Coverage(
                pictures=0,
                compared=len(self.pictures),
                only={},
                some=0,
                neither=0,
                empty=int((index.objects.sum(axis=0) == 0).sum()),
            ),
            classes=names,
            peers=peers,
            against=against,
            several=several,
            first_class=self._first_class(index),
            heatmaps=self._heatmaps(),
            pictures=document.Pictures(
                total=len(order),
                with_disagreement=int((index.disagreement > 0).sum()),
                definition=definition(self.asked),
                worst=index.worst(WORST),
            ),
        )
        report.seconds = round(time.process_time() - begun, 3)
        return Computed(report, index)

    def _column(self, number: int, places: Integers) -> Column:
        parts = [picture[number] for picture in self.columns]
        picture = np.repeat(np.arange(len(parts)), [len(classes) for classes, _ in parts])
        class_of = np.concatenate([np.empty(0, np.int64), *(classes for classes, _ in parts)])
        scores = np.concatenate([np.empty(0), *(scores for _, scores in parts)])
        return Column(picture, places[class_of] if len(class_of) else class_of, scores)

    def two(self, pair: tuple[int, int], columns: Sequence[Column]) -> Two:
        a, b = (columns[number] for number in pair)
        found = self.pairs.get(pair, [])
        starts = [np.searchsorted(column.picture, np.arange(len(self.pictures))) for column in (a, b)]
        ends = [
            np.concatenate([np.empty(0, np.int64), *(f[e] + s for f, s in zip(found, start, strict=True))])
            for e, start in enumerate(starts)
        ]
        ious = np.concatenate([np.empty(0), *(one[2] for one in found)])
        return Two(a, b, ends[0], ends[1], ious, self.ties.get(pair, []))

    def _sides(self, columns: list[Column], index: Index) -> list[document.Side]:
        counted = [
            column.reach >= least for column, least in zip(columns, self.asked.thresholds, strict=True)
        ]
        return [
            document.Side(
                key=key,
                model_name="",
                model_version="",
                label="",
                value=model,
                is_reference=self.asked.has_reference and number == 0,
                threshold=self.asked.thresholds[number],
                pictures=0,
                empty=int((index.objects[number] == 0).sum()),
                running=0,
                failed=0,
                objects=len(columns[number].scores),
                counted=int(counted[number].sum()),
                without_score=int(np.isnan(columns[number].scores).sum()),
                by_type=dict(self.by_type[number]) if self.by_type else {},
            )
            for number, (key, model) in enumerate(zip(self.asked.keys, self.asked.models, strict=True))
        ]

    def _first_class(self, index: Index) -> document.FirstClass | None:
        if not len(index.first):
            return None
        a, b = index.first[0], index.first[1]
        both = np.flatnonzero((a != NOTHING) & (b != NOTHING))
        if not len(both):
            return None
        named = [[index.first_names[n] for n in side[both].tolist()] for side in (a, b)]
        found = Classified.of(*named)
        return document.FirstClass(
            pictures=found.count,
            agree=found.agree,
            share=found.share,
            kappa=found.kappa,
            cells=Cells.of(both, a[both], b[both]).table(index.first_names),
        )

    def _heatmaps(self) -> document.Heatmaps | None:
        known = [one for one in self.heatmaps if one is not None]
        if not known:
            return None
        numbers = [one for one in known if not isinstance(one, str)]
        return document.Heatmaps(
            pictures=len(known),
            counted=len(numbers),
            mean=float(np.mean(numbers)) if numbers else None,
            least=min(numbers) if numbers else None,
            left_out=dict(Counter(one for one in known if isinstance(one, str))),
        )


@dataclass(slots=True)
class Compare:
    """All sums of all pictures, and the index."""

    sums: Sums
    names: list[str]
    places: Integers
    columns: list[Column]

    def all(self) -> tuple[list[document.Against], document.Peers | None, document.Several | None, Index]:
        sums, asked = self.sums, self.sums.asked
        first_names, first = self._first()
        index = Index(
            keys=list(asked.keys),
            names=self.names,
            has_reference=asked.has_reference,
            thresholds=list(asked.thresholds),
            ids=[str(picture.id) for picture in sums.pictures],
            filenames=[picture.filename for picture in sums.pictures],
            analyses=[[str(one.id) for one in picture.chosen] for picture in sums.pictures],
            disagreement=np.zeros(len(sums.pictures), np.int64),
            objects=np.stack([np.bincount(c.picture, minlength=len(sums.pictures)) for c in self.columns]),
            cells={},
            curve=np.empty((0, 0, 4), np.int64),
            first_names=first_names,
            first=first,
            heatmaps=np.array([one if isinstance(one, float) else np.nan for one in sums.heatmaps]),
        )
        if asked.has_reference:
            against, peers, several = self._against(index), None, None
        else:
            against, (peers, several) = [], self._peers(index)
        if len(first):
            a, b = first[0], first[1]
            index.disagreement += (a != b) & (a != NOTHING) & (b != NOTHING)
        return against, peers, several, index

    def _against(self, index: Index) -> list[document.Against]:
        asked, found = self.sums.asked, []
        truth = self.sums.truth
        where = np.repeat(np.arange(len(truth)), [len(classes) for classes in truth])
        classes = self._named(np.concatenate([np.empty(0, np.int64), *truth]))
        index.truth = Cells.of(where, classes, np.zeros_like(classes))
        for number, key in enumerate(asked.keys[1:], 1):
            pictures = [
                replace(one, classes=self._named(one.classes), true_classes=self._named(one.true_classes))
                for one in self.sums.measured.get(number, [])
            ]
            one: Measured = measured(key, pictures, self.names, asked.iou, asked.thresholds[number])
            index.detections[key], index.cells[key] = one.detections, one.cells
            found.append(one.against)
            _, wrong, missed = index.counts(key)
            index.disagreement += wrong + missed
        return found

    def _named(self, classes: Integers) -> Integers:
        return self.places[classes] if len(classes) else classes

    def _peers(self, index: Index) -> tuple[document.Peers | None, document.Several | None]:
        asked, sides = self.sums.asked, range(len(self.columns))
        matched, pairwise, peers = {}, [], None
        for here, there in combinations(sides, 2):
            two = self.sums.two((here, there), self.columns)
            is_main = (here, there) == (0, 1)
            thresholds = (asked.thresholds[here], asked.thresholds[there])
            one: Peered = peered(two, thresholds, self.names, curves=is_main)
            matched[here, there] = (two, one.chosen)
            keys = asked.keys[here], asked.keys[there]
            pairwise.append(document.Pairwise(first=keys[0], second=keys[1], counts=one.counts))
            if is_main:
                peers, index.curve = one.peers, one.curve_in
            if here == 0:
                index.cells[keys[1]] = one.cells
            index.disagreement += one.cells.only(one.cells.row != one.cells.column).by_picture(len(index))
        if len(self.columns) == 2:
            return peers, None
        overall, classes = seen_by(self.columns, asked.thresholds, matched, self.names)
        return peers, document.Several(pairs=pairwise, overall=overall, classes=classes)

    def _first(self) -> tuple[list[str], Integers]:
        """The class that each side puts first in each picture, by number of a name."""
        rows = self.sums.first
        names = sorted({name for row in rows for name in row if name is not None})
        if not names:
            return [], np.empty((0, 0), np.int64)
        numbers: dict[str | None, int] = {name: place for place, name in enumerate(names)} | {None: NOTHING}
        return names, np.array([[numbers[name] for name in row] for row in rows], np.int64).T


def definition(asked: Asked) -> str:
    """What `disagreement` is, for people."""
    top = "one more where A and B put different classes first"
    if asked.has_reference:
        whom = "B" if len(asked.models) == 2 else "all models together"
        return f"False positives and false negatives of {whom}, and {top}."
    whom = "" if len(asked.models) == 2 else ", summed over every two models"
    return f"Objects that only one of the two saw and pairs of different classes{whom}, and {top}."
