"""What a comparison is asked for on its page: the address, what is there to choose from, what is usual."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, Sum

from analyses.models import Analysis, Status, Tally
from analyses.models.allowed import GROUND_TRUTH
from analyses.models.reference import is_marked
from analyses.reports.asked import KEYS, MARKED, REFERENCES, TYPES, Asked
from images.models import Project
from vista.errors import Invalid

LOOKED_AT = 500  # of the newest pictures, to find two models that have said something of the same ones
PLACED = ("bounding_box", "segmentation", "keypoint")
USUAL_THRESHOLD = "0.3"  # of who has not chosen: weak detections would outnumber all others
TYPES_SHOWN = {
    "all": "All, by their bounds",
    "boxes": "Bounding boxes",
    "masks": "Segmentations, by their masks",
    "keypoints": "Keypoints, by OKS",
}
REFERENCES_SHOWN = {"none": "None: as equals", "a": "A is the truth"}
LABELS = {
    "iou": "The overlap of pairs",
    "types": "Types",
    "reference": "Reference",
    "class_agnostic": "Classes",
    **{key: f"Model {key.upper()}" for key in KEYS},
    **{f"threshold_{key}": f"Threshold {key.upper()}" for key in KEYS},
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a model, and how many pictures of the project it has processed."""

    name: str
    version: str
    pictures: int

    @property
    def value(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Slot:
    """The fields of one side in the form."""

    key: str
    number: int
    model: str
    threshold: str
    is_optional: bool
    is_wrong: bool  # the model
    is_threshold_wrong: bool


@dataclass(frozen=True)
class Choice:
    """`asked` is what the report is about; None where there is nothing to compare, or where `faults` say why not."""

    versions: list[Version]
    has_marked: bool
    said: dict[str, str]
    asked: Asked | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, project: Project, query: Mapping[str, str]) -> "Choice":
        versions = versions_in(project)
        has_marked = is_any_marked(project)
        if len(versions) + has_marked < 2:
            return cls(versions, has_marked, {})
        said = {name: value for name, value in query.items() if name in LABELS and value}
        if not (said.get("a") and said.get("b")):
            said = usual(project, versions) | said
        try:
            return cls(versions, has_marked, said, Asked.read(said))
        except Invalid as refusal:
            return cls(versions, has_marked, said).refused(refusal)

    def refused(self, refusal: Invalid) -> "Choice":
        """The same, and what is wrong with it."""
        told = refusal.errors or [("", refusal.detail)]
        faults = {name: text.replace(name, LABELS.get(name, name), 1) for name, text in told}
        return Choice(self.versions, self.has_marked, self.said, None, faults)

    @property
    def slots(self) -> list[Slot]:
        return [
            Slot(
                key,
                number,
                self.said.get(key, ""),
                self.said.get(f"threshold_{key}", "0" if number < 2 else ""),
                number > 1,
                key in self.faults,
                f"threshold_{key}" in self.faults,
            )
            for number, key in enumerate(KEYS)
        ]

    @property
    def unknown(self) -> list[str]:
        """Models of the address that the project does not have; the form shows them all the same."""
        known = {version.value for version in self.versions} | {MARKED}
        return [value for key in KEYS if (value := self.said.get(key)) and value not in known]

    @property
    def iou(self) -> str:
        return self.said.get("iou", "0.5")

    @property
    def is_agnostic(self) -> bool:
        return self.said.get("class_agnostic") in ("true", "1")

    @property
    def types(self) -> list[tuple[str, str, bool]]:
        return options(TYPES, TYPES_SHOWN, self.said.get("types", "all"))

    @property
    def references(self) -> list[tuple[str, str, bool]]:
        usual_one = "a" if self.said.get("a") == MARKED else "none"
        return options(REFERENCES, REFERENCES_SHOWN, self.said.get("reference", usual_one))


def is_any_marked(project: Project) -> bool:
    """Whether there is a reference to measure against; without any mark no analysis is looked at."""
    done = Analysis.objects.filter(image__project=project, status=Status.COMPLETED)
    return project.reference_marks.exists() and done.marked().exists()


def options(values: tuple[str, ...], shown: dict[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    return [(value, shown[value], value == chosen) for value in values]


def versions_in(project: Project) -> list[Version]:
    """By name; also those that have not completed anything yet."""
    done = Count("image", distinct=True, filter=Q(status=Status.COMPLETED))
    rows = Analysis.objects.filter(image__project=project).values("model_name", "model_version")
    rows = rows.annotate(pictures=done).order_by("model_name", "model_version")
    return [Version(row["model_name"], row["model_version"], row["pictures"]) for row in rows]


# --- what is usual --------------------------------------------------------------------------------------------
Model = tuple[str, str]


def usual(project: Project, versions: list[Version]) -> dict[str, str]:
    """Two sides for who has chosen none, and thresholds that leave out what is weak; what is marked goes first."""
    a, b = suggested(project) or (versions[0].value, versions[-1].value)
    if b.startswith(f"{GROUND_TRUTH}@"):
        a, b = b, a
    if a == MARKED or a.startswith(f"{GROUND_TRUTH}@"):
        return {"a": a, "b": b, "threshold_b": USUAL_THRESHOLD, "reference": "a"}
    return {"a": a, "b": b, "threshold_a": USUAL_THRESHOLD, "threshold_b": USUAL_THRESHOLD}


def suggested(project: Project) -> tuple[str, str] | None:
    """Of the newest pictures: the two that have processed most of the same ones, and name objects alike if any do."""
    pictures, truths, marked = processed(project)
    if marked:
        others = [model for model in sorted(pictures) if model not in truths]
        best = max(others, key=lambda model: len(pictures[model] & marked), default=None)
        return (MARKED, "@".join(best)) if best else None
    found = named(project)

    def rank(pair: tuple[Model, Model]) -> tuple[bool, int, int]:
        first, second = (found[model] for model in pair)
        alike = sum(min(first[name], second[name]) for name in first.keys() & second.keys())
        return alike > 0, len(pictures[pair[0]] & pictures[pair[1]]), alike

    pairs = [(a, b) for a, b in combinations(sorted(pictures), 2) if pictures[a] & pictures[b]]
    best_pair = max(pairs, key=rank, default=None)
    return ("@".join(best_pair[0]), "@".join(best_pair[1])) if best_pair else None


def processed(project: Project) -> tuple[dict[Model, set[Any]], set[Model], set[Any]]:
    """The pictures that each model has processed; the models that are marked, and the pictures of what is marked."""
    pictures: dict[Model, set[Any]] = defaultdict(set)
    truths, marked = set(), set()
    rows = newest(project).annotate(is_reference=is_marked())
    for name, version, image, is_reference in rows.values_list(
        "model_name", "model_version", "image_id", "is_reference"
    ):
        pictures[name, version].add(image)
        if is_reference:
            truths.add((name, version))
            marked.add(image)
    return pictures, truths, marked


def named(project: Project) -> dict[Model, dict[str, int]]:
    """How many objects of each class each model has found."""
    found: dict[Model, dict[str, int]] = defaultdict(dict)
    tallies = Tally.objects.filter(analysis__in=newest(project).values("pk"), annotation_type__in=PLACED)
    by_class = tallies.order_by().values_list("analysis__model_name", "analysis__model_version", "class_name")
    for name, version, class_name, count in by_class.annotate(n=Sum("count")):
        found[name, version][class_name] = count
    return found


def newest(project: Project) -> Any:
    """What was completed on the newest pictures."""
    pictures = project.images.newest_first().values("pk")[:LOOKED_AT]
    return Analysis.objects.filter(image__in=pictures, status=Status.COMPLETED).order_by()
