import assert from "node:assert/strict";
import { test } from "node:test";

import { Density } from "../../../static/js/viewer/engine/density.js";
import { frameOf } from "../../../static/js/viewer/engine/frame.js";
import { drawIdMap, idMap, planeSize } from "../../../static/js/viewer/engine/idmap.js";
import { MaskPlanes } from "../../../static/js/viewer/engine/masks.js";
import { fillRect, strokeBox, strokeLine, surfaceOf } from "../../../static/js/viewer/engine/outlines.js";
import { PlaneMaker } from "../../../static/js/viewer/engine/planes.js";
import { drawShapes } from "../../../static/js/viewer/engine/shapes.js";
import { colourOfScore, pixelOf, rgbOf, tonesOf } from "../../../static/js/viewer/engine/tones.js";
import { medianSide, modeOf } from "../../../static/js/viewer/engine/visible.js";
import { Frames } from "../../../static/js/viewer/frames.js";
import { box, keypoints, mask, PICTURE, polygon, sheetOf } from "./payloads.js";

const blank = (width, height, clip) => surfaceOf(new Uint32Array(width * height), width, height, clip);

/** The surface drawn with # and . */
function drawn({ pixels, width, height }, sign = (pixel) => (pixel ? "#" : ".")) {
  return Array.from({ length: height }, (_, y) => Array.from(pixels.subarray(y * width, (y + 1) * width), sign).join(""));
}

// --- outlines ---------------------------------------------------------------------------------------------
test("a box of one pixel lies on its edges", () => {
  const surface = blank(6, 5);
  strokeBox(surface, 1, 1, 4, 3, 0, 1, 1);
  assert.deepEqual(drawn(surface), ["......", ".####.", ".#..#.", ".####.", "......"]);
});

test("a thicker box has as much outside as was said", () => {
  const surface = blank(8, 8);
  strokeBox(surface, 2, 2, 6, 6, 1, 2, 1);
  assert.deepEqual(drawn(surface), [
    "........",
    ".######.",
    ".######.",
    ".##..##.",
    ".##..##.",
    ".######.",
    ".######.",
    "........",
  ]);
});

test("a box too small for an inside is filled", () => {
  const surface = blank(4, 4);
  strokeBox(surface, 1, 1, 2, 2, 0, 1, 1);
  assert.deepEqual(drawn(surface), ["....", ".##.", ".##.", "...."]);
});

test("a box half outside is cut off, one wholly outside draws nothing", () => {
  const surface = blank(4, 3);
  strokeBox(surface, 2, 1, 90, 90, 0, 1, 1);
  strokeBox(surface, -50, -50, -2, 90, 0, 1, 1);
  assert.deepEqual(drawn(surface), ["....", "..##", "..#."]);
});

test("nothing is drawn outside the clip", () => {
  const surface = blank(5, 3, [1, 0, 3, 2]);
  fillRect(surface, -9, -9, 9, 9, 1);
  assert.deepEqual(drawn(surface), [".##..", ".##..", "....."]);
});

for (const [what, line, wanted] of [
  ["across", [0, 1, 4, 1], [".....", "#####", "....."]],
  ["down", [2, 0, 2, 2], ["..#..", "..#..", "..#.."]],
  ["aslant", [0, 0, 4, 2], ["##...", "..##.", "....#"]],
  ["backwards", [4, 2, 0, 0], ["#....", ".##..", "...##"]],
  ["to a point", [3, 1, 3, 1], [".....", "...#.", "....."]],
]) {
  test(`a line ${what}`, () => {
    const surface = blank(5, 3);
    strokeLine(surface, ...line, 1, 1);
    assert.deepEqual(drawn(surface), wanted);
  });
}

test("a line that is mostly outside costs and draws only what is inside", () => {
  const surface = blank(4, 4);
  strokeLine(surface, -1e9, 1, 1e9, 1, 1, 1);
  strokeLine(surface, -1e9, -1e9, 1e9, 1e9, 1, 1);
  assert.deepEqual(drawn(surface), ["#...", "####", "..#.", "...#"]);
});

test("a thick line is as thick as it says", () => {
  const surface = blank(3, 5);
  strokeLine(surface, 0, 2, 2, 2, 3, 1);
  assert.deepEqual(drawn(surface), ["...", "###", "###", "###", "..."]);
});

