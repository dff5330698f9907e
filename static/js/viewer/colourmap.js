/** Numbers to colours: maps that are even to the eye and to colour-blind eyes, between two ends of a range. */

/** Points of the maps, dark to bright, between which it is interpolated (matplotlib's and viridisLite's, CC0). */
const POINTS = {
  viridis: [
    0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
    0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
  ],
  magma: [
    0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf,
  ],
  cividis: [
    0x00204d, 0x00336f, 0x39486b, 0x575c6d, 0x707173, 0x8a8779, 0xa69d75, 0xc4b56c, 0xe4cf5b, 0xffea46,
  ],
  grey: [0x000000, 0xffffff],
};
const STEPS = 256;
const TABLES = Object.fromEntries(Object.keys(POINTS).map((name) => [name, tableOf(name)]));

/** The maps there are, by name. */
export const MAPS = Object.keys(POINTS);

function tableOf(name) {
  const table = new Uint8Array(STEPS * 3);
  for (let i = 0; i < STEPS; i += 1) {
    table.set(colourAt(name, i / (STEPS - 1)), i * 3);
  }
  return table;
}

/** [red, green, blue] of a map for a place from 0 (dark) to 1 (bright). */
export function colourAt(name, place) {
  const points = POINTS[name];
  const at = Math.min(Math.max(place, 0), 1) * (points.length - 1);
  const [low, high] = [points[Math.floor(at)], points[Math.ceil(at)]];
  return [16, 8, 0].map((shift) => {
    const [a, b] = [(low >> shift) & 255, (high >> shift) & 255];
    return Math.round(a + (b - a) * (at % 1));
  });
}

export function viridis(place) {
  return colourAt("viridis", place);
}

/** The least and the greatest finite number, or [0, 1] where there is none. */
export function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (Number.isFinite(value)) {
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * RGBA bytes for numbers between `low` and `high`; what lies outside takes the nearest end, what is no number
 * stays transparent. With `fade` the low end is transparent and the high end opaque (the alpha is the place's
 * square root), so that the picture shows where there is nothing to see.
 */
export function colourise(values, [low, high], { fade = false, map = "viridis" } = {}) {
  const table = TABLES[map] ?? TABLES.viridis;
  const rgba = new Uint8ClampedArray(values.length * 4);
  const span = high - low;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (Number.isNaN(value)) {
      continue;
    }
    const place = span > 0 ? Math.min(Math.max((value - low) / span, 0), 1) : Number(value >= high);
    const step = Math.round(place * (STEPS - 1)) * 3;
    rgba[i * 4] = table[step];
    rgba[i * 4 + 1] = table[step + 1];
    rgba[i * 4 + 2] = table[step + 2];
    rgba[i * 4 + 3] = fade ? Math.round(Math.sqrt(place) * 255) : 255;
  }
  return rgba;
}
