/**
 * Which boxes of two sides overlap enough, without looking at every pair.
 *
 * Two boxes whose IoU reaches t overlap by at least t on each axis alone. So from a box of width w the other one's left
 * edge is at most w (1 - t) / t to the left and w (1 - t) to the right, and the longer sides of both differ by the
 * factor t at most. Boxes of about the same size are looked up together, in a grid whose cells are a part of such a
 * window. The pairs are those of analyses/comparison/gate.py.
 */

export const MOST = 1_000_000; // pairs
const LOWEST_LEVEL = -20;
const CELLS = 4; // a box on the other side, at most
const PARTS = 4; // of a window, each a cell wide
const SLACK = 1e-9; // windows are a little wider than they must be, so that rounding loses no pair

/** More pairs overlap than could be looked at. */
export class TooDense extends Error {}

/** IoU of two boxes in arrays of x_min, y_min, x_max, y_max; a box without area only meets itself. */
export function iouOf(a, i, b, j) {
  const p = i * 4;
  const q = j * 4;
  if (a[p] === b[q] && a[p + 1] === b[q + 1] && a[p + 2] === b[q + 2] && a[p + 3] === b[q + 3]) {
    return 1;
  }
  const width = Math.min(a[p + 2], b[q + 2]) - Math.max(a[p], b[q]);
  const height = Math.min(a[p + 3], b[q + 3]) - Math.max(a[p + 1], b[q + 1]);
  if (!(width > 0 && height > 0)) {
    return 0;
  }
  const common = width * height;
  const areaA = (a[p + 2] - a[p]) * (a[p + 3] - a[p + 1]);
  const areaB = (b[q + 2] - b[q]) * (b[q + 3] - b[q + 1]);
  const union = areaA + areaB - common;
  return union > 0 ? common / union : 0;
}

/**
 * All pairs whose IoU reaches `least`, by place in `placesA`, then in `placesB`: {starts, columns, ious}.
 *
 * `a` and `b` are bounds, four numbers a row; the places are rows, best first. The pairs of the i-th place are those
 * from starts[i] to before starts[i + 1]; columns are places in `placesB`.
 */
export function overlapping(a, placesA, b, placesB, least) {
  const pairs = new Pairs(placesA.length, placesB.length);
  for (const [level, places] of byLevel(a, placesA)) {
    lookUp({ a, b, placesA, placesB, least, level, places }, pairs);
  }
  return pairs.sorted();
}

function sideOf(bounds, row) {
  return Math.max(bounds[row * 4 + 2] - bounds[row * 4], bounds[row * 4 + 3] - bounds[row * 4 + 1]);
}

/** Places by the power of two that their longer side stays below. */
function byLevel(bounds, rows) {
  const levels = new Map();
  for (let place = 0; place < rows.length; place += 1) {
    const side = sideOf(bounds, rows[place]);
    const level = side > 0 ? Math.max(Math.floor(Math.log2(side)) + 1, LOWEST_LEVEL) : LOWEST_LEVEL;
    if (!levels.has(level)) {
      levels.set(level, []);
    }
    levels.get(level).push(place);
  }
  return levels;
}

function lookUp({ a, b, placesA, placesB, least, level, places }, pairs) {
  const before = (1 - least) / least;
  const behind = 1 - least;
  const fitting = fittingPlaces(a, placesA, places, b, placesB, least);
  const grid = new Grid(b, placesB, fitting, (2 ** level * Math.max(before + behind, 1)) / PARTS);
  // Plain constants: this runs for every box.
  const { columns, starts, lefts, tops, rights, feet, places: others } = grid;
  for (const place of places) {
    const rowA = placesA[place];
    const x = a[rowA * 4];
    const y = a[rowA * 4 + 1];
    const width = a[rowA * 4 + 2] - x;
    const height = a[rowA * 4 + 3] - y;
    const slackX = SLACK * width + 1e-12 * Math.abs(x);
    const slackY = SLACK * height + 1e-12 * Math.abs(y);
    const [right, foot] = [x + width, y + height];
    const [leastWidth, leastHeight] = [least * width - slackX, least * height - slackY];
    const column0 = grid.column(x - before * width - slackX);
    const column1 = grid.column(x + behind * width + slackX);
    const row1 = grid.row(y + behind * height + slackY);
    for (let row = grid.row(y - before * height - slackY); row <= row1; row += 1) {
      const end = starts[row * columns + column1 + 1];
      for (let i = starts[row * columns + column0]; i < end; i += 1) {
        if (
          Math.min(right, rights[i]) - Math.max(x, lefts[i]) >= leastWidth &&
          Math.min(foot, feet[i]) - Math.max(y, tops[i]) >= leastHeight
        ) {
          const iou = iouOf(a, rowA, b, placesB[others[i]]);
          if (iou >= least) {
            pairs.add(place, others[i], iou);
          }
        }
      }
    }
  }
}

