import assert from "node:assert/strict";
import { test } from "node:test";

import { Comparer } from "../../../static/js/viewer/comparison/comparer.js";
import { Comparison } from "../../../static/js/viewer/comparison/comparison.js";
import { differencesOf, nameOf, scoredPairs } from "../../../static/js/viewer/comparison/differences.js";
import { comparable, leastOf, pairOf, referTo, withPair, withThreshold } from "../../../static/js/viewer/comparison/pair.js";
import { around, differenceAt, listed, placeOf } from "../../../static/js/viewer/comparison/listed.js";
import { match } from "../../../static/js/viewer/comparison/peers.js";
import { sidesOf } from "../../../static/js/viewer/comparison/sides.js";
import { cellsOf, sumsInWords } from "../../../static/js/viewer/comparison/sums.js";
import { ALL, readVerdicts, switchedVerdict, verdictOf } from "../../../static/js/viewer/comparison/verdicts.js";
import { Density } from "../../../static/js/viewer/engine/density.js";
import { surfaceOf } from "../../../static/js/viewer/engine/outlines.js";
import { pixelOf, rgbOf, tonesOf } from "../../../static/js/viewer/engine/tones.js";
import { Visible } from "../../../static/js/viewer/engine/visible.js";
import { Camera } from "../../../static/js/viewer/camera.js";
import { Flight, goalFor } from "../../../static/js/viewer/flight.js";
import { Scene } from "../../../static/js/viewer/scene.js";
import { DEFAULTS } from "../../../static/js/viewer/url.js";
import { box, PICTURE, sheetOf } from "./payloads.js";

const NOBODY = -1;
const dog = (x, score, more) => box(x, 0, 10, 10, { className: "dog", score, ...more });
const cat = (x, score) => dog(x, score, { className: "cat" });

// --- verdicts ---------------------------------------------------------------------------------------------
test("what only one side has is A's or B's, all else is both's", () => {
  const names = [0, 1].map((side) => [0, 1, 2, 3].map((code) => verdictOf(code, side)?.name));
  assert.deepEqual(names, [[undefined, "agree", "differs", "a"], [undefined, "agree", "differs", "b"]]);
});

test("verdicts are hidden and shown again, in one order", () => {
  assert.equal(switchedVerdict(ALL, "a"), "agree,b,differs");
  assert.equal(switchedVerdict("agree,b,differs", "a"), ALL);
  assert.equal(switchedVerdict("b", "b"), "");
  assert.equal(switchedVerdict("", "b"), "b");
});

test("verdicts are read in any order, and not at all with others among them", () => {
  assert.deepEqual(["differs,a", "", "a,a", "a,c", ",", "toString"].map(readVerdicts), ["a,differs", "", "a", null, null, null]);
});

// --- the pair ---------------------------------------------------------------------------------------------
const analysis = (id, more) => ({ id, model_name: `model ${id}`, model_version: "1", ...more });
const [P, Q, R] = ["p", "q", "r"].map((id) => analysis(id));
const SHEETS = { p: sheetOf([]), q: sheetOf([dog(0, 0.9)]), r: sheetOf([cat(0, 0.9)]), s: sheetOf([dog(0, 0.8)]) };
const sheetOfAnalysis = ({ id }) => SHEETS[id] ?? null;
const ids = (pair) => pair && pair.map(({ id }) => id);
const pairIds = (wanted, candidates) => ids(pairOf(wanted, candidates, sheetOfAnalysis));

test("one analysis alone makes no pair", () => {
  assert.equal(pairIds(null, [Q]), null);
});

test("at first those are compared that have something, best with a class in common", () => {
  assert.deepEqual(pairIds(null, [P, Q, R]), ["q", "r"]);
  assert.deepEqual(pairIds(null, [P, Q, R, analysis("s")]), ["q", "s"]);
  assert.deepEqual(pairIds(null, [P, Q]), ["q", "p"]);
});

test("what is marked as reference comes first", () => {
  assert.deepEqual(pairIds(null, [Q, R, analysis("s", { is_reference: true })]), ["s", "q"]);
});

test("before all of it is there nobody can say who is compared at first", () => {
  assert.equal(pairIds(null, [Q, analysis("unknown")]), null);
  assert.deepEqual(pairIds([referTo(Q), referTo(analysis("unknown"))], [Q, analysis("unknown")]), ["q", "unknown"]);
});

