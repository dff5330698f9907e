"""The objects of several analyses of one picture, as comparison/ wants them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Case, F, TextField, Value, When

from analyses.comparison import Side
from analyses.formats import grid_scale
from analyses.models import Analysis
from images.models import Image

# The grid of a mask stands in its JSON; nobody else's is fetched.
FORM = Case(When(annotation_type="segmentation", then=F("data")), default=Value(""), output_field=TextField())


@dataclass(frozen=True, slots=True)
class Objects:
    """What has a place in one analysis, in the order of the ids."""

    ids: list[UUID]
    side: Side


def objects_of(image: Image, analyses: Iterable[Analysis]) -> tuple[list[Objects], list[str]]:
    """The objects of each analysis, one query each, and the class names that their numbers stand for."""
    found = [rows_of(analysis) for analysis in analyses]
    # By name, so that numbers do not depend on which analysis comes first.
    classes = sorted({row[1] for rows in found for row in rows})
    numbers = {name: number for number, name in enumerate(classes)}
    return [Objects([row[0] for row in rows], side_of(rows, numbers, image)) for rows in found], classes


def rows_of(analysis: Analysis) -> list[Any]:
    placed = analysis.annotations.filter(x_min__isnull=False).order_by("id")
    columns = ("id", "class_name", "confidence", "x_min", "y_min", "x_max", "y_max")
    return list(placed.values_list(*columns, FORM))


def side_of(rows: list[Any], numbers: dict[str, int], image: Image) -> Side:
    bounds = np.array([row[3:7] for row in rows], np.float64).reshape(-1, 4)
    for place, row in enumerate(rows):
        if row[7]:
            bounds[place] *= grid_scale(row[7], image.width, image.height)
    return Side(
        bounds=bounds,
        class_of=np.array([numbers[row[1]] for row in rows], np.int64),
        scores=np.array([math.nan if row[2] is None else row[2] for row in rows], np.float64),
    )
