import assert from "node:assert/strict";
import { test } from "node:test";

import { contour } from "../../../static/js/viewer/contour.js";

/** The rings around what is drawn with # and . */
function ringsOf(...rows) {
  const bits = Uint8Array.from(rows.join(""), (pixel) => Number(pixel === "#"));
  return contour({ x: 0, y: 0, width: rows[0].length, height: rows.length, bits });
}

/** Twice the signed area; positive for outer rings, which go clockwise on the screen. */
const area2 = (ring) => ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0);

test("a single pixel has four corners", () => {
  assert.deepEqual(ringsOf("...", ".#.", "..."), [[[1, 1], [2, 1], [2, 2], [1, 2]]]);
});

test("straight edges have no corners between their ends", () => {
  assert.deepEqual(ringsOf("###", "###"), [[[0, 0], [3, 0], [3, 2], [0, 2]]]);
});

test("a hole is a ring of its own, the other way round", () => {
  const rings = ringsOf("###", "#.#", "###");
  assert.deepEqual(rings.map(area2), [18, -2]);
});

test("pixels that touch at a corner are two rings", () => {
  assert.deepEqual(ringsOf("#.", ".#").map(area2), [2, 2]);
  assert.deepEqual(ringsOf(".#", "#.").map(area2), [2, 2]);
});

test("a ring that passes one corner twice stays in one piece", () => {
  assert.deepEqual(ringsOf("####", "#.##", "##.#", "####").map(area2).sort((a, b) => a - b), [-4, 32]);
});

test("the rings of any mask enclose exactly its pixels", () => {
  let seed = 7;
  const random = () => ((seed = (seed * 16807) % 2147483647) / 2147483647);
  for (let round = 0; round < 50; round += 1) {
    const rows = Array.from({ length: 9 }, () => Array.from({ length: 11 }, () => (random() < 0.5 ? "#" : ".")).join(""));
    const set = rows.join("").replaceAll(".", "").length;
    assert.equal(ringsOf(...rows).reduce((sum, ring) => sum + area2(ring), 0), 2 * set, rows.join("\n"));
  }
});

test("noise has no outline worth drawing", () => {
  const rows = Array.from({ length: 40 }, (_, y) => Array.from({ length: 40 }, (_, x) => ((x + y) % 2 ? "#" : ".")).join(""));
  assert.equal(contour({ x: 0, y: 0, width: 40, height: 40, bits: Uint8Array.from(rows.join(""), (pixel) => Number(pixel === "#")) }, 1000), null);
});
