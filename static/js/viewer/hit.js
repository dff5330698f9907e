/** What lies under a point of the picture. */

import { maskScale } from "./objects.js";
import { maskContains } from "./rle.js";

/**
 * The objects under (x, y), smallest first, so that what lies inside something larger can be reached.
 *
 * `tolerance` is how far off, in picture pixels, still counts; `picture` is {width, height}.
 */
export function objectsAt(objects, x, y, tolerance, picture) {
  return objects
    .filter(({ inside }) => isNear(inside, x, y, tolerance))
    .filter((object) => HITS[object.kind](object, x, y, tolerance, picture))
    .sort((a, b) => area(a.inside) - area(b.inside));
}

function isNear(bounds, x, y, tolerance) {
  return (
    bounds !== null &&
    x >= bounds[0] - tolerance &&
    x <= bounds[2] + tolerance &&
    y >= bounds[1] - tolerance &&
    y <= bounds[3] + tolerance
  );
}

const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);

const HITS = {
  box: () => true,
  polygon: ({ data }, x, y, tolerance) =>
    insideRings(data.points, x, y) || data.points.some((ring) => isOnLine(closed(ring), x, y, tolerance)),
  mask({ data }, x, y, tolerance, picture) {
    const [sx, sy] = maskScale(data.rle, picture);
    return maskContains(data.rle, x / sx, y / sy);
  },
  keypoints: ({ data }, x, y, tolerance) =>
    data.keypoints.some((point) => Math.hypot(point.x - x, point.y - y) <= tolerance * 2) ||
    bones(data).some((bone) => isOnLine(bone, x, y, tolerance)),
};

/** Pairs of points [[x, y], [x, y]] that the skeleton joins; pairs that name no point are left out. */
export function bones({ keypoints, skeleton = [] }) {
  return skeleton
    .map(([a, b]) => [keypoints[a], keypoints[b]])
    .filter(([a, b]) => a && b)
    .map(([a, b]) => [[a.x, a.y], [b.x, b.y]]);
}

/** Even-odd: a point inside a ring inside a ring is outside. */
export function insideRings(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) {
        inside = !inside;
      }
    }
  }
  return inside;
}

const closed = (ring) => [...ring, ring[0]];

function isOnLine(points, x, y, tolerance) {
  return points.some((point, index) => index > 0 && distance(points[index - 1], point, x, y) <= tolerance);
}

function distance([ax, ay], [bx, by], x, y) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
