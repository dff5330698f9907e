"""Masks, polygons, poses and whole pictures: IoU as COCO counts it, without a bitmap."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco
from pycocotools.cocoeval import COCOeval, Params

from analyses import geometry
from analyses.comparison.pictures import Classified, heatmap_correlation
from analyses.comparison.shapes import box_pairs, pose_pairs, pose_similarity, run_pairs, spread_of, touching

HEIGHT, WIDTH = 17, 23


def bitmap(seed: int, tenths: int) -> np.ndarray:
    """So many tenths of the pixels are set; 10 is all of them."""
    return (np.random.default_rng(seed).random((HEIGHT, WIDTH)) * 10 < tenths).astype(np.uint8)


masks = st.builds(bitmap, st.integers(0, 2**32 - 1), st.integers(0, 10))
# Coordinates in and beyond the picture; halves and fifths are where rounding decides.
coordinates = st.integers(-30, 300).map(lambda tenths: tenths / 10)
rings = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=8, unique=True)


def counts_of(mask: np.ndarray) -> list[int]:
    return geometry.rle_from_coco_string(coco.encode(np.asfortranarray(mask))["counts"].decode())


def bitmap_of(runs: geometry.Runs) -> list[int]:
    pixels = np.zeros(HEIGHT * WIDTH, np.int64)
    for start, end in zip(*(part.tolist() for part in runs), strict=True):
        pixels[start:end] += 1
    return pixels.tolist()


def coco_bitmap(parts: list[Any]) -> list[int]:
    flat = [[value for corner in ring for value in corner] for ring in parts]
    merged = coco.merge(coco.frPyObjects(flat, HEIGHT, WIDTH))
    return bitmap_of(geometry.rle_runs(geometry.rle_from_coco_string(merged["counts"].decode())))


# --- masks ------------------------------------------------------------------------------------------------
@given(masks)
def test_runs_hold_the_pixels_of_run_lengths(mask: np.ndarray) -> None:
    runs = geometry.rle_runs(counts_of(mask))
    assert bitmap_of(runs) == mask.ravel(order="F").tolist()
    assert geometry.runs_area(runs) == mask.sum()


def test_empty_runs_are_no_runs() -> None:
    starts, ends = geometry.rle_runs([3, 2, 0, 4, 5, 0, 2])
    assert (starts.tolist(), ends.tolist()) == ([3], [9])


@given(masks, masks, st.booleans())
def test_iou_of_masks_is_cocos(a: np.ndarray, b: np.ndarray, crowd: bool) -> None:
    encoded = [coco.encode(np.asfortranarray(mask)) for mask in (a, b)]
    wanted = coco.iou(encoded[:1], encoded[1:], [int(crowd)])[0][0]
    ours = geometry.runs_iou(*(geometry.rle_runs(counts_of(mask)) for mask in (a, b)), crowd=crowd)
    assert ours == pytest.approx(wanted, abs=1e-12)


def test_a_mask_of_nothing_overlaps_nothing() -> None:
    nothing, full = geometry.rle_runs([9]), geometry.rle_runs([0, 9])
    assert geometry.runs_iou(nothing, full) == geometry.runs_iou(full, nothing) == 0
    assert geometry.runs_iou(nothing, nothing) == 0


# --- polygons -----------------------------------------------------------------------------------------------
@given(rings)
def test_a_ring_is_filled_as_coco_fills_it(ring: list[tuple[float, float]]) -> None:
    assert bitmap_of(geometry.rings_runs([ring], HEIGHT, WIDTH)) == coco_bitmap([ring])


@given(st.lists(rings, min_size=1, max_size=3))
def test_rings_can_be_united_as_coco_does(parts: list[Any]) -> None:
    assert bitmap_of(geometry.rings_runs(parts, HEIGHT, WIDTH, holes=False)) == coco_bitmap(parts)


def test_a_ring_in_a_ring_is_a_hole() -> None:
    outer, inner = [(1, 1), (11, 1), (11, 11), (1, 11)], [(4, 4), (8, 4), (8, 8), (4, 8)]
    hollow = geometry.rings_runs([outer, inner], HEIGHT, WIDTH)
    assert geometry.runs_area(hollow) == 100 - 16
    assert set(bitmap_of(hollow)) == {0, 1}


def test_corners_that_repeat_change_nothing() -> None:
    square = [(1, 1), (1, 1), (11, 1), (11, 11), (11, 11), (1, 11)]
    assert geometry.runs_area(geometry.rings_runs([square], HEIGHT, WIDTH)) == 100


def test_a_ring_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="is too long for 17 x 23"):
        geometry.rings_runs([[(0, 0), (1e9, 0), (1e9, 1e9)]], HEIGHT, WIDTH)


def test_rings_that_are_too_long_together_are_refused() -> None:
    ring = [(0, 0), (5000, 0), (0, 5000)]
    assert geometry.runs_area(geometry.rings_runs([ring], HEIGHT, WIDTH)) == HEIGHT * WIDTH
    with pytest.raises(ValueError, match="rings of 340000 pixels are too long for 17 x 23"):
        geometry.rings_runs([ring] * 17, HEIGHT, WIDTH)


# --- pairs --------------------------------------------------------------------------------------------------
def boxes(random: np.random.Generator, count: int) -> np.ndarray:
    low = random.uniform(0, 40, (count, 2))
    return np.concatenate((low, low + random.uniform(1, 20, (count, 2))), axis=1)


def test_every_pair_of_boxes_that_touch_has_cocos_iou() -> None:
    random = np.random.default_rng(3)
    a, b, crowd = boxes(random, 20), boxes(random, 30), random.random(30) < 0.3

    def sized(bounds: np.ndarray) -> np.ndarray:
        return np.concatenate((bounds[:, :2], bounds[:, 2:] - bounds[:, :2]), axis=1)

    rows, columns, ious = box_pairs(a, b, crowd)
    table = np.zeros((20, 30))
    table[rows, columns] = ious
    assert table == pytest.approx(coco.iou(sized(a), sized(b), crowd.astype(np.uint8)), abs=1e-9)


def test_what_has_no_place_touches_nothing() -> None:
    somewhere, nowhere = np.array([[0.0, 0, 9, 9]]), np.full((1, 4), np.nan)
    assert [len(touching(*pair)[0]) for pair in ((somewhere, nowhere), (nowhere, somewhere))] == [0, 0]


def test_masks_are_paired_where_their_bounds_touch() -> None:
    left, middle, right = (
        geometry.rings_runs([[(x, 0), (x + 4, 0), (x + 4, 4), (x, 4)]], HEIGHT, WIDTH) for x in (0, 2, 10)
    )
    bounds = np.array([[0.0, 0, 4, 4], [2, 0, 6, 4], [10, 0, 14, 4]])
    crowd = np.array([False, False])
    rows, columns, ious = run_pairs([left], bounds[:1], [middle, right], bounds[1:], crowd)
    assert (rows.tolist(), columns.tolist(), ious.tolist()) == ([0], [0], [8 / 24])


# --- keypoints ------------------------------------------------------------------------------------------------
def test_similarity_of_keypoints_is_cocos_formula() -> None:
    points, truth = np.array([[3.0, 4], [10, 10]]), np.array([[0.0, 0], [10, 10]])
    spreads = np.array([0.1, 0.05])
    wanted = (np.exp(-25 / (2 * 0.1) ** 2 / 2 / 400) + 1) / 2
    assert geometry.keypoint_similarity(points, truth, 400, spreads) == pytest.approx(wanted)


def test_similarity_of_keypoints_is_cocos() -> None:
    """All seventeen, some of which are not labelled and count for nothing."""
    random = np.random.default_rng(4)
    truths, found = random.uniform(0, 100, (3, 17, 2)), random.uniform(0, 100, (4, 17, 2))
    found[:3] = truths + random.normal(0, 3, truths.shape)
    seen = random.random((3, 17)) < 0.7
    areas = [900.0, 2500.0, 400.0]
    oracle = COCOeval(iouType="keypoints")
    oracle.params.imgIds = [1]

    def flat(points: np.ndarray, flags: np.ndarray) -> list[float]:
        return np.concatenate((points, flags[:, None]), axis=1).ravel().tolist()

    oracle._gts = {
        (1, 1): [
            {"keypoints": flat(*pose), "area": area, "bbox": [0, 0, 9, 9]}
            for *pose, area in zip(truths, seen * 2, areas, strict=True)
        ]
    }
    oracle._dts = {(1, 1): [{"keypoints": flat(points, np.ones(17)), "score": 1} for points in found]}
    spreads = oracle.params.kpt_oks_sigmas
    ours = [
        [
            geometry.keypoint_similarity(points[flags], truth[flags], area, spreads[flags])
            for truth, flags, area in zip(truths, seen, areas, strict=True)
        ]
        for points in found
    ]
    assert np.array(ours) == pytest.approx(oracle.computeOks(1, 1), abs=1e-9)
    assert ours[0][0] > 0.1


def test_poses_are_compared_by_name() -> None:
    truth = {"nose": (5.0, 5.0), "left_eye": (7.0, 3.0)}
    assert pose_similarity({"left_eye": (7.0, 3.0), "nose": (5.0, 5.0), "tail": (0.0, 0.0)}, truth, 100) == 1
    assert pose_similarity({"nose": (5.0, 5.0)}, truth, 100) == 0.5
    assert pose_similarity({}, {}, 100) == 0


def test_every_pose_is_paired_with_every_true_one() -> None:
    here, there = {"nose": (5.0, 5.0)}, {"nose": (500.0, 5.0)}
    rows, columns, similar = pose_pairs([here, there], [here], [100])
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [0, 0])
    assert similar.tolist() == [1, pytest.approx(0, abs=1e-12)]


@pytest.mark.parametrize(
    ("name", "spread"), [("nose", 0.026), ("left_eye", 0.025), ("Right Ankle", 0.089), ("tail", 0.07)]
)
def test_the_spread_of_a_part(name: str, spread: float) -> None:
    assert spread_of(name) == spread


def test_the_spreads_are_cocos() -> None:
    parts = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    names = ["nose", *(f"{side}_{part}" for part in parts for side in ("left", "right"))]
    assert [spread_of(name) for name in names] == pytest.approx(Params("keypoints").kpt_oks_sigmas)


# --- whole pictures -------------------------------------------------------------------------------------------
def test_heatmaps_correlate_whatever_their_scale() -> None:
    heat = np.arange(12.0).reshape(3, 4)
    assert heatmap_correlation(heat, heat * 7 - 100) == pytest.approx(1)
    assert heatmap_correlation(heat, -heat) == pytest.approx(-1)


def test_heatmaps_of_two_sizes_are_stretched_over_the_picture() -> None:
    small = np.array([[0.0, 1], [2, 3]])
    assert heatmap_correlation(small, np.kron(small, np.ones((3, 5)))) == pytest.approx(1)


def test_a_flat_heatmap_correlates_with_nothing() -> None:
    assert heatmap_correlation(np.ones((2, 2)), np.arange(4.0).reshape(2, 2)) is None


def test_points_without_a_value_are_left_out() -> None:
    ours, theirs = np.array([[1.0, 2, np.nan, 4]]), np.array([[2.0, 4, 5, np.inf]])
    assert heatmap_correlation(ours, theirs) == pytest.approx(1)


def test_classifications_agree_on_those_that_both_made() -> None:
    found = Classified.of(["cat", "dog", None, "cat"], ["cat", "cat", "dog", "cat"])
    assert (found.count, found.agree, found.share) == (3, 2, 2 / 3)
    assert found.kappa == pytest.approx(0)
    assert Classified.of([None], ["cat"]).share is None
