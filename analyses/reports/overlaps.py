"""Which objects of two sides of a picture match well enough, and how well."""

import numpy as np
import numpy.typing as npt

from analyses import geometry
from analyses.comparison import gate, shapes
from analyses.comparison.gate import Pairs
from analyses.reports.contents import Content

FEW = 40_000  # pairs of boxes: looking at all of them takes less than looking for those that may overlap
AT_ONCE = 4_000_000  # coordinates
FILL = 1.0  # pixels by which a filled polygon may reach beyond its corners
Floats = npt.NDArray[np.float64]


def peer_pairs(a: Content, b: Content, overlap: str, least: float) -> Pairs:
    """By row of A, then of B; exchanging the sides exchanges the rows and nothing else. Raises TooDense."""
    if overlap == "masks":
        return mask_pairs(a, b, least, np.zeros(len(b.masks), np.bool_))
    if overlap == "keypoints":
        # Each pose is taken for the true one in turn.
        return pose_pairs((similarity(a, b) + similarity(b, a).T) / 2, least)
    return box_pairs(a.side.bounds, b.side.bounds, least)


def reference_pairs(detections: Content, reference: Content, overlap: str, least: float) -> Pairs:
    """As COCO counts them: with a crowd it is the share of the detection that lies in it."""
    if overlap == "masks":
        return mask_pairs(detections, reference, least, reference.crowd)
    if overlap == "keypoints":
        return pose_pairs(similarity(detections, reference), least)
    if not reference.crowd.any():
        return box_pairs(detections.side.bounds, reference.side.bounds, least)
    pairs = shapes.box_pairs(detections.side.bounds, reference.side.bounds, reference.crowd)
    return enough(pairs, least)


def box_pairs(a: Floats, b: Floats, least: float) -> Pairs:
    if len(a) * len(b) > FEW:
        return gate.overlapping(a, b, least)
    ious = geometry.boxes_iou(a[:, None], b[None])
    rows, columns = np.nonzero(ious >= least)
    return rows, columns, ious[rows, columns]


def mask_pairs(a: Content, b: Content, least: float, crowd: npt.NDArray[np.bool_]) -> Pairs:
    """Runs are counted only where the bounds leave room for so much overlap."""
    grow = np.array([-FILL, -FILL, FILL, FILL])
    bounds_a, bounds_b = a.side.bounds + grow, b.side.bounds + grow
    rows, columns = shapes.touching(bounds_a, bounds_b)
    area_a, area_b = (
        np.array([geometry.runs_area(mask) for mask in content.masks], np.float64) for content in (a, b)
    )
    low = np.maximum(bounds_a[rows, :2], bounds_b[columns, :2])
    high = np.minimum(bounds_a[rows, 2:], bounds_b[columns, 2:])
    common = np.minimum((high - low).prod(axis=1), np.minimum(area_a[rows], area_b[columns]))
    union = np.where(crowd[columns], area_a[rows], area_a[rows] + area_b[columns] - common)
    # In twos of a pixel's rounding: what is left out by this would not have been enough.
    may = common >= least * union * (1 - 1e-9)
    rows, columns = rows[may], columns[may]
    ious = [
        geometry.runs_iou(a.masks[row], b.masks[column], crowd=bool(crowd[column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return enough((rows, columns, np.array(ious, np.float64)), least)


def pose_pairs(similar: Floats, least: float) -> Pairs:
    rows, columns = np.nonzero(similar >= least)
    return rows, columns, similar[rows, columns]


def similarity(a: Content, b: Content) -> Floats:
    """What shapes.pose_similarity says of each pose of A and each true one of B, (n, m), many at a time."""
    names = list({name: None for pose in b.poses for name in pose})
    found, truth = points_of(a.poses, names), points_of(b.poses, names)
    spreads = np.array([shapes.spread_of(name) for name in names], np.float64)
    areas = np.array(b.areas, np.float64)[:, None] + np.spacing(1.0)
    wanted = np.isfinite(truth[..., 0])
    similar = np.zeros((len(a.poses), len(b.poses)))
    step = max(AT_ONCE // max(truth.size, 1), 1)
    for first in range(0, len(found), step):
        with np.errstate(invalid="ignore", over="ignore"):
            squares = ((found[first : first + step, None] - truth) ** 2).sum(axis=-1)
            off = squares / (2 * spreads) ** 2 / areas / 2
        close = np.where(wanted, np.exp(-off), 0.0).sum(axis=-1)
        similar[first : first + step] = close / np.maximum(wanted.sum(axis=-1), 1)
    return similar


def points_of(poses: list[shapes.Pose], names: list[str]) -> Floats:
    """(poses, names, 2); a point that is not there is far off."""
    nowhere = (np.inf, np.inf)
    points = [[pose.get(name, nowhere) for name in names] for pose in poses]
    return np.array(points, np.float64).reshape(len(poses), len(names), 2)


def enough(pairs: Pairs, least: float) -> Pairs:
    rows, columns, ious = pairs
    kept = ious >= least
    return rows[kept], columns[kept], ious[kept]
