"""Which analyses a comparison is about: of each picture the newest completed one of every side, in one query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Q, Value

from analyses.models import FINAL, Analysis, Status
from analyses.models.reference import is_marked
from analyses.reports.asked import MARKED, Asked, splits
from analyses.reports.document import Coverage, Key
from images.models import Project
from vista.errors import Invalid

COLUMNS = (
    "id",
    "image_id",
    "model_name",
    "model_version",
    "status",
    "updated_at",
    "annotation_count",
    "image__filename",
    "image__width",
    "image__height",
    "marked",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The analysis of a picture that goes in."""

    id: UUID
    updated_at: datetime
    annotation_count: int


@dataclass(slots=True)
class Shown:
    """A picture that at least one side has an analysis of."""

    id: UUID
    filename: str
    width: int  # pixels
    height: int
    chosen: list[Chosen | None]  # one a side


@dataclass(slots=True)
class Tallied:
    """What became of a side's analyses."""

    name: str
    version: str
    processed: int = 0
    running: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """All that goes into a report, apart from the annotations themselves."""

    sides: list[Tallied]
    compared: list[Shown]  # processed by all sides, in the order of their upload
    coverage: Coverage
    others: dict[Key, list[Shown]] = field(default_factory=dict)  # by the only side that has processed them

    @property
    def annotation_count(self) -> int:
        return sum(one.annotation_count for picture in self.compared for one in picture.chosen if one)

    def versions(self) -> list[list[Any]]:
        """What a key is made of: it changes whenever another report would come out."""
        return [
            [str(one.id), one.updated_at.isoformat(), one.annotation_count]
            for picture in self.compared
            for one in picture.chosen
            if one
        ]


def sources(project: Project, asked: Asked) -> Sources:
    """Raises Invalid for a model that has no analysis in the project."""
    candidates = [[] if model == MARKED else splits(model) for model in asked.models]
    wanted = Q(pk=None)
    for name, version in {pair for pairs in candidates for pair in pairs}:
        wanted |= Q(model_name=name, model_version=version)
    marked: Any = Value(False, output_field=BooleanField())
    analyses = Analysis.objects.filter(image__project=project)
    if MARKED in asked.models:
        marked, wanted = is_marked(), wanted | Q(marked=True)
    rows = list(analyses.annotate(marked=marked).filter(wanted).order_by("id").values_list(*COLUMNS))
    meant = [
        None if model == MARKED else meaning(rows, pairs)
        for model, pairs in zip(asked.models, candidates, strict=True)
    ]
    require_known(asked, meant, rows)
    return sorted_out(project, asked, meant, rows)


Meant = tuple[str, str] | None  # None is what is marked


def meaning(rows: list[Any], pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """Of several ways to read `name@version` the one that is there, the longest name first."""
    there = {(row[2], row[3]) for row in rows} if len(pairs) > 1 else set()
    return next((pair for pair in reversed(pairs) if pair in there), pairs[0])


def require_known(asked: Asked, meant: list[Meant], rows: list[Any]) -> None:
    there = {(row[2], row[3]) for row in rows}
    is_any_marked = any(row[10] for row in rows)
    faults = []
    for key, pair in zip(asked.keys, meant, strict=True):
        if pair is None and not is_any_marked:
            faults.append(
                (key, f"{key} is {MARKED}, and no analysis of this project is marked as reference.")
            )
        elif pair is not None and pair not in there:
            faults.append((key, f"{key} names {pair[0]} {pair[1]}, which has no analysis in this project."))
    if faults:
        raise Invalid(" ".join(sentence for _, sentence in faults), faults)


def sorted_out(project: Project, asked: Asked, meant: list[Meant], rows: list[Any]) -> Sources:
    count = len(meant)
    pictures: dict[UUID, Shown] = {}
    newest: dict[tuple[UUID, int], str] = {}  # status of the newest analysis of a picture and side
    for (
        id_,
        image_id,
        name,
        version,
        status,
        updated_at,
        annotations,
        filename,
        width,
        height,
        marked,
    ) in rows:
        picture = pictures.get(image_id)
        if picture is None:
            picture = pictures[image_id] = Shown(image_id, filename, width, height, [None] * count)
        for number, pair in enumerate(meant):
            if marked if pair is None else pair == (name, version):
                newest[image_id, number] = status
                if status == Status.COMPLETED:
                    picture.chosen[number] = Chosen(id_, updated_at, annotations)
    sides = [Tallied(*(pair or ("", ""))) for pair in meant]
    for (image_id, number), status in newest.items():
        if status not in FINAL:
            sides[number].running += 1
        elif pictures[image_id].chosen[number] is None:
            sides[number].failed += 1
    by_who: dict[tuple[int, ...], list[Shown]] = {}
    for _, picture in sorted(pictures.items()):
        who = tuple(number for number, one in enumerate(picture.chosen) if one)
        by_who.setdefault(who, []).append(picture)
        for number in who:
            sides[number].processed += 1
    everyone = tuple(range(count))
    only = {key: by_who.get((number,), []) for number, key in enumerate(asked.keys)}
    processed = sum(len(some) for who, some in by_who.items() if who)
    coverage = Coverage(
        pictures=project.image_count,
        compared=len(by_who.get(everyone, [])),
        only={key: len(some) for key, some in only.items()},
        some=sum(len(some) for who, some in by_who.items() if 1 < len(who) < count),
        neither=max(project.image_count - processed, 0),
        empty=0,
    )
    return Sources(sides, by_who.get(everyone, []), coverage, only)
