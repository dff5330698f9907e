/** The differences that a person goes through: those that verdicts and classes do not hide, one at a time. */

import { NOBODY } from "./assignment.js";
import { nameOf } from "./differences.js";
import { verdictNamed } from "./verdicts.js";

/**
 * The places in `differences` of what is listed, as a Uint32Array.
 *
 * `verdicts` are the names of those that are shown, `hidden` has the hidden classes; a pair is there while one of its
 * objects is.
 */
export function listed(differences, sheets, verdicts, hidden) {
  const names = new Set(verdicts.split(","));
  const isOpen = sheets.map(({ classes }) => classes.map((name) => !hidden.has(name)));
  const isSeen = (side, row) => row !== NOBODY && isOpen[side][sheets[side].classOf[row]];
  const { rowsA, rowsB } = differences;
  const places = new Uint32Array(rowsA.length);
  let count = 0;
  for (let i = 0; i < rowsA.length; i += 1) {
    if (names.has(nameOf(differences, i)) && (isSeen(0, rowsA[i]) || isSeen(1, rowsB[i]))) {
      places[count] = i;
      count += 1;
    }
  }
  return places.subarray(0, count);
}

/** {verdict, objects, iou} of a difference: `objects` are [a], [b] or [a, b] as items; iou is null for one alone. */
export function differenceAt(differences, sheets, i) {
  const rows = [differences.rowsA[i], differences.rowsB[i]];
  const iou = differences.ious[i];
  return {
    verdict: verdictNamed(nameOf(differences, i)),
    objects: rows.flatMap((row, side) => (row === NOBODY ? [] : [sheets[side].item(row)])),
    iou: Number.isNaN(iou) ? null : iou,
  };
}

/** Where in `places` the difference with this row of a side stands, -1 for nowhere. */
export function placeOf({ rowsA, rowsB }, places, side, row) {
  const rows = side === 0 ? rowsA : rowsB;
  return places.findIndex((i) => rows[i] === row);
}

/** The bounds around all of its objects, or null where none lies in the picture. */
export function around(objects) {
  const bounds = objects.map(({ inside }) => inside).filter(Boolean);
  const edge = (i, of) => of(...bounds.map((each) => each[i]));
  return bounds.length ? [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)] : null;
}
