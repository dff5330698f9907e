import assert from "node:assert/strict";
import { test } from "node:test";

import { actionsOf, NEEDS_TWO } from "../../../static/js/viewer/actions.js";
import { sheetOf as paperOf } from "../../../static/js/viewer/export.js";
import { actionFor } from "../../../static/js/viewer/keys.js";
import { movedBy } from "../../../static/js/viewer/modes/divider.js";
import { GAP, gridOf } from "../../../static/js/viewer/modes/grid.js";
import { objectsText, tallyText } from "../../../static/js/viewer/modes/heads.js";
import { castOf, letterOf, lineup, MODES, nextOne, partsIn, slotsForTwo } from "../../../static/js/viewer/modes/modes.js";
import { Scene } from "../../../static/js/viewer/scene.js";
import { State } from "../../../static/js/viewer/state.js";
import { DEFAULTS, decode, encode } from "../../../static/js/viewer/url.js";
import { box, PICTURE, sheetOf } from "./payloads.js";

const in_ = (mode, more = {}) => ({ mode, one: 0, held: false, ...more });

// --- what each mode draws where -----------------------------------------------------------------------------
test("each mode says which analyses each of its panes draws", () => {
  const slots = ["a", null, "b", "c"];
  const casts = Object.fromEntries(MODES.map((mode) => [mode, castOf(in_(mode), slots)]));
  assert.deepEqual(casts, {
    single: [["a"]],
    overlay: [["a", "b", "c"]],
    side: [["a"], ["b"], ["c"]],
    swipe: [["a"], ["b"]],
    blink: [["a"]],
  });
});

test("one analysis is drawn alone in every mode, none draws nothing", () => {
  assert.deepEqual(MODES.map((mode) => castOf(in_(mode, { held: true }), [null, "a"])), MODES.map(() => [["a"]]));
  assert.deepEqual(MODES.map((mode) => castOf(in_(mode), [])), MODES.map(() => [[]]));
});

test("an unknown mode draws all of them over each other", () => {
  assert.deepEqual(castOf({}, ["a", "b"]), [["a", "b"]]);
});

test("the single mode draws the one that was asked for, else A", () => {
  assert.deepEqual(castOf(in_("single", { one: 1 }), ["a", null, "b"]), [["b"]]);
  assert.deepEqual(castOf(in_("single", { one: 2 }), ["a", "c", "b"], ["b", "a"]), [["c"]]);
  assert.deepEqual(castOf(in_("single", { one: 7 }), ["a", null, "b"]), [["a"]]);
});

test("side by side has room for four", () => {
  assert.deepEqual(castOf(in_("side"), ["a", "b", "c", "d", "e"]), [["a"], ["b"], ["c"], ["d"]]);
});

test("a blink shows B as long as it is held", () => {
  assert.deepEqual(castOf(in_("blink", { held: true }), ["a", "b", "c"]), [["b"]]);
});

test("both sides of a blink are part of it, whichever is seen", () => {
  assert.deepEqual(partsIn(in_("blink"), ["a", null, "b", "c"]), ["a", "b"]);
  assert.deepEqual(partsIn(in_("single", { one: 1, held: true }), ["a", null, "b"]), ["b"]);
});

test("the two that are compared are A and B", () => {
  assert.deepEqual(lineup(["a", null, "b", "c"], ["c", "a"]), ["c", "a", "b"]);
  assert.deepEqual(castOf(in_("swipe"), ["a", "b", "c"], ["c", "a"]), [["c"], ["a"]]);
  assert.deepEqual(lineup(["a", "b"], ["gone", "b"]), ["b", "a"]);
  assert.deepEqual([0, 3, 26].map(letterOf), ["A", "D", "27"]);
});

test("after each comes the next, and after the last the first", () => {
  assert.deepEqual([0, 1, 2, 9].map((one) => nextOne(3, one)), [1, 2, 0, 1]);
  assert.deepEqual([nextOne(1, 0), nextOne(1, 3)], [0, 0]);
});

// --- a second analysis ------------------------------------------------------------------------------------
const analysis = (id, model_name, status = "completed") => ({ id, model_name, status });

test("the newest completed analysis of another model is the second", () => {
  const analyses = [analysis("5", "x", "processing"), analysis("4", "y"), analysis("3", "x"), analysis("2", "z")];
  assert.deepEqual(slotsForTwo(["4"], analyses), ["4", "3"]);
  assert.deepEqual(slotsForTwo([], analyses), ["4", "3"]);
  assert.deepEqual(slotsForTwo([null, "3"], analyses), ["4", "3"]);
});

test("where there is one model only, an older analysis by it is the second", () => {
  assert.deepEqual(slotsForTwo(["2"], [analysis("2", "x"), analysis("1", "x")]), ["2", "1"]);
});