test("a pair is found by its ids, or by its models on another picture", () => {
  assert.deepEqual(pairIds([referTo(R), referTo(Q)], [Q, R]), ["r", "q"]);
  const there = [analysis("s", { model_name: "model r" }), Q];
  assert.deepEqual(pairIds([referTo(R), referTo(Q)], there), ["s", "q"]);
});

test("who is not drawn any more is replaced, the other stays where it was", () => {
  assert.deepEqual(pairIds([referTo(R), referTo(Q)], [P, Q]), ["p", "q"]);
  assert.deepEqual(pairIds([referTo(Q), referTo(Q)], [P, Q]), ["q", "p"]);
});

test("on another picture the models of a pair are drawn, too, if they have said anything there", () => {
  const there = [analysis("7", { model_name: "model r", status: "completed" }), analysis("8", { model_name: "model q", status: "queued" }), analysis("9", { status: "completed" })];
  assert.deepEqual(withPair(["9"], [referTo(R), referTo(Q)], there), ["9", "7"]);
  assert.deepEqual(withPair(["7"], [referTo(R), referTo(analysis("9"))], there), ["7", "9"]);
  assert.deepEqual(withPair(["9"], null, there), ["9"]);
});

// --- thresholds -------------------------------------------------------------------------------------------
test("a model's own threshold goes before the common one", () => {
  const now = { threshold: 0.2, thresholds: withThreshold([], "model q 1", 0.6) };
  assert.deepEqual([leastOf(Q, now), leastOf(R, now), leastOf(Q, { ...now, thresholds: withThreshold(now.thresholds, "model q 1", null) })], [0.6, 0.2, 0.2]);
  assert.deepEqual(withThreshold(now.thresholds, "model q 1", 0), [["model q 1", 0]]);
});

test("what remains to be compared has a place, and its score reaches the threshold or is not there", () => {
  const sheet = sheetOf([dog(0, 0.9), { kind: "scores", score: 0.8 }, dog(0, 0.4), dog(0, null)]);
  assert.deepEqual([comparable(sheet, sheet.cutAt(0.5)), comparable(sheet, sheet.cutAt(0))], [[2, 3], [3, 3]]);
});

// --- differences ------------------------------------------------------------------------------------------
function matched(a, b, options) {
  const { sides: [sideA, sideB] } = sidesOf([a, b]);
  return [sideA, sideB, match(sideA, sideB, options)];
}

test("differences come by their higher score, those without one last", () => {
  const a = sheetOf([dog(0, 0.9), dog(50, 0.5), dog(80, null)]);
  const b = sheetOf([cat(50, 0.8), dog(20, 0.7), dog(0, 0.6)]);
  const found = differencesOf(...matched(a, b));
  assert.deepEqual([[...found.rowsA], [...found.rowsB]], [[1, NOBODY, 2], [0, 1, NOBODY]]);
  assert.deepEqual([...found.ious], [1, NaN, NaN]);
  assert.deepEqual([0, 1, 2].map((i) => nameOf(found, i)), ["differs", "b", "a"]);
});

test("of equal ones A's come first", () => {
  const found = differencesOf(...matched(sheetOf([dog(0, 0.5), dog(20, 0.5)]), sheetOf([dog(40, 0.5)])));
  assert.deepEqual([...found.rowsA], [0, 1, NOBODY]);
});

test("pairs count as scored where both sides have one", () => {
  assert.equal(scoredPairs(...matched(sheetOf([dog(0, 0.5), dog(50, null)]), sheetOf([dog(0, 0.5), dog(50, 0.4)]))), 1);
});

// --- asking the worker ------------------------------------------------------------------------------------
/** A worker that answers when it is told to. */
function fakeWorker() {
  const listeners = {};
  const sent = [];
  return {
    sent,
    addEventListener: (name, listener) => (listeners[name] = listener),
    postMessage: (message) => sent.push(message),
    terminate: () => {},
    answer: (answer = {}) => listeners.message({ data: { key: sent.at(-1).key, ...answer } }),
    break: () => listeners.error({}),
  };
}

function asking() {
  const workers = [];
  const told = [];
  const comparer = new Comparer((question, answer) => told.push([question.options.iou, answer]), () => workers[workers.push(fakeWorker()) - 1]);
  const sheets = [{}, {}];
  const ask = (iou, of = sheets) => comparer.ask({ sheets: of, sides: () => ({ a: "a", b: "b" }), options: { iou } });
  return { comparer, workers, told, ask };
}

