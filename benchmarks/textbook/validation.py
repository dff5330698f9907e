"""`data` of each type: checked, and brought into the form that VISTA stores too."""

from math import isfinite
from typing import Any

from rest_framework.serializers import ValidationError


def check_bounding_box(data: dict[str, Any]) -> dict[str, Any]:
    bbox = data.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4 or not all(map(is_number, bbox)):
        raise ValidationError({"data": "bbox needs four numbers"})
    if bbox[2] <= 0 or bbox[3] <= 0:
        raise ValidationError({"data": "width and height must be above 0"})
    return {"bbox": bbox, "format": "xywh"}


def check_segmentation(data: dict[str, Any]) -> dict[str, Any]:
    if "rle" in data:
        return {"rle": check_rle(data["rle"]), "format": "rle"}
    points = data.get("points")
    if not isinstance(points, list) or len(points) < 3 or not all(map(is_pair, points)):
        raise ValidationError({"data": "points needs at least three pairs"})
    return {"points": [points], "format": "polygon"}


def check_rle(rle: Any) -> dict[str, Any]:
    try:
        (height, width), counts = rle["size"], rle["counts"]
    except (TypeError, KeyError, ValueError) as error:
        raise ValidationError({"data": "rle needs size and counts"}) from error
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in [height, width, *counts]):
        raise ValidationError({"data": "rle needs whole numbers"})
    if sum(counts) != height * width:
        raise ValidationError({"data": "counts must sum to the pixels of size"})
    return {"size": [height, width], "counts": counts}


def check_keypoint(data: dict[str, Any]) -> dict[str, Any]:
    points = data.get("keypoints")
    if not isinstance(points, list) or not points:
        raise ValidationError({"data": "keypoints needs at least one point"})
    for point in points:
        if not isinstance(point, dict) or not is_number(point.get("x")) or not is_number(point.get("y")):
            raise ValidationError({"data": "a keypoint needs x and y"})
        if not is_share(point.get("confidence", 0)):
            raise ValidationError({"data": "a keypoint's confidence lies between 0 and 1"})
    return data


def check_classification(data: dict[str, Any]) -> dict[str, Any]:
    scores = data.get("scores", {})
    if not isinstance(scores, dict) or not all(map(is_share, scores.values())):
        raise ValidationError({"data": "scores lie between 0 and 1"})
    return data


CHECKS = {
    "bounding_box": check_bounding_box,
    "segmentation": check_segmentation,
    "keypoint": check_keypoint,
    "classification": check_classification,
}


def is_number(value: Any) -> bool:
    return type(value) in (int, float) and isfinite(value)


def is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1


def is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))