/** The places in `placesB` whose size lets them reach the IoU with one of these. */
function fittingPlaces(a, placesA, places, b, placesB, least) {
  let [smallest, largest] = [Infinity, 0];
  for (const place of places) {
    const side = sideOf(a, placesA[place]);
    smallest = Math.min(smallest, side);
    largest = Math.max(largest, side);
  }
  smallest *= least * (1 - SLACK);
  largest *= (1 + SLACK) / least;
  const fitting = [];
  for (let place = 0; place < placesB.length; place += 1) {
    const side = sideOf(b, placesB[place]);
    if (side >= smallest && side <= largest) {
      fitting.push(place);
    }
  }
  return fitting;
}

/** Top left corners by cell: those of cell c are places[starts[c]] to before places[starts[c + 1]]. */
class Grid {
  #x0 = Infinity;
  #y0 = Infinity;
  #cellX;
  #cellY;

  constructor(bounds, rows, places, cell) {
    let [x1, y1] = [-Infinity, -Infinity];
    for (const place of places) {
      const at = rows[place] * 4;
      this.#x0 = Math.min(this.#x0, bounds[at]);
      this.#y0 = Math.min(this.#y0, bounds[at + 1]);
      x1 = Math.max(x1, bounds[at]);
      y1 = Math.max(y1, bounds[at + 1]);
    }
    // Far between, there would be more cells than boxes: then the cells are larger.
    const most = Math.sqrt(CELLS * places.length + 1);
    this.#cellX = Math.max(cell, (x1 - this.#x0) / most);
    this.#cellY = Math.max(cell, (y1 - this.#y0) / most);
    this.columns = places.length ? Math.floor((x1 - this.#x0) / this.#cellX) + 1 : 1;
    this.rows = places.length ? Math.floor((y1 - this.#y0) / this.#cellY) + 1 : 1;
    this.#fill(bounds, rows, places);
  }

  column(x) {
    return Math.min(Math.max(Math.floor((x - this.#x0) / this.#cellX), 0), this.columns - 1);
  }

  row(y) {
    return Math.min(Math.max(Math.floor((y - this.#y0) / this.#cellY), 0), this.rows - 1);
  }

  #fill(bounds, rows, places) {
    const count = places.length;
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let i = 0; i < count; i += 1) {
      const at = rows[places[i]] * 4;
      cells[i] = this.row(bounds[at + 1]) * this.columns + this.column(bounds[at]);
      this.starts[cells[i] + 1] += 1;
    }
    for (let cell = 1; cell < this.starts.length; cell += 1) {
      this.starts[cell] += this.starts[cell - 1];
    }
    const next = this.starts.slice();
    this.places = new Uint32Array(count);
    // A copy in the order of the cells: what is near lies near in memory.
    [this.lefts, this.tops, this.rights, this.feet] = [0, 1, 2, 3].map(() => new Float64Array(count));
    for (let i = 0; i < count; i += 1) {
      const at = rows[places[i]] * 4;
      const to = next[cells[i]];
      next[cells[i]] += 1;
      this.places[to] = places[i];
      this.lefts[to] = bounds[at];
      this.tops[to] = bounds[at + 1];
      this.rights[to] = bounds[at + 2];
      this.feet[to] = bounds[at + 3];
    }
  }
}

/** Pairs as they are found; sorted at the end. */
class Pairs {
  #perRow;
  #perColumn;
  #rows = new Uint32Array(1024);
  #columns = new Uint32Array(1024);
  #ious = new Float64Array(1024);
  #count = 0;

  constructor(rowCount, columnCount) {
    this.#perRow = new Uint32Array(rowCount);
    this.#perColumn = new Uint32Array(columnCount);
  }

  add(row, column, iou) {
    if (this.#count === MOST) {
      throw new TooDense(`More than ${MOST.toLocaleString("en")} pairs overlap.`);
    }
    if (this.#count === this.#rows.length) {
      this.#rows = grown(this.#rows);
      this.#columns = grown(this.#columns);
      this.#ious = grown(this.#ious);
    }
    this.#rows[this.#count] = row;
    this.#columns[this.#count] = column;
    this.#ious[this.#count] = iou;
    this.#count += 1;
    this.#perRow[row] += 1;
    this.#perColumn[column] += 1;
  }

  sorted() {
    const byColumn = new Uint32Array(this.#count);
    const place = startsOf(this.#perColumn);
    for (let i = 0; i < this.#count; i += 1) {
      byColumn[place[this.#columns[i]]] = i;
      place[this.#columns[i]] += 1;
    }
    const starts = startsOf(this.#perRow);
    const next = starts.slice();
    const [columns, ious] = [new Uint32Array(this.#count), new Float64Array(this.#count)];
    for (const i of byColumn) {
      const to = next[this.#rows[i]];
      next[this.#rows[i]] += 1;
      columns[to] = this.#columns[i];
      ious[to] = this.#ious[i];
    }
    return { starts, columns, ious };
  }
}

function grown(array) {
  const larger = new array.constructor(array.length * 2);
  larger.set(array);
  return larger;
}

/** Where each group begins when groups of these sizes lie behind each other, and at last where the last one ends. */
export function startsOf(counts) {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i += 1) {
    starts[i + 1] = starts[i] + counts[i];
  }
  return starts;
}