test("of what is asked while the worker is busy only the last is compared", () => {
  const { comparer, workers, told, ask } = asking();
  [0.1, 0.2, 0.3, 0.4].forEach((iou) => ask(iou));
  assert.deepEqual(workers[0].sent.map(({ options }) => options.iou), [0.1]);
  workers[0].answer();
  assert.deepEqual([workers[0].sent.map(({ options }) => options.iou), comparer.isBusy], [[0.1, 0.4], true]);
  workers[0].answer();
  assert.deepEqual([told.map(([iou]) => iou), comparer.isBusy], [[0.1, 0.4], false]);
});

test("the sides are sent once, and again when they are others", () => {
  const { workers, ask } = asking();
  for (const args of [[0.1], [0.2], [0.3, [{}, {}]]]) {
    ask(...args);
    workers[0].answer();
  }
  assert.deepEqual(workers[0].sent.map(({ a }) => a), ["a", undefined, "a"]);
});

test("a worker that breaks is told of, and the next question begins anew", () => {
  const { workers, told, ask } = asking();
  ask(0.1);
  workers[0].break();
  assert.match(told[0][1].fault, /could not be started/);
  ask(0.2);
  assert.deepEqual([workers.length, workers[1].sent[0].a], [2, "a"]);
});

// --- the comparison ---------------------------------------------------------------------------------------
const NOW = { tab: "compare", colourBy: "class", verdicts: ALL, pair: null, iou: 0.5, threshold: 0, thresholds: [] };
const withIds = (sheet) => Object.defineProperty(sheet, "hasIds", { value: true });

function comparing(sheets = { q: withIds(sheetOf([dog(0, 0.9), dog(50, 0.4)])), s: withIds(sheetOf([dog(0, 0.8), cat(50, 0.3)])) }) {
  const worker = fakeWorker();
  const comparison = new Comparison(() => worker);
  const analyses = Object.keys(sheets).map((id) => analysis(id));
  const refresh = (now = {}, candidates = analyses) => comparison.refresh(candidates, ({ id }) => sheets[id], { ...NOW, ...now });
  const answer = () => {
    const { a, b } = worker.sent.findLast((message) => message.a);
    worker.answer({ matching: match(a, b, worker.sent.at(-1).options) });
  };
  return { comparison, worker, refresh, answer, sheets };
}

test("nothing is compared for nobody", () => {
  const { worker, refresh } = comparing();
  refresh({ tab: "objects" });
  assert.equal(worker.sent.length, 0);
  refresh({ tab: "objects", colourBy: "verdict" });
  assert.equal(worker.sent.length, 1);
});

test("each object has its verdict once the answer is there", () => {
  const { comparison, refresh, answer, sheets } = comparing();
  refresh();
  assert.deepEqual([comparison.verdictsOf(sheets.q), comparison.isPending], [null, true]);
  answer();
  assert.deepEqual([0, 1].map((row) => comparison.verdictOn(sheets.q.item(row)).name), ["agree", "differs"]);
  assert.deepEqual([comparison.sideOf("q"), comparison.sideOf("s"), comparison.sideOf("other"), comparison.isPending], [0, 1, -1, false]);
});

test("of an object is told with which it was paired, and how much they overlap", () => {
  const { comparison, refresh, answer, sheets } = comparing({
    q: withIds(sheetOf([dog(0, 0.9), dog(50, 0.4)])),
    s: withIds(sheetOf([dog(0, 0.8), cat(52, 0.3), cat(80, 0.2)])),
  });
  refresh();
  assert.equal(comparison.tellOf(sheets.q.item(0)), null);
  answer();
  const [differs, alone] = [comparison.tellOf(sheets.s.item(1)), comparison.tellOf(sheets.s.item(2))];
  assert.deepEqual([differs.verdict.name, differs.partner, Math.round(differs.iou * 1000)], ["differs", sheets.q.item(1), 667]);
  assert.deepEqual([alone.verdict.name, alone.partner, alone.iou], ["b", null, null]);
});

test("the same is not asked twice; another threshold of one model is another question", () => {
  const { worker, refresh, answer } = comparing();
  refresh();
  answer();
  refresh({ threshold: 0 });
  assert.equal(worker.sent.length, 1);
  refresh({ threshold: 0.2, thresholds: [["model s 1", 0.35]] });
  assert.deepEqual(worker.sent.at(-1).options, { iou: 0.5, minA: 0.2, minB: 0.35 });
});

