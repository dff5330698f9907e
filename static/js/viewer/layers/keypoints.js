/** Keypoints as dots, joined by the bones of their skeleton. */

import { poseOf } from "../hit.js";
import { HALO } from "../palette.js";
import { pathOf, strokePath } from "./paths.js";

const RADIUS = 4; // CSS pixels

export function drawKeypoints(ctx, frame) {
  const { camera, ratio, objects, style, picture } = frame;
  for (const object of objects) {
    if (object.kind === "keypoints") {
      const { colour, dash } = style(object);
      ctx.setTransform(...camera.matrix(ratio));
      strokePath(ctx, pathOf(object, picture), { colour, dash }, 2, frame);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawDots(ctx, poseOf(object).points, colour, camera);
    }
  }
}

/** `ctx` draws in CSS pixels: dots are as large at any zoom. */
export function drawDots(ctx, keypoints, colour, camera, radius = RADIUS) {
  for (const { x, y } of keypoints) {
    ctx.beginPath();
    ctx.arc(...camera.toScreen(x, y), radius + 1.5, 0, 2 * Math.PI);
    ctx.fillStyle = HALO;
    ctx.fill();
    ctx.beginPath();
    ctx.arc(...camera.toScreen(x, y), radius, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
  }
}
