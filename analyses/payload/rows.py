"""Annotation rows as the database has them, column by column: what goes into a payload."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from analyses.formats import ANNOTATION_TYPES
from analyses.payload.quantities import Floats

TYPE_NUMBER = {name: number for number, name in enumerate(ANNOTATION_TYPES)}

Number = float | None
# annotation_type, class_name, confidence, x_min, y_min, x_max, y_max, stored form as JSON (None for a box)
Row = tuple[str, str, Number, Number, Number, Number, Number, str | None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Annotations by columns, all equally long."""

    types: npt.NDArray[np.uint8]  # numbers of ANNOTATION_TYPES
    class_of: npt.NDArray[np.uint32]  # numbers of `classes`
    classes: list[str]
    scores: Floats  # 0..1, NaN for null
    bounds: Floats  # four rows: x_min, y_min, x_max, y_max; NaN for null
    data: npt.NDArray[np.object_]  # the stored form as JSON, None for a box: its bounds say it all

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Rows":
        """The columns of rows that come in the order of their ids."""
        found = list(rows)
        # One pass a column: zip(*found) takes half as long again.
        types, names, scores, x_min, y_min, x_max, y_max, data = (
            list(map(itemgetter(place), found)) for place in range(8)
        )
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return cls(
            types=np.fromiter(map(TYPE_NUMBER.__getitem__, types), np.uint8, len(types)),
            class_of=np.fromiter(map(numbers.__getitem__, names), np.uint32, len(names)),
            classes=list(numbers),
            scores=np.array(scores, np.float64),  # None becomes NaN
            bounds=np.array((x_min, y_min, x_max, y_max), np.float64),
            data=np.array(data, np.object_),
        )

    @classmethod
    def of_boxes(cls, names: Sequence[str], scores: Floats, bounds: Floats) -> "Rows":
        """Boxes alone, in the order of their ids; `names` are their classes."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return cls(
            types=np.full(len(names), TYPE_NUMBER["bounding_box"], np.uint8),
            class_of=np.fromiter(map(numbers.__getitem__, names), np.uint32, len(names)),
            classes=list(numbers),
            scores=scores,
            bounds=bounds,
            data=np.full(len(names), None, np.object_),
        )

    def __len__(self) -> int:
        return len(self.types)

    def by_score(self) -> "Rows":
        """The same, highest score first."""
        order = order_by_score(self.scores)
        return Rows(
            types=self.types[order],
            class_of=self.class_of[order],
            classes=self.classes,
            scores=self.scores[order],
            bounds=self.bounds[:, order],
            data=self.data[order],
        )


def order_by_score(scores: Floats) -> npt.NDArray[np.intp]:
    """Highest first, those without one (NaN) last; equal ones stay in the order in which they came."""
    return np.argsort(-scores, kind="stable")  # NumPy sorts NaN to the end by itself
