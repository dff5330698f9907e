"""Parquet: a row an annotation, with the picture and the model; needs pyarrow, see requirements-parquet.txt."""

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

from analyses.exports.numbers import Place, placed
from analyses.exports.rows import Record, snapshot
from analyses.exports.selection import Selection
from analyses.exports.written import Written
from vista.errors import Refusal

ROWS = 10_000  # in a group, each of which is packed by itself
BYTES = 1 << 22  # of `data` in a group
# Column -> its type, as pyarrow calls it.
COLUMNS = {
    **dict.fromkeys(("image_id", "filename", "analysis_id", "model_name", "model_version"), "string"),
    **dict.fromkeys(("annotation_id", "annotation_type", "class_name"), "string"),
    **dict.fromkeys(("confidence", "x_min", "y_min", "x_max", "y_max"), "float64"),
    "data": "string",
}
UNIQUE = (
    "annotation_id",
    "data",
    "confidence",
    "x_min",
    "y_min",
    "x_max",
    "y_max",
)  # no dictionary helps them


class NotInstalled(Refusal):
    """The library that writes the format is not there."""

    status_code = 501

    def __init__(self) -> None:
        super().__init__(
            "Parquet needs pyarrow, which is not installed here; "
            "whoever runs VISTA can add it: pip install -r requirements-parquet.txt."
        )


def check() -> None:
    """Raises NotInstalled."""
    if importlib.util.find_spec("pyarrow") is None:
        raise NotInstalled


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The file, a group of rows at a time."""
    # Only whoever asks for it pays for a library of this size.
    arrow = importlib.import_module("pyarrow")
    writer_of = importlib.import_module("pyarrow.parquet").ParquetWriter
    schema = arrow.schema([(name, getattr(arrow, kind)()) for name, kind in COLUMNS.items()])
    sink = Sink()
    plain = [name for name in COLUMNS if name not in UNIQUE]
    with snapshot(), writer_of(sink, schema, compression="zstd", use_dictionary=plain) as writer:
        for rows in groups(selection):
            written.annotations += len(rows)
            columns = zip(*rows, strict=True)
            arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def groups(selection: Selection) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of each group."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    for block in placed(selection):
        rows += [row(record, place) for record, place in block]
        size += sum([len(record.data) for record, _ in block])
        if len(rows) >= ROWS or size >= BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def row(record: Record, place: Place) -> tuple[Any, ...]:
    """The cells, as COLUMNS has them."""
    image, analysis = place.image, place.analysis
    front = (str(image.pk), image.filename, record.analysis_id, analysis.model_name, analysis.model_version)
    return (*front, record.id, *record[2:])


class Sink:
    """A file that gives away what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._position = 0

    def write(self, content: Any) -> int:
        self._waiting += content
        self._position += len(content)
        return len(content)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to close."""

    def taken(self) -> bytes:
        """What was written since."""
        content = bytes(self._waiting)
        self._waiting.clear()
        return content
