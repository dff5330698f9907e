"""A download as it is asked for: which format, of what, with which files beside it; and how much that will be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from analyses.exports import FORMATS, Format, Selection
from analyses.models import Artifact, ArtifactStatus
from images.models import Project
from vista.errors import Invalid

PICTURES = ("none", "originals", "annotated")
BASE = 2_000  # bytes of what every file has, roughly


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to take away from a project."""

    selection: Selection
    format: Format
    artifacts: bool = False
    pictures: str = "none"

    @classmethod
    def read(cls, params: Mapping[str, Any], project: Project) -> "Order":
        """From `format`, `artifacts`, `pictures` and the parameters of a Selection, each a text or several.

        Raises Invalid with a sentence for what cannot be.
        """
        pictures = last(params, "pictures") or "none"
        if pictures not in PICTURES:
            raise bad("pictures", f"must be one of {', '.join(PICTURES)}")
        return cls(
            selection=Selection.read(params, project=project.pk),
            format=format_named(last(params, "format") or next(iter(FORMATS))),
            artifacts=read_flag(last(params, "artifacts")),
            pictures=pictures,
        )

    @classmethod
    def from_parameters(cls, kept: Mapping[str, Any]) -> "Order":
        """What as_parameters() gave, back from JSON."""
        return cls(
            Selection.from_parameters(kept["selection"]),
            FORMATS[kept["format"]],
            kept["artifacts"],
            kept["pictures"],
        )

    def as_parameters(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "format": self.format.name,
            "selection": self.selection.as_parameters(),
            "artifacts": self.artifacts,
            "pictures": self.pictures,
        }

    def estimate(self) -> dict[str, Any]:
        """How much it will be, by counters alone: `bytes` is rough, all else exact unless `exact` says it is not."""
        found = self.selection.estimate()
        size = BASE + found.annotations * self.format.bytes_each
        if self.artifacts:
            stored = Artifact.objects.filter(status=ArtifactStatus.STORED)
            analyses = self.selection.analyses().order_by().values("pk")
            size += stored.filter(analysis__in=analyses).aggregate(n=Sum("size"))["n"] or 0
        if self.pictures != "none":
            size += self.selection.pictures().order_by().aggregate(n=Sum("size"))["n"] or 0
        return {
            "pictures": found.pictures,
            "analyses": found.analyses,
            "annotations": found.annotations,
            "exact": found.exact,
            "by_type": found.by_type,
            "bytes": size,
        }


def format_named(name: str) -> Format:
    """Raises Invalid, which tells the formats there are."""
    if name not in FORMATS:
        raise Invalid(f"Unknown format {name!r:.40}; the formats are {', '.join(FORMATS)}.")
    return FORMATS[name]


def last(params: Mapping[str, Any], name: str) -> str:
    """The last value of a parameter that is a text or several; empty where there is none."""
    given = params.get(name, "")
    return given if isinstance(given, str) else (list(given) or [""])[-1]


def read_flag(text: str) -> bool:
    if text not in ("", "true", "false"):
        raise bad("artifacts", "must be true or false")
    return text == "true"


def bad(name: str, fault: str) -> Invalid:
    return Invalid(f"{name} {fault}.", [(name, fault)])
