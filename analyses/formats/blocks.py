"""Annotations on their way into the database: a thousand at a time and by columns, so that NumPy can count them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

Reference = tuple[Literal["artifact_name", "storage_path"], str]  # how a heatmap names its artifact
Head = tuple[str, str]  # annotation_type, class_name
# annotation_type, class_name, confidence, x_min, y_min, x_max, y_max, `data` as JSON in UTF-8
Row = tuple[str, str, float | None, float | None, float | None, float | None, float | None, bytes]

AT_ONCE = 1000  # few enough for the database to have work soon, many enough for NumPy to pay


class Heads(dict[Head, int]):
    """A table of heads and their numbers, which takes in those it does not know yet when they are looked up."""

    def __missing__(self, head: Head) -> int:
        self[head] = len(self)
        return self[head]

    def numbers(self, found: Iterable[Head]) -> list[int]:
        """The number of each."""
        return list(map(self.__getitem__, found))


@dataclass(slots=True)
class Block:
    """Annotations that follow each other, by columns of equal length."""

    heads: list[int]  # numbers of what is in the batch's table of heads
    confidences: Floats  # NaN where there is none
    bounds: Floats  # four rows: x_min, y_min, x_max, y_max in pixels; NaN without a place
    data: list[bytes]  # the stored form as JSON

    def rows(self, heads: list[Head]) -> Iterator[Row]:
        """The same one by one."""
        numbers = np.vstack((self.confidences, self.bounds)).T.tolist()
        for head, found, data in zip(self.heads, numbers, self.data, strict=True):
            confidence, x_min, y_min, x_max, y_max = (None if n != n else n for n in found)
            yield *heads[head], confidence, x_min, y_min, x_max, y_max, data


@dataclass(slots=True)
class Batch:
    """A whole body, on its way into the database."""

    size: int
    mode: str  # as it was sent, "append" where none was
    heads: Heads  # complete when the blocks were read
    blocks: Iterator[Block]  # only once; of a plain batch each may raise NotPlain
    references: dict[int, list[Reference]]  # by the index of each heatmap, when the blocks have been read

    @property
    def rows(self) -> Iterator[Row]:
        """The annotations one by one; uses up the blocks."""
        for block in self.blocks:
            yield from block.rows(list(self.heads))


def in_blocks(rows: Iterable[Row], heads: Heads) -> Iterator[Block]:
    """Rows by columns; their types and classes are added to the table."""
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        kinds, names, confidences, x_min, y_min, x_max, y_max, data = zip(*some, strict=True)
        yield Block(
            heads.numbers(zip(kinds, names, strict=True)),
            np.array(confidences, np.float64),  # None becomes NaN
            np.array((x_min, y_min, x_max, y_max), np.float64),
            list(data),
        )
