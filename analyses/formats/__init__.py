"""The annotation formats: what a pipeline sends, read into one stored form or refused with a path and a reason.

    readers.py    which JSON a bounding box needs, a segmentation, a keypoint … : one function a type
    batch.py      one annotation and a batch of them around those functions
    blocks.py     annotations by columns, a thousand at a time
    extents.py    bounds of many annotations at a time
    digits.py     whole numbers in a text, many at a time
    plain.py      the quick way for a batch of the usual forms; defines nothing
    typed/        `data` of many annotations at a time, for it
    stored.py     what can be told of a stored form without reading all of it
    artifacts.py  names and content types of files
    checks.py     numbers, texts and the errors that all of them share

docs/api-guide.md tells them to users.
"""

from analyses.formats.artifacts import ALLOWED_CONTENT_TYPES, check_artifact_name, check_content_type
from analyses.formats.batch import (
    INVALID_FORMAT,
    Annotation,
    BatchError,
    read_annotation,
    read_batch,
)
from analyses.formats.blocks import Batch, Block, Floats, Head, Heads, Reference, Row, in_blocks
from analyses.formats.checks import FormatError, UnknownFormat, UnknownType
from analyses.formats.plain import read_plain
from analyses.formats.readers import ANNOTATION_TYPES
from analyses.formats.stored import grid_scale
from analyses.formats.typed import NotPlain

__all__ = [
    "ALLOWED_CONTENT_TYPES",
    "ANNOTATION_TYPES",
    "INVALID_FORMAT",
    "Annotation",
    "Batch",
    "BatchError",
    "Block",
    "Floats",
    "FormatError",
    "Head",
    "Heads",
    "NotPlain",
    "Reference",
    "Row",
    "UnknownFormat",
    "UnknownType",
    "check_artifact_name",
    "check_content_type",
    "grid_scale",
    "in_blocks",
    "read_annotation",
    "read_batch",
    "read_plain",
]
