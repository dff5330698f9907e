/** An annotation of the API as a thing to draw: its bounds in picture pixels, its sort of drawing. */

import { maskBounds } from "./rle.js";

/**
 * {id, analysisId, type, kind, className, confidence, data, bounds, inside}.
 *
 * `kind` is box, polygon, mask, keypoints, scores or heatmap; `bounds` is [x0, y0, x1, y1] in pixels of the
 * upright picture, or null for what has no place in it; `inside` is the part of the bounds that lies in the
 * picture {width, height}, or null.
 */
export function toObject(annotation, analysisId, picture) {
  const { id, annotation_type: type, class_name: className, confidence, data } = annotation;
  const kind = kindOf(type, data);
  const bounds = BOUNDS[kind]?.(data, picture) ?? null;
  const inside = bounds && clipped(bounds, picture);
  return { id, analysisId, type, kind, className, confidence, data, bounds, inside };
}

function kindOf(type, data) {
  switch (type) {
    case "bounding_box":
      return "box";
    case "segmentation":
      return data.rle ? "mask" : "polygon";
    case "keypoint":
      return "keypoints";
    case "classification":
      return "scores";
    default:
      return "heatmap";
  }
}

const BOUNDS = {
  box({ bbox: [x, y, width, height] }) {
    return [x, y, x + width, y + height];
  },
  polygon({ points }) {
    return around(points.flat());
  },
  mask({ rle }, picture) {
    const bounds = maskBounds(rle);
    const [sx, sy] = maskScale(rle, picture);
    return bounds && [bounds[0] * sx, bounds[1] * sy, bounds[2] * sx, bounds[3] * sy];
  },
  keypoints({ keypoints }) {
    return around(keypoints.map(({ x, y }) => [x, y]));
  },
};

/** Picture pixels a pixel of the mask's own grid, across and down; both are 1 when the sizes agree. */
export function maskScale({ size: [height, width] }, picture) {
  return [picture.width / width, picture.height / height];
}

function around(points) {
  if (!points.length) {
    return null;
  }
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    bounds[0] = Math.min(bounds[0], x);
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x);
    bounds[3] = Math.max(bounds[3], y);
  }
  return bounds;
}

/** The part of bounds that lies in the picture, or null; detectors overshoot. */
export function clipped([x0, y0, x1, y1], { width, height }) {
  const inside = [Math.max(x0, 0), Math.max(y0, 0), Math.min(x1, width), Math.min(y1, height)];
  return inside[0] <= inside[2] && inside[1] <= inside[3] ? inside : null;
}

/** Whether two bounds have a point in common. */
export function touches(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}
