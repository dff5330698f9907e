/** Outlines drawn pixel by pixel into an array: what tens of thousands of paths cannot do in a frame. */

/**
 * A canvas to draw on: {pixels, width, height, left, top, right, bottom}.
 *
 * `pixels` is a Uint32Array of the bytes red, green, blue, alpha; nothing is drawn left of `left`, above `top`, from
 * `right` on or from `bottom` on.
 */
export function surfaceOf(pixels, width, height, clip = [0, 0, width, height]) {
  const [left, top, right, bottom] = clip;
  return {
    pixels,
    width,
    height,
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    right: Math.min(right, width),
    bottom: Math.min(bottom, height),
  };
}

/** Fill the columns from x0 to before x1, the rows from y0 to before y1. */
export function fillRect({ pixels, width, left, top, right, bottom }, x0, y0, x1, y1, colour) {
  const a = x0 > left ? x0 : left;
  const b = x1 < right ? x1 : right;
  const c = y0 > top ? y0 : top;
  const d = y1 < bottom ? y1 : bottom;
  for (let y = c; y < d; y += 1) {
    const row = y * width;
    for (let at = row + a; at < row + b; at += 1) {
      pixels[at] = colour;
    }
  }
}

/** The outline of a box, `thick` pixels across, of which `before` lie left of and above each edge. */
export function strokeBox(surface, x0, y0, x1, y1, before, thick, colour) {
  const [left, top] = [x0 - before, y0 - before];
  const [right, bottom] = [x1 - before + thick, y1 - before + thick];
  if (right <= surface.left || bottom <= surface.top || left >= surface.right || top >= surface.bottom) {
    return;
  }
  if (right - left <= 2 * thick || bottom - top <= 2 * thick) {
    fillRect(surface, left, top, right, bottom, colour);
    return;
  }
  fillRect(surface, left, top, right, top + thick, colour);
  fillRect(surface, left, bottom - thick, right, bottom, colour);
  fillRect(surface, left, top + thick, left + thick, bottom - thick, colour);
  fillRect(surface, right - thick, top + thick, right, bottom - thick, colour);
}

/** A line from one pixel to another, `thick` pixels across; only the part on the surface costs anything. */
export function strokeLine(surface, x0, y0, x1, y1, thick, colour) {
  const { left, top, right, bottom } = surface;
  const reach = thick;
  if (
    (x0 < left - reach && x1 < left - reach) ||
    (y0 < top - reach && y1 < top - reach) ||
    (x0 >= right + reach && x1 >= right + reach) ||
    (y0 >= bottom + reach && y1 >= bottom + reach)
  ) {
    return;
  }
  const [dx, dy] = [x1 - x0, y1 - y0];
  const flat = Math.abs(dx) >= Math.abs(dy);
  const steps = Math.abs(flat ? dx : dy);
  const slope = steps ? (flat ? dy : dx) / steps : 0;
  const sign = (flat ? dx : dy) < 0 ? -1 : 1;
  const start = flat ? x0 : y0;
  const low = (flat ? left : top) - reach;
  const high = (flat ? right : bottom) + reach;
  // the steps that are within the surface along the longer side
  const first = Math.max(0, sign > 0 ? low - start : start - high);
  const last = Math.min(steps, sign > 0 ? high - start : start - low);
  const half = thick >> 1;
  const { pixels, width } = surface;
  for (let step = first; step <= last; step += 1) {
    const along = start + sign * step;
    const across = Math.round((flat ? y0 : x0) + slope * step) - half;
    for (let i = 0; i < thick; i += 1) {
      const x = flat ? along : across + i;
      const y = flat ? across + i : along;
      if (x >= left && x < right && y >= top && y < bottom) {
        pixels[y * width + x] = colour;
      }
    }
  }
}
