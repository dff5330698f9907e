/** The outlines of objects as paths in picture pixels, made once an object and kept as long as it lives. */

import { contour } from "../contour.js";
import { bones, poseOf } from "../hit.js";
import { HALO } from "../palette.js";
import { maskBits } from "../payload.js";

const kept = new WeakMap();

/** The outline of a box, polygon or mask, or the bones of keypoints; null where there is none to draw. */
export function pathOf(object, picture) {
  if (!kept.has(object)) {
    kept.set(object, PATHS[object.kind](object, picture));
  }
  return kept.get(object);
}

const PATHS = {
  box({ inside: [x0, y0, x1, y1] }) {
    const path = new Path2D();
    path.rect(x0, y0, x1 - x0, y1 - y0);
    return path;
  },
  polygon: ({ rings }) => closedPath(rings, 1, 1),
  mask({ mask }, { width, height }) {
    const rings = contour({ ...mask, bits: maskBits(mask) });
    return rings && closedPath(rings.map((ring) => ring.flat()), width / mask.size[1], height / mask.size[0]);
  },
  keypoints(object) {
    const path = new Path2D();
    for (const [from, to] of bones(poseOf(object))) {
      path.moveTo(from.x, from.y);
      path.lineTo(to.x, to.y);
    }
    return path;
  },
};

/** Rings are x, y, x, y … each. */
function closedPath(rings, sx, sy) {
  const path = new Path2D();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      if (i) {
        path.lineTo(ring[i] * sx, ring[i + 1] * sy);
      } else {
        path.moveTo(ring[i] * sx, ring[i + 1] * sy);
      }
    }
    path.closePath();
  }
  return path;
}

/** Stroke a path with its dark edge; `ctx` draws in picture pixels, `width` is in CSS pixels. */
export function strokePath(ctx, path, { colour, dash }, width, { camera, halo = true }) {
  ctx.lineJoin = "round";
  if (halo) {
    ctx.setLineDash([]);
    ctx.strokeStyle = HALO;
    ctx.lineWidth = (width + 2) / camera.scale;
    ctx.stroke(path);
  }
  ctx.setLineDash(dash.map((length) => length / camera.scale));
  ctx.strokeStyle = colour;
  ctx.lineWidth = width / camera.scale;
  ctx.stroke(path);
}
