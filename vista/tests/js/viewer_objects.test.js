import assert from "node:assert/strict";
import { test } from "node:test";

import { classCounts, shown, withoutConfidence } from "../../../static/js/viewer/filters.js";
import { bones, insideRings, objectsAt } from "../../../static/js/viewer/hit.js";
import { clipped, toObject, touches } from "../../../static/js/viewer/objects.js";

const PICTURE = { width: 100, height: 80 };
let made = 0;

function object(annotation_type, data, { class_name = "person", confidence = 0.9 } = {}) {
  made += 1;
  return toObject({ id: `id-${made}`, annotation_type, class_name, confidence, data }, "analysis", PICTURE);
}

const box = (bbox, more) => object("bounding_box", { bbox, format: "xywh" }, more);
const polygon = (...points) => object("segmentation", { points, format: "polygon" });
const mask = (size, counts) => object("segmentation", { rle: { size, counts }, format: "rle" });
const keypoints = (points, skeleton) => object("keypoint", { keypoints: points.map(([x, y]) => ({ x, y })), skeleton });

// --- objects ----------------------------------------------------------------------------------------------
test("a box has its bounds, and the part of them inside the picture", () => {
  const { kind, bounds, inside } = box([-5, 70, 20, 30]);
  assert.deepEqual([kind, bounds, inside], ["box", [-5, 70, 15, 100], [0, 70, 15, 80]]);
});

test("a polygon's bounds go around all its rings", () => {
  const { kind, bounds } = polygon([[1, 2], [10, 2], [5, 9]], [[20, 1], [30, 1], [25, 4]]);
  assert.deepEqual([kind, bounds], ["polygon", [1, 1, 30, 9]]);
});

test("a mask of the picture's size has its pixels' bounds", () => {
  const { kind, bounds } = mask([80, 100], [80 * 3 + 5, 10]);
  assert.deepEqual([kind, bounds], ["mask", [3, 5, 4, 15]]);
});

test("a mask of another size is stretched over the picture", () => {
  assert.deepEqual(mask([8, 10], [8 * 3 + 1, 2]).bounds, [30, 10, 40, 30]);
});

test("an empty mask has no place", () => {
  assert.deepEqual([mask([8, 10], [80]).bounds, mask([8, 10], [80]).inside], [null, null]);
});

test("keypoints have the bounds of their points", () => {
  const { kind, bounds } = keypoints([[5, 6], [50, 60]]);
  assert.deepEqual([kind, bounds], ["keypoints", [5, 6, 50, 60]]);
});

test("classification and heatmaps have no place", () => {
  const found = [object("classification", { scores: { a: 1 } }), object("heatmap", { artifact_name: "h.png" })];
  assert.deepEqual(found.map(({ kind, bounds }) => [kind, bounds]), [["scores", null], ["heatmap", null]]);
});

test("what lies outside the picture has no part inside it", () => {
  assert.equal(clipped([200, 10, 300, 20], PICTURE), null);
});

test("bounds touch at their edges", () => {
  assert.deepEqual([touches([0, 0, 5, 5], [5, 5, 9, 9]), touches([0, 0, 5, 5], [6, 0, 9, 5])], [true, false]);
});

// --- filters ----------------------------------------------------------------------------------------------
const sure = box([0, 0, 5, 5], { class_name: "car", confidence: 0.8 });
const unsure = box([0, 0, 5, 5], { class_name: "car", confidence: 0.2 });
const silent = box([0, 0, 5, 5], { class_name: "bus", confidence: null });
const all = [silent, unsure, sure];
const filter = (threshold, ...hidden) => ({ threshold, hiddenClasses: new Set(hidden) });

test("the best come first, those without a confidence last", () => {
  assert.deepEqual(shown(all, filter(0)), [sure, unsure, silent]);
});

test("the threshold itself passes", () => {
  assert.deepEqual(shown(all, filter(0.8)), [sure, silent]);
});

test("without a confidence everything passes the threshold", () => {
  assert.deepEqual(shown(all, filter(1)), [silent]);
});

test("a hidden class is not shown", () => {
  assert.deepEqual(shown(all, filter(0, "car")), [silent]);
});

test("equal scores keep their order", () => {
  const equal = Array.from({ length: 20 }, () => box([0, 0, 1, 1], { confidence: 0.5 }));
  assert.deepEqual(shown(equal, filter(0)), equal);
});

test("classes are counted in all and above the threshold, hidden ones too", () => {
  assert.deepEqual(classCounts(all, 0.5), [
    { className: "bus", total: 1, shown: 1 },
    { className: "car", total: 2, shown: 1 },
  ]);
});

test("those without a confidence are counted", () => {
  assert.equal(withoutConfidence(all), 1);
});

// --- what lies under a point ------------------------------------------------------------------------------
const at = (objects, x, y, tolerance = 0) => objectsAt(objects, x, y, tolerance, PICTURE);

test("the smaller of two boxes comes first", () => {
  const [large, small] = [box([0, 0, 90, 70]), box([10, 10, 20, 20])];
  assert.deepEqual(at([large, small], 15, 15), [small, large]);
});

test("beside a box nothing is hit, but within the tolerance it is", () => {
  const one = box([10, 10, 20, 20]);
  assert.deepEqual([at([one], 32, 15), at([one], 32, 15, 3)], [[], [one]]);
});

test("a hole in a polygon is not part of it", () => {
  const ring = polygon([[10, 10], [50, 10], [50, 50], [10, 50]], [[20, 20], [40, 20], [40, 40], [20, 40]]);
  assert.deepEqual([at([ring], 15, 15), at([ring], 30, 30)], [[ring], []]);
});

test("a polygon's edge is hit within the tolerance", () => {
  const ring = polygon([[10, 10], [50, 10], [50, 50], [10, 50]]);
  assert.deepEqual(at([ring], 8, 30, 3), [ring]);
});

test("a mask is hit where its pixels are set", () => {
  const one = mask([8, 10], [8 * 3 + 1, 2]); // the pixels (3, 1) and (3, 2), each 10 × 10 in the picture
  assert.deepEqual([at([one], 35, 25), at([one], 35, 31)], [[one], []]);
});

test("keypoints are hit at a point and along a bone", () => {
  const pose = keypoints([[10, 10], [50, 10], [50, 50]], [[0, 1]]);
  assert.deepEqual([at([pose], 30, 11, 2), at([pose], 49, 49, 2), at([pose], 30, 30, 2)], [[pose], [pose], []]);
});

test("bones that name no point are left out", () => {
  const points = [{ x: 1, y: 2 }, { x: 3, y: 4 }];
  assert.deepEqual(bones({ keypoints: points, skeleton: [[0, 1], [1, 2], [9, 0]] }), [[[1, 2], [3, 4]]]);
});

test("what has no place is never hit", () => {
  assert.deepEqual(at([object("classification", { scores: { a: 1 } })], 5, 5, 50), []);
});

test("even-odd: inside a ring inside a ring is outside", () => {
  const square = (a, b) => [[a, a], [b, a], [b, b], [a, b]];
  const rings = [square(0, 90), square(10, 80), square(20, 70)];
  assert.deepEqual([5, 15, 25].map((p) => insideRings(rings, p, p)), [true, false, true]);
});
