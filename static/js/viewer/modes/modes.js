/** How several analyses of one picture are looked at: the modes, what each draws where, and what it needs. */

export const MODES = ["single", "overlay", "side", "swipe", "blink"];
export const OVERLAY = "overlay"; // as everything is found
export const MOST_PANES = 4;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NEED_TWO = new Set(["side", "swipe", "blink"]);

export function isMode(text) {
  return MODES.includes(text);
}

/** Whether a mode says nothing as long as fewer than two analyses are chosen. */
export function needsTwo(mode) {
  return NEED_TWO.has(mode);
}

/** A, B, C … for the first, second, third … of the chosen analyses. */
export function letterOf(index) {
  return LETTERS[index] ?? String(index + 1);
}

/** The ids of the chosen analyses as A, B, C …: `pair`, where somebody chose two to compare, comes first. */
export function lineup(slots, pair = []) {
  const chosen = slots.filter(Boolean);
  const first = pair.filter((id) => chosen.includes(id));
  return [...first, ...chosen.filter((id) => !first.includes(id))];
}

const CASTS = {
  single: (all, { one }) => [[all[one] ?? all[0]]],
  overlay: (all) => [all],
  side: (all) => all.slice(0, MOST_PANES).map((id) => [id]),
  swipe: ([a, b]) => [[a], [b]],
  blink: ([a, b], { held }) => [[held ? b : a]],
};

/**
 * [[id, …], …]: which analyses each pane draws now; there is always one pane.
 *
 * `slots` are the ids of the chosen analyses by slot, null for a free one; of the state, `one` is the
 * place of what stands alone in the single mode, 0 for A, and `held` says whether the other side of a blink is seen.
 */
export function castOf({ mode, one, held }, slots, pair) {
  const all = lineup(slots, pair);
  return all.length < 2 ? [all] : (CASTS[mode] ?? CASTS[OVERLAY])(all, { one, held });
}

/** The ids of all analyses that a mode has a part for, seen at this moment or not, by slot. */
export function partsIn(now, slots, pair) {
  const seen = new Set([false, true].flatMap((held) => castOf({ ...now, held }, slots, pair).flat()));
  return slots.filter((id) => id !== null && seen.has(id));
}

/** The place after `one` among `count`; after the last comes the first. */
export function nextOne(count, one) {
  return one < count ? (one + 1) % count : Math.min(1, count - 1);
}

/**
 * The slots with two chosen at least, or null where there are no two: what is chosen stays, the newest completed
 * analyses of other models come before others of the same.
 *
 * `analyses` are the API's, newest first.
 */
export function slotsForTwo(slots, analyses) {
  const next = [...slots];
  while (next.filter(Boolean).length < 2) {
    const models = new Set(analyses.filter(({ id }) => next.includes(id)).map(({ model_name: name }) => name));
    const free = analyses.filter(({ id, status }) => status === "completed" && !next.includes(id));
    const found = free.find(({ model_name: name }) => !models.has(name)) ?? free[0];
    if (!found) {
      return null;
    }
    const at = next.indexOf(null);
    next[at < 0 ? next.length : at] = found.id;
  }
  return next;
}
