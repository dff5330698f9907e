import assert from "node:assert/strict";
import { test } from "node:test";

import { readableBytes, whyNot } from "../../../static/js/upload/limits.js";
import { UploadQueue } from "../../../static/js/upload/queue.js";
import { summary } from "../../../static/js/upload/summary.js";

/** A network whose sendings end when the test says so. */
class Network {
  sent = [];

  send = (file, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      this.sent.push({ file, resolve, reject, onProgress });
      signal.addEventListener("abort", () => reject({ status: 499, detail: "stopped" }));
    });
}

/** Writes down what a queue tells it. */
class Listener {
  told = [];
  counts = null;

  started = (file) => this.told.push(`started ${file}`);
  progressed = (file, share) => this.told.push(`progressed ${file} ${share}`);
  added = (file, answer) => this.told.push(`added ${file} ${answer}`);
  refused = (file, error) => this.told.push(`refused ${file} ${error.status}`);
  changed = (counts) => (this.counts = counts);
}

/** Lets everything run that waits for a promise. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function queueOf(files, atOnce = 2) {
  const network = new Network();
  const listener = new Listener();
  const queue = new UploadQueue(network.send, listener, atOnce);
  queue.add(files);
  return { network, listener, queue };
}

test("only so many files are sent at once", () => {
  const { network } = queueOf(["a", "b", "c"]);
  assert.deepEqual(network.sent.map(({ file }) => file), ["a", "b"]);
});

test("when one is through the next one starts", async () => {
  const { network } = queueOf(["a", "b", "c"]);
  network.sent[1].resolve("image");
  await settle();
  assert.deepEqual(network.sent.map(({ file }) => file), ["a", "b", "c"]);
});

test("a refused file does not hold up the others", async () => {
  const { network, listener } = queueOf(["a", "b"], 1);
  network.sent[0].reject({ status: 400, detail: "no picture" });
  await settle();
  network.sent[1].resolve("image");
  await settle();
  assert.deepEqual(listener.told, ["started a", "refused a 400", "started b", "added b image"]);
});

test("counts add up at the end", async () => {
  const { network, listener } = queueOf(["a", "b"]);
  network.sent[0].resolve("image");
  network.sent[1].reject({ status: 400 });
  await settle();
  assert.deepEqual(listener.counts, { added: 1, refused: 1, left: 0, retryable: 0, share: 1 });
});

test("half of one of two files is a quarter of all", () => {
  const { network, listener } = queueOf(["a", "b"]);
  network.sent[0].onProgress(0.5);
  assert.equal(listener.counts.share, 0.25);
});

for (const status of [0, 429, 500, 503]) {
  test(`a file that failed with ${status} can be sent again`, async () => {
    const { network, queue, listener } = queueOf(["a"]);
    network.sent[0].reject({ status });
    await settle();
    queue.retry();
    network.sent[1].resolve("image");
    await settle();
    assert.deepEqual(listener.counts, { added: 1, refused: 0, left: 0, retryable: 0, share: 1 });
  });
}

for (const status of [400, 401, 403, 404, 413, 415]) {
  test(`a file that was refused with ${status} is not sent again`, async () => {
    const { network, queue } = queueOf(["a"]);
    network.sent[0].reject({ status });
    await settle();
    queue.retry();
    assert.equal(network.sent.length, 1);
  });
}

test("stop breaks off what runs and forgets what waits", async () => {
  const { network, queue, listener } = queueOf(["a", "b", "c"]);
  queue.stop();
  await settle();
  assert.equal(network.sent.length, 2);
  assert.deepEqual(listener.counts, { added: 0, refused: 2, left: 0, retryable: 0, share: 1 });
});

test("after a stop new files are sent as ever", async () => {
  const { network, queue, listener } = queueOf(["a"]);
  queue.stop();
  await settle();
  queue.add(["b"]);
  network.sent[1].resolve("image");
  await settle();
  assert.equal(listener.told.at(-1), "added b image");
});

test("a new round counts from nothing, faults stay in sight", async () => {
  const { network, queue, listener } = queueOf(["a", "b"]);
  network.sent[0].resolve("image");
  network.sent[1].reject({ status: 400 });
  await settle();
  queue.add(["c"]);
  assert.deepEqual([listener.counts.added, listener.counts.refused, listener.counts.left], [0, 1, 1]);
});

test("it is busy until the last file is through", async () => {
  const { network, queue } = queueOf(["a"]);
  assert.equal(queue.isBusy, true);
  network.sent[0].resolve("image");
  await settle();
  assert.equal(queue.isBusy, false);
});

for (const [bytes, text] of [
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KB"],
  [1536, "1.5 KB"],
  [104857600, "100 MB"],
  [104857601, "100 MB"],
  [5 * 2 ** 30, "5 GB"],
  [3 * 2 ** 40, "3072 GB"],
]) {
  test(`${bytes} bytes read ${text}`, () => {
    assert.equal(readableBytes(bytes), text);
  });
}

test("an empty file need not be sent", () => {
  assert.equal(whyNot({ name: "a.jpg", size: 0 }, 100), "a.jpg is empty.");
});

test("a file that is too large need not be sent", () => {
  assert.match(whyNot({ name: "a.jpg", size: 101 }, 100), /^a\.jpg has 101 bytes; at most 100 bytes/);
});

test("any other file is for the server to judge", () => {
  assert.equal(whyNot({ name: "notes.txt", size: 100 }, 100), "");
});

for (const [counts, isFirstPage, sentence] of [
  [{ added: 0, refused: 0, left: 1 }, true, "1 file to go"],
  [{ added: 2, refused: 1, left: 3 }, true, "3 files to go · 2 added · 1 not added"],
  [{ added: 2, refused: 0, left: 0 }, true, "2 added"],
  [{ added: 2, refused: 0, left: 0 }, false, "2 added to the first page"],
]) {
  test(`the summary reads “${sentence}”`, () => {
    assert.equal(summary(counts, isFirstPage), sentence);
  });
}
