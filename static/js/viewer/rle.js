/** Run-length masks as COCO has them: column by column, the first run is background. */

/** The foreground's bounds [x0, y0, x1, y1] in pixels of the mask's own grid, or null where nothing is set. */
export function maskBounds({ size: [height], counts }) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  let at = 0;
  counts.forEach((count, index) => {
    if (index % 2 === 1 && count > 0) {
      const last = at + count - 1;
      const [firstColumn, lastColumn] = [Math.floor(at / height), Math.floor(last / height)];
      x0 = Math.min(x0, firstColumn);
      x1 = Math.max(x1, lastColumn + 1);
      if (firstColumn === lastColumn) {
        y0 = Math.min(y0, at % height);
        y1 = Math.max(y1, (last % height) + 1);
      } else {
        [y0, y1] = [0, height]; // a run over a column's end touches its bottom and the next one's top
      }
    }
    at += count;
  });
  return x1 > x0 ? [x0, y0, x1, y1] : null;
}

/** The foreground inside `bounds` as rows of 0 and 1: {x, y, width, height, bits}. */
export function decode({ size: [height], counts }, bounds) {
  const [x0, y0, x1, y1] = bounds;
  const width = x1 - x0;
  const bits = new Uint8Array(width * (y1 - y0));
  let at = 0;
  counts.forEach((count, index) => {
    if (index % 2 === 1) {
      for (let i = at; i < at + count; i += 1) {
        const column = Math.floor(i / height);
        bits[(i - column * height - y0) * width + column - x0] = 1;
      }
    }
    at += count;
  });
  return { x: x0, y: y0, width, height: y1 - y0, bits };
}

/** Whether the pixel (x, y) of the mask's own grid is foreground. */
export function maskContains({ size: [height, width], counts }, x, y) {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= width || row >= height) {
    return false;
  }
  const wanted = column * height + row;
  let at = 0;
  for (let index = 0; index < counts.length; index += 1) {
    at += counts[index];
    if (wanted < at) {
      return index % 2 === 1;
    }
  }
  return false; // a short sum is padded with background
}

/** How many pixels are set. */
export function maskArea({ counts }) {
  return counts.reduce((sum, count, index) => sum + (index % 2 ? count : 0), 0);
}
