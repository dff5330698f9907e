/**
 * The viewer's payload: one analysis as a JSON header and typed arrays, highest score first; docs/payload.md has each byte.
 *
 * Rows are annotations, numbered from 0. What only some of them have lies in columns of its own: the polygon of a row is
 * the `ranksIn(payload)[row]`-th polygon. Coordinates are pixels of the upright picture; a mask has a grid of its own.
 */

export const FORMAT = 1;

const MAGIC = 0x5453_5689; // \x89VST, read as a little-endian number
const PREFIX = 16;
const ALIGNMENT = 8;
const TYPES = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
const EDGES = ["x_min", "y_min", "x_max", "y_max"];
const BY_ROWS = 0;
const NO_VISIBILITY = 255;

/** Bytes that are not a payload, or only a part of one; the message is a sentence. */
export class BadPayload extends Error {
  name = "BadPayload";
}

/**
 * The address of an analysis' payload.
 *
 * `selection` may hold minScore, maxScore, limit and window [x0, y0, x1, y1] in pixels.
 */
export function payloadUrl(analysisId, selection = {}) {
  return `/api/analyses/${analysisId}/payload?${queryOf(selection)}`;
}

/** The address of the ids that belong to the payload of the same selection. */
export function idsUrl(analysisId, selection = {}) {
  return `/api/analyses/${analysisId}/payload/ids?${queryOf(selection)}`;
}

function queryOf({ minScore, maxScore, window: view, limit }) {
  const given = { min_score: minScore, max_score: maxScore, window: view, limit };
  const named = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams([["format", FORMAT], ...named]).toString();
}

/**
 * {header, columns, meanings} of a payload or of its ids.
 *
 * Takes an ArrayBuffer; `columns` are views of it, nothing is copied. `meanings` says of each column what the header
 * says of it: divisor, origin, null. Throws BadPayload.
 */
export function decodePayload(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 4 || view.getUint32(0, true) !== MAGIC) {
    throw new BadPayload("This is no payload: its first four bytes are others.");
  }
  if (buffer.byteLength < PREFIX) {
    throw new BadPayload(`The payload is cut short: it ends inside its first ${PREFIX} bytes.`);
  }
  const format = view.getUint16(4, true);
  if (format !== FORMAT) {
    throw new BadPayload(`The payload has format ${format}; this reader knows ${FORMAT}. Reload the page.`);
  }
  const start = PREFIX + view.getUint32(8, true);
  const size = start + view.getUint32(12, true);
  if (buffer.byteLength !== size || start % ALIGNMENT !== 0) {
    throw new BadPayload(`The payload has ${buffer.byteLength} bytes; its beginning promises ${size}.`);
  }
  try {
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, PREFIX, start - PREFIX)));
    const meanings = Object.fromEntries(header.columns.map((entry) => [entry.name, entry]));
    const columns = Object.fromEntries(
      header.columns.map(({ name, dtype, offset, length }) => [name, new TYPES[dtype](buffer, start + offset, length)]),
    );
    return { header, columns, meanings };
  } catch (error) {
    throw new BadPayload(`The payload's header is damaged: ${error.message}`);
  }
}

/** Whether these ids are those of the payload's rows; if not, one of them is older: fetch both again. */
export function belongTogether(payload, ids) {
  return payload.header.version === ids.header.version && payload.header.count === ids.header.count;
}

