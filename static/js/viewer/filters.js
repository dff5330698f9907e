/** What is shown of what is there: classes, the least confidence, the order of rows and of painting. */

/** Whether an object passes; one without a confidence passes any threshold, since nothing is known against it. */
export function passes(object, { threshold, hiddenClasses }) {
  return !hiddenClasses.has(object.className) && passesThreshold(object, threshold);
}

function passesThreshold({ confidence }, threshold) {
  return confidence === null || confidence >= threshold;
}

/** The objects that pass, best first; those without a confidence come last, equal ones keep their order. */
export function shown(objects, filter) {
  return objects
    .filter((object) => passes(object, filter))
    .sort((a, b) => (b.confidence ?? -1) - (a.confidence ?? -1));
}

/** [{className, total, shown}] by name: how many there are, and how many of them reach the threshold. */
export function classCounts(objects, threshold) {
  const counts = new Map();
  for (const object of objects) {
    const { className } = object;
    const count = counts.get(className) ?? { className, total: 0, shown: 0 };
    count.total += 1;
    count.shown += Number(passesThreshold(object, threshold));
    counts.set(className, count);
  }
  return [...counts.values()].sort((a, b) => a.className.localeCompare(b.className));
}

/** How many objects have no confidence. */
export function withoutConfidence(objects) {
  return objects.filter(({ confidence }) => confidence === null).length;
}
