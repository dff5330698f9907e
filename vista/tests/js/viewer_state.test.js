import assert from "node:assert/strict";
import { test } from "node:test";

import { known, shownStatus, slotsAtFirst, switched } from "../../../static/js/viewer/choice.js";
import { ClassFilter } from "../../../static/js/viewer/filters.js";
import { Follower, nextPause } from "../../../static/js/follow.js";
import { bytes, corner, count, duration, facts, moment, number, score, size } from "../../../static/js/viewer/format.js";
import { actionFor } from "../../../static/js/viewer/keys.js";
import { laid, overlaysAtFirst, overlaysOf } from "../../../static/js/viewer/overlays.js";
import { State } from "../../../static/js/viewer/state.js";
import { DEFAULTS, decode, encode } from "../../../static/js/viewer/url.js";

// --- the address ------------------------------------------------------------------------------------------
const CHOSEN = {
  slots: ["01-a", null, "01-b"],
  mode: "swipe",
  one: 2,
  divider: 0.25,
  threshold: 0.35,
  thresholds: [["yolo, v8 *x 1.0", 0.6], ["größer 2", 0]],
  pair: [{ id: "01-b", model: "yolo, v8 *x 1.0" }, { id: "01-a", model: "größer 2" }],
  iou: 0.35,
  verdicts: "a,differs",
  hiddenClasses: ClassFilter.hiding(["traffic light", "a,b", "50 % & more", "Größe"]),
  colourBy: "model",
  labels: false,
  fade: false,
  colourMap: "magma",
  span: [0.1, 0.75],
  overlays: [["h:01-x", 0.6], ["a:01-a/heat*map,1.png", 1]],
  brightness: 1.2,
  contrast: 0,
  saturation: 3,
  order: "class",
  tab: "info",
  selected: "01-c",
  view: { x: 123.456, y: 0.5, scale: 2.25 },
};

test("everything that was chosen survives the address", () => {
  const { hiddenClasses, ...rest } = decode(`#${encode(CHOSEN)}`);
  const { hiddenClasses: chosen, ...others } = CHOSEN;
  assert.deepEqual(rest, others);
  assert.deepEqual([hiddenClasses.names, hiddenClasses.isOnly], [chosen.names, chosen.isOnly]);
});

test("one class alone survives the address", () => {
  const { hiddenClasses } = decode(encode({ ...DEFAULTS, hiddenClasses: ClassFilter.only(["person", ""]) }));
  assert.deepEqual(["person", "", "cup"].map((name) => hiddenClasses.has(name)), [false, false, true]);
});

test("as everything is found, the address stays clean", () => {
  assert.equal(encode(DEFAULTS), "");
});

test("choosing no analysis and no overlay is a choice, too", () => {
  const none = { ...DEFAULTS, slots: [], overlays: [] };
  const back = decode(encode(none));
  assert.deepEqual([back.slots.filter(Boolean), back.overlays], [[], []]);
});

for (const text of ["#%", "#t=2", "#t=x", "#v=1,2", "#v=1,2,0", "#o=*5", "#o=x*900", "#hide=%E0%A4%A", "#by=magic", "#sort=magic", "#tab=magic", "#bri=", "#con=4", "#map=jet", "#span=0.5,0.5", "#span=0,2", "#span=x", "#sat=x", "#__proto__=1", "#constructor=1", "#=", "#a", "#iou=0", "#iou=x", "#iou=1.1", "#pair=1", "#pair=1*a", "#pair=1*a,2", "#pair=1*a,2*%E0", "#pair=1*a,2*b,3*c", "#th=x", "#th=x*2", "#th=*0.5", "#th=x*", "#verdicts=a,c", "#verdicts=,", "#m=magic", "#one=-1", "#one=x", "#div=", "#div=2", "#div=x"]) {
  test(`the mangled address ${text} shows the picture as it is found`, () => {
    assert.deepEqual(decode(text), DEFAULTS);
  });
}

test("one mangled part does not spoil the others", () => {
  assert.equal(decode("#t=0.5&v=nonsense").threshold, 0.5);
});

// --- which analyses are drawn -----------------------------------------------------------------------------
const analysis = (id, model_name, status = "completed", annotation_count = 1) => ({ id, model_name, status, annotation_count });

test("at first the newest completed analysis of each model is drawn", () => {
  const analyses = [analysis("5", "a", "failed"), analysis("4", "b"), analysis("3", "a"), analysis("2", "a"), analysis("1", "c", "queued", 0)];
  assert.deepEqual(slotsAtFirst(analyses), ["4", "3"]);
});

test("at first there are no more than can be told apart", () => {
  assert.deepEqual(slotsAtFirst(["e", "d", "c", "b", "a"].map((name) => analysis(name, name))), ["e", "d", "c", "b"]);
});

