"""A download as it is asked for: which format, of what, with which files beside it; and how much that will be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from analyses.exports import FORMATS, Contents, Format, Selection
from analyses.models import Artifact, ArtifactStatus
from images.models import Project
from vista.errors import Invalid

EXTRAS = ("artifacts", "pictures", "annotated")
BASE = 2_000  # bytes of what every file has, roughly


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to take away from a project."""

    selection: Selection
    contents: Contents

    @classmethod
    def read(cls, params: Mapping[str, Any], project: Project) -> "Order":
        """From `format`, `artifacts`, `pictures`, `annotated` and what Selection.read() takes, each a text or several.

        Raises Invalid with a sentence for what cannot be.
        """
        names = listed(params, "format") or [next(iter(FORMATS))]
        contents = Contents(
            [format_named(name) for name in dict.fromkeys(names)],
            **{name: read_flag(name, listed(params, name)) for name in EXTRAS},
        )
        return cls(Selection.read(params, project=project.pk), contents)

    @classmethod
    def from_parameters(cls, kept: Mapping[str, Any]) -> "Order":
        """What as_parameters() gave, back from JSON."""
        forms = [FORMATS[name] for name in kept["formats"]]
        extras = {name: kept[name] for name in EXTRAS}
        return cls(Selection.from_parameters(kept["selection"]), Contents(forms, **extras))

    def as_parameters(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "formats": [form.name for form in self.contents.forms],
            **{name: getattr(self.contents, name) for name in EXTRAS},
            "selection": self.selection.as_parameters(),
        }

    @property
    def only_form(self) -> Format:
        """The one file that it is. Raises Invalid where only an archive can hold it."""
        if len(self.contents.forms) > 1 or any(getattr(self.contents, name) for name in EXTRAS):
            raise Invalid("Several formats, artifacts and pictures need an archive: POST to …/exports.")
        form: Format = self.contents.forms[0]
        return form

    def estimate(self) -> dict[str, Any]:
        """How much it will be, by counters alone: `bytes` is rough, all else exact unless `exact` says it is not."""
        found = self.selection.estimate()
        size = BASE + sum(found.annotations * form.bytes_each for form in self.contents.forms)
        if self.contents.artifacts:
            stored = Artifact.objects.filter(status=ArtifactStatus.STORED)
            analyses = self.selection.analyses().order_by().values("pk")
            size += stored.filter(analysis__in=analyses).aggregate(n=Sum("size"))["n"] or 0
        if self.contents.pictures or self.contents.annotated:
            size += self.picture_bytes() * (self.contents.pictures + self.contents.annotated)
        return {
            "pictures": found.pictures,
            "analyses": found.analyses,
            "annotations": found.annotations,
            "exact": found.exact,
            "by_type": found.by_type,
            "no_place": {kind: n for kind, n in found.by_type.items() if not self.has_place(kind)},
            "bytes": size,
        }

    def has_place(self, annotation_type: str) -> bool:
        """Whether one of the formats can hold such annotations."""
        return any(annotation_type in form.types for form in self.contents.forms)

    def picture_bytes(self) -> int:
        """What the originals take; no packing makes them smaller."""
        return self.selection.pictures().order_by().aggregate(n=Sum("size"))["n"] or 0


def format_named(name: str) -> Format:
    """Raises Invalid, which tells the formats there are."""
    if name not in FORMATS:
        raise Invalid(f"Unknown format {name!r:.40}; the formats are {', '.join(FORMATS)}.")
    return FORMATS[name]


def listed(params: Mapping[str, Any], name: str) -> list[str]:
    """The values of a parameter that is a text or several, empty ones left out."""
    given = params.get(name, ())
    return [text for text in ([given] if isinstance(given, str) else given) if text]


def read_flag(name: str, texts: list[str]) -> bool:
    if set(texts) - {"true", "false"}:
        raise Invalid(f"{name} must be true or false.", [(name, f"{name} must be true or false.")])
    return texts[-1:] == ["true"]
