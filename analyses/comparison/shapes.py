"""How well masks, polygons and poses of two sides match: every pair that can overlap, with its overlap."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analyses import geometry
from analyses.comparison.gate import Pairs
from analyses.comparison.side import Floats, Integers

Flags = npt.NDArray[np.bool_]
AT_ONCE = 200_000  # pairs of bounds
# COCO's spread of each keypoint, by the part of the body.
SPREADS = {
    "nose": 0.026,
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
}
USUAL_SPREAD = 0.07  # of parts that COCO does not know: about the mean of its seventeen


def touching(a: Floats, b: Floats) -> tuple[Integers, Integers]:
    """The pairs of rows whose bounds share some area; (n, 4) bounds, NaN shares nothing."""
    step = max(AT_ONCE // max(len(b), 1), 1)
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for first in range(0, len(a), step):
        part = a[first : first + step, None]
        meet = (b[:, 0] < part[..., 2]) & (b[:, 2] > part[..., 0])
        meet &= (b[:, 1] < part[..., 3]) & (b[:, 3] > part[..., 1])
        rows, columns = np.nonzero(meet)
        found.append((rows + first, columns))
    rows, columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, columns


def box_pairs(a: Floats, b: Floats, crowd: Flags) -> Pairs:
    """Pairs of boxes and their IoU; of a crowd in `b`, the share of the other box that lies in it."""
    rows, columns = touching(a, b)
    iou = geometry.boxes_iou(a[rows], b[columns])
    width = np.minimum(a[rows, 2], b[columns, 2]) - np.maximum(a[rows, 0], b[columns, 0])
    height = np.minimum(a[rows, 3], b[columns, 3]) - np.maximum(a[rows, 1], b[columns, 1])
    area = (a[rows, 2] - a[rows, 0]) * (a[rows, 3] - a[rows, 1])
    return rows, columns, np.where(crowd[columns], width * height / area, iou)


def run_pairs(
    a: Sequence[geometry.Runs], bounds_a: Floats, b: Sequence[geometry.Runs], bounds_b: Floats, crowd: Flags
) -> Pairs:
    """Pairs of masks or filled polygons on one grid; only those are counted whose bounds touch."""
    rows, columns = touching(bounds_a, bounds_b)
    ious = [
        geometry.runs_iou(a[row], b[column], crowd=bool(crowd[column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return rows, columns, np.array(ious, np.float64)


def spread_of(name: str) -> float:
    """COCO's spread of a keypoint called `left_eye`, `Right Ankle`, `nose` …"""
    return SPREADS.get(name.lower().replace(" ", "_").rpartition("_")[2], USUAL_SPREAD)


Pose = dict[str, tuple[float, float]]  # where each named keypoint is


def pose_similarity(pose: Pose, truth: Pose, area: float) -> float:
    """Object keypoint similarity of two poses by the names in the true one; a keypoint not found is far off."""
    far = (np.inf, np.inf)
    found = np.array([pose.get(name, far) for name in truth], np.float64).reshape(-1, 2)
    wanted = np.array(list(truth.values()), np.float64).reshape(-1, 2)
    spreads = np.array([spread_of(name) for name in truth], np.float64)
    return geometry.keypoint_similarity(found, wanted, area, spreads)


def pose_pairs(a: Sequence[Pose], b: Sequence[Pose], areas_b: Sequence[float]) -> Pairs:
    """All pairs of poses; `b` are the true ones."""
    rows, columns = (np.repeat(np.arange(len(a)), len(b)), np.tile(np.arange(len(b)), len(a)))
    similar = [
        pose_similarity(pose, truth, area) for pose in a for truth, area in zip(b, areas_b, strict=True)
    ]
    return rows, columns, np.array(similar, np.float64)
