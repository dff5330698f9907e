/** A histogram as two paths of SVG: what is left out and what is shown. */

/**
 * {out, within}: the bars to the left and to the right of `cut`, which counts in bars.
 *
 * Heights go with the square root, so that a few scores can be seen beside many.
 */
export function bars(counts, cut, height) {
  const most = Math.sqrt(Math.max(...counts, 1));
  const parts = { out: "", within: "" };
  counts.forEach((number, bin) => {
    if (number) {
      const tall = Math.max(1, (Math.sqrt(number) / most) * height);
      const side = bin + 1 <= cut + 1e-9 ? "out" : "within";
      parts[side] += `M${bin} ${height}v${-round(tall)}h.9v${round(tall)}z`;
    }
  });
  return parts;
}

const round = (value) => Math.round(value * 100) / 100;
