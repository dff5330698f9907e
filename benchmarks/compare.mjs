/**
 * Matches two sides in Node as the browser's worker does: a JSON header and typed arrays from a file in, the seconds of
 * each run and the pairs out.
 *
 * `node compare.mjs FILE RUNS`; the file has for each side the bounds (float64), the scores (float64) and the classes
 * (uint32), after two 32-bit counts.
 */

import { readFileSync } from "node:fs";

import { match } from "../static/js/viewer/comparison/peers.js";

const [file, runs] = process.argv.slice(2);
const { buffer } = new Uint8Array(readFileSync(file));
let at = 8;

function read(Type, length) {
  const array = new Type(buffer, at, length);
  at += array.byteLength + (-array.byteLength & 7);
  return array;
}

const sides = [...new Uint32Array(buffer, 0, 2)].map((count) => ({
  bounds: read(Float64Array, count * 4),
  scores: read(Float64Array, count),
  classes: read(Uint32Array, count),
}));

const seconds = [];
let found = match(...sides);
for (let run = 0; run < Number(runs); run += 1) {
  const begin = performance.now();
  found = match(...sides);
  seconds.push((performance.now() - begin) / 1000);
}
const pairs = Array.from(found.rowsA, (row, pair) => `${row} ${found.rowsB[pair]}`);
process.stdout.write(JSON.stringify({ seconds, pairs }));
