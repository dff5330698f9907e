import assert from "node:assert/strict";
import { test } from "node:test";

import { Colours } from "../../../static/js/viewer/colours.js";
import { exportName, exportScale } from "../../../static/js/viewer/export.js";
import { ClassFilter, histogram } from "../../../static/js/viewer/filters.js";
import { BEST_FIRST, isOrder, ordered, turned } from "../../../static/js/viewer/order.js";
import { filterOf } from "../../../static/js/viewer/panels/adjust.js";
import { bars } from "../../../static/js/viewer/panels/bars.js";
import { Stored } from "../../../static/js/viewer/stored.js";
import { spanned } from "../../../static/js/viewer/panels/layers.js";
import { rowsInSight, scrollTo } from "../../../static/js/viewer/panels/window.js";

// --- rows in sight ----------------------------------------------------------------------------------------
test("only the rows in sight are there, and a few around them", () => {
  assert.deepEqual(rowsInSight(100_000, { scroll: 45_000, height: 450, row: 45 }), [992, 1018]);
});

test("at the top there is nothing above, at the end nothing below", () => {
  assert.deepEqual(rowsInSight(100, { scroll: 0, height: 90, row: 45 }), [0, 10]);
  assert.deepEqual(rowsInSight(100, { scroll: 98 * 45, height: 90, row: 45 }), [90, 100]);
});

test("a list that became short does not begin behind its end", () => {
  assert.deepEqual(rowsInSight(3, { scroll: 45_000, height: 90, row: 45 }), [2, 3]);
  assert.deepEqual(rowsInSight(0, { scroll: 45_000, height: 90, row: 45 }), [0, 0]);
});

test("a row is brought into sight with as little movement as possible", () => {
  const box = { scroll: 450, height: 200, row: 45, head: 20 };
  assert.deepEqual([scrollTo(2, box), scrollTo(11, box), scrollTo(20, box)], [90, 450, 765]);
});

// --- order ------------------------------------------------------------------------------------------------
const row = (id, className, confidence, bounds = null) => ({ id, className, confidence, bounds });
const ROWS = [row(1, "dog", 0.9, [0, 0, 2, 2]), row(2, "cat", 0.5, [0, 0, 9, 9]), row(3, "dog", 0.4), row(4, "ant", null, [0, 0, 1, 1])];
const ids = (order) => ordered(ROWS, order).map(({ id }) => id);

test("each column has its order, and equal ones stay best first", () => {
  assert.deepEqual([ids("class"), ids("-class"), ids("score"), ids("-size")], [[4, 2, 1, 3], [1, 3, 2, 4], [4, 3, 2, 1], [2, 1, 4, 3]]);
});

test("best first is the very list that came", () => {
  assert.equal(ordered(ROWS, BEST_FIRST), ROWS);
});

test("a press on a column's head sorts by it, another turns it round", () => {
  assert.deepEqual([turned(BEST_FIRST, "class"), turned("class", "class"), turned("-class", "class"), turned("class", "size")], ["class", "-class", "class", "-size"]);
});

test("an order of the address is one of ours or none", () => {
  assert.deepEqual(["-size", "class", "", "--class", "toString"].map(isOrder), [true, true, false, false, false]);
});

// --- classes ----------------------------------------------------------------------------------------------
test("what is hidden by name leaves what comes later in sight", () => {
  const filter = ClassFilter.hiding(["dog"]).switched("cat", false).switched("dog", true);
  assert.deepEqual(["dog", "cat", "new"].map((name) => filter.has(name)), [false, true, false]);
});

test("what is shown alone stays alone, until another is added", () => {
  const filter = ClassFilter.only(["dog"]).switched("cat", true);
  assert.deepEqual(["dog", "cat", "new"].map((name) => filter.has(name)), [false, false, true]);
  assert.equal(filter.switched("dog", false).has("dog"), true);
});

test("hiding nothing is always the same", () => {
  assert.equal(ClassFilter.hiding(["dog"]).switched("dog", true), ClassFilter.NONE);
});

// --- histogram --------------------------------------------------------------------------------------------
test("scores are counted where they fall; hidden classes and what has no score nowhere", () => {
  const sheet = { bins: [254, 250, 5, 0, 255], classOf: [0, 1, 0, 0, 0], classes: ["dog", "cat"], scored: 4 };
  const parts = (filter) => Object.fromEntries(histogram([sheet, sheet], filter).map((n, part) => [part, n]).filter(([, n]) => n));
  assert.deepEqual(parts(ClassFilter.NONE), { 0: 2, 1: 2, 50: 4 });
  assert.deepEqual(parts(ClassFilter.hiding(["dog"])), { 50: 2 });
});

