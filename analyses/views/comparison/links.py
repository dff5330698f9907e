"""Addresses of a comparison: with something changed, of pictures behind a number, of a picture and its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.http import urlencode

from analyses.comparison import DEFAULT_IOU
from analyses.reports.asked import KEYS, MARKED
from analyses.reports.document import Picture, Side

KEPT = "-_.!~*'()"  # as encodeURIComponent leaves them
USUAL_IOU = 0.5  # of the viewer
# What is meant where nothing is said of it.
USUAL = {
    **{f"threshold_{key}": "0" for key in KEYS},
    "iou": f"{DEFAULT_IOU:g}",
    "types": "all",
    "reference": "none",
    "class_agnostic": "false",
}


@dataclass(frozen=True)
class Links:
    """`query` are the parameters of the report, `extra` those of the page alone."""

    project_id: Any
    query: dict[str, str]
    sides: Sequence[Side] = ()
    iou: float = USUAL_IOU
    extra: dict[str, str] = field(default_factory=dict)

    def page(self, anchor: str = "", **changes: str) -> str:
        """This comparison with other parameters."""
        query = self.query | self.extra | changes
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{reverse('compare', args=[self.project_id])}?{said}{anchor and '#'}{anchor}"

    def pictures(self, side: str = "b", **which: str) -> str:
        """The pictures behind a number, of A and this side; `class_` is class."""
        named = {name.rstrip("_") if name == "class_" else name: value for name, value in which.items()}
        of = {} if side == "b" else {"of": side}
        return f"{reverse('compare-pictures', args=[self.project_id])}?{urlencode(self.query | of | named)}"

    def cell(self, row: str | None, column: str | None, side: str = "b") -> str:
        """The pictures of a cell of a confusion matrix; null is nothing, which the address leaves empty."""
        return self.pictures(side, class_a=row or "", class_b=column or "")

    def file(self, name: str, kind: str, **which: str) -> str:
        """What the API's route of this name gives as a file."""
        return f"{reverse(name, args=[self.project_id])}?{urlencode(self.query | which | {'format': kind})}"

    def picture(self, picture: Picture, side: str = "b", classes: Sequence[str] = ()) -> str:
        """The page of a picture with the compared analyses, its objects coloured by the verdict on them."""
        return f"{reverse('image', args=[picture.id])}#{self.state(picture, side, classes)}"

    def state(self, picture: Picture, side: str, classes: Sequence[str]) -> str:
        """The part of that address behind #; static/js/viewer/url.js reads it."""
        shown = [one for one in self.sides if one.key in picture.analyses]
        ids = picture.analyses
        compared = [one for one in shown if one.key in ("a", side)]
        parts = [
            f"a={','.join(ids[one.key] for one in shown)}",
            f"th={','.join(f'{encoded(model_of(one))}*{one.threshold:g}' for one in shown)}",
            f"pair={','.join(f'{ids[one.key]}*{encoded(model_of(one))}' for one in compared)}",
            "by=verdict",
            "tab=compare",
            "o=",  # what is laid over would hide them
        ]
        if len(compared) < 2:
            return parts[0]
        if self.iou != USUAL_IOU:
            parts.insert(3, f"iou={self.iou:g}")
        if classes:
            parts.append(f"only={','.join(encoded(name) for name in classes)}")
        return "&".join(parts)


def shortened(query: dict[str, str]) -> dict[str, str]:
    """Without what goes without saying; the page has hundreds of links."""
    usual = USUAL | ({"reference": "a"} if query["a"] == MARKED else {})
    return {name: value for name, value in query.items() if value != usual.get(name)}


def model_of(side: Side) -> str:
    """As the viewer tells models apart."""
    return f"{side.model_name} {side.model_version}".strip() or side.label


def encoded(text: str) -> str:
    return quote(text, safe=KEPT)
