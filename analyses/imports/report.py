"""What an import took and what it did not, for people and for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST = 20  # of each kind of fault are told at once
MOST = 100_000  # of each kind are in the file of the report; beyond they are counted

# Kind of fault -> what it is called before a number of them: one, several.
KINDS = {
    "annotation_refused": ("annotation was refused", "annotations were refused"),
    "picture_refused": ("picture was left out", "pictures were left out"),
    "not_in_project": (
        "picture of the file is not in the project",
        "pictures of the file are not in the project",
    ),
    "not_in_file": (
        "picture of the project is not in the file",
        "pictures of the project are not in the file",
    ),
}
COLUMNS = ["fault", "picture", "where", "reason"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was not taken."""

    kind: str  # of KINDS
    picture: str  # as the file or the project calls it; "" where nobody knows
    where: str = ""  # the place in the file, such as annotations[17].bbox[2]
    reason: str = ""

    def as_dict(self) -> dict[str, str]:
        said = {"picture": self.picture, "where": self.where, "reason": self.reason}
        return {name: text for name, text in said.items() if text}

    def __str__(self) -> str:
        of_picture = f" ({self.picture})" if self.picture else ""
        place = f"{self.where}{of_picture}" if self.where else self.picture
        return f"{place}: {self.reason}" if self.reason else place


@dataclass(slots=True)
class Report:
    """How an import went."""

    model_name: str
    model_version: str
    is_dry_run: bool = False
    is_reference: bool = False  # whether the model is marked now
    pictures_in_file: int = 0
    annotations_in_file: int = 0
    imported: int = 0  # pictures that got an analysis
    empty: int = 0  # of these, those without an object
    unchanged: int = 0  # pictures that had this analysis already
    annotations: int = 0  # stored
    faults: list[Fault] = field(default_factory=list)  # at most MOST of each kind
    _counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def add(self, kind: str, picture: str, where: str = "", reason: str = "") -> None:
        """Tell one fault."""
        if self._counts[kind] < MOST:
            self.faults.append(Fault(kind, picture, where, reason))
        self._counts[kind] += 1

    def add_untold(self, kind: str, count: int) -> None:
        """So many faults more, of which nothing is known."""
        self._counts[kind] += count

    def of_kind(self, kind: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.kind == kind]

    def sentences(self) -> list[str]:
        """The numbers in words."""
        return sentences(self.as_dict())

    def counts(self) -> dict[str, int]:
        """How many faults of each kind there are."""
        return dict(self._counts)

    def as_dict(self) -> dict[str, Any]:
        """The numbers, and the first faults of each kind."""
        return {
            "model_name": self.model_name,
            "model_version": self.model_version,
            "is_dry_run": self.is_dry_run,
            "is_reference": self.is_reference,
            "pictures_in_file": self.pictures_in_file,
            "annotations_in_file": self.annotations_in_file,
            "imported": self.imported,
            "empty": self.empty,
            "unchanged": self.unchanged,
            "annotations": self.annotations,
            **{
                kind: {"count": count, "first": [fault.as_dict() for fault in self.of_kind(kind)[:FIRST]]}
                for kind, count in self.counts().items()
            },
        }

    def rows(self) -> Iterator[list[str]]:
        """A table of the faults: COLUMNS, and one row each."""
        yield COLUMNS
        told = dict.fromkeys(KINDS, 0)
        for fault in self.faults:
            told[fault.kind] += 1
            yield [fault.kind, fault.picture, fault.where, fault.reason]
        for kind, count in self._counts.items():
            if more := count - told[kind]:
                yield [kind, "", "", f"and {more:,} more"]


def sentences(result: Mapping[str, Any]) -> list[str]:
    """What `Report.as_dict` says, in words."""
    faults = [f"{sentence_of(kind, result[kind]['count'])}." for kind in KINDS if result[kind]["count"]]
    return taken(result) + faults


def taken(result: Mapping[str, Any]) -> list[str]:
    """What came in, in words."""
    pictures, annotations = result["imported"], result["annotations"]
    who = f"{result['model_name']} {result['model_version']}"
    got = "would get" if result["is_dry_run"] else "got"
    first = f"{_count(pictures, 'picture')} {got} an analysis by {who}, with {_count(annotations, 'annotation')} in all"
    if empty := result["empty"]:
        first += f"; {empty:,} of them empty: looked at, and nothing there"
    said = [f"{first}."]
    if unchanged := result["unchanged"]:
        said.append(f"{_count(unchanged, 'picture')} had this very analysis already.")
    return said


def sentence_of(kind: str, count: int) -> str:
    """How many faults of this kind there are, in words."""
    return f"{count:,} {KINDS[kind][count != 1]}"


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
