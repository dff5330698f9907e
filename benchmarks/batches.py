"""Annotations as pipelines send them: random, and the same in every run."""

import json
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

CLASSES = """
person bicycle car motorcycle airplane bus train truck boat bench bird cat dog horse sheep cow elephant bear zebra
giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard kite bottle
"""
JOINTS = """
nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist
left_hip right_hip left_knee right_knee left_ankle right_ankle
"""
NAMES = CLASSES.split()
WIDTH, HEIGHT = 4000, 3000
MASK = (480, 640)


def boxes(count: int, seed: int = 1) -> bytes:
    """The body of a batch of bounding boxes."""
    return body(count, seed, [box])


def mixed(count: int, seed: int = 1) -> bytes:
    """The body of a batch of five kinds by turns: boxes, polygons, run lengths, keypoints, classifications."""
    return body(count, seed, [box, polygon, run_lengths, keypoints, classification])


Kind = Callable[[Random], tuple[str, dict[str, Any]]]


def body(count: int, seed: int, kinds: list[Kind]) -> bytes:
    random = Random(seed)  # noqa: S311 - nothing secret
    annotations = []
    for number in range(count):
        annotation_type, data = kinds[number % len(kinds)](random)
        annotations.append(
            {
                "annotation_type": annotation_type,
                "class_name": random.choice(NAMES),
                "confidence": share(random),
                "data": data,
            }
        )
    return json.dumps({"annotations": annotations}, separators=(",", ":")).encode()


def box(random: Random) -> tuple[str, dict[str, Any]]:
    x, y = point(random)
    size = [round(random.uniform(4, 400), 2), round(random.uniform(4, 400), 2)]
    return "bounding_box", {"bbox": [x, y, *size], "format": "xywh"}


def polygon(random: Random) -> tuple[str, dict[str, Any]]:
    """5 to 20 corners."""
    corners = [list(point(random)) for _ in range(random.randint(5, 20))]
    return "segmentation", {"points": corners, "format": "polygon"}


def run_lengths(random: Random) -> tuple[str, dict[str, Any]]:
    """A mask of some 200 runs."""
    height, width = MASK
    cuts = sorted(random.sample(range(1, height * width), 199))
    counts = [end - begin for begin, end in pairwise([0, *cuts, height * width])]
    return "segmentation", {"rle": {"size": [height, width], "counts": counts}, "format": "rle"}


def keypoints(random: Random) -> tuple[str, dict[str, Any]]:
    """The 17 joints of COCO."""
    places = [(name, *point(random), share(random)) for name in JOINTS.split()]
    found = [{"name": name, "x": x, "y": y, "confidence": c} for name, x, y, c in places]
    return "keypoint", {"keypoints": found}


def classification(random: Random) -> tuple[str, dict[str, Any]]:
    """The five best classes."""
    return "classification", {"scores": {name: share(random) for name in random.sample(NAMES, 5)}}


def point(random: Random) -> tuple[float, float]:
    return round(random.uniform(0, WIDTH), 2), round(random.uniform(0, HEIGHT), 2)


def share(random: Random) -> float:
    return round(random.random(), 4)