// --- shapes -----------------------------------------------------------------------------------------------
const PLACE = { scale: 1, x: 0, y: 0, ratio: 1 };
const RED = pixelOf([255, 0, 0]);

function shapesOf(annotations, { halo = false, boxesOnly = false, place = PLACE, size = [30, 20] } = {}) {
  const sheet = sheetOf(annotations);
  const tones = tonesOf(sheet, { byScore: false, colourOf: () => "#ff0000", hidden: new Set() });
  const surface = blank(...size);
  drawShapes(surface, { sheet, rows: sheet.placed, tones }, place, { halo, boxesOnly });
  return surface;
}

const pixelAt = ({ pixels, width }, x, y) => pixels[y * width + x];

test("boxes are drawn on their edges at any scale", () => {
  const surface = shapesOf([box(2, 2, 10, 5)], { place: { scale: 2, x: 1, y: -1, ratio: 1 } });
  assert.deepEqual([pixelAt(surface, 5, 8), pixelAt(surface, 25, 8), pixelAt(surface, 15, 3), pixelAt(surface, 15, 13)], [RED, RED, RED, RED]);
  assert.equal(pixelAt(surface, 15, 8), 0);
});

test("a dark edge lies around the lines, never over them", () => {
  const surface = shapesOf([box(5, 5, 12, 12), box(9, 9, 12, 6)], { halo: true });
  assert.deepEqual([pixelAt(surface, 5, 10), pixelAt(surface, 3, 10) >>> 24, pixelAt(surface, 9, 12)], [RED, 191, RED]);
  assert.equal(pixelAt(surface, 17, 10), RED); // the weaker box's line, over which the better one's edge lies
});

test("a polygon is drawn ring by ring, each closed", () => {
  const surface = shapesOf([polygon([[[2, 2], [22, 2], [22, 17], [2, 17]], [[8, 6], [14, 6], [14, 11], [8, 11]]])]);
  const on = [[2, 9], [22, 9], [12, 2], [12, 17], [8, 8], [14, 8], [11, 6], [11, 11]];
  assert.deepEqual(on.map(([x, y]) => pixelAt(surface, x, y)), on.map(() => RED));
  assert.deepEqual([pixelAt(surface, 5, 9), pixelAt(surface, 11, 8)], [0, 0]);
});

test("a pose has its points and its bones", () => {
  const surface = shapesOf([keypoints([[5, 5], [20, 5], [20, 15]], [[0, 1]])]);
  assert.deepEqual([[5, 5], [12, 5], [20, 15], [20, 10]].map(([x, y]) => pixelAt(surface, x, y)), [RED, RED, RED, 0]);
});

test("only the boxes are drawn where no more is asked for", () => {
  const surface = shapesOf([polygon([[[2, 2], [8, 2], [8, 17]]]), box(12, 2, 10, 10)], { boxesOnly: true });
  assert.deepEqual([pixelAt(surface, 5, 2), pixelAt(surface, 12, 6)], [0, RED]);
});

// --- colours ----------------------------------------------------------------------------------------------
test("a pixel has its bytes in the order of a canvas", () => {
  const bytes = new Uint8Array(Uint32Array.of(pixelOf(rgbOf("#0a141e"), 40)).buffer);
  assert.deepEqual([...bytes], [10, 20, 30, 40]);
});

test("colours go by class, or by score in which a higher one is brighter", () => {
  const sheet = sheetOf([box(0, 0, 1, 1, { className: "a", score: 0.9 }), box(0, 0, 1, 1, { className: "b", score: null })]);
  const byClass = tonesOf(sheet, { byScore: false, colourOf: (name) => ({ a: "#010203", b: "#040506" })[name], hidden: new Set("b") });
  assert.deepEqual([...byClass.colours], [pixelOf([1, 2, 3]), pixelOf([4, 5, 6])]);
  assert.deepEqual([...byClass.isShown], [1, 0]);
  const byScore = tonesOf(sheet, { byScore: true, hidden: new Set() });
  const said = [0, 1].map((row) => byScore.colours[byScore.keys[row]]);
  assert.deepEqual(said[1], pixelOf(rgbOf(colourOfScore(null))));
  const brightness = (colour) => rgbOf(colour).reduce((sum, part) => sum + part, 0);
  assert.ok(brightness(colourOfScore(0.9)) > brightness(colourOfScore(0.1)));
});

