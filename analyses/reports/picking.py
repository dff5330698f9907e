"""Which pictures stand behind a number of a report: query parameters in, pictures with a count each out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyses.comparison.side import Integers
from analyses.reports.asked import share
from analyses.reports.cells import NOTHING
from analyses.reports.document import Key, Picture
from analyses.reports.listing import Index
from analyses.reports.peering import CURVE
from vista.errors import Invalid

# Each set of parameters is one way to ask; of two at a time nobody knows what is meant.
WAYS = {
    "a cell": ("class_a", "class_b"),
    "a cell of the first classes": ("first_a", "first_b"),
    "a bin": ("score_from", "score_to"),
    "a side that found nothing": ("empty",),
    "verdicts": ("verdict", "threshold"),
}


@dataclass(frozen=True, slots=True)
class Picked:
    """Pictures in order, by their place in the index."""

    index: Index
    places: Integers
    matching: Integers | None  # (all pictures,) how many of what was asked for; None when nothing was
    counts: list[Integers]  # (all pictures,) of each verdict
    ranks: Integers  # (all pictures,)

    def __len__(self) -> int:
        return len(self.places)

    def part(self, first: int, last: int) -> list[Picture]:
        return [
            self.index.picture(
                place,
                int(self.ranks[place]),
                self.counts,
                None if self.matching is None else int(self.matching[place]),
            )
            for place in self.places[first:last].tolist()
        ]


def picked(index: Index, params: Mapping[str, str]) -> Picked:
    """The pictures asked for: those with the most of it first, or all by disagreement where nothing is asked for.

    Raises Invalid with a sentence that names the parameter.
    """
    order = index.order()
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    asking = Asking(index, params)
    matching = asking.matching()
    counts = index.counts(asking.of, threshold=asking.threshold)
    if matching is not None:
        order = np.lexsort((ranks, -matching))
        order = order[matching[order] > 0]
    return Picked(index, order, matching, counts, ranks)


@dataclass(slots=True)
class Asking:
    """What the parameters ask for."""

    index: Index
    params: Mapping[str, str]

    def bad(self, name: str, fault: str) -> Invalid:
        return Invalid(f"{name} {fault}.", [(name, f"{name} {fault}.")])

    @property
    def of(self) -> str:
        others = self.index.keys[1:]
        of = self.params.get("of") or "b"
        if of not in others:
            raise self.bad("of", f"must be one of {', '.join(others)}")
        return of

    @property
    def threshold(self) -> float | None:
        if "threshold" not in self.params:
            return None
        least = share(self.params["threshold"])
        if least is None:
            raise self.bad("threshold", "must be a number from 0 to 1")
        if self.index.has_reference:
            return least
        if least not in CURVE.tolist() or self.of != "b":
            raise self.bad("threshold", "must be one of the curve of A and B: 0, 0.05, 0.1 … 1")
        return least

    def matching(self) -> Integers | None:
        ways = [what for what, names in WAYS.items() if any(name in self.params for name in names)]
        if len(ways) > 1:
            raise Invalid(
                f"Ask for {ways[0]} or for {ways[1]}, not for both.", [(WAYS[w][0], w) for w in ways]
            )
        number = self._class("class") if "class" in self.params else None
        match ways:
            case ["a cell"]:
                return self._in_cell()
            case ["a cell of the first classes"]:
                return self._putting_first()
            case ["a bin"]:
                return self._in_bin(number)
            case ["a side that found nothing"]:
                return self._empty()
            case []:
                return None if number is None else sum(self.index.counts(self.of, number))  # type: ignore[return-value]
        return self._verdict(number)

    def _verdict(self, number: int | None) -> Integers:
        index, verdict, threshold = self.index, self.params.get("verdict"), self.threshold
        if verdict is not None and verdict not in index.verdicts:
            raise self.bad("verdict", f"must be one of {', '.join(index.verdicts)}")
        if threshold is not None and number is not None and not index.has_reference:
            raise self.bad(
                "threshold", "goes without class here: the curve of peers counts all classes together"
            )
        counts = dict(zip(index.verdicts, index.counts(self.of, number, threshold), strict=True))
        if verdict is not None:
            return counts[verdict]
        found: Integers = np.sum(
            [c for n, c in counts.items() if n not in ("agree", "true_positive")], axis=0
        )
        return found

    def _in_cell(self) -> Integers:
        row, column = (
            self._class(name) if self.params.get(name) else NOTHING for name in ("class_a", "class_b")
        )
        if row == column == NOTHING:
            raise self.bad(
                "class_a", "or class_b must name a class: nothing that is taken for nothing is no cell"
            )
        return self.index.in_cell(self.of, row, column)

    def _class(self, name: str, among: list[str] | None = None) -> int:
        names = self.index.names if among is None else among
        if self.params.get(name) not in names:
            raise self.bad(name, f"names no class of this report: {self.params.get(name, '')!r:.60}")
        return names.index(self.params[name])

    def _putting_first(self) -> Integers:
        a, b = (self._class(name, self.index.first_names) for name in ("first_a", "first_b"))
        return self.index.putting_first(a, b, self.of)

    def _in_bin(self, number: int | None) -> Integers:
        if not self.index.has_reference:
            raise self.bad("score_from", "goes only with a reference: peers have no calibration")
        low, high = share(self.params.get("score_from", "0")), share(self.params.get("score_to", "1"))
        if low is None or high is None or low >= high:
            raise self.bad(
                "score_from", "and score_to must be numbers from 0 to 1, the first below the second"
            )
        return self.index.in_bin(self.of, low, high, number)

    def _empty(self) -> Integers:
        key = self.params["empty"]
        if key not in self.index.keys:
            raise self.bad("empty", f"must be one of {', '.join(self.index.keys)}")
        found: Integers = (self.index.objects[self.index.number(key)] == 0).astype(np.int64)
        return found


def uncompared(pictures: list[Any], key: Key, number: int) -> list[Picture]:
    """Pictures that only one side has processed."""
    return [
        Picture(
            rank=0,
            id=str(picture.id),
            filename=picture.filename,
            analyses={key: str(picture.chosen[number].id)},
            disagreement=0,
            counts={},
        )
        for picture in pictures
    ]
