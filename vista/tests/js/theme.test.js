import assert from "node:assert/strict";
import { test } from "node:test";

import { asTheme, barColour, nextTheme } from "../../../static/js/theme.js";

test("three switches come back to where they began", () => {
  const seen = [nextTheme("system"), nextTheme(nextTheme("system")), nextTheme(nextTheme(nextTheme("system")))];
  assert.deepEqual(seen, ["light", "dark", "system"]);
});

for (const kept of [null, "", "purple", "constructor"]) {
  test(`a kept theme of ${JSON.stringify(kept)} means the system's`, () => {
    assert.equal(asTheme(kept), "system");
  });
}

test("a kept choice is kept", () => {
  assert.equal(asTheme("dark"), "dark");
});

test("the browser's bar follows the choice, whatever the system says", () => {
  assert.equal(barColour("dark", "(prefers-color-scheme: light)"), barColour("system", "(prefers-color-scheme: dark)"));
});
