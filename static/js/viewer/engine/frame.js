/** What one frame draws, and in which way: worked out from what is in view. */

import { merged } from "./merged.js";
import { modeOf } from "./visible.js";

const MOST_LABELS = 200;
const WORTH_PIXELS = 300; // so many solid boxes take longer by paths than a whole array of pixels; it shows the same

/**
 * {layers, mode, count, objects, boxes, best}: `objects` are single ones, weakest first, where there are few enough to
 * be drawn by paths; `boxes` are layers whose boxes are not among them; `best` are those that may have labels.
 */
export function frameOf(layers, scale) {
  const mode = modeOf(layers, scale);
  const count = layers.reduce((sum, { rows }) => sum + rows.length, 0);
  const boxes = mode === "ink" && count > WORTH_PIXELS ? layers.filter(({ sheet, dash }) => sheet.has.has("box") && !dash.length) : [];
  const byPath = ({ kind, sheet }) => kind !== "box" || !boxes.some((layer) => layer.sheet === sheet);
  const items = (most) => merged(layers.map(({ sheet, rows }) => Array.from(rows.subarray(0, most), (row) => sheet.item(row))));
  return {
    layers,
    mode,
    count,
    boxes,
    objects: mode === "ink" ? items(Infinity).filter(byPath).reverse() : [],
    best: mode === "density" ? [] : items(MOST_LABELS).slice(0, MOST_LABELS),
  };
}
