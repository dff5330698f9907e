import assert from "node:assert/strict";
import { test } from "node:test";

import { contour } from "../../../static/js/viewer/contour.js";
import { decode, maskArea, maskBounds, maskContains } from "../../../static/js/viewer/rle.js";

/** Run lengths of a picture drawn with # and ., column by column as COCO has it. */
function drawn(...rows) {
  const [height, width] = [rows.length, rows[0].length];
  const counts = [0];
  let last = ".";
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) {
      if (rows[y][x] !== last) {
        counts.push(0);
        last = rows[y][x];
      }
      counts[counts.length - 1] += 1;
    }
  }
  return { size: [height, width], counts };
}

/** The picture back from a mask. */
function redrawn(rle) {
  const [height, width] = rle.size;
  const { bits } = decode(rle, [0, 0, width, height]);
  return Array.from({ length: height }, (_, y) => [...bits.slice(y * width, (y + 1) * width)].map((bit) => (bit ? "#" : ".")).join(""));
}

const L = ["......", ".#....", ".#....", ".##...", "......"];

test("run lengths go down the columns and begin with background", () => {
  assert.deepEqual(drawn(...L).counts, [6, 3, 4, 1, 16]);
  assert.deepEqual(redrawn(drawn(...L)), L);
});

test("a mask that begins with foreground has a first run of 0", () => {
  assert.deepEqual(redrawn({ size: [2, 2], counts: [0, 1, 2, 1] }), ["#.", ".#"]);
});

test("the bounds are those of the foreground", () => {
  assert.deepEqual(maskBounds(drawn(...L)), [1, 1, 3, 4]);
});

test("a run over the end of a column has the full height", () => {
  assert.deepEqual(maskBounds({ size: [4, 3], counts: [3, 2, 7] }), [0, 0, 2, 4]);
});

test("an empty mask has no bounds", () => {
  assert.equal(maskBounds({ size: [4, 3], counts: [12] }), null);
});

test("a short sum is padded with background", () => {
  const rle = { size: [480, 640], counts: [12, 5, 8, 3, 15, 2] };
  assert.deepEqual(maskBounds(rle), [0, 12, 1, 45]);
  assert.equal(maskContains(rle, 100, 100), false);
});

test("decoding gives the part that was asked for", () => {
  const { x, y, width, height, bits } = decode(drawn(...L), [1, 1, 3, 4]);
  assert.deepEqual([x, y, width, height, [...bits]], [1, 1, 2, 3, [1, 0, 1, 0, 1, 1]]);
});

test("containing is a matter of whole pixels", () => {
  const rle = drawn(...L);
  const inside = [[1, 1], [1.99, 3.99], [2.5, 3.5]];
  const outside = [[0.99, 1], [2, 2.9], [-1, 1], [1, 9], [6, 0]];
  assert.ok(inside.every(([x, y]) => maskContains(rle, x, y)));
  assert.ok(!outside.some(([x, y]) => maskContains(rle, x, y)));
});

test("the area counts the set pixels", () => {
  assert.equal(maskArea(drawn(...L)), 4);
});

const ringsOf = (...rows) => contour(decode(drawn(...rows), [0, 0, rows[0].length, rows.length]));

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
  assert.equal(contour(decode(drawn(...rows), [0, 0, 40, 40]), 1000), null);
});
