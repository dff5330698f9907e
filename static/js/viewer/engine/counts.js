/** How many objects lie over each spot of a grid: only the corners of each are written, whatever its size. */

export class Counts {
  #across = 0;
  #down = 0;
  #changes = new Int32Array(0);

  /** The number of each spot, `line` of them a row. */
  get numbers() {
    return this.#changes;
  }

  get line() {
    return this.#across + 1;
  }

  /**
   * Count the bounds of `layers`, [{sheet, rows}], on a grid of [across, down] spots; gives the most on one spot.
   *
   * `scale` is spots a pixel of the picture, which begins at (x, y).
   */
  count(layers, [across, down], { scale, x, y }) {
    this.#clear(across, down);
    for (const { sheet, rows } of layers) {
      this.#add(sheet.inside, rows, scale, x, y);
    }
    return this.#sum();
  }

  #clear(across, down) {
    if (across !== this.#across || down !== this.#down) {
      this.#across = across;
      this.#down = down;
      this.#changes = new Int32Array((across + 1) * (down + 1));
    }
    this.#changes.fill(0);
  }

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
    const line = this.line;
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
}