test("where none is completed, the newest that has anything is drawn", () => {
  assert.deepEqual(slotsAtFirst([analysis("3", "a", "queued", 0), analysis("2", "a", "processing", 7)]), ["2"]);
  assert.deepEqual(slotsAtFirst([analysis("3", "a", "queued", 0)]), []);
});

test("switching on takes the first free line, switching off leaves the others theirs", () => {
  assert.deepEqual(switched(["a", "b", "c"], "b", false), ["a", null, "c"]);
  assert.deepEqual(switched(["a", null, "c"], "d", true), ["a", "d", "c"]);
  assert.deepEqual(switched(["a", "b"], "b", false), ["a"]);
  assert.deepEqual(switched([], "a", true), ["a"]);
});

test("an analysis that is not there keeps no line", () => {
  assert.deepEqual(known(["a", "gone", "b"], [{ id: "a" }, { id: "b" }]), ["a", null, "b"]);
});

test("a silent analysis is shown as stalled", () => {
  assert.deepEqual([shownStatus({ status: "queued", is_stalled: true }), shownStatus({ status: "failed", is_stalled: false })], ["stalled", "failed"]);
});

// --- overlays ---------------------------------------------------------------------------------------------
const heatmap = { id: "h1", analysisId: "a1", kind: "heatmap", className: "person", data: { artifact_name: "heat map.png", value_range: [0, 1], unit: "p" } };
const png = (artifact_name, status = "stored") => ({ artifact_name, content_type: "image/png", status });
const store = (...items) => ({ artifactsOf: () => ({ items, error: null }) });

test("heatmaps and image artifacts can be laid over, a heatmap's own file only once", () => {
  const csv = { artifact_name: "peaks.csv", content_type: "text/csv", status: "stored" };
  const overlays = overlaysOf(["a1"], [heatmap], store(png("heat map.png"), png("drawn.png"), png("lost.png", "missing"), csv));
  assert.deepEqual(overlays, [
    { key: "h:h1", kind: "heatmap", analysisId: "a1", name: "heat map.png", label: "person", url: "/api/analyses/a1/artifacts/heat%20map.png", range: [0, 1], unit: "p" },
    { key: "a:a1/drawn.png", kind: "artifact", analysisId: "a1", name: "drawn.png", label: "drawn.png", url: "/api/analyses/a1/artifacts/drawn.png", range: null, unit: "" },
  ]);
});

test("a heatmap that names a storage path is found by it", () => {
  const byPath = { ...heatmap, data: { storage_path: "artifacts/a1/f1" } };
  const [overlay] = overlaysOf(["a1"], [byPath], store({ ...png("heat.png"), storage_path: "artifacts/a1/f1" }));
  assert.equal(overlay.url, "/api/analyses/a1/artifacts/heat.png");
});

test("at first the first heatmap is laid over, and no artifact", () => {
  assert.deepEqual(overlaysAtFirst([{ key: "a:1", kind: "artifact" }, { key: "h:1", kind: "heatmap" }, { key: "h:2", kind: "heatmap" }]), [["h:1", 0.7]]);
  assert.deepEqual(overlaysAtFirst([{ key: "a:1", kind: "artifact" }]), []);
});

test("laying on, changing and taking off", () => {
  assert.deepEqual(laid([["x", 1]], "y"), [["x", 1], ["y", 0.7]]);
  assert.deepEqual(laid([["x", 1]], "x", 0.2), [["x", 0.2]]);
  assert.deepEqual(laid([["x", 1]], "x", null), []);
});

// --- state ------------------------------------------------------------------------------------------------
test("a change tells what changed and leaves what was there alone", () => {
  const state = new State({ a: 1, b: 2 });
  const before = state.now;
  const told = [];
  state.addEventListener("change", ({ detail }) => told.push([...detail]));
  state.set({ a: 1, b: 3 });
  assert.deepEqual([told, before, state.now], [[["b"]], { a: 1, b: 2 }, { a: 1, b: 3 }]);
});

test("setting what is there already tells nothing", () => {
  const state = new State({ a: 1 });
  state.addEventListener("change", () => assert.fail("nothing changed"));
  state.set({ a: 1 });
});

