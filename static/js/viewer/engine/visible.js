/** Which rows of a sheet are to be seen in a view, best first, and in which way to draw so many. */

export const FEW = 1500; // so many are drawn by paths, with dashes and washes
export const MANY = 20_000; // more are shown as density
const LEAST_SIDE = 3; // CSS pixels; where most are smaller, density says more
const WORTH_ASKING = 2000; // rows, and as many in view at most: beyond that looking at each of them is quicker
const SAMPLES = 501;

export class Visible {
  #rows = new Uint32Array(0);

  /**
   * The rows that `view` [x0, y0, x1, y1] touches and that pass: a Uint32Array that is good until the next call.
   *
   * The best `cut` rows reach the threshold; rows without a score always do; isShown says which `groups`, the classes without any, are seen.
   */
  rows(sheet, { cut, groups = sheet.classOf, isShown }, view) {
    const { scored, placed, inside } = sheet;
    if (this.#rows.length < placed.length) {
      this.#rows = new Uint32Array(placed.length);
    }
    if (placed.length > WORTH_ASKING && shareOf(view, sheet.picture) * placed.length < WORTH_ASKING) {
      const found = sheet.touching(view, (row) => (row < cut || row >= scored) && isShown[groups[row]] === 1);
      this.#rows.set(found);
      return this.#rows.subarray(0, found.length).sort();
    }
    const [x0, y0, x1, y1] = view;
    const rows = this.#rows;
    let length = 0;
    for (let i = 0; i < placed.length; i += 1) {
      const row = placed[i];
      const at = row * 4;
      if (
        (row < cut || row >= scored) &&
        isShown[groups[row]] === 1 &&
        inside[at] <= x1 &&
        inside[at + 2] >= x0 &&
        inside[at + 1] <= y1 &&
        inside[at + 3] >= y0
      ) {
        rows[length] = row;
        length += 1;
      }
    }
    return rows.subarray(0, length);
  }
}

function shareOf([x0, y0, x1, y1], { width, height }) {
  const across = Math.max(Math.min(x1, width) - Math.max(x0, 0), 0);
  const down = Math.max(Math.min(y1, height) - Math.max(y0, 0), 0);
  return (across * down) / (width * height);
}

/** "ink", "outlines" or "density" for `layers`, [{sheet, rows}], at a scale of CSS pixels an image pixel. */
export function modeOf(layers, scale) {
  const count = layers.reduce((sum, { rows }) => sum + rows.length, 0);
  if (count <= FEW) {
    return "ink";
  }
  return count > MANY || medianSide(layers, count) * scale < LEAST_SIDE ? "density" : "outlines";
}

/** The longer side that half of them have at most, in image pixels, from a sample. */
export function medianSide(layers, count) {
  const step = Math.max(Math.floor(count / SAMPLES), 1);
  const sides = [];
  for (const { sheet: { inside }, rows } of layers) {
    for (let i = 0; i < rows.length; i += step) {
      const at = rows[i] * 4;
      sides.push(Math.max(inside[at + 2] - inside[at], inside[at + 3] - inside[at + 1]));
    }
  }
  return sides.sort((a, b) => a - b)[sides.length >> 1] ?? 0;
}
