/** A form's choice as a query, and bytes as people read them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { counts, queryOf, size } from "../../../static/js/exports/query.js";

test("what is not said is left out of the query", () => {
  const entries = [["csrfmiddlewaretoken", "t"], ["model_name", ""], ["format", "coco"]];
  assert.equal(queryOf(entries), "format=coco");
});

test("what is said is spelled for an address", () => {
  assert.equal(queryOf([["class_name", "traffic light & co"]]), "class_name=traffic+light+%26+co");
});

test("a name may be said twice", () => {
  assert.equal(queryOf([["image_id", "a"], ["image_id", "b"]]), "image_id=a&image_id=b");
});

for (const [bytes, text] of [[0, "0 bytes"], [1023, "1023 bytes"], [1024, "1.0 KB"], [1_500_000, "1.4 MB"], [2 ** 40, "1.0 TB"], [2 ** 52, "4096.0 TB"]]) {
  test(`${bytes} bytes are ${text}`, () => {
    assert.equal(size(bytes), text);
  });
}

test("what has no place is counted by type", () => {
  assert.equal(counts({}), "");
  assert.equal(counts({ heatmap: 1500, classification: 2 }), "1,500 × heatmap, 2 × classification");
});
