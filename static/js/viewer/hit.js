/** What lies under a point of the picture. */

import { maskContains, poseAt } from "./payload.js";

/**
 * The objects under (x, y), smallest first, so that what lies inside something larger can be reached.
 *
 * `objects` are those whose bounds are near enough; `tolerance` is how far off, in picture pixels, still counts;
 * `picture` is {width, height}.
 */
export function objectsAt(objects, x, y, tolerance, picture) {
  return objects
    .filter((object) => HITS[object.kind](object, x, y, tolerance, picture))
    .map((object) => ({ object, size: area(object.inside) }))
    .sort((a, b) => a.size - b.size)
    .map(({ object }) => object);
}

const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);

const HITS = {
  box: () => true,
  polygon: ({ rings }, x, y, tolerance) =>
    insideRings(rings, x, y) || rings.some((ring) => isOnRing(ring, x, y, tolerance)),
  mask({ mask }, x, y, tolerance, picture) {
    const [height, width] = mask.size;
    return maskContains(mask, Math.floor((x / picture.width) * width), Math.floor((y / picture.height) * height));
  },
  keypoints(object, x, y, tolerance) {
    const pose = poseOf(object);
    return (
      pose.points.some((point) => Math.hypot(point.x - x, point.y - y) <= tolerance * 2) ||
      bones(pose).some(([a, b]) => distance(a.x, a.y, b.x, b.y, x, y) <= tolerance)
    );
  },
};

/** {points, skeleton} of an object. */
export function poseOf({ sheet, row }) {
  return poseAt(sheet.payload, sheet.rankOf(row));
}

/** Pairs of points that the skeleton joins; pairs that name no point are left out. */
export function bones({ points, skeleton }) {
  return (skeleton ?? []).map(([a, b]) => [points[a], points[b]]).filter(([a, b]) => a && b);
}

/** Even-odd: a point inside a ring inside a ring is outside. Rings are x, y, x, y … each. */
export function insideRings(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) {
        inside = !inside;
      }
    }
  }
  return inside;
}

function isOnRing(ring, x, y, tolerance) {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    if (distance(ring[j], ring[j + 1], ring[i], ring[i + 1], x, y) <= tolerance) {
      return true;
    }
  }
  return false;
}

function distance(ax, ay, bx, by, x, y) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
