/** Numbers to colours: viridis, which is even to the eye and to colour-blind eyes, between two ends of a range. */

/** Sixteen points of viridis (Smith and van der Walt, CC0), dark to bright; between them it is interpolated. */
const VIRIDIS = [
  0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
  0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
];
const STEPS = 256;
const TABLE = new Uint8Array(STEPS * 3);
for (let i = 0; i < STEPS; i += 1) {
  TABLE.set(viridis(i / (STEPS - 1)), i * 3);
}

/** [red, green, blue] for a place from 0 (dark) to 1 (bright). */
export function viridis(place) {
  const at = Math.min(Math.max(place, 0), 1) * (VIRIDIS.length - 1);
  const [low, high] = [VIRIDIS[Math.floor(at)], VIRIDIS[Math.ceil(at)]];
  return [16, 8, 0].map((shift) => {
    const [a, b] = [(low >> shift) & 255, (high >> shift) & 255];
    return Math.round(a + (b - a) * (at % 1));
  });
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
export function colourise(values, [low, high], { fade = false } = {}) {
  const rgba = new Uint8ClampedArray(values.length * 4);
  const span = high - low;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (Number.isNaN(value)) {
      continue;
    }
    const place = span > 0 ? Math.min(Math.max((value - low) / span, 0), 1) : Number(value >= high);
    const step = Math.round(place * (STEPS - 1)) * 3;
    rgba[i * 4] = TABLE[step];
    rgba[i * 4 + 1] = TABLE[step + 1];
    rgba[i * 4 + 2] = TABLE[step + 2];
    rgba[i * 4 + 3] = fade ? Math.round(Math.sqrt(place) * 255) : 255;
  }
  return rgba;
}
