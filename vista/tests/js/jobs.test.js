/** How far a piece of background work is, in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { wordsOf } from "../../../static/js/jobs/words.js";

const JOB = { status: "running", done: 0, total: null, doing: "", error_message: "" };

test("who waits is told for what", () => {
  assert.deepEqual(wordsOf({ ...JOB, status: "waiting" }), {
    text: "Waiting for the worker …",
    value: null,
    isLive: true,
    isRefusal: false,
  });
});

test("a running job says what it does and how far it is", () => {
  const { text, value } = wordsOf({ ...JOB, done: 1250, total: 5000, doing: "Writing" });
  assert.equal(text, "Writing: 1,250 of 5,000 (25 %)");
  assert.equal(value, 0.25);
});

test("a total that nobody knows has no share", () => {
  const { text, value } = wordsOf({ ...JOB, doing: "Reading" });
  assert.equal(text, "Reading …");
  assert.equal(value, null);
});

test("a share never passes the whole", () => {
  assert.equal(wordsOf({ ...JOB, done: 12, total: 10 }).value, 1);
});

test("the last hundredth is not told before its time", () => {
  assert.match(wordsOf({ ...JOB, done: 999, total: 1000 }).text, /\(99 %\)/);
});

test("what failed says why", () => {
  const { text, isRefusal, isLive } = wordsOf({ ...JOB, status: "failed", error_message: "The file is empty." });
  assert.deepEqual([text, isRefusal, isLive], ["The file is empty.", true, false]);
});

for (const [status, text] of [["completed", "Done."], ["cancelled", "Cancelled."]]) {
  test(`a ${status} job is over`, () => {
    const words = wordsOf({ ...JOB, status });
    assert.deepEqual([words.text, words.isLive], [text, false]);
  });
}
