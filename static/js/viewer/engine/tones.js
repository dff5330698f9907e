/** Colours as pixels, looked up by class or by score: what is hidden has none. */

import { viridis } from "../colourmap.js";
import { NO_SCORE } from "./sheet.js";

const STEPS = 256;
const DARKEST = 0.2; // of the colour map: its dark end would not show on the dark canvas
const SILENT = [154, 166, 178]; // what has no score, where colours say scores

/** The four bytes of a pixel as a number, on a machine whose small end comes first. */
export function pixelOf([red, green, blue], alpha = 255) {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** [red, green, blue] of #rrggbb. */
export function rgbOf(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** #rrggbb of a score, 0 to 1 or null. */
export function colourOfScore(score) {
  const rgb = score === null ? SILENT : viridis(DARKEST + (1 - DARKEST) * score);
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

const BY_SCORE = Array.from({ length: STEPS }, (_, bin) => colourOfScore(bin === NO_SCORE ? null : bin / (NO_SCORE - 1)));

/**
 * {keys, colours, groups, isOpen, isShown, areFew}: colours[keys[row]] is a pixel, and a row is to be seen where
 * isShown[groups[row]] is 1; isOpen is the same whichever classes are hidden. Where there are but `areFew` colours, each
 * a finding of its own, density keeps them apart.
 *
 * `colourOf` gives #rrggbb of a class name; with `byScore` the score decides. `hidden` has the class names that are hidden.
 * `verdicts` is null where nothing is known of the sheet, else {codes, colours, closed}: with `byVerdict` colours[codes[row]]
 * is a row's #rrggbb, and `closed` has the codes that are hidden.
 */
export function tonesOf(sheet, { byScore = false, byVerdict = false, colourOf, hidden, verdicts = null }) {
  const { groups, isOpen, classes } = groupsOf(sheet, verdicts);
  const isShown = Uint8Array.from(isOpen, (open, group) => open * Number(!hidden.has(sheet.classes[classes[group]])));
  const pixels = (colours) => Uint32Array.from(colours, (colour) => pixelOf(rgbOf(colour)));
  const rest = { groups, isOpen, isShown, areFew: byVerdict };
  if (byScore) {
    return { keys: sheet.bins, colours: pixels(BY_SCORE), ...rest };
  }
  if (byVerdict && verdicts) {
    return { keys: verdicts.codes, colours: pixels(verdicts.colours), ...rest };
  }
  return { keys: sheet.classOf, colours: pixels(sheet.classes.map(colourOf)), ...rest };
}

const CODES = 4;
const keptGroups = new WeakMap();

/** A group for each class; where some verdicts are hidden, one for each class and verdict: looking up both costs a frame no more. */
function groupsOf({ classes, classOf }, verdicts) {
  if (!verdicts?.closed.size) {
    return { groups: classOf, isOpen: new Uint8Array(classes.length).fill(1), classes: classes.map((_, i) => i) };
  }
  const { codes, closed } = verdicts;
  if (!keptGroups.has(codes)) {
    keptGroups.set(codes, Uint32Array.from(codes, (code, row) => classOf[row] * CODES + code));
  }
  const numbers = Array.from({ length: classes.length * CODES }, (_, group) => Math.floor(group / CODES));
  return { groups: keptGroups.get(codes), isOpen: Uint8Array.from(numbers, (_, group) => Number(!closed.has(group % CODES))), classes: numbers };
}