test("bars left of the least confidence are drawn apart, a small one can be seen", () => {
  assert.deepEqual(bars([4, 0, 1], 1, 40), { out: "M0 40v-40h.9v40z", within: "M2 40v-20h.9v20z" });
  assert.match(bars([1_000_000, 1], 0, 40).within, /M1 40v-1h/);
});

test("an end of a heatmap's colours pushes the other along", () => {
  assert.deepEqual([spanned([0, 1], "low", 0.4), spanned([0, 0.3], "low", 0.4), spanned([0, 1], "low", 1)], [[0.4, 1], [0.4, 0.41], [0.99, 1]]);
  assert.deepEqual([spanned([0.2, 1], "high", 0.5), spanned([0.2, 1], "high", 0)], [[0.2, 0.5], [0, 0.01]]);
});

// --- the picture ------------------------------------------------------------------------------------------
test("a picture as it is has no filter", () => {
  assert.equal(filterOf({ brightness: 1, contrast: 1, saturation: 1 }), "none");
  assert.equal(filterOf({ brightness: 0.5, contrast: 1, saturation: 2 }), "brightness(0.5) saturate(2)");
});

test("a huge picture is drawn smaller, any other at its size", () => {
  assert.deepEqual([exportScale({ width: 100, height: 50 }), exportScale({ width: 16_384, height: 10 })], [1, 0.5]);
  assert.deepEqual([exportName("a.b.jpg"), exportName(".jpg")], ["a.b-annotated.png", "picture-annotated.png"]);
});

// --- colours of the project ---------------------------------------------------------------------------------
test("a chosen colour is sent, and holds once the server has it", async () => {
  const sent = [];
  const api = { patch: async (url, body) => sent.push([url, body]) && { class_colours: { dog: "#112233" } } };
  const colours = new Colours(api, "p1", {});
  let told = 0;
  colours.addEventListener("change", () => (told += 1));
  const going = colours.choose("dog", "#112233");
  assert.equal(colours.areOwn, false);
  await going;
  assert.deepEqual(sent, [["/api/projects/p1/class-colours", { class_colours: { dog: "#112233" } }]]);
  assert.deepEqual([colours.own, told], [{ dog: "#112233" }, 1]);
});

test("giving colours back names each of them", async () => {
  const sent = [];
  const api = { patch: async (_, body) => sent.push(body) && { class_colours: {} } };
  const colours = new Colours(api, "p1", { dog: "#112233", cat: "#445566" });
  await colours.forget();
  assert.deepEqual([sent, colours.areOwn], [[{ class_colours: { dog: null, cat: null } }], false]);
});

test("a refusal is told, and the colours stay", async () => {
  const api = { patch: () => Promise.reject(new Error("No.")) };
  const colours = new Colours(api, "p1", { dog: "#112233" });
  const told = [];
  colours.addEventListener("failure", ({ detail }) => told.push(detail));
  await colours.choose("dog", "#000000");
  assert.deepEqual([told, colours.own], [["No."], { dog: "#112233" }]);
});

// --- the stored form ----------------------------------------------------------------------------------------
const ID = "01a2082a-4721-70cb-9df3-4cee9290eabe";

test("an annotation is fetched once, when it is asked for", async () => {
  const asked = [];
  const stored = new Stored({ get: async (url) => asked.push(url) && { id: ID } });
  const object = { id: ID, analysisId: "a1" };
  const come = new Promise((done) => stored.addEventListener("change", done));
  assert.deepEqual(stored.of(object), { annotation: null, error: null });
  stored.of(object);
  await come;
  assert.deepEqual([stored.of(object).annotation, asked], [{ id: ID }, [`/api/analyses/a1/annotations/${ID}`]]);
});

test("an annotation whose id has not come yet is not asked for", () => {
  const stored = new Stored({ get: () => assert.fail("it has no address") });
  assert.deepEqual(stored.of({ id: "a1/7", analysisId: "a1" }), { annotation: null, error: null });
});

test("an annotation that does not come says why", async () => {
  const stored = new Stored({ get: () => Promise.reject(new Error("No.")) });
  const come = new Promise((done) => stored.addEventListener("change", done));
  stored.of({ id: ID, analysisId: "a1" });
  await come;
  assert.equal(stored.of({ id: ID, analysisId: "a1" }).error, "No.");
});
