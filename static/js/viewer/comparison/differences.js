/** Where two analyses differ, as columns in the order in which people go through them. */

import { NOBODY } from "./assignment.js";
import { ONLY_HERE } from "./verdicts.js";

/**
 * {rowsA, rowsB, ious} of what only one side has (NOBODY on the other, IoU NaN) and of pairs whose classes differ: highest
 * score first, that of a pair being its higher one; what has none comes last, and of equal ones A's first.
 */
export function differencesOf(a, b, { rowsA, rowsB, ious, sameClass, verdictsA, verdictsB }) {
  const found = { rowsA: [], rowsB: [], ious: [] };
  const scores = [];
  const add = (rowA, rowB, iou, score) => {
    found.rowsA.push(rowA);
    found.rowsB.push(rowB);
    found.ious.push(iou);
    scores.push(score >= 0 ? score : -1);
  };
  verdictsA.forEach((verdict, row) => verdict === ONLY_HERE && add(row, NOBODY, NaN, a.scores[row]));
  rowsA.forEach((row, pair) => sameClass[pair] || add(row, rowsB[pair], ious[pair], higher(a.scores[row], b.scores[rowsB[pair]])));
  verdictsB.forEach((verdict, row) => verdict === ONLY_HERE && add(NOBODY, row, NaN, b.scores[row]));
  const order = Uint32Array.from(scores, (_, i) => i).sort((one, other) => scores[other] - scores[one] || one - other);
  return {
    rowsA: Int32Array.from(order, (i) => found.rowsA[i]),
    rowsB: Int32Array.from(order, (i) => found.rowsB[i]),
    ious: Float64Array.from(order, (i) => found.ious[i]),
  };
}

function higher(one, other) {
  return other > one || Number.isNaN(one) ? other : one;
}

/** Pairs in which both have a score. */
export function scoredPairs(a, b, { rowsA, rowsB }) {
  return rowsA.reduce((sum, row, pair) => sum + !Number.isNaN(a.scores[row] + b.scores[rowsB[pair]]), 0);
}

/** The name of the verdict on the i-th difference. */
export function nameOf({ rowsA, rowsB }, i) {
  if (rowsA[i] === NOBODY) {
    return "b";
  }
  return rowsB[i] === NOBODY ? "a" : "differs";
}