test("an answer about a pair that nobody looks at any more is dropped", () => {
  const { comparison, refresh, answer } = comparing();
  refresh();
  refresh({ pair: [referTo(analysis("s")), referTo(analysis("q"))] });
  answer();
  assert.equal(comparison.result, null);
  answer();
  assert.deepEqual(comparison.result.sheets.map((sheet) => sheet.item(0).confidence), [0.8, 0.9]);
});

test("new objects of a running analysis are compared as they come, with whom it was before", () => {
  const { comparison, worker, refresh, answer, sheets } = comparing();
  refresh();
  answer();
  sheets.q = withIds(sheetOf([cat(0, 0.9)]));
  sheets.t = withIds(sheetOf([cat(0, 0.9)]));
  refresh({}, ["q", "t", "s"].map((id) => analysis(id)));
  assert.deepEqual([ids(comparison.pair), worker.sent.length], [["q", "s"], 2]);
});

test("what cannot be compared says why, and may be asked again", () => {
  const { comparison, worker, refresh } = comparing();
  refresh();
  worker.answer({ fault: "More than 5 pairs overlap.", isDense: true });
  assert.deepEqual(comparison.fault, { fault: "More than 5 pairs overlap.", isDense: true });
  refresh();
  assert.equal(worker.sent.length, 1);
  comparison.retry();
  refresh();
  assert.deepEqual([worker.sent.length, comparison.fault], [2, null]);
});

// --- colours and what is drawn ----------------------------------------------------------------------------
const VERDICTS = { codes: Uint8Array.of(1, 3, 0), colours: ["#000001", "#000002", "#000003", "#000004"], closed: new Set() };
const THREE = sheetOf([dog(0, 0.9), dog(20, 0.8), cat(40, 0.7)]);
const tones = (verdicts, more) => tonesOf(THREE, { byVerdict: true, colourOf: () => "#ffffff", hidden: new Set(), verdicts, ...more });
const seen = ({ groups, isShown }) => [...new Visible().rows(THREE, { cut: 3, groups, isShown }, [0, 0, 100, 80])];

test("colours go by verdict where it is known, else by what stands for nothing", () => {
  const colours = (found) => [0, 1, 2].map((row) => found.colours[found.keys[row]]);
  assert.deepEqual(colours(tones(VERDICTS)), ["#000002", "#000004", "#000001"].map((colour) => pixelOf(rgbOf(colour))));
  assert.deepEqual(colours(tones(null)), Array(3).fill(pixelOf([255, 255, 255])));
});

test("hidden verdicts hide their objects, hidden classes theirs", () => {
  assert.deepEqual(seen(tones(VERDICTS)), [0, 1, 2]);
  assert.deepEqual(seen(tones({ ...VERDICTS, closed: new Set([3]) })), [0, 2]);
  assert.deepEqual(seen(tones({ ...VERDICTS, closed: new Set([3]) }, { hidden: new Set(["cat"]) })), [0]);
  assert.deepEqual(seen(tones({ ...VERDICTS, closed: new Set([3]) }, { byVerdict: false })), [0, 2]);
});

test("a spot of the density has the colour of most of its objects, and hides less where more lie", () => {
  const sheet = sheetOf([dog(0, 0.9), dog(0, 0.8), dog(0, 0.7), dog(50, 0.6)]);
  const verdicts = { codes: Uint8Array.of(1, 3, 1, 3), colours: ["#000001", "#000002", "#000003", "#000004"], closed: new Set() };
  const found = tonesOf(sheet, { byVerdict: true, colourOf: () => "#ffffff", hidden: new Set(), verdicts });
  const surface = surfaceOf(new Uint32Array(100 * 80), 100, 80);
  new Density().draw(surface, [{ sheet, tones: found, rows: sheet.placed }], { scale: 1, x: 0, y: 0, ratio: 1 });
  const [many, one, none] = [5, 55, 30].map((x) => surface.pixels[5 * 100 + x]);
  const rgb = (pixel) => (pixel & 0xffffff).toString(16);
  assert.deepEqual([rgb(many), rgb(one), none], ["20000", "40000", 0]);
  assert.ok(many >>> 24 > one >>> 24);
});

