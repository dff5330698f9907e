/** Polygons with their holes: a light wash inside, a line around each ring. */

import { withAlpha } from "../palette.js";
import { pathOf, strokePath } from "./paths.js";

const WASH = 0.16;

export function drawPolygons(ctx, frame) {
  const { camera, ratio, objects, style, picture } = frame;
  ctx.setTransform(...camera.matrix(ratio));
  for (const object of objects) {
    if (object.kind === "polygon") {
      const path = pathOf(object, picture);
      ctx.fillStyle = withAlpha(style(object).colour, WASH);
      ctx.fill(path, "evenodd");
      strokePath(ctx, path, style(object), 2, frame);
    }
  }
}
