import assert from "node:assert/strict";
import { test } from "node:test";

import { bones, insideRings } from "../../../static/js/viewer/hit.js";
import { Scene } from "../../../static/js/viewer/scene.js";
import { DEFAULTS } from "../../../static/js/viewer/url.js";
import { box, keypoints, mask, payloadOf, PICTURE, polygon, sheetOf } from "./payloads.js";

/** A scene of some sheets, each of an analysis of its own. */
function sceneOf(sheets, chosen = {}) {
  const analyses = sheets.map(({ analysisId: id }) => ({ id, status: "completed", model_name: id }));
  const store = {
    analyses,
    find: (wanted) => analyses.find(({ id }) => id === wanted),
    loadOf: (id) => ({ sheet: sheets.find(({ analysisId }) => analysisId === id) ?? null }),
    artifactsOf: () => undefined,
  };
  const now = { ...DEFAULTS, ...chosen };
  const scene = new Scene(store, { now }, PICTURE);
  scene.refresh();
  return scene;
}

const rows = (items) => items.map(({ row }) => row);

// --- objects out of columns -------------------------------------------------------------------------------
test("a box has its bounds, and the part of them inside the picture", () => {
  const { kind, type, bounds, inside, data } = sheetOf([box(-5, 70, 20, 30)]).item(0);
  assert.deepEqual([kind, type, bounds, inside], ["box", "bounding_box", [-5, 70, 15, 100], [0, 70, 15, 80]]);
  assert.deepEqual(data.bbox, [-5, 70, 20, 30]);
});

test("a mask of another size is stretched over the picture", () => {
  assert.deepEqual(sheetOf([mask(["#", "#"], { at: [3, 1], size: [8, 10] })]).item(0).bounds, [30, 10, 40, 30]);
});

test("what has no place has neither bounds nor a part inside", () => {
  const { bounds, inside } = sheetOf([{ kind: "scores" }]).item(0);
  assert.deepEqual([bounds, inside], [null, null]);
});

test("what lies outside the picture has no part inside it", () => {
  assert.equal(sheetOf([box(200, 10, 20, 20)]).item(0).inside, null);
});

test("an object is the same one each time it is asked for", () => {
  const sheet = sheetOf([box(0, 0, 5, 5)]);
  assert.equal(sheet.item(0), sheet.item(0));
});

test("an object is found by its id once the ids are there", () => {
  const sheet = sheetOf([box(0, 0, 5, 5), box(5, 5, 5, 5)]);
  const ids = ["0192f0c1-2b3c-7d4e-8f50-61728394a5b6", "0192f0c1-2b3c-7d4e-8f50-61728394a5b7"];
  assert.equal(sheet.find(ids[1]), undefined);
  sheet.setIds({ columns: { id: Uint8Array.from(Buffer.from(ids.join("").replaceAll("-", ""), "hex")) } });
  assert.deepEqual([sheet.find(ids[1]).row, sheet.item(1).id, sheet.find("nonsense")], [1, ids[1], undefined]);
});

// --- filters ----------------------------------------------------------------------------------------------
const CARS = [
  box(0, 0, 5, 5, { className: "car", score: 0.8 }),
  box(0, 0, 5, 5, { className: "car", score: 0.2 }),
  box(0, 0, 5, 5, { className: "bus", score: null }),
];

for (const [what, chosen, wanted] of [
  ["without a threshold everything is shown, the best first", {}, [0, 1, 2]],
  ["the threshold itself passes", { threshold: 0.8 }, [0, 2]],
  ["without a confidence everything passes the threshold", { threshold: 1 }, [2]],
  ["a hidden class is not shown", { hiddenClasses: new Set(["car"]) }, [2]],
]) {
  test(what, () => {
    assert.deepEqual(rows(sceneOf([sheetOf(CARS)], chosen).objects), wanted);
  });
}

test("objects of two analyses are one list, equal scores in the order of the analyses", () => {
  const score = (...scores) => scores.map((value) => box(0, 0, 1, 1, { score: value }));
  const sheets = [sheetOf(score(0.9, 0.5, null), { analysisId: "a" }), sheetOf(score(0.9, 0.7), { analysisId: "b" })];
  const found = sceneOf(sheets).objects.map(({ analysisId, confidence }) => [analysisId, confidence]);
  assert.deepEqual(found, [["a", 0.9], ["b", 0.9], ["b", 0.7], ["a", 0.5], ["a", null]]);
});

