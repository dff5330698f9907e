/** Which card comes next in a grid, by where the cards are: numbers in, numbers out. */

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * The index of the card that a key leads to from card `at`, or `at` itself where there is none further.
 *
 * `places` are the cards' {left, top} in reading order. Up and down keep as near to the column as the other row
 * allows; left and right go on in the neighbouring row. Other keys than arrows, Home and End give null.
 */
export function target(key, at, places) {
  const last = places.length - 1;
  if (Object.hasOwn(STEPS, key)) {
    return Math.min(Math.max(at + STEPS[key], 0), last);
  }
  if (key === "Home") {
    return 0;
  }
  if (key === "End") {
    return last;
  }
  return key === "ArrowDown" || key === "ArrowUp" ? inNextRow(key === "ArrowDown", at, places) : null;
}

function inNextRow(isDown, at, places) {
  const here = places[at];
  const beyond = places.filter(({ top }) => (isDown ? top > here.top : top < here.top));
  if (!beyond.length) {
    return at;
  }
  const row = isDown ? Math.min(...beyond.map(({ top }) => top)) : Math.max(...beyond.map(({ top }) => top));
  const apart = (index) => Math.abs(places[index].left - here.left);
  return places
    .map((_, index) => index)
    .filter((index) => places[index].top === row)
    .reduce((best, index) => (apart(index) < apart(best) ? index : best));
}
