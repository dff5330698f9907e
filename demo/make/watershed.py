"""Exact masks without a network: scikit-image's watershed, as `watershed`.

The masks leave in every form the API takes, in turn: a polygon, run lengths as integers, run lengths as COCO's string.
"""

import time

import numpy as np
from common import PICTURES, package, upright, write
from scipy import ndimage
from skimage.color import rgb2gray, rgb2hsv
from skimage.feature import peak_local_max
from skimage.filters import gaussian, sobel
from skimage.measure import approximate_polygon, find_contours, label, regionprops
from skimage.segmentation import watershed

# picture -> class, how to tell objects from the background, smallest object in pixels
PLANS = {
    "coins.png": ("coin", "edges", 100),
    "citrus.jpg": ("slice", "distance", 3000),
    "deep_field.jpg": ("galaxy", "bright", 60),
    "fig.jpg": ("bowl", "colour", 20000),
}

MODEL = {
    "name": "watershed",
    "version": package("scikit-image"),
    "description": "Masks from markers and watershed; confidence is the solidity of the mask (area over convex hull).",
}


def by_edges(image):
    """The coins: dark and bright pixels are sure, the ridge of the gradient decides between them."""
    grey = rgb2gray(image) * 255
    sure = np.zeros(grey.shape, int)
    sure[grey < 30] = 1
    sure[grey > 150] = 2
    return label(ndimage.binary_fill_holes(watershed(sobel(grey), sure) == 2))


def by_distance(image):
    """The slices touch: each peak of the distance to the background floods its own slice.

    The white hearts of the slices are as white as the gaps, but pulp, not dark rind, surrounds them.
    """
    hsv = gaussian(rgb2hsv(image), 2, channel_axis=-1)
    inside = hsv[..., 1] > 0.2
    white = label(~inside)
    for region in regionprops(white):
        away = ndimage.distance_transform_edt(white != region.label)
        if region.area < 100 or hsv[..., 2][(away > 6) & (away <= 16)].mean() > 0.78:
            inside |= white == region.label
    distance = gaussian(ndimage.distance_transform_edt(inside), 8)
    markers = np.zeros(inside.shape, int)
    peaks = peak_local_max(distance, min_distance=45, labels=label(inside), exclude_border=False)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-distance, markers, mask=inside)


def by_brightness(image):
    """Galaxies: blobs well above the black sky."""
    grey = gaussian(rgb2gray(image), 1)
    inside = grey > 0.22
    peaks = peak_local_max(grey, min_distance=6, labels=label(inside))
    markers = np.zeros(grey.shape, int)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-grey, markers, mask=inside)


def by_colour(image):
    """The bowl: strongly coloured, holes filled."""
    hsv = gaussian(rgb2hsv(image), 2, channel_axis=-1)
    sure = np.zeros(hsv.shape[:2], int)
    sure[hsv[..., 1] < 0.3] = 1
    sure[hsv[..., 1] > 0.75] = 2
    return label(ndimage.binary_fill_holes(watershed(sobel(hsv[..., 1]), sure) == 2))


WAYS = {"edges": by_edges, "distance": by_distance, "bright": by_brightness, "colour": by_colour}


def run_lengths(mask):
    """COCO's order: down the columns, beginning with the background."""
    flat = np.concatenate([[False], mask.ravel(order="F")])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()


def coco_string(counts):
    """COCO's packing: the difference to two back from the fourth on, 5 bits a character, low ones first, from '0'."""
    text = []
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        while True:
            bits, value = value & 31, value >> 5
            done = value == (-1 if bits & 16 else 0)
            text.append(chr(48 + (bits if done else bits | 32)))
            if done:
                break
    return "".join(text)


def outline(mask, tolerance):
    """The longest outline; pixel middles are at .5."""
    longest = max(find_contours(np.pad(mask, 1).astype(float), 0.5), key=len)
    points = approximate_polygon(longest, tolerance)[:-1]
    return [[round(float(x) - 0.5, 2), round(float(y) - 0.5, 2)] for y, x in points]


def shape(mask, turn):
    if turn % 3 == 0:
        return {"points": outline(mask, 0.5), "format": "polygon"}
    counts = run_lengths(mask)
    packed = counts if turn % 3 == 1 else coco_string(counts)
    return {"rle": {"counts": packed, "size": list(mask.shape)}, "format": "rle"}


def main():
    for name, (class_name, way, smallest) in PLANS.items():
        picture = PICTURES / name
        image = upright(picture)
        started = time.perf_counter()
        labels = WAYS[way](image)
        seconds = time.perf_counter() - started
        annotations = []
        for region in regionprops(labels):
            if region.area < smallest:
                continue
            annotations.append(
                {
                    "annotation_type": "segmentation",
                    "class_name": class_name,
                    "confidence": round(float(min(region.solidity, 1)), 4),
                    "data": {**shape(labels == region.label, len(annotations)), "area": int(region.area)},
                }
            )
        model = {**MODEL, "parameters": {"markers": way, "min_area": smallest}}
        write(picture, model, annotations, seconds)


if __name__ == "__main__":
    main()
