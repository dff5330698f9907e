/** Class and score beside the objects: the best first, none over another, at most two hundred. */

import { score } from "../format.js";
import { textOn } from "../palette.js";

const HEIGHT = 16; // CSS pixels
const PADDING = 4;
const FONT = "500 11px system-ui, sans-serif";
const widths = new Map();

/** `frame` has the `best` objects in view, and `labels`: whether all are labelled, or only what is pointed at or selected. */
export function drawLabels(ctx, frame) {
  const { camera, ratio, best, style, labels, hovered, selected } = frame;
  const first = [hovered, selected].filter((object) => object?.inside);
  const all = [...new Set([...first, ...(labels ? best : [])])];
  if (!all.length) {
    return; // setting a font alone takes longer than a frame's other steps
  }
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  const taken = [];
  for (const object of all) {
    const { colour, sign } = style(object);
    const text = [sign, labelOf(object)].filter(Boolean).join(" ");
    const place = placeOf(ctx, text, camera.deviceRect(object.inside, 1), camera.viewport);
    if (first.includes(object) || !taken.some((other) => overlap(place, other))) {
      taken.push(place);
      drawLabel(ctx, text, place, colour);
    }
  }
}

function labelOf({ className, confidence }) {
  return confidence === null ? className : `${className} ${score(confidence)}`;
}

/** Above the object's top left corner, or inside it at the window's edge: [x0, y0, x1, y1] in CSS pixels. */
function placeOf(ctx, text, [x, y], viewport) {
  if (!widths.has(text)) {
    widths.set(text, ctx.measureText(text).width);
  }
  const width = Math.min(widths.get(text) + 2 * PADDING, viewport.width);
  const left = Math.min(Math.max(x - 1, 0), viewport.width - width);
  const top = Math.max(y - HEIGHT - 1, 0);
  return [left, top, left + width, top + HEIGHT];
}

function overlap(a, b) {
  return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
}

function drawLabel(ctx, text, [x0, y0, x1, y1], colour) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.roundRect(x0, y0, x1 - x0, y1 - y0, 3);
  ctx.fill();
  ctx.fillStyle = textOn(colour);
  ctx.fillText(text, x0 + PADDING, (y0 + y1) / 2 + 0.5, x1 - x0 - 2 * PADDING);
}
