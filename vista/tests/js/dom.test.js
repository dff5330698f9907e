import assert from "node:assert/strict";
import { test } from "node:test";

import { find } from "../../../static/js/dom.js";

test("find gives the element", () => {
  const element = {};
  assert.equal(find("#a", { querySelector: (selector) => (selector === "#a" ? element : null) }), element);
});

test("a missing element is named", () => {
  assert.throws(() => find("#gone", { querySelector: () => null }), /#gone/);
});