/** A scene of the analyses q and s, compared as soon as its worker has answered. */
function compared(chosen = {}) {
  const sheets = { q: withIds(sheetOf([dog(0, 0.9), dog(50, 0.4)], { analysisId: "q" })), s: withIds(sheetOf([dog(0, 0.8), cat(50, 0.3), cat(80, 0.2)], { analysisId: "s" })) };
  const analyses = ["q", "s"].map((id) => analysis(id, { status: "completed" }));
  const store = { analyses, find: (id) => analyses.find((one) => one.id === id), loadOf: (id) => ({ sheet: sheets[id] }), artifactsOf: () => undefined };
  const state = { now: { ...DEFAULTS, colourBy: "verdict", slots: ["q", "s"], ...chosen } };
  const worker = fakeWorker();
  const scene = new Scene(store, state, PICTURE, () => worker);
  scene.refresh();
  const { a, b, options } = worker.sent[0];
  worker.answer({ matching: match(a, b, options) });
  scene.refresh();
  return { scene, sheets };
}

test("a scene gives each object the colour, the sign and the dashes of its verdict", () => {
  const { scene, sheets } = compared();
  const style = scene.styles();
  const styles = [[sheets.q, 0], [sheets.q, 1], [sheets.s, 1], [sheets.s, 2]].map(([sheet, row]) => style(sheet.item(row)));
  assert.deepEqual(styles.map(({ sign, colour, dash }) => [sign, colour, dash.length > 0]), [
    ["=", "#2dd4a7", false],
    ["≠", "#f0e442", false],
    ["≠", "#f0e442", true],
    ["B", "#8aa8ff", true],
  ]);
});

test("hidden verdicts are neither drawn nor listed nor counted as shown", () => {
  const { scene } = compared({ verdicts: "agree,b" });
  assert.deepEqual(scene.objects.map(({ className, confidence }) => [className, confidence]), [["dog", 0.9], ["dog", 0.8], ["cat", 0.2]]);
  assert.deepEqual(scene.counts.map(({ total, shown }) => [total, shown]), [[2, 1], [3, 2]]);
});

test("each model has its own least confidence, the others the common one", () => {
  const { scene } = compared({ threshold: 0.85, thresholds: [["model s 1", 0.25]] });
  assert.deepEqual(scene.objects.map(({ confidence }) => confidence), [0.9, 0.8, 0.3]);
});

test("where two cannot be compared colours say classes", () => {
  const sheet = sheetOf([dog(0, 0.9)], { analysisId: "q" });
  const store = { analyses: [Q], find: () => Q, loadOf: () => ({ sheet }), artifactsOf: () => undefined };
  const scene = new Scene(store, { now: { ...DEFAULTS, colourBy: "verdict", slots: ["q"] } }, PICTURE);
  scene.refresh();
  assert.deepEqual([scene.colourBy, scene.styles()(sheet.item(0)).colour], ["class", scene.palette.colourOf("dog")]);
});

// --- the list ---------------------------------------------------------------------------------------------
const LEFT = sheetOf([dog(0, 0.9), dog(50, 0.5), dog(80, null)]);
const RIGHT = sheetOf([cat(50, 0.8), dog(20, 0.7), dog(0, 0.6)]);
const DIFFERENT = differencesOf(...matched(LEFT, RIGHT));
const places = (verdicts, hidden = []) => [...listed(DIFFERENT, [LEFT, RIGHT], verdicts, new Set(hidden))];

test("what verdicts and classes hide is not listed; a pair is while one of both is seen", () => {
  assert.deepEqual([places(ALL), places("agree,a"), places(ALL, ["dog"]), places(ALL, ["cat"]), places("")], [[0, 1, 2], [2], [0], [0, 1, 2], []]);
});

test("a difference has the objects of both sides, and is found by either", () => {
  const { verdict, objects, iou } = differenceAt(DIFFERENT, [LEFT, RIGHT], 0);
  assert.deepEqual([verdict.name, objects.map(({ className }) => className), iou], ["differs", ["dog", "cat"], 1]);
  const alone = differenceAt(DIFFERENT, [LEFT, RIGHT], 1);
  assert.deepEqual([alone.verdict.name, alone.objects.length, alone.iou], ["b", 1, null]);
  assert.deepEqual([placeOf(DIFFERENT, places(ALL), 0, 1), placeOf(DIFFERENT, places(ALL), 1, 0), placeOf(DIFFERENT, places(ALL), 0, 0)], [0, 0, -1]);
});

