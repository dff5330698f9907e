"""One annotation and a batch of them: what all types have in common, and where the faults are."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from analyses.formats.blocks import Reference, Row
from analyses.formats.checks import Data, FormatError, UnknownType, got, join_path, share, shown
from analyses.formats.readers import ANNOTATION_TYPES, READERS
from analyses.geometry import Bounds

INVALID_FORMAT = "Invalid annotation format"  # the guide's sentence, for the answer's `detail`
MAX_CLASS_NAME = 255

NOWHERE = (None, None, None, None)
encode = msgspec.json.Encoder().encode


class BatchError(ValueError):
    """A batch with faulty annotations.

    `errors` holds (field, message) pairs, the first fault of each annotation, with fields like
    `annotations[3].data.bbox`; `error_count` counts the faulty annotations, also those not kept.
    """

    def __init__(self, errors: list[tuple[str, str]], error_count: int) -> None:
        super().__init__(f"{error_count} annotations have faults")
        self.errors = errors
        self.error_count = error_count


@dataclass(slots=True, frozen=True)
class Annotation:
    """One annotation in its stored form."""

    annotation_type: str  # one of ANNOTATION_TYPES
    class_name: str  # "" for a heatmap that names none
    confidence: float | None  # 0..1
    data: Data
    bounds: Bounds | None  # in pixels; None without a place: classification, heatmap, empty mask

    def row(self) -> Row:
        """What the database keeps of it, beside the ids."""
        head = (self.annotation_type, self.class_name, self.confidence)
        return (*head, *(self.bounds or NOWHERE), encode(self.data))

    def references(self) -> list[Reference]:
        """How a heatmap names its artifact: one way or both; nothing for other types."""
        return references_of(self.data) if self.annotation_type == "heatmap" else []


def references_of(heatmap: Data) -> list[Reference]:
    """The names of the artifact in a heatmap's data; all of them must mean the same one."""
    fields: tuple[Literal["artifact_name", "storage_path"], ...] = ("artifact_name", "storage_path")
    return [(field, heatmap[field]) for field in fields if field in heatmap]


def read_batch(items: list[object], max_errors: int = 20) -> list[Annotation]:
    """All annotations in their order; raises BatchError, which keeps at most `max_errors` faults."""
    annotations: list[Annotation] = []
    errors: list[tuple[str, str]] = []
    error_count = 0
    for index, item in enumerate(items):
        try:
            annotations.append(read_annotation(item))
        except FormatError as error:
            error_count += 1
            if error_count <= max_errors:
                errors.append((join_path(f"annotations[{index}]", error.field), error.message))
    if error_count:
        raise BatchError(errors, error_count)
    return annotations


def read_annotation(item: object) -> Annotation:
    """One annotation as a pipeline sends it; raises FormatError with its first fault."""
    if not isinstance(item, dict):
        raise FormatError("", f"must be an object, got {shown(item)}")
    annotation_type = item.get("annotation_type")
    if not isinstance(annotation_type, str) or annotation_type not in READERS:
        known = ", ".join(ANNOTATION_TYPES)
        raise UnknownType("annotation_type", f"must be one of {known}, {got(item, 'annotation_type')}")
    class_name = _read_class_name(item, needed=annotation_type != "heatmap")
    confidence = item.get("confidence")
    if confidence is not None:
        confidence = share(confidence, "confidence")
    data = item.get("data")
    if not isinstance(data, dict):
        raise FormatError("data", f"must be an object, {got(item, 'data')}")
    stored, bounds = READERS[annotation_type](data)
    return Annotation(annotation_type, class_name, confidence, stored, bounds)


def _read_class_name(item: Data, *, needed: bool) -> str:
    name = item.get("class_name")
    if name is None and not needed:
        return ""
    if not isinstance(name, str):
        raise FormatError("class_name", f"must be a string, {got(item, 'class_name')}")
    if needed and not name.strip():
        raise FormatError("class_name", "must not be blank")
    if len(name) > MAX_CLASS_NAME:
        raise FormatError("class_name", f"must have at most {MAX_CLASS_NAME} characters, got {len(name)}")
    return name
