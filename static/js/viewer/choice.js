/** Which analyses are drawn, each in a slot of its own: the slot decides its line. */

const AT_FIRST = 4; // as many as there are lines to tell them apart

/**
 * The slots while nobody has chosen: the newest completed analysis of each model.
 *
 * `analyses` are the API's, newest first. Where none is completed, the newest one that has annotations.
 */
export function slotsAtFirst(analyses) {
  const models = new Map();
  for (const analysis of analyses) {
    if (analysis.status === "completed" && !models.has(analysis.model_name)) {
      models.set(analysis.model_name, analysis.id);
    }
  }
  if (models.size) {
    return [...models.values()].slice(0, AT_FIRST);
  }
  const begun = analyses.find(({ annotation_count: count }) => count > 0);
  return begun ? [begun.id] : [];
}

/** The slots with one analysis switched on (in the first free slot) or off; the others keep theirs. */
export function switched(slots, id, on) {
  const next = slots.map((other) => (other === id ? null : other));
  if (on) {
    const free = next.indexOf(null);
    next[free < 0 ? next.length : free] = id;
  }
  while (next.length && next.at(-1) === null) {
    next.pop();
  }
  return next;
}

/** The slots without analyses that are not among `analyses` (any more). */
export function known(slots, analyses) {
  const ids = new Set(analyses.map(({ id }) => id));
  return slots.map((id) => (ids.has(id) ? id : null));
}

/** "queued" or another status; "stalled" for a running analysis that fell silent. */
export function shownStatus(analysis) {
  return analysis.is_stalled ? "stalled" : analysis.status;
}

export function isRunning({ status }) {
  return status === "queued" || status === "processing";
}
