"""The pictures behind one number of a report: which they are, in words, and one page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from msgspec import structs

from analyses.reports.asking import Answer
from analyses.reports.compute import Computed
from analyses.reports.document import (
    ANY_CLASS,
    PEER_VERDICTS,
    REFERENCE_VERDICTS,
    Picture,
    Report,
    Side,
)
from analyses.reports.picking import picked, uncompared
from analyses.views.comparison.links import Links
from analyses.views.comparison.matrix import called
from analyses.views.comparison.shown import OVERLAPS, VERDICTS, Tile, tile
from vista.errors import Invalid

PICTURES_A_PAGE = 48
# What names a number, beside the parameters of the report.
WHICH = (
    *("of", "class", "verdict", "threshold", "class_a", "class_b"),
    *("first_a", "first_b", "score_from", "score_to", "empty", "only"),
)
TOLD = {
    "agree": "Pairs of A and {b} that agree",
    "class_differs": "Pairs of A and {b} whose classes differ",
    "a_only": "Objects that only A saw, and not {b}",
    "b_only": "Objects that only {b} saw, and not A",
    "true_positive": "Right detections of {b}",
    "false_positive": "Wrong detections of {b}",
    "false_negative": "Objects of A that {b} missed",
}


class Whole:
    """Pictures that are all there already."""

    matching = None

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def part(self, first: int, last: int) -> Sequence[Picture]:
        return self.pictures[first:last]


@dataclass(frozen=True)
class Behind:
    """`which` are the parameters of WHICH, `page` is counted from 1."""

    report: Report
    links: Links
    which: dict[str, str]
    page: int
    found: Any  # Picked | Whole

    @classmethod
    def read(cls, answer: Answer, computed: Computed, links: Links, query: Mapping[str, str]) -> "Behind":
        """Raises Invalid for a number that the report does not have, BadRequest for a page that is none."""
        text = query.get("page", "1")
        if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text)):
            raise BadRequest("page takes a number from 1 on, as the links of a page do")
        which = {name: value for name, value in query.items() if name in WHICH}
        found = only(answer, which["only"]) if "only" in which else picked(computed.index, which)
        return cls(computed.report, links, which, int(text), found)

    @property
    def of(self) -> str:
        return self.which.get("of") or "b"

    @cached_property
    def title(self) -> str:
        """What the pictures have in common."""
        which, b = self.which, self.of.upper()
        name, verdict = which.get("class"), which.get("verdict")
        of_class = f": {called(name)}" if name is not None and name != ANY_CLASS else ""
        if "only" in which:
            return f"Only {which['only'].upper()} has processed them"
        if "empty" in which:
            return f"{which['empty'].upper()} has processed them and found nothing"
        if "class_a" in which or "class_b" in which:
            row, column = which.get("class_a") or None, which.get("class_b") or None
            return f"A says {called(row)} where {b} says {called(column)}"
        if "first_a" in which:
            return f"A puts {called(which['first_a'])} first, {b} {called(which.get('first_b'))}"
        if "score_from" in which or "score_to" in which:
            low, high = which.get("score_from", "0"), which.get("score_to", "1")
            return f"Detections of {b} with a score from {low} to {high}{of_class}"
        if verdict:
            return f"{TOLD[verdict].format(b=b)}{of_class}{self._from}"
        if "threshold" in which:
            return f"Disagreement{of_class}{self._from}"
        return f"Objects of one class{of_class}" if of_class else "All compared pictures"

    @property
    def _from(self) -> str:
        if "threshold" not in self.which:
            return ""
        return (
            f", {'both' if self.report.peers else self.of.upper()} from {float(self.which['threshold']):.3g}"
        )

    @property
    def total(self) -> int:
        return len(self.found)

    @property
    def matching(self) -> int | None:
        """How many of what was asked for are in all of them."""
        counts = self.found.matching
        return None if counts is None else int(counts.sum())

    @cached_property
    def tiles(self) -> list[Tile]:
        first = (self.page - 1) * PICTURES_A_PAGE
        links = replace(self.links, sides=self._sides())
        shown = self.which.get("only") or f"a{self.of}"
        return [
            tile(picture, links, shown, self._classes())
            for picture in self.found.part(first, first + PICTURES_A_PAGE)
        ]

    def _sides(self) -> list[Side]:
        """With the threshold that was asked for here: of both, or of the one that is measured."""
        if "threshold" not in self.which:
            return list(self.links.sides)
        at, keys = float(self.which["threshold"]), "ab" if self.report.peers else self.of
        return [
            structs.replace(side, threshold=at) if side.key in keys else side for side in self.links.sides
        ]

    def _classes(self) -> dict[str, str]:
        """What is drawn of each side: its class in a cell; of a class that differs, all."""
        which = self.which
        if which.get("class_a") or which.get("class_b"):
            row, column = which.get("class_a"), which.get("class_b")
            return {"a": row or column or "", self.of: column or row or ""}
        name = which.get("class")
        if not name or name == ANY_CLASS or which.get("verdict") == "class_differs":
            return {}
        return {"a": name, self.of: name}

    @property
    def verdicts(self) -> list[tuple[str, str, str, str, bool]]:
        """Sign, word, tone, address of the pictures with each verdict, and whether these are they."""
        names = PEER_VERDICTS if self.report.peers else REFERENCE_VERDICTS
        kept = {key: value for key, value in self.which.items() if key in ("of", "class")}
        return [
            (
                *VERDICTS[name],
                self._with(**kept, verdict=name),
                self.which.get("verdict") == name and "threshold" not in self.which,
            )
            for name in names
        ]

    @property
    def overlap(self) -> str:
        return OVERLAPS[self.report.parameters.overlap]

    @property
    def all(self) -> str:
        return self.links.pictures()

    @property
    def is_all(self) -> bool:
        return not self.which

    @property
    def previous(self) -> str:
        return self._page(self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        return self._page(self.page + 1) if self.page * PICTURES_A_PAGE < self.total else ""

    def _page(self, number: int) -> str:
        return self._with(**self.which, page=str(number))

    def _with(self, **which: str) -> str:
        side = which.pop("of", "b")
        return self.links.pictures(
            side, **{"class_" if name == "class" else name: v for name, v in which.items()}
        )

    @property
    def csv(self) -> str:
        return self.links.file("compared_pictures", "csv", **self.which)


def only(answer: Answer, key: str) -> Whole:
    """The pictures that this side alone has processed."""
    if key not in answer.asked.keys:
        fault = f"only must be one of {', '.join(answer.asked.keys)}."
        raise Invalid(fault, [("only", fault)])
    return Whole(uncompared(answer.sources.others[key], key, answer.asked.keys.index(key)))
