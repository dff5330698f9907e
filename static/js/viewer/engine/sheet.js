/** What one analysis says about a picture: columns, the best first, and an index of where things are. */

import Flatbush from "../../../vendor/flatbush/flatbush.js";
import {
  boundsIn,
  coordinatesIn,
  countAtLeast,
  heatmapAt,
  idAt,
  kindAt,
  maskAt,
  polygonAt,
  poseAt,
  ranksIn,
  scoreAt,
  scoresOf,
} from "../payload.js";
import { Item } from "./item.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const BINS = 255; // of scores, for their colours
export const NO_SCORE = 255; // the bin of what has none

export class Sheet {
  #items;
  #ids = null;
  #words = null;
  #index = null;
  #ranks;
  #corners = null;

  /** `payload` is decodePayload's; `picture` is {width, height} of the upright picture. */
  constructor(analysisId, payload, picture) {
    const { header, columns } = payload;
    this.analysisId = analysisId;
    this.payload = payload;
    this.picture = picture;
    this.count = header.count;
    this.classes = header.classes;
    this.classOf = columns.class;
    this.kinds = header.kinds;
    this.kind = columns.kind;
    this.has = new Set(Array.from(new Set(columns.kind), (number) => header.kinds[number]));
    this.#ranks = this.has.size > 1 ? ranksIn(payload) : null;
    this.#items = new Array(this.count);
    this.bounds = boundsIn(payload);
    this.#scaleMasks();
    this.inside = clippedAll(this.bounds, picture);
    this.bins = binsIn(payload);
    this.scored = countAtLeast(payload, 0);
    this.placed = placedIn(this.inside);
  }

  /** The scores of all rows, NaN where there is none; made anew each time. */
  get scores() {
    return Float64Array.from({ length: this.count }, (_, row) => scoreAt(this.payload, row) ?? NaN);
  }

  /** How many of the best reach a threshold; those without a score are not among them. */
  cutAt(threshold) {
    return threshold > 0 ? countAtLeast(this.payload, threshold) : this.scored;
  }

  /** Rows of what touches [x0, y0, x1, y1] and for which passes(row) is true, in no order. */
  touching([x0, y0, x1, y1], passes) {
    const { placed } = this;
    if (!placed.length) {
      return [];
    }
    this.#index ??= indexOf(this.inside, placed);
    return this.#index.search(x0, y0, x1, y1, (place) => passes(placed[place])).map((place) => placed[place]);
  }

  /** Bounds of masks come in pixels of their own grid. */
  #scaleMasks() {
    for (const row of this.rowsOf("mask")) {
      const { size: [height, width] } = this.maskOf(row);
      const [sx, sy] = [this.picture.width / width, this.picture.height / height];
      this.bounds.set([0, 1, 2, 3].map((edge) => this.bounds[row * 4 + edge] * (edge % 2 ? sy : sx)), row * 4);
    }
  }

  // --- single objects -------------------------------------------------------------------------------------
  /** The object of a row; the same one each time. */
  item(row) {
    this.#items[row] ??= new Item(this, row);
    return this.#items[row];
  }

  /** The object with an id, or undefined; while the ids have not come, none is found. */
  find(id) {
    if (!this.#words || !UUID.test(id ?? "")) {
      return undefined;
    }
    const digits = id.replaceAll("-", "");
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
    const [a, b, c, d] = new Uint32Array(bytes.buffer);
    const words = this.#words;
    for (let at = 0; at < words.length; at += 4) {
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) {
        return this.item(at / 4);
      }
    }
    return undefined;
  }

  /** The answer to idsUrl, decoded. */
  setIds(ids) {
    const { id } = ids.columns;
    this.#ids = ids;
    this.#words = new Uint32Array(id.buffer, id.byteOffset, id.length / 4);
  }

  get hasIds() {
    return this.#ids !== null;
  }

  idOf(row) {
    return this.#ids ? idAt(this.#ids, row) : `${this.analysisId}/${row}`;
  }

  /** The rows of a kind, best first. */
  rowsOf(kind) {
    const number = this.kinds.indexOf(kind);
    const rows = [];
    for (let row = 0; this.has.has(kind) && row < this.count; row += 1) {
      if (this.kind[row] === number) {
        rows.push(row);
      }
    }
    return rows;
  }

  /** How many rows of the same kind come before. */
  rankOf(row) {
    return this.#ranks ? this.#ranks[row] : row;
  }

  maskOf(row) {
    return maskAt(this.payload, this.rankOf(row));
  }

  ringsOf(row) {
    return polygonAt(this.payload, this.rankOf(row));
  }

  /** The corners of all polygons and the points of all poses as columns of pixels: {corner_x, …}. */
  get places() {
    if (!this.#corners) {
      const names = ["corner_x", "corner_y", "point_x", "point_y"].filter((name) => name in this.payload.columns);
      this.#corners = Object.fromEntries(names.map((name) => [name, coordinatesIn(this.payload, name)]));
    }
    return this.#corners;
  }

  dataOf(row) {
    return DATA[kindAt(this.payload, row)](this.payload, this.rankOf(row), this, row);
  }
}

