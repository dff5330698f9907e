/** Bounding boxes, their lines on whole device pixels. */

import { HALO } from "../palette.js";

const WIDTH = 2; // CSS pixels
const SMALL = 10; // a box with a shorter side has a thinner line, or nothing of its inside would be seen

/** `frame` is {camera, ratio, objects, style}. */
export function drawBoxes(ctx, { camera, ratio, objects, style }) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.lineJoin = "miter";
  for (const object of objects) {
    if (object.kind === "box") {
      const rect = camera.deviceRect(object.inside, ratio);
      const { colour, dash } = style(object);
      const width = (Math.min(rect[2], rect[3]) < SMALL * ratio ? WIDTH / 2 : WIDTH) * ratio;
      ctx.setLineDash([]);
      ctx.lineWidth = width + 2 * ratio;
      ctx.strokeStyle = HALO;
      ctx.strokeRect(...rect);
      ctx.setLineDash(dash.map((length) => length * ratio));
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.strokeRect(...rect);
    }
  }
}
