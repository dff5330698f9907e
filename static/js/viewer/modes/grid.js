/** Where the panes lie on the stage: all of one size, in whole pixels, so that one camera serves them all. */

export const GAP = 2; // CSS pixels between panes
const NARROW = 640; // CSS pixels: two beside each other would be too small to see anything
const WORTH_STACKING = 2; // so many times larger the picture has to be, one pane above the other: panoramas

/** [{x, y, width, height}] in CSS pixels of `count` panes on a stage; `picture` is {width, height} in its pixels. */
export function gridOf(count, stage, picture) {
  const stacked = sizeOf(1, count, stage);
  const beside = sizeOf(Math.min(count, 2), Math.ceil(count / 2), stage);
  const stacks = stage.width < NARROW || scaleIn(stacked, picture) >= WORTH_STACKING * scaleIn(beside, picture);
  const [columns, size] = count > 1 && !stacks ? [2, beside] : [1, stacked];
  const at = (index, parts, side, all) => (parts > 1 ? Math.round((index * (all - side)) / (parts - 1)) : 0);
  return Array.from({ length: count }, (_, index) => ({
    x: at(index % columns, columns, size.width, stage.width),
    y: at(Math.floor(index / columns), Math.ceil(count / columns), size.height, stage.height),
    ...size,
  }));
}

function sizeOf(columns, rows, { width, height }) {
  const part = (side, parts) => Math.max(Math.floor((side - GAP * (parts - 1)) / parts), 1);
  return { width: part(width, columns), height: part(height, rows) };
}

const scaleIn = (pane, picture) => Math.min(pane.width / picture.width, pane.height / picture.height);
