import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  BadPayload,
  belongTogether,
  boundsIn,
  classAt,
  coordinatesIn,
  countAtLeast,
  decodePayload,
  idAt,
  idsUrl,
  kindAt,
  maskArea,
  maskAt,
  maskBits,
  maskContains,
  payloadUrl,
  ranksIn,
  scoreAt,
} from "../../../static/js/viewer/payload.js";
import { annotationsOf } from "../../../analyses/tests/payload_as_json.mjs";

/** The bytes of a fixture as fetch gives them. */
function bytesOf(name) {
  const { buffer, byteOffset, byteLength } = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

const content = bytesOf("payload.bin");
const payload = decodePayload(content);
const ids = decodePayload(bytesOf("payload_ids.bin"));
const stored = JSON.parse(readFileSync(new URL("fixtures/payload.json", import.meta.url), "utf8"));

/** The rows of a kind. */
const rowsOf = (kind) => [...payload.columns.kind.keys()].filter((row) => kindAt(payload, row) === kind);

/** A copy of the fixture with some bytes changed. */
function changed(at, ...bytes) {
  const copy = content.slice(0);
  new Uint8Array(copy).set(bytes, at);
  return copy;
}

test("every annotation reads as it is stored", () => {
  assert.equal(payload.header.count, stored.length);
  assert.deepEqual(annotationsOf(payload), stored);
});

test("columns are views of the bytes", () => {
  const columns = Object.values(payload.columns);
  assert.ok(columns.length > 20);
  assert.ok(columns.every(({ buffer }) => buffer === content));
});

test("a threshold is a prefix, and no score is below every threshold", () => {
  const scores = stored.map(({ confidence }) => confidence);
  for (const threshold of [0, 0.25, 0.5, 0.6999, 0.7, 0.95, 1]) {
    const wanted = scores.filter((score) => score !== null && score >= threshold).length;
    assert.equal(countAtLeast(payload, threshold), wanted, `at ${threshold}`);
  }
});

test("scores of four digits are exact", () => {
  assert.deepEqual(stored.map((_, row) => scoreAt(payload, row)), stored.map(({ confidence }) => confidence));
});

test("all bounds are one array, NaN without a place", () => {
  const bounds = boundsIn(payload);
  assert.equal(bounds.length, 4 * stored.length);
  const wanted = stored.flatMap(({ bounds: place }) => place ?? [NaN, NaN, NaN, NaN]);
  assert.deepEqual([...bounds], wanted);
});

test("a rank counts the rows of the same kind before", () => {
  const ranks = ranksIn(payload);
  assert.deepEqual(rowsOf("mask").map((row) => ranks[row]), [0, 1, 2]);
});

test("coordinates that are floats are not copied", () => {
  const x = Float32Array.of(1, 2.5);
  const there = coordinatesIn({ columns: { x_min: x }, meanings: { x_min: {} } }, "x_min");
  assert.equal(there, x);
});

test("ids stand in the order of the rows", () => {
  const person = stored.findIndex(({ confidence }) => confidence === 1);
  assert.equal(idAt(ids, person), "0192f0c1-aaaa-7d4e-8f50-61728394a507");
});

test("ids of another version do not belong", () => {
  assert.equal(belongTogether(payload, ids), true);
  assert.equal(belongTogether(payload, { header: { ...ids.header, version: "another" } }), false);
});

test("the pixels of a mask are those of its bits, whichever way its runs go", () => {
  const masks = rowsOf("mask").map((_, rank) => maskAt(payload, rank));
  assert.deepEqual(masks.map(({ byRows }) => byRows).sort(), [false, true, true]);
  for (const mask of masks) {
    const bits = maskBits(mask);
    assert.equal(bits.reduce((sum, bit) => sum + bit, 0), maskArea(mask));
    const inside = Array.from(bits, (_, i) =>
      Number(maskContains(mask, mask.x + (i % mask.width), mask.y + Math.floor(i / mask.width))),
    );
    assert.deepEqual(inside, [...bits]);
  }
});

test("outside its bounds there is no mask", () => {
  const row = rowsOf("mask").findIndex((of) => classAt(payload, of) === "L");
  const mask = maskAt(payload, row);
  assert.equal(maskContains(mask, mask.x, mask.y), true);
  assert.equal(maskContains(mask, mask.x - 1, mask.y), false);
  assert.equal(maskContains(mask, mask.x, mask.y + mask.height), false);
});

test("addresses name the format and what is selected", () => {
  assert.equal(payloadUrl("a-b"), "/api/analyses/a-b/payload?format=1");
  const selection = { minScore: 0, maxScore: 0.5, window: [0, 1, 2.5, 3], limit: 10 };
  assert.equal(
    idsUrl("a-b", selection),
    "/api/analyses/a-b/payload/ids?format=1&min_score=0&max_score=0.5&window=0%2C1%2C2.5%2C3&limit=10",
  );
});

const BROKEN = {
  "no bytes": [new ArrayBuffer(0), /no payload/],
  "other bytes": [changed(0, 0x47, 0x49, 0x46), /no payload/],
  "a beginning only": [content.slice(0, 12), /cut short/],
  "one byte less": [content.slice(0, -1), /promises/],
  "another format": [changed(4, 2), /format 2.*Reload/],
  "a header that is no JSON": [changed(16, 0x5b), /damaged/],
};
for (const [what, [bytes, sentence]] of Object.entries(BROKEN)) {
  test(`${what} is refused in a sentence`, () => {
    assert.throws(() => decodePayload(bytes), (error) => error instanceof BadPayload && sentence.test(error.message));
  });
}
