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
 * {keys, colours, isShown}: colours[keys[row]] is a pixel, and a row is to be seen where isShown[classOf[row]] is 1.
 *
 * `colourOf` gives #rrggbb of a class name; with `byScore` the score decides. `hidden` is a Set of class names.
 */
export function tonesOf(sheet, { byScore, colourOf, hidden }) {
  const isShown = Uint8Array.from(sheet.classes, (name) => Number(!hidden.has(name)));
  return byScore
    ? { keys: sheet.bins, colours: Uint32Array.from(BY_SCORE, (colour) => pixelOf(rgbOf(colour))), isShown }
    : { keys: sheet.classOf, colours: Uint32Array.from(sheet.classes, (name) => pixelOf(rgbOf(colourOf(name)))), isShown };
}
