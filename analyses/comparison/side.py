"""One analysis of one picture as columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
NOWHERE = (np.nan,) * 4


@dataclass(frozen=True, slots=True)
class Side:
    """Objects in the order of their ids."""

    bounds: Floats  # (n, 4): x_min, y_min, x_max, y_max in pixels; NaN for what has no place
    class_of: Integers  # (n,): numbers of a table that both sides share
    scores: Floats  # (n,): 0..1, NaN where there is none

    @classmethod
    def of(cls, bounds: Iterable[Any], class_of: Iterable[int], scores: Iterable[float | None]) -> "Side":
        """A side from lists; None is no place and no score."""
        return cls(
            bounds=np.array([place or NOWHERE for place in bounds], np.float64).reshape(-1, 4),
            class_of=np.array(list(class_of), np.int64),
            scores=np.array(list(scores), np.float64),
        )

    def __len__(self) -> int:
        return len(self.scores)

    def ranked(self, least: float = 0.0) -> Integers:
        """The rows that are compared: highest score first, equal ones by their ids, those without a score last.

        Left out is what has no place and what scores less than `least`. What has no score always counts: a
        threshold says nothing about it, and a reference seldom has scores.
        """
        order = np.argsort(-self.scores, kind="stable")  # NaN goes to the end
        with np.errstate(invalid="ignore"):
            wanted = ~(self.scores < least) & ~np.isnan(self.bounds).any(axis=1)
        return order[wanted[order]]
