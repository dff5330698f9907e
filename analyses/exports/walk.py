"""The pictures of a selection and their analyses, some at a time, in the order of their ids."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from analyses.exports.selection import Selection
from analyses.models import Analysis, Status
from analyses.models.analysis import AnalysisQuerySet
from images.models import Image
from vista.errors import Gone

AT_ONCE = 200  # pictures; numbers of objects in COCO's files follow the order that this makes
SHORT = ("id", "image_id", "model_name", "model_version", "status", "annotation_count")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pictures that follow each other, and the analyses of them that were chosen."""

    pictures: list[Image]
    analyses: list[Analysis]

    def by_picture(self) -> Iterator[tuple[Image, list[Analysis]]]:
        """Each picture with its analyses, of which there may be none."""
        found: dict[Any, list[Analysis]] = defaultdict(list)
        for analysis in self.analyses:
            found[analysis.image_id].append(analysis)
        for picture in self.pictures:
            yield picture, found[picture.pk]

    def of(self) -> dict[str, tuple[Analysis, Image]]:
        """An analysis and its picture, by the id of the analysis."""
        pictures = {picture.pk: picture for picture in self.pictures}
        return {str(analysis.pk): (analysis, pictures[analysis.image_id]) for analysis in self.analyses}

    def ids(self) -> list[UUID]:
        """Those of the analyses."""
        return [analysis.pk for analysis in self.analyses]


def is_processed(analyses: Sequence[Analysis]) -> bool:
    """Whether any of a picture's analyses has looked at all of it: then nothing means that nothing is there."""
    return any(analysis.status == Status.COMPLETED for analysis in analyses)


def stretches(selection: Selection, *, whole: bool = False) -> Iterator[Stretch]:
    """All of the selection; analyses have SHORT of their fields unless they are to be `whole`.

    Picture by picture: an index has a project's pictures in order, but none its analyses.
    """
    if selection.analysis:
        analysis = fields_of(selection.analyses(), whole).select_related(None).first()
        if analysis is None:
            raise Gone
        yield Stretch([Image.objects.get(pk=analysis.image_id)], [analysis])
        return
    ids = list(selection.images)
    last: Any = None
    while True:
        pictures = Image.objects.filter(project=selection.project).order_by("id")
        if ids:
            pictures = pictures.filter(pk__in=ids[:AT_ONCE])
            del ids[:AT_ONCE]
        elif selection.images:
            return
        elif last:
            pictures = pictures.filter(pk__gt=last)
        some = list(pictures[:AT_ONCE])
        if some:
            analyses = selection.narrow_analyses(Analysis.objects.filter(image__in=[p.pk for p in some]))
            yield Stretch(some, list(fields_of(analyses, whole).order_by("image_id", "id")))
            last = some[-1].pk
        elif not selection.images:
            return


def fields_of(analyses: AnalysisQuerySet, whole: bool) -> AnalysisQuerySet:
    return analyses.with_mark() if whole else analyses.only(*SHORT)
