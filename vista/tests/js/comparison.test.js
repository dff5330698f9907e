import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { agreementOf, countsByClass, kappa, spearman } from "../../../static/js/viewer/comparison/agreement.js";
import { iouOf, MOST, overlapping, TooDense } from "../../../static/js/viewer/comparison/gate.js";
import { Heap } from "../../../static/js/viewer/comparison/heap.js";
import { match, NOBODY } from "../../../static/js/viewer/comparison/peers.js";
import { sidesOf } from "../../../static/js/viewer/comparison/sides.js";

const VECTORS = JSON.parse(readFileSync(new URL("../vectors/comparison.json", import.meta.url), "utf8"));

const sideOf = ({ bounds, classes, scores }) => ({
  bounds: Float64Array.from(bounds.flatMap((place) => place ?? [NaN, NaN, NaN, NaN])),
  classes: Uint32Array.from(classes),
  scores: Float64Array.from(scores, (score) => score ?? NaN),
});
const inPython = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const named = (sums) => Object.fromEntries(Object.entries(sums).map(([name, value]) => [inPython(name), value]));
const close = (one, other) => one === other || (one !== null && other !== null && Math.abs(one - other) < 1e-12);

// --- the vectors shared with Python -----------------------------------------------------------------------
test("there are vectors", () => {
  assert.ok(VECTORS.length > 20);
});

for (const { name, iou, min_a: minA, min_b: minB, a, b, wanted } of VECTORS) {
  test(`matches as Python does: ${name}`, () => {
    const sides = [sideOf(a), sideOf(b)];
    const found = match(...sides, { iou, minA, minB });
    const pairs = Array.from(found.rowsA, (row, i) => [row, found.rowsB[i], found.ious[i]]).sort((p, q) => p[0] - q[0]);
    assert.deepEqual(pairs, wanted.pairs);
    assert.deepEqual([...found.verdictsA], wanted.verdicts_a);
    assert.deepEqual([...found.verdictsB], wanted.verdicts_b);
    const sums = named(agreementOf(...sides, found));
    assert.deepEqual(Object.keys(sums), Object.keys(wanted.sums));
    const off = Object.keys(sums).filter((key) => !close(sums[key], wanted.sums[key]));
    assert.deepEqual(off, []);
  });
}

for (const { name, iou, min_a: minA, min_b: minB, a, b, wanted } of VECTORS) {
  test(`the other way round: ${name}`, () => {
    const found = match(sideOf(b), sideOf(a), { iou, minA: minB, minB: minA });
    const pairs = Array.from(found.rowsB, (row, i) => [row, found.rowsA[i]]).sort((p, q) => p[0] - q[0]);
    assert.deepEqual(pairs, wanted.pairs.map((pair) => pair.slice(0, 2)));
  });
}

test("each knows its partner", () => {
  const { a, b, iou, wanted } = VECTORS.find(({ name }) => name === "equals pair by their ranks");
  const { partnerA, partnerB } = match(sideOf(a), sideOf(b), { iou });
  assert.deepEqual(wanted.pairs.map(([row, other]) => [partnerA[row], partnerB[other]]), [[1, 0], [0, 1]]);
  assert.deepEqual([...match(sideOf(a), sideOf({ bounds: [], classes: [], scores: [] })).partnerA], [NOBODY, NOBODY]);
});