test("two that are chosen stay, and where there are no two there is nothing to choose", () => {
  assert.deepEqual(slotsForTwo(["1", null, "2"], []), ["1", null, "2"]);
  assert.equal(slotsForTwo(["2"], [analysis("2", "x"), analysis("1", "y", "failed")]), null);
});

/** Actions on a state with these analyses of which `slots` are chosen. */
function stand(analyses, slots, more = {}) {
  const state = new State({ ...DEFAULTS, slots, ...more });
  const said = [];
  const scene = { get slots() { return state.now.slots; }, get lineup() { return lineup(state.now.slots); } };
  const actions = actionsOf({ state, scene, store: { analyses }, tell: (sentence) => said.push(sentence) });
  return { actions, state, said };
}

test("a mode that needs two chooses the second itself", () => {
  const { actions, state } = stand([analysis("2", "x"), analysis("1", "y")], ["2"]);
  assert.equal(actions.swipe(), true);
  assert.deepEqual([state.now.mode, state.now.slots], ["swipe", ["2", "1"]]);
});

test("where there is no second, the mode stays and a sentence says why", () => {
  const { actions, state, said } = stand([analysis("2", "x")], ["2"]);
  assert.equal(actions.side(), true);
  assert.deepEqual([state.now.mode, state.now.slots, said], ["overlay", ["2"], [NEEDS_TWO]]);
});

test("single once more is the next one; other modes leave the choice alone", () => {
  const { actions, state } = stand([analysis("2", "x"), analysis("1", "y")], ["2", null, "1"]);
  actions.single();
  assert.deepEqual([state.now.mode, state.now.one], ["single", 0]);
  actions.single();
  assert.equal(state.now.one, 1);
  actions.overlay();
  actions.single();
  assert.deepEqual([state.now.one, state.now.slots], [1, ["2", null, "1"]]);
});

test("the keys 1 to 5 are the modes, unless somebody types", () => {
  const key = (name) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false });
  assert.deepEqual(["1", "2", "3", "4", "5"].map((name) => actionFor(key(name), null)), MODES);
  assert.equal(actionFor(key("3"), "text"), null);
  assert.equal(actionFor({ ...key("3"), ctrlKey: true }, null), null);
});

// --- the address ------------------------------------------------------------------------------------------
test("mode, single slot and divider are in the address, but not as they are found", () => {
  assert.equal(encode({ ...DEFAULTS, mode: "swipe", one: 2, divider: 0.3337 }), "m=swipe&one=2&div=0.334");
  assert.deepEqual(decode("#m=blink&one=1&div=0"), { ...DEFAULTS, mode: "blink", one: 1, divider: 0 });
});

// --- panes ------------------------------------------------------------------------------------------------
const places = (count, width, height, picture = { width: 400, height: 300 }) => gridOf(count, { width, height }, picture);
const corners = (list) => list.map(({ x, y }) => [x, y]);

test("one pane has all of the stage", () => {
  assert.deepEqual(places(1, 801, 601), [{ x: 0, y: 0, width: 801, height: 601 }]);
});

test("two are halves, three and four a grid, all of one size in whole pixels", () => {
  assert.deepEqual(places(2, 801, 601), [{ x: 0, y: 0, width: 399, height: 601 }, { x: 402, y: 0, width: 399, height: 601 }]);
  assert.deepEqual(corners(places(3, 802, 602)), [[0, 0], [402, 0], [0, 302]]);
  assert.deepEqual(corners(places(4, 802, 602)), [[0, 0], [402, 0], [0, 302], [402, 302]]);
  assert.deepEqual(places(4, 801, 603).map(({ width, height }) => [width, height]), Array(4).fill([399, 300]));
});

test("on a narrow stage they lie one above the other, down to its edge", () => {
  const stack = places(4, 390, 801);
  assert.deepEqual(corners(stack), [[0, 0], [0, 201], [0, 402], [0, 603]]);
  assert.deepEqual(stack.map(({ width, height }) => [width, height]), Array(4).fill([390, 198]));
  assert.ok(stack[1].y - stack[0].height >= GAP);
});

test("panoramas lie one above the other wherever that shows them much larger", () => {
  assert.deepEqual(corners(places(2, 1000, 800, { width: 4000, height: 500 })), [[0, 0], [0, 401]]);
  assert.deepEqual(corners(places(2, 1000, 800, { width: 400, height: 300 })), [[0, 0], [501, 0]]);
});

test("no stage is too small for panes", () => {
  assert.ok(places(4, 0, 0).every(({ width, height }) => width >= 1 && height >= 1));
});

