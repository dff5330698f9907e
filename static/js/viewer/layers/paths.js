/** The outlines of objects as paths in picture pixels, made once an object and kept as long as it lives. */

import { contour } from "../contour.js";
import { bones } from "../hit.js";
import { maskScale } from "../objects.js";
import { HALO } from "../palette.js";
import { decode, maskBounds } from "../rle.js";

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
  polygon: ({ data: { points } }) => closedPath(points, [1, 1]),
  mask({ data: { rle } }, picture) {
    const rings = contour(decode(rle, maskBounds(rle)));
    return rings && closedPath(rings, maskScale(rle, picture));
  },
  keypoints({ data }) {
    const path = new Path2D();
    for (const [from, to] of bones(data)) {
      path.moveTo(...from);
      path.lineTo(...to);
    }
    return path;
  },
};

function closedPath(rings, [sx, sy]) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(([x, y], index) => {
      if (index) {
        path.lineTo(x * sx, y * sy);
      } else {
        path.moveTo(x * sx, y * sy);
      }
    });
    path.closePath();
  }
  return path;
}

/** Stroke a path with its dark edge; `ctx` draws in picture pixels, `width` is in CSS pixels. */
export function strokePath(ctx, path, { colour, dash }, width, { camera, rough }) {
  ctx.lineJoin = "round";
  if (!rough) {
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
