/** How many objects lie over each spot, as colours: what remains to be seen where outlines would fill everything. */

import { viridis } from "../colourmap.js";
import { pixelOf } from "./tones.js";

const SPOT = 3; // CSS pixels
const STEPS = 64;
const FAINTEST = 70; // of 255: one object alone is still seen
const COLOURS = Uint32Array.from({ length: STEPS }, (_, i) =>
  pixelOf(viridis(0.15 + (0.85 * i) / (STEPS - 1)), FAINTEST + Math.round((150 * i) / (STEPS - 1))),
);

export class Density {
  #across = 0;
  #down = 0;
  #changes = new Int32Array(0);
  #colourOf = new Uint32Array(0);

  /** Draw `layers`, [{sheet, rows}], onto a surface; `place` is {scale, x, y, ratio} as in shapes.js. */
  draw(surface, layers, place) {
    const spot = Math.max(Math.round(SPOT * place.ratio), 1);
    this.#clear(Math.ceil(surface.width / spot), Math.ceil(surface.height / spot));
    for (const { sheet, rows } of layers) {
      this.#add(sheet.inside, rows, place.scale / spot, place.x / spot, place.y / spot);
    }
    this.#colour(this.#sum());
    this.#paint(surface, spot);
  }

  #clear(across, down) {
    if (across !== this.#across || down !== this.#down) {
      this.#across = across;
      this.#down = down;
      this.#changes = new Int32Array((across + 1) * (down + 1));
    }
    this.#changes.fill(0);
  }

  /** Only the four corners of each object are written; the sums between them are made at once for all. */
  #add(inside, rows, scale, x, y) {
    const changes = this.#changes;
    const [across, down] = [this.#across, this.#down];
    const line = across + 1;
    for (let i = 0; i < rows.length; i += 1) {
      const at = rows[i] * 4;
      let x0 = Math.floor(inside[at] * scale + x);
      let y0 = Math.floor(inside[at + 1] * scale + y);
      let x1 = Math.floor(inside[at + 2] * scale + x) + 1;
      let y1 = Math.floor(inside[at + 3] * scale + y) + 1;
      x0 = x0 < 0 ? 0 : x0;
      y0 = y0 < 0 ? 0 : y0;
      x1 = x1 > across ? across : x1;
      y1 = y1 > down ? down : y1;
      if (x0 < x1 && y0 < y1) {
        changes[y0 * line + x0] += 1;
        changes[y0 * line + x1] -= 1;
        changes[y1 * line + x0] -= 1;
        changes[y1 * line + x1] += 1;
      }
    }
  }

  /** Turn changes into how many lie over each spot; gives the most. */
  #sum() {
    const changes = this.#changes;
    const line = this.#across + 1;
    let most = 0;
    for (let y = 0; y < this.#down; y += 1) {
      let sum = 0;
      for (let x = 0; x < this.#across; x += 1) {
        const at = y * line + x;
        sum += changes[at];
        changes[at] = y ? sum + changes[at - line] : sum;
        most = changes[at] > most ? changes[at] : most;
      }
    }
    return most;
  }

  /** Logarithmic, up to the next power of two, so that colours keep still while one moves about. */
  #colour(most) {
    const top = Math.max(Math.ceil(Math.log2(most + 1)), 1);
    this.#colourOf = new Uint32Array(most + 1);
    for (let count = 1; count <= most; count += 1) {
      this.#colourOf[count] = COLOURS[Math.min(Math.floor((Math.log2(count + 1) / top) * STEPS), STEPS - 1)];
    }
  }

  #paint({ pixels, width, left, top, right, bottom }, spot) {
    const [changes, colourOf, line] = [this.#changes, this.#colourOf, this.#across + 1];
    for (let y = top, done = -1; y < bottom; y += 1) {
      const row = Math.floor(y / spot);
      const at = y * width;
      if (row === done) {
        pixels.copyWithin(at + left, at - width + left, at - width + right);
      } else {
        for (let x = left; x < right; x += 1) {
          pixels[at + x] = colourOf[changes[row * line + Math.floor(x / spot)]];
        }
        done = row;
      }
    }
  }
}
