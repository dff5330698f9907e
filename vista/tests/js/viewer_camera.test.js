import assert from "node:assert/strict";
import { test } from "node:test";

import { Camera } from "../../../static/js/viewer/camera.js";
import { mapSize, partOf } from "../../../static/js/viewer/minimap.js";

const PICTURE = { width: 400, height: 200 };

function camera(width = 832, height = 432) {
  const made = new Camera(PICTURE);
  made.resize(width, height);
  return made;
}

const near = (actual, expected) =>
  actual.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) < 1e-9, `${actual} is not ${expected}`));

test("a new camera shows the whole picture in the middle, with a margin", () => {
  const made = camera();
  assert.equal(made.scale, 2);
  near(made.toScreen(0, 0), [16, 16]);
  near(made.toScreen(400, 200), [816, 416]);
});

test("a window that is too high leaves the picture in the middle", () => {
  near(camera(832, 1000).toScreen(0, 100), [16, 500]);
});

test("screen and image points are each other's inverse at any zoom", () => {
  const made = camera();
  made.zoomAt(123, 45, 3.7);
  made.panBy(-17, 9);
  const { x, y } = made.toImage(...made.toScreen(33.25, 181.5));
  near([x, y], [33.25, 181.5]);
});

test("zooming keeps the point under the cursor", () => {
  const made = camera();
  const before = made.toImage(300, 200);
  made.zoomAt(300, 200, 2.5);
  const after = made.toImage(300, 200);
  near([after.x, after.y], [before.x, before.y]);
  assert.equal(made.scale, 5);
});

test("zooming ends at 64 screen pixels an image pixel", () => {
  const made = camera();
  made.zoomBy(1e6);
  assert.equal(made.scale, 64);
});

test("zooming out ends at a quarter of one to one", () => {
  const made = camera();
  made.zoomBy(1e-6);
  assert.equal(made.scale, 0.25);
});

test("a fitted picture is fitted again when the window changes", () => {
  const made = camera();
  made.resize(432, 432);
  assert.equal(made.scale, 1);
  assert.equal(made.fitted, true);
});

test("a zoomed picture keeps its centre and its scale when the window changes", () => {
  const made = camera();
  made.look({ x: 100, y: 50 }, 3);
  made.resize(300, 700);
  assert.deepEqual([made.centre, made.scale, made.fitted], [{ x: 100, y: 50 }, 3, false]);
});

test("the picture cannot be dragged out of the window", () => {
  const made = camera();
  made.panBy(5000, -5000);
  const [left] = made.toScreen(0, 0);
  const [, bottom] = made.toScreen(0, 200);
  assert.deepEqual([left, bottom], [832 - 48, 48]);
  made.panBy(-5000, 5000);
  const [right] = made.toScreen(400, 0);
  const [, top] = made.toScreen(0, 0);
  assert.deepEqual([right, top], [48, 432 - 48]);
});

test("one to one means device pixels", () => {
  const made = camera();
  made.oneToOne(2);
  assert.equal(made.scale, 0.5);
});

test("revealing what is in view moves nothing", () => {
  assert.equal(camera().reveal([10, 10, 50, 50]), false);
});

test("revealing brings an object just into view", () => {
  const made = camera();
  made.look({ x: 50, y: 50 }, 8);
  assert.equal(made.reveal([300, 100, 310, 110]), true);
  const [right, bottom] = made.toScreen(310, 110);
  near([right, bottom], [832 - 16, 432 - 16]);
});

test("zooming to an object puts it into the middle", () => {
  const made = camera();
  made.zoomTo([100, 50, 200, 100]);
  assert.deepEqual(made.centre, { x: 150, y: 75 });
  near([made.scale], [(832 * 0.6) / 100]);
});

test("a canvas's matrix holds the device ratio", () => {
  assert.deepEqual(camera().matrix(2), [4, 0, 0, 4, 32, 32]);
});

test("device rectangles lie on whole pixels", () => {
  const made = camera();
  made.look({ x: 200, y: 100 }, 1.3);
  const rect = made.deviceRect([10.2, 20.7, 33.3, 44.4], 1.5);
  assert.ok(rect.every(Number.isInteger), String(rect));
});

// --- the map of the whole picture -------------------------------------------------------------------------
test("a map has the picture's proportions and at least a pixel", () => {
  assert.deepEqual([mapSize(PICTURE), mapSize({ width: 10, height: 9000 })], [{ width: 144, height: 72 }, { width: 1, height: 144 }]);
});

test("a view has its part of the map, cut at the edges", () => {
  const map = { width: 40, height: 20 };
  assert.deepEqual(partOf([100, 50, 200, 100], PICTURE, map), [10, 5, 10, 5]);
  assert.deepEqual(partOf([-100, -10, 900, 900], PICTURE, map), [0, 0, 40, 20]);
});
