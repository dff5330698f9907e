/** How many objects lie over each spot, as colours: what remains to be seen where outlines would fill everything. */

import { viridis } from "../colourmap.js";
import { Counts } from "./counts.js";
import { pixelOf } from "./tones.js";

const SPOT = 3; // CSS pixels
const STEPS = 64;
const ALPHAS = Uint8Array.from({ length: STEPS }, (_, i) => 70 + Math.round((150 * i) / (STEPS - 1))); // one object alone is still seen
const COLOURS = Uint32Array.from(ALPHAS, (alpha, i) => pixelOf(viridis(0.15 + (0.85 * i) / (STEPS - 1)), alpha));

export class Density {
  #all = new Counts();
  #some = new Map();

  /**
   * Draw `layers`, [{sheet, tones, rows}], onto a surface; `place` is {scale, x, y, ratio} as in shapes.js.
   *
   * Brighter is more. Where colours are findings, a spot has that of most of its objects, and more of it is less transparent.
   */
  draw(surface, layers, place) {
    const spot = Math.max(Math.round(SPOT * place.ratio), 1);
    const size = [Math.ceil(surface.width / spot), Math.ceil(surface.height / spot)];
    const grid = { scale: place.scale / spot, x: place.x / spot, y: place.y / spot };
    if (layers.some(({ tones }) => tones?.areFew)) {
      this.#paint(surface, spot, size[0] + 1, this.#majority(layers, size, grid));
      return;
    }
    const colours = Uint32Array.from(levels(this.#all.count(layers, size, grid)), (level) => (level < 0 ? 0 : COLOURS[level]));
    const { numbers } = this.#all;
    this.#paint(surface, spot, size[0] + 1, (at) => colours[numbers[at]]);
  }

  /** A function from a spot to its colour: that of most objects there. */
  #majority(layers, size, grid) {
    const findings = [...byColour(layers)].map(([colour, parts]) => {
      if (!this.#some.has(colour)) {
        this.#some.set(colour, new Counts());
      }
      const counts = this.#some.get(colour);
      counts.count(parts, size, grid);
      return { rgb: colour & 0xffffff, numbers: counts.numbers };
    });
    const all = new Uint32Array((size[0] + 1) * (size[1] + 1));
    const best = new Uint8Array(all.length);
    let most = 0;
    findings.forEach(({ numbers }, finding) => {
      for (let at = 0; at < all.length; at += 1) {
        if (numbers[at] > 0) {
          all[at] += numbers[at];
          best[at] = numbers[at] > findings[best[at]].numbers[at] ? finding : best[at];
          most = all[at] > most ? all[at] : most;
        }
      }
    });
    const alphas = Uint32Array.from(levels(most), (level) => (level < 0 ? 0 : ALPHAS[level] << 24));
    return (at) => (all[at] === 0 ? 0 : (findings[best[at]].rgb | alphas[all[at]]) >>> 0);
  }

  #paint({ pixels, width, left, top, right, bottom }, spot, line, colourAt) {
    for (let y = top, done = -1; y < bottom; y += 1) {
      const row = Math.floor(y / spot);
      const at = y * width;
      if (row === done) {
        pixels.copyWithin(at + left, at - width + left, at - width + right);
        continue;
      }
      done = row;
      for (let x = left, column = Math.floor(left / spot); x < right; column += 1) {
        const colour = colourAt(row * line + column);
        for (const end = Math.min((column + 1) * spot, right); x < end; x += 1) {
          pixels[at + x] = colour;
        }
      }
    }
  }
}

/** Which step each number has, -1 for none: logarithmic, up to the next power of two, so that colours keep still while one moves. */
function levels(most) {
  const top = Math.max(Math.ceil(Math.log2(most + 1)), 1);
  const step = (number) => Math.min(Math.floor((Math.log2(number + 1) / top) * STEPS), STEPS - 1);
  return Int8Array.from({ length: most + 1 }, (_, number) => (number ? step(number) : -1));
}

/** Map of colour -> [{sheet, rows}]. */
function byColour(layers) {
  const found = new Map();
  for (const { sheet, tones: { colours, keys }, rows } of layers) {
    const lists = Array.from(colours, () => new Uint32Array(rows.length));
    const lengths = new Uint32Array(colours.length);
    for (let i = 0; i < rows.length; i += 1) {
      const key = keys[rows[i]];
      lists[key][lengths[key]] = rows[i];
      lengths[key] += 1;
    }
    lists.forEach((list, key) => {
      if (lengths[key]) {
        found.set(colours[key], [...(found.get(colours[key]) ?? []), { sheet, rows: list.subarray(0, lengths[key]) }]);
      }
    });
  }
  return found;
}
