import assert from "node:assert/strict";
import { test } from "node:test";

import { Camera } from "../../../static/js/viewer/camera.js";
import { drawTiles } from "../../../static/js/viewer/layers/tiles.js";
import { TileStore } from "../../../static/js/viewer/tile_store.js";
import { Pyramid } from "../../../static/js/viewer/tiles.js";

const HUGE = new Pyramid({ width: 9000, height: 8000 }, 512);
const keys = (tiles) => tiles.map(({ key }) => key);

// --- which tiles ------------------------------------------------------------------------------------------
for (const [width, height, highest] of [
  [1, 1, 0],
  [2, 1, 1],
  [512, 300, 9],
  [513, 300, 10],
  [8192, 8192, 13],
  [8193, 1, 14],
  [9000, 8000, 14],
]) {
  test(`a picture of ${width} × ${height} has the highest level ${highest}`, () => {
    assert.equal(new Pyramid({ width, height }, 512).highest, highest);
  });
}

test("the grid of a level covers the picture, rounded up", () => {
  assert.deepEqual([14, 13, 12, 9, 0].map((level) => HUGE.grid(level)), [[18, 16], [9, 8], [5, 4], [1, 1], [1, 1]]);
});

test("the level is the coarsest that still has a pixel for each of the device", () => {
  const levels = [2, 1, 0.75, 0.5, 0.49, 0.25, 0.09].map((scale) => HUGE.levelAt(scale));
  assert.deepEqual(levels, [14, 14, 14, 13, 13, 12, 11]);
});

test("a scale that is a half but for rounding takes the level of a half", () => {
  assert.equal(HUGE.levelAt(0.1 * 5 + 1e-12), 13);
});

test("below one tile there is nothing to fetch", () => {
  assert.equal(HUGE.levelAt(0.001), 9);
  assert.deepEqual(keys(HUGE.wanted([0, 0, 9000, 8000], 0.001)), ["9/0_0"]);
});

test("a picture smaller than a tile is one tile", () => {
  const small = new Pyramid({ width: 300, height: 200 }, 512);
  assert.deepEqual(keys(small.wanted([0, 0, 300, 200], 8)), ["9/0_0"]);
});

test("a view wants the whole picture as one tile first, then what it touches, from its middle outwards", () => {
  assert.deepEqual(keys(HUGE.wanted([1000, 1000, 2000, 1100], 1)), ["9/0_0", "14/2_2", "14/2_1", "14/3_2", "14/3_1", "14/1_2", "14/1_1"]);
});

test("a view that ends at the edge of a tile does not want the next one", () => {
  assert.deepEqual(keys(HUGE.tilesIn([512, 512, 1024, 1024], 14)), ["14/1_1"]);
});

test("a view beyond the picture wants nothing beyond it", () => {
  assert.deepEqual(keys(HUGE.tilesIn([8900, 7900, 12000, 12000], 14)), ["14/17_15"]);
  assert.deepEqual(HUGE.tilesIn([-900, -900, -100, -100], 14), []);
});

test("the bounds of a tile are pixels of the picture", () => {
  assert.deepEqual(HUGE.bounds(HUGE.tile(12, 1, 2)), [2048, 4096, 4096, 6144]);
});

// --- what is drawn ----------------------------------------------------------------------------------------
const VIEW = [0, 0, 1024, 512];

test("where all sharp tiles are there nothing is drawn below them", () => {
  const there = new Set(["9/0_0", "13/0_0", "14/0_0", "14/1_0"]);
  assert.deepEqual(keys(HUGE.pile(VIEW, 1, (key) => there.has(key))).sort(), ["14/0_0", "14/1_0"]);
});

test("where one is missing the coarser ones lie below the others, the coarsest first", () => {
  const there = new Set(["9/0_0", "13/0_0", "14/0_0"]);
  assert.deepEqual(keys(HUGE.pile(VIEW, 1, (key) => there.has(key))), ["9/0_0", "13/0_0", "14/0_0"]);
});

test("finer tiles than the scale needs are not drawn", () => {
  assert.deepEqual(keys(HUGE.pile(VIEW, 0.5, (key) => key === "14/0_0" || key === "13/0_0")), ["13/0_0"]);
});

/** A canvas that notes where it was told to draw. */
function canvas() {
  const calls = [];
  const note = (name) => (...values) => calls.push([name, ...values]);
  const nothing = () => {};
  return {
    calls,
    setTransform: nothing,
    save: nothing,
    restore: nothing,
    beginPath: nothing,
    clip: nothing,
    rect: note("rect"),
    clearRect: nothing,
    drawImage: (bitmap, ...place) => calls.push([bitmap.name, ...place]),
  };
}

test("tiles that touch share an edge of whole device pixels at any scale, and end with the picture", () => {
  const picture = { width: 1000, height: 500 };
  const camera = new Camera(picture);
  camera.resize(801, 433);
  camera.zoomAt(33, 44, 1.2345);
  const pyramid = new Pyramid(picture, 512);
  const pile = [0, 1].map((column) => {
    const bounds = pyramid.bounds(pyramid.tile(10, column, 0));
    return { bounds, step: 1, bitmap: { name: column, width: column ? 488 : 512, height: 500 } };
  });
  const ctx = canvas();
  drawTiles(ctx, { camera, ratio: 1.5, picture, pile });
  const [[, ...whole], [, ...left], [, ...right]] = ctx.calls;
  assert.deepEqual(whole, camera.deviceRect([0, 0, 1000, 500], 1.5));
  assert.ok([...left, ...right].every(Number.isInteger));
  assert.equal(left[0] + left[2], right[0]);
  assert.deepEqual([left[0], right[0] + right[2]], [whole[0], whole[0] + whole[2]]);
});

