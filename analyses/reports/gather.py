"""What every side says of every compared picture, one picture after the other; a query for many pictures at a time.

No model objects are made, and no more than a block of rows is held.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, TextField, Value, When

from analyses.models import Annotation
from analyses.reports.asked import Asked
from analyses.reports.contents import Classes, Content, content_of
from analyses.reports.heatmaps import files_of
from analyses.reports.sources import Shown, Sources

BLOCK = 100_000  # annotations fetched by one query, or those of one picture that has more
MOST_ANALYSES = 2000  # in one query: each is a parameter of it
FETCHED = 2000  # rows at once
COLUMNS = ("analysis_id", "annotation_type", "class_name", "confidence", "x_min", "y_min", "x_max", "y_max")
COMPARED = {
    "all": ("bounding_box", "segmentation", "keypoint"),
    "boxes": ("bounding_box",),
    "masks": ("segmentation",),
    "keypoints": ("keypoint",),
}


def gathered(sources: Sources, asked: Asked, classes: Classes) -> Iterator[tuple[Shown, list[Content]]]:
    """Each compared picture with one content a side; `classes` learns the names on the way."""
    form = form_of(asked)
    for block in blocks(sources.compared):
        ids = [one.id for picture in block for one in picture.chosen if one]
        rows = dict(by_analysis(ids, form))
        files = files_of(ids) if names_heatmaps(rows) else {}
        for picture in block:
            contents = []
            for one in picture.chosen:
                if one is None:
                    continue
                content = content_of(rows.pop(one.id.hex, []), picture, asked, COMPARED[asked.types], classes)
                if content.heatmap:
                    content.heatmap_file = files.get((one.id, content.heatmap))
                contents.append(content)
            yield picture, contents


def blocks(pictures: list[Shown]) -> Iterator[list[Shown]]:
    block: list[Shown] = []
    count = analyses = 0
    for picture in pictures:
        more = sum(one.annotation_count for one in picture.chosen if one)
        if block and (count + more > BLOCK or analyses + len(picture.chosen) > MOST_ANALYSES):
            yield block
            block, count, analyses = [], 0, 0
        block.append(picture)
        count += more
        analyses += len(picture.chosen)
    if block:
        yield block


def form_of(asked: Asked) -> Case:
    """JSON only of what is not all in its bounds. (The lookup puts `iscrowd` into quotes, as a key has it.)"""
    needed = Q(annotation_type="heatmap")
    if asked.types in ("all", "masks"):
        needed |= Q(annotation_type="segmentation")
    if asked.types == "keypoints":
        needed |= Q(annotation_type="keypoint")
    if asked.has_reference:
        needed |= Q(data__contains="iscrowd")
    return Case(When(needed, then=F("data")), default=Value(""), output_field=TextField())


def by_analysis(ids: list[Any], form: Case) -> Iterator[tuple[str, list[Any]]]:
    """The rows of each analysis in the order of their ids, by the 32 digits of its own; past the ORM."""
    annotations = Annotation.objects.filter(analysis_id__in=ids).order_by("analysis_id", "id")
    sql, params = annotations.values_list(*COLUMNS, form).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = (row for some in iter(lambda: cursor.fetchmany(FETCHED), []) for row in some)
        for id_, group in groupby(rows, itemgetter(0)):
            yield id_ if isinstance(id_, str) else id_.hex, list(group)


def names_heatmaps(rows: dict[str, list[Any]]) -> bool:
    return any(row[1] == "heatmap" for some in rows.values() for row in some)
