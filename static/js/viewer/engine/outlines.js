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
export function fillRect(surface, x0, y0, x1, y1, colour) {
  const { pixels, width } = surface;
  const left = x0 > surface.left ? x0 : surface.left;
  const right = x1 < surface.right ? x1 : surface.right;
  const top = y0 > surface.top ? y0 : surface.top;
  const bottom = y1 < surface.bottom ? y1 : surface.bottom;
  const across = right - left;
  if (across <= 0) {
    return;
  }
  const end = bottom * width + left;
  for (let at = top * width + left; at < end; at += width) {
    for (let i = at; i < at + across; i += 1) {
      pixels[i] = colour; // pixels.fill(…) takes twice as long for such short rows
    }
  }
}

/** The outline of a box, `thick` pixels across, of which `before` lie left of and above each edge. */
export function strokeBox(surface, x0, y0, x1, y1, before, thick, colour) {
  const left = x0 - before;
  const top = y0 - before;
  const right = x1 - before + thick;
  const bottom = y1 - before + thick;
  if (right <= surface.left || bottom <= surface.top || left >= surface.right || top >= surface.bottom) {
    return;
  }
  if (right - left <= 2 * thick || bottom - top <= 2 * thick) {
    fillRect(surface, left, top, right, bottom, colour);
    return;
  }
  if (thick === 1 && left >= surface.left && top >= surface.top && right <= surface.right && bottom <= surface.bottom) {
    strokeThin(surface.pixels, surface.width, left, top, right - 1, bottom - 1, colour);
    return;
  }
  fillRect(surface, left, top, right, top + thick, colour);
  fillRect(surface, left, bottom - thick, right, bottom, colour);
  fillRect(surface, left, top + thick, left + thick, bottom - thick, colour);
  fillRect(surface, right - thick, top + thick, right, bottom - thick, colour);
}

/** The same for one pixel across, all of it on the surface: where there are thousands, they are such. */
function strokeThin(pixels, width, left, top, right, bottom, colour) {
  const across = right - left;
  const first = top * width + left;
  const last = bottom * width + left;
  for (let i = 0; i <= across; i += 1) {
    pixels[first + i] = colour;
    pixels[last + i] = colour;
  }
  for (let at = first + width; at < last; at += width) {
    pixels[at] = colour;
    pixels[at + across] = colour;
  }
}

/** A line from one pixel to another, `thick` pixels across; only the part on the surface costs anything. */
export function strokeLine(surface, x0, y0, x1, y1, thick, colour) {
  const { pixels, width, left, top, right, bottom } = surface;
  const lowX = x0 < x1 ? x0 : x1;
  const highX = x0 < x1 ? x1 : x0;
  const lowY = y0 < y1 ? y0 : y1;
  const highY = y0 < y1 ? y1 : y0;
  if (highX < left - thick || highY < top - thick || lowX >= right + thick || lowY >= bottom + thick) {
    return;
  }
  const dx = x1 - x0;
  const dy = y1 - y0;
  const flat = highX - lowX >= highY - lowY;
  const steps = flat ? highX - lowX : highY - lowY;
  const half = thick >> 1;
  if (lowX - half >= left && lowY - half >= top && highX - half + thick <= right && highY - half + thick <= bottom) {
    strokeInside(pixels, width, x0, y0, dx, dy, flat, steps, thick, half, colour);
    return;
  }
  const slope = steps ? (flat ? dy : dx) / steps : 0;
  const sign = (flat ? dx : dy) < 0 ? -1 : 1;
  const start = flat ? x0 : y0;
  const low = (flat ? left : top) - thick;
  const high = (flat ? right : bottom) + thick;
  // the steps that are within the surface along the longer side
  const first = Math.max(0, sign > 0 ? low - start : start - high);
  const last = Math.min(steps, sign > 0 ? high - start : start - low);
  for (let step = first; step <= last; step += 1) {
    const along = start + sign * step;
    const across = Math.floor((flat ? y0 : x0) + slope * step + 0.5) - half;
    for (let i = 0; i < thick; i += 1) {
      const x = flat ? along : across + i;
      const y = flat ? across + i : along;
      if (x >= left && x < right && y >= top && y < bottom) {
        pixels[y * width + x] = colour;
      }
    }
  }
}

/** The same where all of it is on the surface, in whole numbers only: most lines are, and they are short. */
function strokeInside(pixels, width, x0, y0, dx, dy, flat, steps, thick, half, colour) {
  const across = flat ? width : 1; // from one of its pixels to the next over its thickness
  const ahead = flat ? (dx < 0 ? -1 : 1) : dy < 0 ? -width : width;
  const aside = flat ? (dy < 0 ? -width : width) : dx < 0 ? -1 : 1;
  const drift = flat ? (dy < 0 ? -dy : dy) : dx < 0 ? -dx : dx;
  let at = y0 * width + x0 - half * across;
  let error = steps >> 1;
  for (let step = 0; step <= steps; step += 1) {
    pixels[at] = colour;
    for (let i = 1, next = at + across; i < thick; i += 1, next += across) {
      pixels[next] = colour;
    }
    at += ahead;
    error -= drift;
    if (error < 0) {
      at += aside;
      error += steps;
    }
  }
}
