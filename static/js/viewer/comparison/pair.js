/** Which two analyses are compared, and from which confidence on each. */

/** What a threshold of its own is kept by: the same model of the next picture has it, too. */
export function modelKey({ model_name: name, model_version: version }) {
  return `${name} ${version}`;
}

/** How a pair remembers an analysis: itself, and on another picture the same model. */
export function referTo(analysis) {
  return { id: analysis.id, model: modelKey(analysis) };
}

/** The least confidence of an analysis: that of its model where it has one, else the common one. */
export function leastOf(analysis, { threshold, thresholds = [] }) {
  const key = analysis && modelKey(analysis);
  return thresholds.find(([model]) => model === key)?.[1] ?? threshold;
}

/** The thresholds with one model's set, or with null given back to the common one. */
export function withThreshold(thresholds, model, value) {
  const others = thresholds.filter(([other]) => other !== model);
  return Object.freeze(value === null ? others : [...others, Object.freeze([model, value])]);
}

/**
 * The analyses [A, B] among `candidates`, or null where there are fewer than two or it cannot be said yet.
 *
 * `wanted` are two references by referTo, or null while nobody chose. Who is not among the candidates is replaced: A by
 * what is marked as reference, else by the first that has anything with a place, B by the next such that names one of A's
 * classes, if there is one. `sheetOf` gives what an analysis holds, null while that is not there.
 */
export function pairOf(wanted, candidates, sheetOf) {
  if (candidates.length < 2) {
    return null;
  }
  const [refA, refB] = wanted ?? [];
  const namedA = found(refA, candidates);
  const namedB = found(refB, candidates.filter((one) => one !== namedA));
  if (namedA && namedB) {
    return [namedA, namedB];
  }
  if (!candidates.every(sheetOf)) {
    return null;
  }
  const better = candidates.filter((one) => sheetOf(one).placed.length);
  const order = [...better, ...candidates.filter((one) => !better.includes(one))];
  const a = namedA ?? order.find((one) => one.is_reference && one !== namedB) ?? order.find((one) => one !== namedB);
  const others = order.filter((one) => one !== a);
  return [a, namedB ?? others.find((one) => sharesClass(sheetOf(a), sheetOf(one))) ?? others[0]];
}

/**
 * The slots with the analyses of a pair among them: who compares two models on one picture does so on the next.
 *
 * `analyses` are the API's, newest first; a model that has said nothing there is left out.
 */
export function withPair(slots, pair, analyses) {
  const chosen = (ids) => analyses.filter(({ id }) => ids.includes(id));
  return (pair ?? []).reduce((ids, reference) => {
    const worth = analyses.filter(({ id, status }) => id === reference.id || status === "completed");
    const missing = found(reference, chosen(ids)) ? null : found(reference, worth);
    return missing ? [...ids, missing.id] : ids;
  }, slots);
}

function found(reference, candidates) {
  return reference && (candidates.find(({ id }) => id === reference.id) ?? candidates.find((one) => modelKey(one) === reference.model));
}

function sharesClass(one, other) {
  const names = new Set(Array.from(one.placed, (row) => one.classes[one.classOf[row]]));
  return other.placed.some((row) => names.has(other.classes[other.classOf[row]]));
}

/** How many objects of a sheet are compared from a threshold on: [remaining, of all]. */
export function comparable({ bounds, count, scored }, cut) {
  let [remaining, total] = [0, 0];
  for (let row = 0; row < count; row += 1) {
    const at = row * 4;
    if (!Number.isNaN(bounds[at] + bounds[at + 1] + bounds[at + 2] + bounds[at + 3])) {
      total += 1;
      remaining += row < cut || row >= scored ? 1 : 0;
    }
  }
  return [remaining, total];
}
