"""A report and its index as one file."""

from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec
import numpy as np

from analyses.reports import document
from analyses.reports.compute import Computed
from analyses.reports.document import Report
from analyses.reports.listing import as_arrays, of_arrays

CONTENT_TYPE = "application/x-npz"
REPORT, PLAIN = "report.json", "index.json"


def write(computed: Computed, file: BinaryIO) -> None:
    plain, arrays = as_arrays(computed.index)
    texts = {REPORT: document.written(computed.report), PLAIN: msgspec.json.encode(plain)}
    packed = {name: np.frombuffer(text, np.uint8) for name, text in texts.items()}
    np.savez_compressed(file, allow_pickle=False, **packed, **arrays)


@dataclass(slots=True)
class Kept:
    """A file that `write` made; what is not asked for is not unpacked."""

    arrays: Any

    @classmethod
    def open(cls, file: BinaryIO) -> "Kept":
        return cls(np.load(file, allow_pickle=False))

    def report(self) -> Report:
        return document.read(self.arrays[REPORT].tobytes())

    def computed(self) -> Computed:
        return Computed(
            self.report(), of_arrays(msgspec.json.decode(self.arrays[PLAIN].tobytes()), self.arrays)
        )