/** The id of a row, from the answer to idsUrl. */
export function idAt({ columns: { id } }, row) {
  const hex = Array.from(id.subarray(row * 16, row * 16 + 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// --- every row ------------------------------------------------------------------------------------------------
/** box, polygon, mask, keypoints, scores or heatmap. */
export function kindAt({ header, columns }, row) {
  return header.kinds[columns.kind[row]];
}

export function classAt({ header, columns }, row) {
  return header.classes[columns.class[row]];
}

/** 0 to 1, or null. */
export function scoreAt(payload, row) {
  return scoreIn(payload, "score", row);
}

function scoreIn({ columns, meanings }, name, index) {
  const stored = columns[name][index];
  return stored === meanings[name].null ? null : stored / meanings[name].divisor;
}

/** How many rows, from the first on, have at least this score: a threshold is a prefix. Without a score none does. */
export function countAtLeast(payload, threshold) {
  let [low, high] = [0, payload.header.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const score = scoreAt(payload, middle);
    if (score !== null && score >= threshold) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The bounds of all rows, x0, y0, x1, y1 each, NaN where a row has no place; of a mask, in pixels of its own grid. */
export function boundsIn(payload) {
  const bounds = new Float32Array(4 * payload.header.count);
  EDGES.forEach((name, edge) => writeCoordinates(payload, name, bounds, edge, EDGES.length));
  return bounds;
}

/** A column of coordinates in pixels, NaN for null: the column itself where it holds floats. */
export function coordinatesIn(payload, name) {
  const stored = payload.columns[name];
  if (!payload.meanings[name].divisor) {
    return stored;
  }
  const coordinates = new Float32Array(stored.length);
  writeCoordinates(payload, name, coordinates, 0, 1);
  return coordinates;
}

/** A column in pixels into every `step`-th number from `first` on. Loops: Float32Array.from takes thirty times as long. */
function writeCoordinates({ columns, meanings }, name, into, first, step) {
  const stored = columns[name];
  const { divisor = 1, origin = 0, null: none } = meanings[name];
  for (let i = 0, at = first; i < stored.length; i += 1, at += step) {
    into[at] = stored[i] === none ? NaN : origin + stored[i] / divisor;
  }
}

/** For each row, how many rows of its kind come before it. */
export function ranksIn({ header, columns: { kind } }) {
  const next = new Uint32Array(header.kinds.length);
  const ranks = new Uint32Array(kind.length);
  for (let row = 0; row < kind.length; row += 1) {
    ranks[row] = next[kind[row]];
    next[kind[row]] += 1;
  }
  return ranks;
}

// --- what only some have, by rank -----------------------------------------------------------------------------
/** The rings of a polygon: a Float32Array x, y, x, y … each. */
export function polygonAt(payload, rank) {
  const { polygon_rings: rings, ring_corners: corners } = payload.columns;
  const found = [];
  for (let ring = rings[rank]; ring < rings[rank + 1]; ring += 1) {
    found.push(placesBetween(payload, "corner", corners[ring], corners[ring + 1]));
  }
  return found;
}

function placesBetween({ columns, meanings }, what, begin, end) {
  const [x, y] = [columns[`${what}_x`], columns[`${what}_y`]];
  const { divisor = 1, origin: left = 0 } = meanings[`${what}_x`];
  const { origin: top = 0 } = meanings[`${what}_y`];
  const places = new Float32Array(2 * (end - begin));
  for (let i = begin; i < end; i += 1) {
    places[2 * (i - begin)] = left + x[i] / divisor;
    places[2 * (i - begin) + 1] = top + y[i] / divisor;
  }
  return places;
}

/**
 * {size: [height, width] of the grid, x, y, width, height, byRows, counts}: x … height are the object's bounds in the grid.
 *
 * `counts` are run lengths, background first. By rows they cover the bounds, row by row; else the whole grid, column
 * by column. The background at the end is left out.
 */
export function maskAt({ columns }, rank) {
  const { mask_runs: runs, run } = columns;
  return {
    size: [columns.mask_height[rank], columns.mask_width[rank]],
    x: columns.mask_x[rank],
    y: columns.mask_y[rank],
    width: columns.mask_columns[rank],
    height: columns.mask_rows[rank],
    byRows: columns.mask_order[rank] === BY_ROWS,
    counts: run.subarray(runs[rank], runs[rank + 1]),
  };
}

/** A mask's bounds as rows of 0 and 1. */
export function maskBits(mask) {
  const bits = new Uint8Array(mask.width * mask.height);
  let at = 0;
  for (let index = 0; index < mask.counts.length; index += 1) {
    const end = at + mask.counts[index];
    if (index % 2 === 1 && mask.byRows) {
      bits.fill(1, at, end);
    } else if (index % 2 === 1) {
      fillColumns(bits, mask, at, end);
    }
    at = end;
  }
  return bits;
}

function fillColumns(bits, { size: [gridHeight], x, y, width }, begin, end) {
  for (let at = begin; at < end; ) {
    const column = Math.floor(at / gridHeight);
    const foot = Math.min(end, (column + 1) * gridHeight);
    const first = (at - column * gridHeight - y) * width + column - x;
    for (let i = 0; i < foot - at; i += 1) {
      bits[first + i * width] = 1;
    }
    at = foot;
  }
}

/** Whether the pixel (column, row) of the mask's grid belongs to the object; whole numbers. */
export function maskContains({ size: [gridHeight], x, y, width, height, byRows, counts }, column, row) {
  if (column < x || row < y || column >= x + width || row >= y + height) {
    return false;
  }
  const wanted = byRows ? (row - y) * width + column - x : column * gridHeight + row;
  let at = 0;
  for (let index = 0; index < counts.length; index += 1) {
    at += counts[index];
    if (wanted < at) {
      return index % 2 === 1;
    }
  }
  return false;
}

/** How many pixels of its grid a mask has. */
export function maskArea({ counts }) {
  return counts.reduce((sum, count, index) => sum + (index % 2 ? count : 0), 0);
}

/** {points: [{name, x, y, score, visibility}], skeleton: [[from, to]]}; what was not sent is null. */
export function poseAt(payload, rank) {
  const { header, columns } = payload;
  const [begin, end] = [columns.pose_points[rank], columns.pose_points[rank + 1]];
  const places = placesBetween(payload, "point", begin, end);
  const points = Array.from({ length: end - begin }, (_, i) => {
    const visibility = columns.point_visibility[begin + i];
    return {
      name: header.names[columns.point_name[begin + i]] ?? null,
      x: places[2 * i],
      y: places[2 * i + 1],
      score: scoreIn(payload, "point_score", begin + i),
      visibility: visibility === NO_VISIBILITY ? null : visibility,
    };
  });
  return { points, skeleton: header.skeletons[columns.pose_skeleton[rank]] ?? null };
}

/** [[class, score]] of a classification, highest first. */
export function scoresOf(payload, rank) {
  const { header, columns } = payload;
  const [begin, end] = [columns.scores_entries[rank], columns.scores_entries[rank + 1]];
  return Array.from({ length: end - begin }, (_, i) => [
    header.classes[columns.entry_class[begin + i]],
    scoreIn(payload, "entry_score", begin + i),
  ]);
}

/** {artifact_name, storage_path, value_range, unit} of a heatmap, those that were sent. */
export function heatmapAt({ header }, rank) {
  return header.heatmaps[rank];
}
