/** A heatmap's file as numbers or as a finished picture, whatever its format. */

import { rangeOf } from "./colourmap.js";
import { parseNpy } from "./npy.js";
import { decodeGrey, pngHeader } from "./png.js";

/**
 * {scalar} for numbers, or {coloured: true} where the browser is to draw the file as it is.
 *
 * A scalar is {width, height, values, range, valueOf}: `range` is what the colours span, in the values' own
 * terms; `valueOf` turns one into the number to be read. In a .npy file the numbers are what they are and
 * `valueRange` says what to span; in a grey PNG black is the range's low end and white its high one.
 */
export async function readRaster(buffer, valueRange) {
  const header = pngHeader(buffer);
  if (header?.isGrey && !header.interlaced) {
    const { levels, ...plane } = await decodeGrey(buffer);
    const [low, high] = valueRange ?? [0, levels];
    return { scalar: { ...plane, range: [0, levels], valueOf: (level) => low + ((high - low) * level) / levels } };
  }
  if (header || isPicture(buffer)) {
    return { coloured: true };
  }
  const plane = parseNpy(buffer);
  return { scalar: { ...plane, range: valueRange ?? rangeOf(plane.values), valueOf: (value) => value } };
}

function isPicture(buffer) {
  const [a, b] = new Uint8Array(buffer);
  return (a === 0xff && b === 0xd8) || (a === 0x52 && b === 0x49); // JPEG, or RIFF as WebP begins
}

/** The number of a scalar that lies at (x, y) of a picture over which it is stretched; null outside. */
export function valueAt(scalar, x, y, picture) {
  const column = Math.floor((x / picture.width) * scalar.width);
  const row = Math.floor((y / picture.height) * scalar.height);
  if (column < 0 || row < 0 || column >= scalar.width || row >= scalar.height) {
    return null;
  }
  return scalar.valueOf(scalar.values[row * scalar.width + column]);
}

/** What the two ends of the colours mean, as numbers to be read. */
export function readableRange(scalar) {
  return scalar.range.map((end) => scalar.valueOf(end));
}