test("classes are counted in all and above the threshold, hidden ones too", () => {
  const { counts, withoutConfidence } = sceneOf([sheetOf(CARS)], { threshold: 0.5, hiddenClasses: new Set(["car"]) });
  assert.deepEqual(counts, [
    { className: "bus", total: 1, shown: 1 },
    { className: "car", total: 2, shown: 1 },
  ]);
  assert.equal(withoutConfidence, 1);
});

test("a class that only a classification's scores name is not counted", () => {
  const sheet = sheetOf(CARS);
  sheet.classes.push("beach");
  assert.deepEqual(sceneOf([sheet]).counts.map(({ className }) => className), ["bus", "car"]);
});

// --- what lies under a point ------------------------------------------------------------------------------
const hits = (annotations, x, y, tolerance = 0) => rows(sceneOf([sheetOf(annotations)]).at({ x, y }, tolerance));

test("the smaller of two boxes comes first", () => {
  assert.deepEqual(hits([box(0, 0, 90, 70), box(10, 10, 20, 20)], 15, 15), [1, 0]);
});

test("beside a box nothing is hit, but within the tolerance it is", () => {
  const one = [box(10, 10, 20, 20)];
  assert.deepEqual([hits(one, 32, 15), hits(one, 32, 15, 3)], [[], [0]]);
});

test("what the filters hide is not hit", () => {
  const scene = sceneOf([sheetOf(CARS)], { threshold: 0.5, hiddenClasses: new Set(["bus"]) });
  assert.deepEqual(rows(scene.at({ x: 2, y: 2 }, 0)), [0]);
});

test("a hole in a polygon is not part of it", () => {
  const ring = polygon([[[10, 10], [50, 10], [50, 50], [10, 50]], [[20, 20], [40, 20], [40, 40], [20, 40]]]);
  assert.deepEqual([hits([ring], 15, 15), hits([ring], 30, 30)], [[0], []]);
});

test("a polygon's edge is hit within the tolerance", () => {
  assert.deepEqual(hits([polygon([[[10, 10], [50, 10], [50, 50], [10, 50]]])], 8, 30, 3), [0]);
});

test("a mask is hit where its pixels are set", () => {
  const one = mask(["#.", "##"], { at: [3, 1], size: [8, 10] }); // each pixel is 10 × 10 in the picture
  assert.deepEqual([hits([one], 35, 15), hits([one], 45, 15), hits([one], 45, 25)], [[0], [], [0]]);
});

test("keypoints are hit at a point and along a bone", () => {
  const pose = keypoints([[10, 10], [50, 10], [50, 50]], [[0, 1]]);
  assert.deepEqual([hits([pose], 30, 11, 2), hits([pose], 49, 49, 2), hits([pose], 30, 30, 2)], [[0], [0], []]);
});

test("bones that name no point are left out", () => {
  const points = [{ x: 1, y: 2 }, { x: 3, y: 4 }];
  assert.deepEqual(bones({ points, skeleton: [[0, 1], [1, 2], [9, 0]] }), [points]);
});

test("what has no place is never hit", () => {
  assert.deepEqual(hits([{ kind: "scores" }], 5, 5, 50), []);
});

test("even-odd: inside a ring inside a ring is outside", () => {
  const square = (a, b) => [a, a, b, a, b, b, a, b];
  const rings = [square(0, 90), square(10, 80), square(20, 70)];
  assert.deepEqual([5, 15, 25].map((p) => insideRings(rings, p, p)), [true, false, true]);
});

// --- what is in view --------------------------------------------------------------------------------------
test("a view gives the rows that it touches, the best first", () => {
  const scene = sceneOf([sheetOf([box(60, 60, 5, 5), box(10, 10, 5, 5), box(0, 0, 90, 70)])]);
  assert.deepEqual(scene.inView([12, 12, 20, 20]).map(({ rows: found }) => [...found]), [[1, 2]]);
});

test("a small part of many is asked of the index and comes in the same order", () => {
  const many = Array.from({ length: 4000 }, (_, i) => box(i % 100, (i * 7) % 80, 1, 1, { score: 1 - i / 5000 }));
  const scene = sceneOf([sheetOf(many)], { threshold: 0.5 });
  const [{ rows: found }] = scene.inView([10, 10, 30, 30]);
  const wanted = many.flatMap(({ bounds: [x, y], score }, row) => (score >= 0.5 && x >= 9 && x <= 30 && y >= 9 && y <= 30 ? [row] : []));
  assert.ok(wanted.length > 100);
  assert.deepEqual([...found], wanted);
});

test("payloads of tests say what they mean", () => {
  const { header, columns } = payloadOf(CARS);
  assert.deepEqual([header.classes, [...columns.class]], [["car", "bus"], [0, 0, 1]]);
});
