/**
 * Two models without ground truth: which object of one is which of the other.
 *
 * The twin of analyses/comparison/peers.py, which tells the rules; vista/tests/vectors/comparison.json holds both to
 * the same answers.
 */

import { assigned, NOBODY } from "./assignment.js";
import { overlapping, startsOf } from "./gate.js";
import { AGREE, CLASS_DIFFERS, LEFT_OUT, ONLY_HERE } from "./verdicts.js";

export const DEFAULT_IOU = 0.5;
export { NOBODY };

/**
 * Match two sides, of each the objects that score enough.
 *
 * A side is {bounds, classes, scores} of typed arrays in the order of a payload or of ids: four numbers a row, x_min,
 * y_min, x_max, y_max in pixels, NaN for what has no place; class numbers of a table that both sides share; scores, NaN
 * where there is none.
 *
 * Returns {rowsA, rowsB, ious, sameClass} of the pairs, by rank on side A, and {verdictsA, verdictsB, partnerA,
 * partnerB} of all rows. Throws TooDense.
 */
export function match(a, b, { iou = DEFAULT_IOU, minA = 0, minB = 0 } = {}) {
  if (!(iou > 0 && iou <= 1)) {
    throw new RangeError(`IoU must be above 0 and at most 1, got ${iou}`);
  }
  const [rankedA, rankedB] = [ranked(a, minA), ranked(b, minB)];
  const { partner, overlap } = paired(a, rankedA, b, rankedB, iou);
  const count = partner.reduce((sum, place) => sum + (place !== NOBODY), 0);
  const found = {
    rowsA: new Uint32Array(count),
    rowsB: new Uint32Array(count),
    ious: new Float64Array(count),
    sameClass: new Uint8Array(count),
    verdictsA: seen(a, rankedA),
    verdictsB: seen(b, rankedB),
    partnerA: new Int32Array(a.scores.length).fill(NOBODY),
    partnerB: new Int32Array(b.scores.length).fill(NOBODY),
  };
  let pair = 0;
  partner.forEach((place, rank) => {
    if (place !== NOBODY) {
      const [rowA, rowB] = [rankedA[rank], rankedB[place]];
      const same = a.classes[rowA] === b.classes[rowB];
      found.rowsA[pair] = rowA;
      found.rowsB[pair] = rowB;
      found.ious[pair] = overlap[rank];
      found.sameClass[pair] = same;
      found.verdictsA[rowA] = same ? AGREE : CLASS_DIFFERS;
      found.verdictsB[rowB] = same ? AGREE : CLASS_DIFFERS;
      found.partnerA[rowA] = rowB;
      found.partnerB[rowB] = rowA;
      pair += 1;
    }
  });
  return found;
}

function seen({ scores }, ranks) {
  const verdicts = new Uint8Array(scores.length).fill(LEFT_OUT);
  ranks.forEach((row) => {
    verdicts[row] = ONLY_HERE;
  });
  return verdicts;
}

/**
 * The rows that are compared: highest score first, equal ones as they come, those without a score last.
 *
 * Left out is what has no place and what scores less than `least`; what has no score always counts.
 */
export function ranked({ bounds, scores }, least) {
  const rows = [];
  let isSorted = true;
  for (let row = 0; row < scores.length; row += 1) {
    const at = row * 4;
    const isPlaced = !Number.isNaN(bounds[at] + bounds[at + 1] + bounds[at + 2] + bounds[at + 3]);
    if (isPlaced && !(scores[row] < least)) {
      isSorted &&= !rows.length || compare(scores[rows.at(-1)], scores[row]) <= 0;
      rows.push(row);
    }
  }
  if (!isSorted) {
    rows.sort((one, other) => compare(scores[one], scores[other]) || one - other);
  }
  return Uint32Array.from(rows);
}

function compare(one, other) {
  if (Number.isNaN(one) || Number.isNaN(other)) {
    return Number.isNaN(one) - Number.isNaN(other);
  }
  return other - one;
}

/** For each rank of `a` its partner's rank in `b` or NOBODY, and their IoU. */
function paired(a, rankedA, b, rankedB, least) {
  // Which side gets the rows must not depend on which was named first: the one with fewer or smaller numbers.
  if (!comesLater(a, rankedA, b, rankedB)) {
    return inTwoTurns(a, rankedA, b, rankedB, least);
  }
  const back = inTwoTurns(b, rankedB, a, rankedA, least);
  const partner = new Int32Array(rankedA.length).fill(NOBODY);
  const overlap = new Float64Array(rankedA.length);
  back.partner.forEach((place, rank) => {
    if (place !== NOBODY) {
      partner[place] = rank;
      overlap[place] = back.overlap[rank];
    }
  });
  return { partner, overlap };
}

function inTwoTurns(a, rankedA, b, rankedB, least) {
  const pairs = overlapping(a.bounds, rankedA, b.bounds, rankedB, least);
  const partner = new Int32Array(rankedA.length).fill(NOBODY);
  const overlap = new Float64Array(rankedA.length);
  const taken = new Uint8Array(rankedB.length);
  for (const same of [true, false]) {
    const isOpen = (rank, place) =>
      partner[rank] === NOBODY && !taken[place] && (a.classes[rankedA[rank]] === b.classes[rankedB[place]]) === same;
    const open = chosen(pairs, isOpen);
    assigned(open, rankedB.length).forEach((place, rank) => {
      if (place !== NOBODY) {
        partner[rank] = place;
        taken[place] = 1;
        overlap[rank] = weightOf(open, rank, place);
      }
    });
  }
  return { partner, overlap };
}

/** The pairs for which isOpen(rank, place) is true. */
function chosen({ starts, columns, ious }, isOpen) {
  const counts = new Uint32Array(starts.length - 1);
  const [kept, weights] = [new Uint32Array(columns.length), new Float64Array(columns.length)];
  let count = 0;
  for (let rank = 0; rank < counts.length; rank += 1) {
    for (let pair = starts[rank]; pair < starts[rank + 1]; pair += 1) {
      if (isOpen(rank, columns[pair])) {
        kept[count] = columns[pair];
        weights[count] = ious[pair];
        count += 1;
        counts[rank] += 1;
      }
    }
  }
  return { starts: startsOf(counts), columns: kept.subarray(0, count), weights: weights.subarray(0, count) };
}

function weightOf({ starts, columns, weights }, rank, place) {
  let pair = starts[rank];
  while (columns[pair] !== place) {
    pair += 1;
  }
  return weights[pair];
}

function comesLater(a, rankedA, b, rankedB) {
  if (rankedA.length !== rankedB.length) {
    return rankedA.length > rankedB.length;
  }
  for (let i = 0; i < rankedA.length * 4; i += 1) {
    const [ours, theirs] = [a.bounds[rankedA[i >> 2] * 4 + (i & 3)], b.bounds[rankedB[i >> 2] * 4 + (i & 3)]];
    if (ours !== theirs) {
      return ours > theirs;
    }
  }
  const differs = rankedA.findIndex((row, rank) => a.classes[row] !== b.classes[rankedB[rank]]);
  return differs >= 0 && a.classes[rankedA[differs]] > b.classes[rankedB[differs]];
}
