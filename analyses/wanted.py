"""Which pictures are wanted, by what models said about them: query parameters in, a set of pictures out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from analyses.models import Analysis, Status, Tally
from analyses.models.analysis import AnalysisQuerySet
from images.models import ImageQuerySet
from vista.errors import Invalid

NOT_ANALYSED = "not_analysed"
STATUSES = [*Status.values, NOT_ANALYSED]
MOST = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What one analysis of a picture must meet, all of it at once; empty values ask for nothing.

    `tenths` is the least score in tenths, because the counters of an analysis (Tally) go in tenths.
    """

    model_name: str = ""
    status: str = ""
    class_name: str = ""
    tenths: int | None = None
    min_count: int | None = None

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "Wanted":
        """From `model_name`, `status`, `class_name`, `min_confidence` and `min_count`.

        Raises Invalid with a sentence for each parameter that cannot be.
        """
        faults: list[tuple[str, str]] = []
        said = {name: params.get(name, "") for name in PARAMETERS}
        if said["status"] and said["status"] not in STATUSES:
            faults.append(("status", f"status must be one of {', '.join(STATUSES)}."))
        tenths = re.fullmatch(r"0(?:\.([0-9])0*)?", said["min_confidence"])
        if said["min_confidence"] and not tenths:
            faults.append(
                (
                    "min_confidence",
                    "min_confidence must be one of 0, 0.1, 0.2, … 0.9: scores are counted in tenths.",
                )
            )
        count = re.fullmatch(r"0*([1-9][0-9]{0,6})", said["min_count"])
        if said["min_count"] and not (count and int(count[1]) <= MOST):
            faults.append(("min_count", f"min_count must be a whole number from 1 to {MOST:,}."))
        if said["status"] == NOT_ANALYSED and any(said[name] for name in OF_OBJECTS):
            faults.append(
                (
                    "status",
                    f"{NOT_ANALYSED} goes only with model_name: without an analysis there are no objects.",
                )
            )
        if faults:
            raise Invalid(
                faults[0][1] if len(faults) == 1 else f"{len(faults)} parameters are not valid.", faults
            )
        return cls(
            model_name=said["model_name"],
            status=said["status"],
            class_name=said["class_name"],
            tenths=int(tenths[1] or 0) if tenths else None,
            min_count=int(count[1]) if count else None,
        )

    def __bool__(self) -> bool:
        return self != Wanted()

    @property
    def asks_for_objects(self) -> bool:
        return bool(self.class_name) or self.tenths is not None or self.min_count is not None

    @property
    def counter(self) -> str:
        """The column of Tally that counts these objects."""
        return "count" if self.tenths is None else f"at_{self.tenths}"

    def pictures(self, images: ImageQuerySet) -> ImageQuerySet:
        """Those of the pictures that have such an analysis; or none at all, where that is wanted."""
        if not self:
            return images
        found = Exists(self.analyses().filter(image=OuterRef("pk")))
        return images.filter(~found if self.status == NOT_ANALYSED else found)

    def analyses(self) -> AnalysisQuerySet:
        """The analyses that meet what is wanted; with NOT_ANALYSED those that must not be there."""
        found: AnalysisQuerySet = Analysis.objects.all()
        if self.model_name:
            found = found.filter(model_name=self.model_name)
        if self.status and self.status != NOT_ANALYSED:
            found = found.filter(status=self.status)
        if not self.asks_for_objects:
            return found
        least = self.min_count or 1
        if self.class_name:
            tallies = Tally.objects.filter(analysis=OuterRef("pk"), class_name=self.class_name)
            return found.filter(Exists(tallies.filter(**{f"{self.counter}__gte": least})))
        found = found.filter(annotation_count__gte=least)
        if self.tenths is None:
            return found
        return found.filter(
            Exists(Tally.objects.filter(analysis=OuterRef("pk")).in_total(self.counter, least))
        )

    def counts(self, analyses: list[Analysis]) -> dict[Any, int]:
        """How many of the wanted objects each of these analyses has; by the id of the analysis."""
        if not self.class_name and self.tenths is None:
            return {analysis.pk: analysis.annotation_count for analysis in analyses}
        tallies = Tally.objects.filter(analysis__in=analyses)
        if self.class_name:
            tallies = tallies.filter(class_name=self.class_name)
            rows = tallies.of_one_type(self.counter)
        else:
            rows = tallies.in_total(self.counter)
        return dict(rows.values_list("analysis_id", "n"))


PARAMETERS = ["model_name", "status", "class_name", "min_confidence", "min_count"]
OF_OBJECTS = ["class_name", "min_confidence", "min_count"]