// --- how to draw so many ----------------------------------------------------------------------------------
const layerOf = (count, side, dash = []) => {
  const sheet = sheetOf(Array.from({ length: count }, (_, i) => box(i % 50, i % 40, side, side)));
  return { sheet, rows: sheet.placed, dash };
};

for (const [count, side, scale, mode] of [
  [1500, 20, 1, "ink"],
  [1500, 1, 0.1, "ink"],
  [1501, 20, 1, "outlines"],
  [1501, 20, 0.1, "density"],
  [20_001, 20, 1, "density"],
]) {
  test(`${count} of ${side} pixels at a scale of ${scale} are drawn as ${mode}`, () => {
    assert.equal(modeOf([layerOf(count, side)], scale), mode);
  });
}

test("the median side is the longer one that half of them have", () => {
  const sheet = sheetOf([box(0, 0, 2, 9), box(0, 0, 30, 1), box(0, 0, 4, 5)]);
  assert.equal(medianSide([{ sheet, rows: sheet.placed }], 3), 9);
});

test("a frame of few has all of them, the weakest first, and the best for labels", () => {
  const sheet = sheetOf([0.9, 0.8, 0.7].map((score) => box(0, 0, 5, 5, { score })));
  const { objects, best } = frameOf([{ sheet, rows: sheet.placed, dash: [] }], 1);
  assert.deepEqual([objects.map(({ row }) => row), best.map(({ row }) => row)], [[2, 1, 0], [0, 1, 2]]);
});

test("a frame of many has none but the best two hundred", () => {
  const { objects, best, count } = frameOf([layerOf(1600, 20)], 1);
  assert.deepEqual([objects.length, best.length, count], [0, 200, 1600]);
});

test("of some hundred the solid boxes are drawn as pixels, the dashed ones by paths", () => {
  const [solid, dashed] = [layerOf(301, 20), layerOf(301, 20, [8, 5])];
  const { objects, boxes } = frameOf([solid, dashed], 1);
  assert.deepEqual([boxes, objects.length, objects.every(({ sheet }) => sheet === dashed.sheet)], [[solid], 301, true]);
  assert.deepEqual(frameOf([layerOf(300, 20)], 1).boxes, []);
});

// --- density ----------------------------------------------------------------------------------------------
test("density is brighter where more lie over each other, and nothing where nothing is", () => {
  const sheet = sheetOf([box(0, 0, 12, 12), box(0, 0, 12, 12), box(6, 6, 20, 6)]);
  const surface = blank(30, 20);
  new Density().draw(surface, [{ sheet, rows: sheet.placed }], PLACE);
  const [two, three, one, none] = [[1, 1], [7, 7], [20, 7], [28, 18]].map(([x, y]) => pixelAt(surface, x, y) >>> 24);
  assert.ok(three > two && two > one && one > 0, `${three} ${two} ${one}`);
  assert.equal(none, 0);
});

test("density begins anew with each frame", () => {
  const sheet = sheetOf([box(0, 0, 12, 12)]);
  const density = new Density();
  const [first, second] = [blank(30, 20), blank(30, 20)];
  density.draw(first, [{ sheet, rows: sheet.placed }], PLACE);
  density.draw(second, [{ sheet, rows: sheet.placed }], PLACE);
  assert.deepEqual(first.pixels, second.pixels);
});

// --- masks ------------------------------------------------------------------------------------------------
const masksOf = (...masks) => {
  const sheet = sheetOf(masks);
  return masks.map((_, row) => [row, sheet.maskOf(row)]);
};
const idsOf = ({ width, ids }, x, y) => ids[y * width + x];

test("the best mask is on top of the others", () => {
  const plane = idMap(masksOf(mask(["##"], { at: [5, 5] }), mask(["##"], { at: [6, 5] })), PICTURE);
  assert.deepEqual([4, 5, 6, 7, 8].map((x) => idsOf(plane, x, 5)), [0, 1, 1, 2, 0]);
});

test("a mask of another grid is stretched over the picture", () => {
  const plane = idMap(masksOf(mask(["#."], { at: [3, 1], size: [8, 10] })), PICTURE);
  assert.deepEqual([[30, 10], [39, 19], [29, 10], [40, 10], [30, 9], [30, 20]].map(([x, y]) => idsOf(plane, x, y)), [1, 1, 0, 0, 0, 0]);
});

