import assert from "node:assert/strict";
import test from "node:test";

import { target } from "../../../static/js/gallery/grid.js";
import { between, meant, said } from "../../../static/js/gallery/ticking.js";

// 0 1 2
// 3 4 5
// 6
const GRID = [0, 1, 2, 3, 4, 5, 6].map((n) => ({ left: (n % 3) * 100, top: Math.floor(n / 3) * 80 }));

for (const [key, at, expected] of [
  ["ArrowRight", 0, 1],
  ["ArrowRight", 2, 3],
  ["ArrowRight", 6, 6],
  ["ArrowLeft", 3, 2],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 1, 4],
  ["ArrowDown", 5, 6],
  ["ArrowDown", 6, 6],
  ["ArrowUp", 6, 3],
  ["ArrowUp", 5, 2],
  ["ArrowUp", 1, 1],
  ["Home", 4, 0],
  ["End", 1, 6],
  ["Enter", 1, null],
  ["toString", 1, null],
]) {
  test(`${key} leads from card ${at} to ${expected}`, () => assert.equal(target(key, at, GRID), expected));
}

test("with one column, down is the next one", () => {
  const column = [{ left: 0, top: 0 }, { left: 0, top: 90 }];
  assert.equal(target("ArrowDown", 0, column), 1);
});

for (const [one, other, expected] of [
  [2, 5, [2, 3, 4, 5]],
  [5, 2, [2, 3, 4, 5]],
  [0, 0, [0]],
]) {
  test(`a row of ticks from ${one} to ${other}`, () => assert.deepEqual(between(one, other), expected));
}

for (const [at, before, isRow, expected] of [
  [3, 1, true, [1, 2, 3]],
  [3, 1, false, [3]],
  [3, null, true, [3]],
  [2, 0, true, [0, 1, 2]],
]) {
  test(`a tick at ${at} after ${before} is ${isRow ? "one of a row" : "alone"}`, () =>
    assert.deepEqual(meant(at, before, isRow), expected));
}

test("the bar says how many are ticked", () => {
  assert.equal(said(1), "1 ticked");
  assert.equal(said(1200), "1,200 ticked");
});
