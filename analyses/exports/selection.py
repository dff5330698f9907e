"""What a download holds: one analysis, or pictures of a project with a model and filters; counted without a look."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive

from analyses import formats
from analyses.models import Analysis, Annotation, Status, Tally
from analyses.models.analysis import AnalysisQuerySet
from analyses.models.annotation import AnnotationQuerySet
from analyses.models.tally import LEVELS, TallyQuerySet
from images.models import Image, ImageQuerySet
from vista.errors import Invalid

MOST_PICTURES = 10_000  # that one download may name; a whole project has no limit
LONGEST = 255  # characters of a name


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a download will hold; `exact` says whether the counters could tell, otherwise there is less."""

    pictures: int
    analyses: int
    annotations: int
    exact: bool
    by_type: dict[str, int]


@dataclass(frozen=True, slots=True)
class Selection:
    """One analysis, or a project's pictures (all or these) and what models said about them. Empty: no filter.

    `created_from` and `created_to` are about the analyses, the first inclusive, the second not. Who may see it is
    for the caller to ask, of `analysis` or `project`.
    """

    analysis: UUID | None = None
    project: UUID | None = None
    images: tuple[UUID, ...] = ()
    model_name: str = ""
    model_version: str = ""
    statuses: tuple[str, ...] = ()
    annotation_types: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    min_confidence: float | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None

    @classmethod
    def read(
        cls,
        params: Mapping[str, Iterable[str] | str],
        *,
        analysis: UUID | None = None,
        project: UUID | None = None,
    ) -> "Selection":
        """From query parameters, each a text or several: `image_id`, `model_name`, `model_version`, `status`,
        `annotation_type`, `class_name`, `min_confidence`, `created_from`, `created_to`.

        Other parameters are not looked at. Raises Invalid with a sentence for each that cannot be.
        """
        given = {name: [text for text in listed(params.get(name, ())) if text] for name in READERS}
        faults: list[tuple[str, str]] = []
        found: dict[str, Any] = {}
        for name, (field, read) in READERS.items():
            try:
                if given[name]:
                    found[field] = read(given[name])
            except ValueError as error:
                faults.append((name, f"{name} {error}."))
        begin, end = found.get("created_from"), found.get("created_to")
        if begin and end and begin >= end:
            faults.append(("created_to", "created_to must be after created_from."))
        if faults:
            raise Invalid(" ".join(sentence for _, sentence in faults), faults)
        return cls(analysis=analysis, project=project, **found)

    @classmethod
    def from_parameters(cls, kept: Mapping[str, Any]) -> "Selection":
        """What as_parameters() gave, back from JSON."""
        return cls(**{name: KEPT.get(name, same)(value) for name, value in kept.items()})

    def as_parameters(self) -> dict[str, Any]:
        """What is chosen, as JSON can hold it; what is not is left out."""
        return {name: spelled(value) for name, value in asdict(self).items() if value not in (None, (), "")}

    # --- sets of rows ---------------------------------------------------------------------------------------
    def pictures(self) -> ImageQuerySet:
        """All pictures that were asked for, with or without an analysis, in the order of their ids."""
        if self.analysis:
            return Image.objects.filter(analyses=self.analysis).order_by("id")
        found: ImageQuerySet = Image.objects.filter(project=self.project).order_by("id")
        return found.filter(pk__in=self.images) if self.images else found

    def analyses(self) -> AnalysisQuerySet:
        """The analyses of these pictures that meet the filters, in the order of their ids."""
        if self.analysis:
            return Analysis.objects.filter(pk=self.analysis)
        found: AnalysisQuerySet = Analysis.objects.filter(image__project=self.project)
        if self.images:
            found = found.filter(image__in=self.images)
        return self.narrow_analyses(found).order_by("id")

    def narrow_analyses(self, analyses: AnalysisQuerySet) -> AnalysisQuerySet:
        """Those that meet the filters that are about analyses."""
        exactly = {"model_name": self.model_name, "model_version": self.model_version}
        found = analyses.filter(**{name: value for name, value in exactly.items() if value})
        if self.statuses:
            found = found.filter(status__in=self.statuses)
        if self.created_from:
            found = found.filter(created_at__gte=self.created_from)
        return found.filter(created_at__lt=self.created_to) if self.created_to else found

    def annotations(self, analyses: Iterable[Any] | None = None) -> AnnotationQuerySet:
        """The annotations that meet the filters, of these analyses (by their ids) or of all."""
        if self.analysis:
            found: AnnotationQuerySet = Annotation.objects.filter(analysis=self.analysis)
        elif analyses is not None:
            found = Annotation.objects.filter(analysis__in=list(analyses))
        else:
            found = Annotation.objects.filter(analysis__in=self.analyses().order_by().values("pk"))
        if self.annotation_types:
            found = found.filter(annotation_type__in=self.annotation_types)
        if self.class_names:
            found = found.filter(class_name__in=self.class_names)
        return found if self.min_confidence is None else found.at_least(self.min_confidence)

    # --- counted, not looked at -------------------------------------------------------------------------------
    def estimate(self) -> Estimate:
        """How much it is, by the counters of analyses: no annotation is read."""
        analyses = self.analyses().order_by()
        pictures = self.pictures().order_by().count()
        total = analyses.aggregate(n=Count("pk"), annotations=Sum("annotation_count"))
        by_type = self.counted_by_type()
        narrowed = self.annotation_types or self.class_names or self.min_confidence is not None
        annotations = sum(by_type.values()) if narrowed else total["annotations"] or 0
        exact = self.min_confidence in (None, *(level / 10 for level in LEVELS))
        return Estimate(pictures, total["n"], annotations, exact, by_type)

    def counted_by_type(self) -> dict[str, int]:
        """Annotation type -> how many, scores in whole tenths."""
        least = self.min_confidence
        counter = "count" if least is None else f"at_{max(level for level in LEVELS if level / 10 <= least)}"
        tallies = self.tallies()
        if self.annotation_types:
            tallies = tallies.filter(annotation_type__in=self.annotation_types)
        if self.class_names:
            tallies = tallies.filter(class_name__in=self.class_names)
        rows = tallies.values("annotation_type").annotate(n=Sum(counter)).filter(n__gt=0)
        return dict(rows.values_list("annotation_type", "n"))

    def counted_types(self) -> set[str]:
        """The annotation types that there are, whatever the filters on annotations say."""
        return set(self.tallies().order_by().values_list("annotation_type", flat=True).distinct())

    def tallies(self) -> TallyQuerySet:
        """The counters of the analyses."""
        if self.analysis:
            return Tally.objects.filter(analysis=self.analysis)
        return Tally.objects.filter(analysis__in=self.analyses().order_by().values("pk"))