test("a plane of a very large picture has fewer pixels", () => {
  assert.deepEqual([planeSize({ width: 8000, height: 8000 }), planeSize({ width: 400, height: 300 })], [[4000, 4000], [400, 300]]);
});

test("a plane is drawn with a line where a mask ends", () => {
  const plane = idMap(masksOf(mask(["##", "##"], { at: [1, 1] })), PICTURE);
  const surface = blank(14, 12);
  drawIdMap(surface, plane, { washes: [0, 1], lines: [0, 2] }, { scale: 4, x: 0, y: 0 }, PICTURE);
  const wanted = ["22222222", "21111112", "21111112", "21111112", "21111112", "21111112", "21111112", "22222222"];
  assert.deepEqual(drawn(surface, (pixel) => pixel || "."), [
    ...Array(4).fill(".".repeat(14)),
    ...wanted.map((row) => `....${row}..`),
  ]);
});

test("a hidden mask is not drawn and ends its neighbour", () => {
  const plane = idMap(masksOf(mask(["##"], { at: [0, 0] }), mask(["##"], { at: [2, 0] })), PICTURE);
  const surface = blank(4, 1);
  drawIdMap(surface, plane, { washes: [0, 1, 0], lines: [0, 2, 0] }, PLACE, PICTURE);
  assert.deepEqual(drawn(surface, (pixel) => pixel || "."), ["22.."]);
});

// --- frames -----------------------------------------------------------------------------------------------
test("however much is asked for, one frame draws it", () => {
  const [waiting, drawnParts] = [[], []];
  const frames = new Frames((dirty) => drawnParts.push([...dirty]), (act) => waiting.push(act));
  frames.ask("shapes");
  frames.ask("view");
  frames.ask("shapes");
  assert.equal(waiting.length, 1);
  waiting[0]();
  frames.ask("ink");
  assert.deepEqual([drawnParts, waiting.length], [[["shapes", "view"]], 2]);
});

// --- planes that take longer ------------------------------------------------------------------------------
/** A worker that answers when it is told to, and its messages. */
function fakeWorker() {
  const listeners = {};
  const sent = [];
  return {
    sent,
    addEventListener: (name, listener) => (listeners[name] = listener),
    postMessage: (message) => sent.push(message),
    say: (name, event) => listeners[name](event),
  };
}

const LARGE = Array.from({ length: 9 }, (_, row) => [row, { ...masksOf(mask(["#"]))[0][1], width: 1000, height: 1000 }]);

test("a few masks are made at once, without a worker", () => {
  const maker = new PlaneMaker(() => assert.fail("no worker is needed"));
  assert.equal(idsOf(maker.make(masksOf(mask(["#"], { at: [5, 5] })), PICTURE), 5, 5), 1);
});

test("many are made by a worker", async () => {
  const worker = fakeWorker();
  const promise = new PlaneMaker(() => worker).make(LARGE, PICTURE);
  worker.say("message", { data: { key: worker.sent[0].key, plane: "made" } });
  assert.equal(await promise, "made");
});

test("where the worker does not start they are made all the same", async () => {
  const worker = fakeWorker();
  const promise = new PlaneMaker(() => worker).make(LARGE.map(([row]) => [row, { ...LARGE[0][1], height: 1 }]).concat(LARGE), PICTURE);
  worker.say("error", {});
  const { width, height } = await promise;
  assert.deepEqual([width, height], [PICTURE.width, PICTURE.height]);
});

test("masks are drawn once their plane is there", async () => {
  const sheet = sheetOf([mask(["#"])]);
  const tones = tonesOf(sheet, { byScore: false, colourOf: () => "#ff0000", hidden: new Set() });
  const frame = { mode: "outlines", picture: PICTURE, objects: [], layers: [{ sheet, tones, cut: 1 }] };
  let [settle, ready] = [null, 0];
  const planes = new MaskPlanes(() => (ready += 1), { make: () => new Promise((done) => (settle = done)) });
  assert.deepEqual([planes.wanted(frame), planes.isWaiting, ready], [[], true, 0]);
  settle({ width: 1, height: 1, ids: Uint16Array.of(1) });
  await new Promise(setImmediate);
  assert.deepEqual([planes.wanted(frame).length, planes.isWaiting, ready], [1, false, 1]);
});