// --- a part of a scene --------------------------------------------------------------------------------------
function sceneOf(now) {
  const sheets = ["a", "b", "c"].map((analysisId) => {
    const sheet = sheetOf([box(10, 0, 8, 8, { score: 0.9 }), box(0, 50, 8, 8, { score: 0.2 })], { analysisId });
    sheet.setIds({ columns: { id: Uint8Array.from({ length: 32 }, (_, i) => (i % 16 ? 0 : analysisId.charCodeAt(0) + (i ? 16 : 0))) } });
    return sheet;
  });
  const analyses = ["a", "b", "c"].map((id) => ({ ...analysis(id, id), model_version: "1" }));
  const store = {
    analyses,
    find: (id) => analyses.find((one) => one.id === id),
    loadOf: (id) => ({ sheet: sheets.find(({ analysisId }) => analysisId === id) }),
    artifactsOf: () => undefined,
  };
  const scene = new Scene(store, { now: { ...DEFAULTS, held: false, ...now } }, PICTURE);
  scene.refresh();
  return scene;
}

/** The analysis and the row of an object. */
const nameOf = (object) => object && `${object.analysisId}${object.row}`;

test("a pane sees, finds and hits its own analyses only", () => {
  const scene = sceneOf({ mode: "side" });
  const part = scene.of(["b"]);
  const everywhere = [0, 0, PICTURE.width, PICTURE.height];
  assert.deepEqual(part.inView(everywhere).map(({ sheet, rows }) => [sheet.analysisId, rows.length]), [["b", 2]]);
  assert.deepEqual(part.at({ x: 4, y: 54 }, 4).map(nameOf), ["b1"]);
  const [a, b] = ["a", "b"].map((id) => scene.of([id]).at({ x: 4, y: 54 }, 4)[0].id);
  assert.deepEqual([part.find(b), part.find(a), part.findElsewhere(a), part.findElsewhere(b)].map(nameOf), ["b1", undefined, "a1", undefined]);
});

test("what stands alone knows of an object of the others, but not of one that the filters hide", () => {
  const b = sceneOf({ mode: "side" }).of(["b"]).at({ x: 4, y: 54 }, 4)[0].id;
  const elsewhere = (now) => nameOf(sceneOf(now).of(["a"]).findElsewhere(b));
  assert.deepEqual([elsewhere({ mode: "single" }), elsewhere({ mode: "side", threshold: 0.5 }), elsewhere({ mode: "side" })], ["b1", undefined, "b1"]);
});

test("what a mode does not draw is not listed either, and the filters are those of all", () => {
  const listed = (now) => sceneOf(now).objects.map(nameOf).sort();
  assert.deepEqual(listed({ mode: "single", one: 1 }), ["b0", "b1"]);
  assert.deepEqual(listed({ mode: "blink", threshold: 0.5 }), ["a0", "b0"]);
  assert.deepEqual(listed({ mode: "overlay", threshold: 0.5 }), ["a0", "b0", "c0"]);
});

test("it is known of each analysis how many objects are shown", () => {
  const scene = sceneOf({ mode: "swipe", threshold: 0.5 });
  assert.deepEqual([scene.tallyOf("a"), scene.tallyOf("c")], [{ shown: 1, total: 2 }, undefined]);
  assert.deepEqual([{ shown: 1, total: 2 }, { shown: 1200, total: 1200 }, undefined].map(tallyText), ["1 of 2", "1,200", "…"]);
  assert.deepEqual([{ shown: 1, total: 1 }, { shown: 1, total: 2 }].map(objectsText), ["1 object", "1 of 2 objects"]);
});

test("A is solid, B dashed, C dotted", () => {
  const scene = sceneOf({ slots: ["a", null, "c", "b"] });
  assert.deepEqual(["a", "c", "b", "x"].map((id) => scene.lineOf(id)), [0, 1, 2, -1]);
});

// --- the divider ------------------------------------------------------------------------------------------
const pressed = (key, shiftKey = false) => movedBy({ key, shiftKey }, 0.5);

test("arrows move the divider, with Shift further, and it ends at the edges", () => {
  assert.deepEqual([pressed("ArrowLeft"), pressed("ArrowRight"), pressed("ArrowRight", true), pressed("Home"), pressed("End")], [0.48, 0.52, 0.6, 0, 1]);
  assert.equal(movedBy({ key: "ArrowRight" }, 0.995), 1);
  assert.equal(pressed("x"), null);
});

// --- the picture as drawn ---------------------------------------------------------------------------------
test("a file of one pane is the picture, of several a sheet with titles", () => {
  const image = { width: 400, height: 300 };
  const { scale, title, width, height } = paperOf(image, 1);
  assert.deepEqual({ scale, title, width, height }, { scale: 1, title: 0, width: 400, height: 300 });
  const four = paperOf(image, 4);
  assert.deepEqual([four.width, four.height, four.title, four.places], [804, 660, 28, [[0, 0], [404, 0], [0, 332], [404, 332]]]);
});

test("a sheet of huge pictures is made smaller until a browser takes it", () => {
  const { width, height } = paperOf({ width: 9000, height: 8000 }, 4);
  assert.ok(Math.max(width, height) <= 8192 + 8 && Math.max(width, height) > 8000, `${width} × ${height}`);
});
