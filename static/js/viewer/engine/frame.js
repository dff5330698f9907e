/** What one frame draws, and in which way: worked out from what is in view. */

import { merged } from "./merged.js";
import { modeOf } from "./visible.js";

const MOST_LABELS = 200;

/**
 * {layers, mode, count, objects, best}: `objects` are single ones, weakest first, where there are few enough to be
 * drawn by paths; `best` are those that may have labels.
 */
export function frameOf(layers, scale) {
  const mode = modeOf(layers, scale);
  const items = (most) => merged(layers.map(({ sheet, rows }) => Array.from(rows.subarray(0, most), (row) => sheet.item(row))));
  return {
    layers,
    mode,
    count: layers.reduce((sum, { rows }) => sum + rows.length, 0),
    objects: mode === "ink" ? items(Infinity).reverse() : [],
    best: mode === "density" ? [] : items(MOST_LABELS).slice(0, MOST_LABELS),
  };
}