const DATA = {
  box(payload, rank, { bounds }, row) {
    const [x0, y0, x1, y1] = bounds.subarray(row * 4, row * 4 + 4);
    return { bbox: [x0, y0, x1 - x0, y1 - y0], format: "xywh" };
  },
  polygon: (payload, rank) => ({ points: polygonAt(payload, rank).map(pairs), format: "polygon" }),
  mask: (payload, rank) => ({ rle: { size: maskAt(payload, rank).size }, format: "rle" }),
  keypoints(payload, rank) {
    const { points, skeleton } = poseAt(payload, rank);
    const keypoints = points.map(({ name, x, y, score }) => ({ name, x, y, confidence: score }));
    return skeleton ? { keypoints, skeleton } : { keypoints };
  },
  scores: (payload, rank) => ({ scores: Object.fromEntries(scoresOf(payload, rank)) }),
  heatmap: (payload, rank) => heatmapAt(payload, rank),
};

function pairs(ring) {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]);
}

function binsIn({ columns: { score }, meanings: { score: { divisor, null: none } } }) {
  const bins = new Uint8Array(score.length);
  for (let row = 0; row < score.length; row += 1) {
    bins[row] = score[row] === none ? NO_SCORE : Math.min(Math.floor((score[row] / divisor) * BINS), BINS - 1);
  }
  return bins;
}

function placedIn(inside) {
  const placed = new Uint32Array(inside.length / 4);
  let length = 0;
  for (let at = 0; at < inside.length; at += 4) {
    if (!Number.isNaN(inside[at])) {
      placed[length] = at / 4;
      length += 1;
    }
  }
  return placed.subarray(0, length);
}

function indexOf(inside, placed) {
  const index = new Flatbush(placed.length, 16, Float32Array);
  for (const row of placed) {
    index.add(inside[row * 4], inside[row * 4 + 1], inside[row * 4 + 2], inside[row * 4 + 3]);
  }
  index.finish();
  return index;
}

/** The parts of all bounds that lie in the picture, NaN where nothing does; detectors overshoot. */
function clippedAll(bounds, { width, height }) {
  const inside = new Float32Array(bounds.length);
  for (let at = 0; at < bounds.length; at += 4) {
    const x0 = Math.max(bounds[at], 0);
    const y0 = Math.max(bounds[at + 1], 0);
    const x1 = Math.min(bounds[at + 2], width);
    const y1 = Math.min(bounds[at + 3], height);
    const isThere = x0 <= x1 && y0 <= y1;
    inside[at] = isThere ? x0 : NaN;
    inside[at + 1] = isThere ? y0 : NaN;
    inside[at + 2] = isThere ? x1 : NaN;
    inside[at + 3] = isThere ? y1 : NaN;
  }
  return inside;
}
