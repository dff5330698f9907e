/** The few objects that are pointed at or selected, drawn once more above all others. */

import { poseOf } from "../hit.js";
import { withAlpha } from "../palette.js";
import { drawDots } from "./keypoints.js";
import { pathOf, strokePath } from "./paths.js";

const WASH = 0.15;
const WHITE = { colour: "#ffffff", dash: [] };
const ECHO = { colour: "#ffffff", dash: [4, 4] };

/** `frame` has `hovered` and `selected` besides, objects or null, and `echoes`: such as are drawn in another pane. */
export function drawHighlights(ctx, frame) {
  const { hovered, selected, echoes = [] } = frame;
  for (const object of echoes.filter(({ inside }) => inside)) {
    ctx.setTransform(...frame.camera.matrix(frame.ratio));
    strokePath(ctx, boundsPath(object.inside), ECHO, 1.5, frame);
  }
  if (selected?.inside) {
    draw(ctx, selected, frame, WHITE, 5);
  }
  if (hovered?.inside && hovered !== selected) {
    draw(ctx, hovered, frame, null, 0);
  }
}

function draw(ctx, object, frame, edge, width) {
  const { camera, ratio, picture, style } = frame;
  const { colour } = style(object);
  const path = pathOf(object, picture) ?? boundsPath(object.inside);
  ctx.setTransform(...camera.matrix(ratio));
  if (!edge && object.kind !== "keypoints") {
    ctx.fillStyle = withAlpha(colour, WASH);
    ctx.fill(path, "evenodd");
  }
  if (edge) {
    strokePath(ctx, path, edge, width, { camera });
  }
  strokePath(ctx, path, { colour, dash: [] }, edge ? 2 : 3, { camera, halo: !edge });
  if (object.kind === "keypoints") {
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawDots(ctx, poseOf(object).points, edge ? edge.colour : colour, camera, 6);
    drawDots(ctx, poseOf(object).points, colour, camera, 3);
  }
}

function boundsPath([x0, y0, x1, y1]) {
  const path = new Path2D();
  path.rect(x0, y0, x1 - x0, y1 - y0);
  return path;
}
