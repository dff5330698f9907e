"""The query parameters of the annotation list."""

import math
from collections.abc import Mapping

from analyses import formats
from analyses.models.annotation import AnnotationQuerySet
from vista.errors import Invalid


def filter_annotations(annotations: AnnotationQuerySet, params: Mapping[str, str]) -> AnnotationQuerySet:
    """Narrow by `annotation_type`, `class_name`, `min_confidence` and `bbox=x,y,width,height` (pixels).

    Raises Invalid with a sentence that names the parameter.
    """
    if "annotation_type" in params:
        if params["annotation_type"] not in formats.ANNOTATION_TYPES:
            raise Invalid(f"annotation_type must be one of {', '.join(formats.ANNOTATION_TYPES)}.")
        annotations = annotations.of_type(params["annotation_type"])
    if "class_name" in params:
        if "\x00" in params["class_name"]:
            raise Invalid("class_name must not hold a NUL character.")
        annotations = annotations.of_class(params["class_name"])
    if "min_confidence" in params:
        confidence = number(params["min_confidence"])
        if confidence is None or not 0 <= confidence <= 1:
            raise Invalid("min_confidence must be a number from 0 to 1.")
        annotations = annotations.at_least(confidence)
    if "bbox" in params:
        numbers = [number(part) for part in params["bbox"].split(",")]
        window = [n for n in numbers if n is not None]
        if len(window) != 4 or len(numbers) != 4 or window[2] <= 0 or window[3] <= 0:
            raise Invalid("bbox must be x,y,width,height in pixels, with width and height above 0.")
        annotations = annotations.touching(*window)
    return annotations


def number(text: str) -> float | None:
    """A finite number written in plain ASCII, or None."""
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
