/** Which rows of a long list are in sight; numbers only. */

const SPARE = 8; // rows above and below what is seen, so that a quick finger finds them there

/**
 * [first, end) of the rows to have in the page.
 *
 * `scroll` and `height` are those of the box that scrolls and `row` a row's height, all in CSS pixels; where nothing
 * has a size yet, the first few.
 */
export function rowsInSight(total, { scroll, height, row }) {
  const first = Math.max(0, Math.floor(scroll / row) - SPARE);
  const end = Math.ceil((scroll + height) / row) + SPARE;
  return [Math.min(first, Math.max(total - 1, 0)), Math.min(end, total)];
}

/** The scroll that shows row `index` with as little movement as possible; `head` covers the top of the box. */
export function scrollTo(index, { scroll, height, row, head }) {
  const [top, bottom] = [index * row, (index + 1) * row];
  if (top < scroll) {
    return top;
  }
  return bottom > scroll + height - head ? bottom - height + head : scroll;
}
