/**
 * The best pairs: each row and each column in one at most, with the greatest sum of weights.
 *
 * The twin of analyses/comparison/assignment.py, which tells how: the same steps in the same order.
 */

import { Heap } from "./heap.js";

export const NOBODY = -1;
const STEPS = 2 ** 40; // of a weight of 1: sums and differences of so many are exact
const [FREE, TAKEN, GIVES_WAY] = [0, 1, 2];

/**
 * The column of each row as an Int32Array, NOBODY for rows without.
 *
 * `starts` and `columns` say which columns a row may have, in their order; `weights` are above 0 and at most 1.
 */
export function assigned({ starts, columns, weights }, columnCount) {
  return new Solver(starts, columns, weights, columnCount).solved();
}

/**
 * A row's gain and a column's price are at least 0 and together at least the weight of each pair of theirs.
 *
 * They are just that for pairs that are chosen, and 0 for rows and columns that are not: that proves the sum best.
 */
class Solver {
  #starts;
  #columns;
  #weights;
  #partner;
  #gain;
  #owner;
  #price;

  constructor(starts, columns, weights, columnCount) {
    this.#starts = starts;
    this.#columns = columns;
    this.#weights = weights.map((weight) => Math.max(Math.floor(weight * STEPS), 1));
    this.#partner = new Int32Array(starts.length - 1).fill(NOBODY);
    this.#gain = new Float64Array(this.#partner.length);
    this.#owner = new Int32Array(columnCount).fill(NOBODY);
    this.#price = new Float64Array(columnCount);
  }

  solved() {
    for (let row = 0; row < this.#partner.length; row += 1) {
      if (this.#starts[row] < this.#starts[row + 1] && !this.#takesFree(row)) {
        this.#findsWay(row);
      }
    }
    return this.#partner;
  }

  /** Give the row its best column if that is free; what it gains is set in any case. */
  #takesFree(row) {
    let best = 0;
    let free = NOBODY;
    for (let pair = this.#starts[row]; pair < this.#starts[row + 1]; pair += 1) {
      const column = this.#columns[pair];
      const left = this.#weights[pair] - this.#price[column];
      if (left > best) {
        best = left;
        free = NOBODY;
      }
      if (left === best && free === NOBODY && this.#owner[column] === NOBODY) {
        free = column;
      }
    }
    this.#gain[row] = best;
    if (free === NOBODY) {
      return false;
    }
    this.#partner[row] = free;
    this.#owner[free] = row;
    return true;
  }

  /** The cheapest way from a row over taken columns to a free one, or to a row that gives its column up. */
  #findsWay(first) {
    const reachedRow = new Map([[first, 0]]);
    const reached = new Map();
    const cameFrom = new Map();
    const settled = new Set();
    const heap = new Heap();
    let limit = this.#gain[first]; // no way that is longer can be the cheapest
    heap.push([limit, GIVES_WAY, -first]);
    let [row, length, kind, number] = [first, 0, TAKEN, NOBODY];
    while (kind === TAKEN) {
      const base = length + this.#gain[row];
      for (let pair = this.#starts[row]; pair < this.#starts[row + 1]; pair += 1) {
        const column = this.#columns[pair];
        const way = base + this.#price[column] - this.#weights[pair];
        if (!settled.has(column) && way <= limit && !(reached.get(column) <= way)) {
          reached.set(column, way);
          cameFrom.set(column, row);
          heap.push([way, this.#owner[column] === NOBODY ? FREE : TAKEN, column]);
        }
      }
      do {
        [length, kind, number] = heap.pop();
      } while (kind !== GIVES_WAY && (settled.has(number) || length > reached.get(number)));
      if (kind === TAKEN) {
        settled.add(number);
        row = this.#owner[number];
        reachedRow.set(row, length);
        limit = Math.min(limit, length + this.#gain[row]);
        heap.push([length + this.#gain[row], GIVES_WAY, -row]);
      }
    }
    for (const [other, at] of reachedRow) {
      this.#gain[other] -= length - at;
    }
    for (const column of settled) {
      this.#price[column] += length - reached.get(column);
    }
    this.#shift(cameFrom, first, kind === FREE ? number : NOBODY, -number);
  }

  /** Everyone on the way takes the next column: `column` is free, or NOBODY and `loser` gives its own up. */
  #shift(cameFrom, first, column, loser) {
    if (column === NOBODY) {
      column = this.#partner[loser];
      this.#partner[loser] = NOBODY;
      if (loser === first) {
        return;
      }
    }
    for (let row = NOBODY; row !== first; ) {
      row = cameFrom.get(column);
      this.#owner[column] = row;
      [this.#partner[row], column] = [column, this.#partner[row]];
    }
  }
}