test("what lies outside the picture has no bounds to fly to", () => {
  const far = sheetOf([box(500, 0, 5, 5), box(95, 0, 10, 10)]);
  assert.deepEqual([around([far.item(0)]), around([far.item(0), far.item(1)]), around([LEFT.item(0), LEFT.item(1)])], [null, [95, 0, 100, 10], [0, 0, 60, 10]]);
});

// --- sums in words ----------------------------------------------------------------------------------------
const SUMS = { countA: 3, countB: 2, agree: 1, classDiffers: 1, aOnly: 1, bOnly: 0, objectAgreement: 0.8, classKappa: 0, meanIou: 0.75, scoreCorrelation: -0.5, scoredPairs: 2 };

test("each sum stands with what it is counted over", () => {
  assert.deepEqual(sumsInWords(SUMS).map(({ value, of }) => [value, of]), [["0.80", "2 pairs, 5 objects"], ["0.00", "over 2 pairs"], ["0.75", "over 2 pairs"], ["-0.50", "over 2 pairs"]]);
});

test("where there is nothing to say it of, it is no zero, and why is said", () => {
  const none = { ...SUMS, countA: 0, countB: 0, agree: 0, classDiffers: 0, objectAgreement: null, classKappa: null, meanIou: null, scoreCorrelation: null, scoredPairs: 0 };
  const said = (sums) => sumsInWords(sums).map(({ value, of }) => `${value} ${of.replace("nothing to say it of: ", "")}`);
  assert.deepEqual(said(none), ["– no objects", "– no pairs", "– no pairs", "– fewer than two pairs"]);
  assert.deepEqual(said({ ...SUMS, classKappa: null, scoreCorrelation: null }).filter((text) => text.startsWith("–")), ["– all one class", "– all one score"]);
});

test("a class's pairs that the other side calls otherwise stand in one cell", () => {
  assert.equal(cellsOf({ aDiffers: 2, bDiffers: 3 }).differs, 5);
});

// --- flying there -----------------------------------------------------------------------------------------
function cameraAt(scale = 1) {
  const camera = new Camera({ width: 4000, height: 3000 });
  camera.resize(800, 600);
  camera.look({ x: 2000, y: 1500 }, scale);
  return camera;
}

test("what is seen well needs no flight", () => {
  assert.equal(goalFor([1900, 1450, 2000, 1550], cameraAt()), null);
});

test("what is out of sight is brought to the middle, the small nearer and the large further away", () => {
  assert.deepEqual(goalFor([3000, 1000, 3100, 1100], cameraAt()), { x: 3050, y: 1050, scale: 1 });
  assert.deepEqual(goalFor([2000, 1500, 2010, 1510], cameraAt()), { x: 2005, y: 1505, scale: 8 });
  assert.equal(goalFor([0, 0, 1600, 600], cameraAt()).scale, 0.3);
  assert.equal(goalFor([2000, 1500, 2002, 1502], cameraAt(20)).scale, 20);
});

/** A flight whose frames a test calls. */
function flying(isStill) {
  const frames = [];
  const camera = cameraAt();
  const flight = new Flight(camera, () => {}, { later: (act) => frames.push(act), isStill: () => isStill });
  return { camera, flight, frame: (now) => frames.shift()?.(now), frames };
}

test("it flies there in some frames, and arrives", () => {
  const { camera, flight, frame, frames } = flying(false);
  flight.to([3000, 1000, 3100, 1100]);
  frame(0);
  frame(130);
  const [half] = [camera.centre.x];
  frame(300);
  assert.ok(half > 2100 && half < 3000, half);
  assert.deepEqual([camera.centre, frames.length], [{ x: 3050, y: 1050 }, 0]);
});

test("who wants no motion is there at once", () => {
  const { camera, flight, frames } = flying(true);
  flight.to([3000, 1000, 3100, 1100]);
  assert.deepEqual([camera.centre.x, frames.length], [3050, 0]);
});

test("who takes hold of the picture on the way keeps it", () => {
  const { camera, flight, frame, frames } = flying(false);
  flight.to([3000, 1000, 3100, 1100]);
  frame(0);
  camera.panBy(10, 0);
  const { x } = camera.centre;
  frame(130);
  assert.deepEqual([camera.centre.x, frames.length], [x, 0]);
});
