/** Which tiles a tick is for, and how many are ticked: numbers in, numbers and words out. */

/** The indexes from one tile to another, both included, whichever comes first. */
export function between(one, other) {
  const first = Math.min(one, other);
  return Array.from({ length: Math.abs(one - other) + 1 }, (_, index) => first + index);
}

/** The indexes that a tick at `at` is for: those since the one `before` as well where a row is meant. */
export function meant(at, before, isRow) {
  return isRow && before !== null ? between(before, at) : [at];
}

/** What the bar says. */
export function said(count) {
  return `${count.toLocaleString("en-GB")} ticked`;
}