# --- parameters -----------------------------------------------------------------------------------------------
def listed(value: Iterable[str] | str) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def spelled(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, tuple):
        return [spelled(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def read_name(texts: list[str]) -> str:
    [name] = read_names(texts[-1:])
    return name


def read_names(texts: list[str]) -> tuple[str, ...]:
    if any("\x00" in text or len(text) > LONGEST for text in texts):
        raise ValueError(f"must have at most {LONGEST} characters and no NUL")
    return tuple(dict.fromkeys(texts))


def read_types(texts: list[str]) -> tuple[str, ...]:
    return read_choices(texts, formats.ANNOTATION_TYPES)


def read_statuses(texts: list[str]) -> tuple[str, ...]:
    return read_choices(texts, Status.values)


def read_choices(texts: list[str], known: Iterable[str]) -> tuple[str, ...]:
    if set(texts) - set(known):
        raise ValueError(f"must be one of {', '.join(known)}")
    return tuple(dict.fromkeys(texts))


def read_ids(texts: list[str]) -> tuple[UUID, ...]:
    if len(texts) > MOST_PICTURES:
        raise ValueError(f"may name at most {MOST_PICTURES:,} pictures")
    try:
        return tuple(sorted({UUID(text) for text in texts}))
    except ValueError:
        raise ValueError("must be the id of a picture, a UUID") from None


def read_confidence(texts: list[str]) -> float:
    text = texts[-1]
    try:
        number = float(text) if text.isascii() and "_" not in text else -1.0
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError("must be a number from 0 to 1")
    return number


def read_begin(texts: list[str]) -> datetime:
    return read_moment(texts[-1], timedelta(0))


def read_end(texts: list[str]) -> datetime:
    """A day counts whole."""
    return read_moment(texts[-1], timedelta(days=1))


def read_moment(text: str, after_a_day: timedelta) -> datetime:
    fault = ValueError("must be a day like 2024-01-15 or a time like 2024-01-15T10:30:00Z")
    try:
        day = parse_date(text)
        moment = (
            datetime(day.year, day.month, day.day, tzinfo=UTC) + after_a_day if day else parse_datetime(text)
        )
        if moment is None:
            raise fault
        # Here already: databases count in UTC, where 0001-01-01T00:00:00+01:00 is in no year.
        return moment.replace(tzinfo=UTC) if is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault from None


def same(value: Any) -> Any:
    return value


# Field -> how JSON's value becomes ours again.
KEPT: dict[str, Callable[[Any], Any]] = {
    "analysis": UUID,
    "project": UUID,
    "images": lambda texts: tuple(map(UUID, texts)),
    **dict.fromkeys(("statuses", "annotation_types", "class_names"), tuple),
    **dict.fromkeys(("created_from", "created_to"), datetime.fromisoformat),
}
# Query parameter -> the field, and how its texts are read.
READERS: dict[str, tuple[str, Callable[[list[str]], Any]]] = {
    "image_id": ("images", read_ids),
    "model_name": ("model_name", read_name),
    "model_version": ("model_version", read_name),
    "status": ("statuses", read_statuses),
    "annotation_type": ("annotation_types", read_types),
    "class_name": ("class_names", read_names),
    "min_confidence": ("min_confidence", read_confidence),
    "created_from": ("created_from", read_begin),
    "created_to": ("created_to", read_end),
}
