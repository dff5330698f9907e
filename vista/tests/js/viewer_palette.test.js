import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CLASS_COLOURS, ClassPalette, LINES, hash, preferred, textOn, withAlpha } from "../../../static/js/viewer/palette.js";

const tokens = readFileSync(new URL("../../../static/css/tokens.css", import.meta.url), "utf8");

test("the canvas has the colours that the style sheets have", () => {
  const named = CLASS_COLOURS.map((_, index) => new RegExp(`--class-${index}: (#\\w+);`).exec(tokens)[1]);
  assert.deepEqual(CLASS_COLOURS, named);
});

test("the lines have the models' colours of the style sheets", () => {
  const named = ["a", "b", "c", "d"].map((letter) => new RegExp(`--model-${letter}: (#\\w+);`).exec(tokens)[1]);
  assert.deepEqual(LINES.map(({ colour }) => colour), named);
});

test("a name's hash never changes: colours stay from release to release", () => {
  assert.deepEqual(["person", "car", "Größe"].map(hash), [1319928, 210415165, 918631417]);
});

test("the server draws these names in the same colours", () => {
  assert.deepEqual(["person", "car", "bicycle", "Größe", "𝒳", ""].map(preferred), [0, 5, 7, 1, 5, 3]); // as in test_image_page.py
});

test("a colour that people have chosen goes before the palette's", () => {
  const palette = new ClassPalette();
  palette.add(["person"]);
  palette.override({ person: "#123456" });
  assert.equal(palette.colourOf("person"), "#123456");
  palette.override({});
  assert.equal(palette.colourOf("person"), CLASS_COLOURS[preferred("person")]);
});

test("classes that often meet differ of themselves", () => {
  const street = ["person", "car", "bicycle", "bus", "truck", "dog", "horse", "traffic light"];
  assert.equal(new Set(street.map(preferred)).size, 8);
});

test("a class has the same colour on every picture where nothing is in its way", () => {
  const [one, other] = [new ClassPalette(), new ClassPalette()];
  one.add(["person"]);
  other.add(["person"]);
  assert.equal(one.colourOf("person"), other.colourOf("person"));
  assert.equal(one.colourOf("person"), CLASS_COLOURS[preferred("person")]);
});

test("eight classes of one picture have eight colours", () => {
  const palette = new ClassPalette();
  const names = ["person", "car", "bus", "dog", "cat", "cup", "tie", "boat"];
  palette.add(names);
  assert.equal(new Set(names.map((name) => palette.colourOf(name))).size, 8);
});

test("the order in which classes are met within a batch does not matter", () => {
  const names = ["person", "car", "bus", "dog", "cat", "cup", "tie", "boat"];
  const [one, other] = [new ClassPalette(), new ClassPalette()];
  one.add(names);
  other.add([...names].reverse());
  assert.deepEqual(names.map((name) => one.placeOf(name)), names.map((name) => other.placeOf(name)));
});

test("a colour once given stays when more classes arrive", () => {
  const palette = new ClassPalette();
  palette.add(["zebra"]);
  const before = palette.colourOf("zebra");
  palette.add(Array.from({ length: 30 }, (_, index) => `a${index}`));
  assert.equal(palette.colourOf("zebra"), before);
});

test("more classes than colours still have one each", () => {
  const palette = new ClassPalette();
  const names = Array.from({ length: 80 }, (_, index) => `class ${index}`);
  palette.add(names);
  assert.ok(names.every((name) => CLASS_COLOURS.includes(palette.colourOf(name))));
});

test("text is dark on bright colours and bright on dark ones", () => {
  assert.deepEqual([textOn("#f0fc60"), textOn("#202020")], ["#0b0d10", "#ffffff"]);
});

test("a colour takes an opacity", () => {
  assert.equal(withAlpha("#54b4e4", 0.25), "rgba(84, 180, 228, 0.25)");
});