// --- keys -------------------------------------------------------------------------------------------------
const key = (name, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("letters, signs and arrows act", () => {
  assert.deepEqual(["+", "-", "f", "F", "0", "ArrowUp", "ArrowRight", "Escape", "?", "/"].map((name) => actionFor(key(name), null)), [
    "zoom-in", "zoom-out", "fit", "fit", "one-to-one", "previous-object", "next-picture", "back", "help", "search-classes",
  ]);
});

test("what is no key of ours does nothing", () => {
  assert.deepEqual(["x", "Tab", "Enter", "toString"].map((name) => actionFor(key(name), null)), [null, null, null, null]);
});

test("nothing acts with Ctrl, Meta or Alt", () => {
  assert.deepEqual(["ctrlKey", "metaKey", "altKey"].map((held) => actionFor(key("0", { [held]: true }), null)), [null, null, null]);
});

test("nothing but Escape acts while somebody types", () => {
  assert.deepEqual(["text", "select-one"].map((field) => [actionFor(key("f"), field), actionFor(key("Escape"), field)]), [[null, "back"], [null, "back"]]);
});

test("on a slider letters act, while arrows are its own", () => {
  assert.deepEqual(["range", "radio"].map((field) => ["n", "ArrowRight", "Escape"].map((name) => actionFor(key(name), field))), [
    ["next-difference", null, "back"],
    ["next-difference", null, "back"],
  ]);
});

test("a ticked box does not swallow keys", () => {
  assert.equal(actionFor(key("f"), "checkbox"), "fit");
});

// --- words ------------------------------------------------------------------------------------------------
test("numbers, times and sizes as people read them", () => {
  assert.deepEqual(
    [count(0), count(1234567), score(0.954), score(null), number(0.12345), number(1e-5), number(NaN), bytes(12), bytes(1536), bytes(null)],
    ["0", "1,234,567", "0.95", "–", "0.123", "1.00e-5", "no number", "12 bytes", "1.5 kB", ""],
  );
});

test("moments are in UTC, as the server prints them", () => {
  assert.equal(moment("2024-01-05T08:03:59.123456Z"), "5 Jan 2024, 08:03 UTC");
});

test("durations have the unit they need", () => {
  const from = "2024-01-01T00:00:00Z";
  const after = ["00:00:00.850", "00:00:03.400", "00:12:10.000", "03:05:00.000"].map((time) => duration(from, `2024-01-01T${time}Z`));
  assert.deepEqual(after, ["850 ms", "3.4 s", "12 min", "3 h 5 min"]);
});

test("places in whole pixels", () => {
  assert.deepEqual([corner([1.4, 2.6, 11.4, 22.6]), size([1.4, 2.6, 11.4, 22.6]), corner(null), size(null)], ["1, 3", "10 × 20", "–", ""]);
});

test("a summary's values as people read them", () => {
  const summary = { total_detections: 3, classes: ["a", "b"], nested: { x: [1] }, note: "good", nothing: null };
  assert.deepEqual(facts(summary), [
    ["total detections", "3"],
    ["classes", "a, b"],
    ["nested", '{"x":[1]}'],
    ["note", "good"],
    ["nothing", "null"],
  ]);
});

// --- following --------------------------------------------------------------------------------------------
test("pauses grow to ten seconds and shrink when something happened", () => {
  const pauses = [2000];
  while (pauses.length < 7) {
    pauses.push(nextPause(pauses.at(-1), false));
  }
  assert.deepEqual(pauses, [2000, 3000, 4500, 6750, 10000, 10000, 10000]);
  assert.equal(nextPause(10000, true), 2000);
});

/** A document and a clock that do what the test says. */
function stand(answers) {
  const page = new EventTarget();
  page.hidden = false;
  const clock = { timer: null, pauses: [], asked: 0 };
  const ask = async () => {
    clock.asked += 1;
    return answers.shift();
  };
  const later = (act, pause) => {
    clock.pauses.push(pause);
    clock.timer = act;
    return clock.pauses.length;
  };
  const never = () => {
    clock.timer = null;
  };
  return { follower: new Follower(ask, page, { later, never }), page, clock };
}

const ring = async (clock) => {
  const act = clock.timer;
  clock.timer = null;
  await act();
  await new Promise(setImmediate);
};

test("following ends when nothing runs any more", async () => {
  const { follower, clock } = stand([{ running: true, changed: false }, { running: false, changed: true }]);
  follower.start();
  await ring(clock);
  await ring(clock);
  assert.deepEqual([clock.asked, clock.pauses, clock.timer], [2, [2000, 3000], null]);
});

test("a tab that is hidden from the start asks nothing", () => {
  const { follower, page, clock } = stand([]);
  page.hidden = true;
  follower.start();
  assert.equal(clock.timer, null);
});

test("a hidden tab asks nothing and looks at once when it is seen again", async () => {
  const { follower, page, clock } = stand([{ running: true, changed: false }]);
  follower.start();
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(clock.timer, null);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await new Promise(setImmediate);
  assert.equal(clock.asked, 1);
  assert.notEqual(clock.timer, null);
});