test("pixels are squares once they are large enough", () => {
  const camera = new Camera({ width: 1000, height: 500 });
  camera.resize(800, 400);
  const smooth = [3.9, 4].map((scale) => {
    camera.look({ x: 500, y: 250 }, scale);
    const ctx = canvas();
    drawTiles(ctx, { camera, ratio: 1, picture: camera.image, pile: [] });
    return ctx.imageSmoothingEnabled;
  });
  assert.deepEqual(smooth, [true, false]);
});

// --- fetching and keeping ---------------------------------------------------------------------------------
/** A store whose tiles come when the test says so. */
function stand() {
  const asked = new Map();
  const timers = [];
  const told = [];
  const store = new TileStore(
    (key, signal) =>
      new Promise((resolve, reject) => {
        const bitmap = { key, closed: false, close: () => (bitmap.closed = true) };
        asked.set(key, { bitmap, signal, come: () => resolve(bitmap), later: () => resolve(null), fail: () => reject(new Error("no")) });
      }),
    (act) => timers.push(act),
  );
  for (const name of ["change", "settled", "failure"]) {
    store.addEventListener(name, () => told.push(name));
  }
  /** One answer, seen through. */
  const answer = async (key, how = "come") => {
    const request = asked.get(key);
    asked.delete(key);
    request[how]();
    await new Promise((done) => setImmediate(done));
    return request;
  };
  const want = (...names) => store.want(names.map((key) => ({ key })));
  return { store, asked, timers, told, answer, want };
}

test("the first tile is asked for alone, then six at once in the order of need", async () => {
  const { asked, answer, want } = stand();
  want("a", "b", "c", "d", "e", "f", "g", "h");
  assert.deepEqual([...asked.keys()], ["a"]);
  await answer("a");
  assert.deepEqual([...asked.keys()], ["b", "c", "d", "e", "f", "g"]);
  await answer("d");
  assert.deepEqual([...asked.keys()], ["b", "c", "e", "f", "g", "h"]);
});

test("a tile that has come is told and kept; the last one settles", async () => {
  const { store, told, answer, want } = stand();
  want("a", "b");
  await answer("a");
  assert.deepEqual([told, store.isWaiting, store.get("a").key], [["change"], true, "a"]);
  await answer("b");
  assert.deepEqual([told, store.isWaiting], [["change", "change", "settled"], false]);
});

test("what left the view is aborted, and its place is free for what is needed", async () => {
  const { asked, answer, want } = stand();
  want("a", "b", "c");
  await answer("a");
  const { signal } = asked.get("b");
  want("c", "d");
  assert.ok(signal.aborted);
  assert.deepEqual([asked.get("c").signal.aborted, asked.has("d")], [false, true]);
});

test("what comes although nobody waits any more is closed", async () => {
  const { store, answer, want } = stand();
  want("a", "b");
  await answer("a");
  want("a");
  const { bitmap } = await answer("b");
  assert.deepEqual([bitmap.closed, store.has("b")], [true, false]);
});

test("while tiles are being made it asks again after a while, for one", async () => {
  const { store, asked, timers, told, answer, want } = stand();
  want("a", "b");
  await answer("a", "later");
  assert.deepEqual([asked.size, timers.length, store.isWaiting], [0, 1, true]);
  want("a", "b");
  assert.equal(asked.size, 0);
  timers.pop()();
  assert.deepEqual([...asked.keys()], ["a"]);
  await answer("a");
  assert.deepEqual(told, ["change"]);
});

test("where the first one fails there are none", async () => {
  const { store, asked, told, answer, want } = stand();
  want("a", "b");
  await answer("a", "fail");
  assert.deepEqual([told, store.isWaiting], [["failure", "settled"], false]);
  want("c");
  assert.equal(asked.size, 0);
});

test("tiles that are being made for ever are given up", async () => {
  const { told, timers, answer, want } = stand();
  want("a");
  for (let times = 0; times < 300; times += 1) {
    await answer("a", "later");
    timers.pop()();
  }
  assert.deepEqual(told, []);
  await answer("a", "later");
  assert.deepEqual(told, ["failure", "settled"]);
});

test("later a tile is tried three times, until others come again", async () => {
  const { store, asked, answer, want } = stand();
  want("a", "b");
  await answer("a");
  await answer("b", "fail");
  await answer("b", "fail");
  await answer("b", "fail");
  assert.deepEqual([asked.has("b"), store.isWaiting], [false, false]);
  want("b", "c");
  await answer("c");
  assert.ok(asked.has("b"));
});

test("of more than 192 those needed longest ago go, never one that is needed now", async () => {
  const { store, answer, want } = stand();
  const names = Array.from({ length: 192 }, (_, index) => `old${index}`);
  for (const name of names) {
    want(name);
    await answer(name);
  }
  const [first, second] = [store.get("old0"), store.get("old1")];
  want("old0", "new");
  await answer("new");
  assert.deepEqual([first.closed, second.closed], [false, true]);
  assert.deepEqual([store.has("old0"), store.has("old1"), store.has("old2"), store.has("new")], [true, false, true, true]);
});
