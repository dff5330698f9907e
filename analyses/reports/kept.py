"""A report and its index as one file."""

import io
from functools import cached_property
from typing import BinaryIO

import msgspec
import numpy as np

from analyses.reports import document
from analyses.reports.compute import Computed
from analyses.reports.document import Report
from analyses.reports.listing import Index, as_arrays, of_arrays

CONTENT_TYPE = "application/x-npz"
REPORT, PLAIN = "report.json", "index.json"


def write(computed: Computed, file: BinaryIO) -> None:
    plain, arrays = as_arrays(computed.index)
    texts = {REPORT: document.written(computed.report), PLAIN: msgspec.json.encode(plain)}
    packed = {name: np.frombuffer(text, np.uint8) for name, text in texts.items()}
    np.savez_compressed(file, allow_pickle=False, **packed, **arrays)


class Kept:
    """What `write` made: a Computed whose index is unpacked only when somebody looks at it."""

    def __init__(self, raw: bytes) -> None:
        """Raises KeyError and ValueError where it is none."""
        self._arrays = np.load(io.BytesIO(raw), allow_pickle=False)
        self.report: Report = document.read(self._arrays[REPORT].tobytes())

    @cached_property
    def index(self) -> Index:
        return of_arrays(msgspec.json.decode(self._arrays[PLAIN].tobytes()), self._arrays)
