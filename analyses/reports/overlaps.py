"""Which objects of two sides of a picture match well enough, and how well."""

import numpy as np
import numpy.typing as npt

from analyses import geometry
from analyses.comparison import gate, shapes
from analyses.comparison.gate import Pairs
from analyses.reports.contents import Content

FEW = 40_000  # pairs of boxes: looking at all of them takes less than looking for those that may overlap
FILL = 1.0  # pixels by which a filled polygon may reach beyond its corners
Floats = npt.NDArray[np.float64]


def peer_pairs(a: Content, b: Content, overlap: str, least: float) -> Pairs:
    """By row of A, then of B; exchanging the sides exchanges the rows and nothing else. Raises TooDense."""
    if overlap == "masks":
        return mask_pairs(a, b, least, np.zeros(len(b.masks), np.bool_))
    if overlap == "keypoints":
        # Each pose is taken for the true one in turn.
        rows, columns, similar = shapes.pose_pairs(a.poses, b.poses, b.areas)
        _, _, back = shapes.pose_pairs(b.poses, a.poses, a.areas)
        both = (similar + back.reshape(len(b.poses), len(a.poses)).T.ravel()) / 2
        return enough((rows, columns, both), least)
    return box_pairs(a.side.bounds, b.side.bounds, least)


def reference_pairs(detections: Content, reference: Content, overlap: str, least: float) -> Pairs:
    """As COCO counts them: with a crowd it is the share of the detection that lies in it."""
    if overlap == "masks":
        return mask_pairs(detections, reference, least, reference.crowd)
    if overlap == "keypoints":
        return enough(shapes.pose_pairs(detections.poses, reference.poses, reference.areas), least)
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


def enough(pairs: Pairs, least: float) -> Pairs:
    rows, columns, ious = pairs
    kept = ious >= least
    return rows[kept], columns[kept], ious[kept]