// --- the gate ---------------------------------------------------------------------------------------------
/** Numbers from 0 to 1, the same in each run. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function boxes(random, count, extent, largest) {
  const bounds = new Float64Array(count * 4);
  for (let i = 0; i < count; i += 1) {
    const [x, y] = [random() * extent, random() * extent];
    bounds.set([x, y, x + largest ** random(), y + largest ** random()], i * 4);
  }
  return bounds;
}

for (const [extent, largest, least] of [[60, 40, 0.5], [30, 1000, 0.1], [5, 4, 0.9], [1e6, 10, 0.5], [20, 30, 1 / 3]]) {
  test(`the gate loses no pair and adds none: ${largest} in ${extent} at ${least}`, () => {
    const random = numbers(7);
    const [a, b] = [boxes(random, 150, extent, largest), boxes(random, 170, extent, largest)];
    b.set(a.subarray(0, 80)); // some coincide
    const rows = (count) => Uint32Array.from({ length: count }, (_, row) => row);
    const { starts, columns, ious } = overlapping(a, rows(150), b, rows(170), least);
    const wanted = [];
    const found = [];
    for (let i = 0; i < 150; i += 1) {
      for (let j = 0; j < 170; j += 1) {
        const iou = iouOf(a, i, b, j);
        if (iou >= least) {
          wanted.push([i, j, iou]);
        }
      }
      for (let pair = starts[i]; pair < starts[i + 1]; pair += 1) {
        found.push([i, columns[pair], ious[pair]]);
      }
    }
    assert.ok(wanted.length >= 20);
    assert.deepEqual(found, wanted);
  });
}

test("more pairs than can be looked at are refused", () => {
  const count = Math.ceil(Math.sqrt(MOST)) + 1;
  const bounds = new Float64Array(count * 4);
  for (let i = 0; i < count; i += 1) {
    bounds.set([0, 0, 1, 1], i * 4);
  }
  const side = { bounds, classes: new Uint32Array(count), scores: new Float64Array(count).fill(0.5) };
  assert.throws(() => match(side, side), TooDense);
});

test("an IoU that is none is refused", () => {
  const none = sideOf({ bounds: [], classes: [], scores: [] });
  assert.throws(() => match(none, none, { iou: 0 }), RangeError);
});

// --- sums -------------------------------------------------------------------------------------------------
test("kappa of one class says nothing", () => {
  assert.equal(kappa([3, 3], [3, 3]), null);
  assert.equal(kappa([], []), null);
});

test("kappa of a known table", () => {
  const spread = (numbers_) => numbers_.flatMap((times, i) => new Array(times).fill(i));
  const ours = spread([25, 25]);
  const theirs = [...spread([20, 5]), ...spread([10, 15])];
  assert.ok(close(kappa(ours, theirs), 0.4));
});

test("equal scores share their ranks", () => {
  assert.ok(close(spearman([0.1, 0.1, 0.2, 0.9], [0.2, 0.4, 0.6, 0.8]), 4.5 / Math.sqrt(4.5 * 5)));
  assert.equal(spearman([0.5, 0.5], [0.1, 0.9]), null);
});

test("counts add up class by class", () => {
  const place = (x) => [x, 0, x + 9, 9];
  const a = sideOf({ bounds: [place(0), place(20), place(40)], classes: [0, 0, 1], scores: [0.9, 0.8, 0.7] });
  const b = sideOf({ bounds: [place(0), place(20), place(80)], classes: [0, 1, 1], scores: [0.9, 0.8, 0.7] });
  assert.deepEqual(countsByClass(a, b, match(a, b), ["dog", "car", "unseen"]), [
    { name: "car", countA: 1, countB: 2, agree: 0, aDiffers: 0, bDiffers: 1, aOnly: 1, bOnly: 1 },
    { name: "dog", countA: 2, countB: 1, agree: 1, aDiffers: 1, bDiffers: 0, aOnly: 0, bOnly: 0 },
  ]);
});

// --- sides ------------------------------------------------------------------------------------------------
test("sides share one table of classes, whichever comes first", () => {
  const one = { bounds: [], scores: [], classes: ["dog", "car"], classOf: Uint8Array.of(0, 1, 1) };
  const other = { bounds: [], scores: [], classes: ["car", "ant", "dog"], classOf: Uint8Array.of(2, 1) };
  const { sides, classes } = sidesOf([one, other]);
  assert.deepEqual(classes, ["ant", "car", "dog"]);
  assert.deepEqual(sides.map((side) => [...side.classes]), [[2, 1, 1], [2, 0]]);
  assert.deepEqual(sidesOf([other, one]).classes, classes);
});

// --- the heap ---------------------------------------------------------------------------------------------
test("a heap gives the least first", () => {
  const random = numbers(3);
  const entries = Array.from({ length: 200 }, () => [0, 0, 0].map(() => Math.floor(random() * 4)));
  const heap = new Heap();
  entries.forEach((entry) => heap.push(entry));
  const given = entries.map(() => heap.pop());
  assert.deepEqual(given, [...entries].sort((p, q) => p[0] - q[0] || p[1] - q[1] || p[2] - q[2]));
});
