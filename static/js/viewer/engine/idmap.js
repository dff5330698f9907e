/** All masks of an analysis in one plane of row numbers: drawing looks colours up, whatever the zoom. */

import { maskBits } from "../payload.js";

const MOST = 16_000_000; // pixels of a plane; larger pictures have every second or third

/** [width, height] of the plane for a picture. */
export function planeSize({ width, height }) {
  const step = Math.max(Math.ceil(Math.sqrt((width * height) / MOST)), 1);
  return [Math.ceil(width / step), Math.ceil(height / step)];
}

/**
 * {width, height, ids}: row + 1 of the best mask over each pixel of the picture, 0 where there is none.
 *
 * `masks` is [[row, mask], …], best first, masks as payload.js gives them. The best is painted last, so a threshold hides
 * no pixel that a better mask has covered.
 */
export function idMap(masks, picture) {
  const [width, height] = planeSize(picture);
  const highest = masks.reduce((most, [row]) => Math.max(most, row + 1), 0);
  const ids = highest < 65_536 ? new Uint16Array(width * height) : new Uint32Array(width * height);
  for (let i = masks.length - 1; i >= 0; i -= 1) {
    const [row, mask] = masks[i];
    paint(mask, { width, height, ids }, row + 1);
  }
  return { width, height, ids };
}

function paint(mask, { width, height, ids }, value) {
  const bits = maskBits(mask);
  const [across, down] = [mask.size[1] / width, mask.size[0] / height]; // mask pixels a pixel of the plane
  const [x0, x1] = range(mask.x, mask.width, across, width);
  const [y0, y1] = range(mask.y, mask.height, down, height);
  for (let y = y0; y < y1; y += 1) {
    const line = (Math.floor((y + 0.5) * down) - mask.y) * mask.width;
    for (let x = x0; x < x1; x += 1) {
      if (bits[line + Math.floor((x + 0.5) * across) - mask.x]) {
        ids[y * width + x] = value;
      }
    }
  }
}

/** The pixels of the plane whose middles lie in `length` mask pixels from `start` on. */
function range(start, length, step, most) {
  return [Math.max(Math.ceil(start / step - 0.5), 0), Math.min(Math.ceil((start + length) / step - 0.5), most)];
}

/**
 * Draw a plane: `washes` and `lines` are pixels by row + 1, 0 for what is hidden; lines go where a mask ends.
 *
 * `place` is {scale, x, y} as in shapes.js, `picture` what the plane is stretched over.
 */
export function drawIdMap({ pixels, width, left, top, right, bottom }, plane, { washes, lines }, { scale, x, y }, picture) {
  const [stepX, stepY] = [plane.width / picture.width / scale, plane.height / picture.height / scale];
  const columns = new Int32Array(right - left + 2); // of the plane, one before and one behind the surface too
  for (let i = 0; i < columns.length; i += 1) {
    const column = Math.floor((left + i - 0.5 - x) * stepX);
    columns[i] = column >= 0 && column < plane.width ? column : -1;
  }
  const lineAt = (at, buffer) => {
    const row = Math.floor((at + 0.5 - y) * stepY);
    gather(plane, row, columns, washes, buffer);
    return buffer;
  };
  let [above, here, below] = [0, 1, 2].map(() => new Uint32Array(columns.length));
  lineAt(top - 1, above);
  lineAt(top, here);
  for (let at = top; at < bottom; at += 1) {
    lineAt(at + 1, below);
    const line = at * width + left - 1;
    for (let i = 1; i < columns.length - 1; i += 1) {
      const id = here[i];
      if (id !== 0) {
        const ends = here[i - 1] !== id || here[i + 1] !== id || above[i] !== id || below[i] !== id;
        pixels[line + i] = ends ? lines[id] : washes[id];
      }
    }
    [above, here, below] = [here, below, above];
  }
}

/** The ids of one line of the screen, 0 for what is hidden. */
function gather({ width, height, ids }, row, columns, washes, buffer) {
  if (row < 0 || row >= height) {
    buffer.fill(0);
    return;
  }
  const start = row * width;
  for (let i = 0; i < columns.length; i += 1) {
    const id = columns[i] < 0 ? 0 : ids[start + columns[i]];
    buffer[i] = washes[id] === 0 ? 0 : id;
  }
}
