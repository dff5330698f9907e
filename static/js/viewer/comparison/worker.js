/**
 * Compares beside the page: {key, a, b, classes, options} in, {key, matching, sums, …} or {key, fault, isDense} out.
 *
 * The sides are remembered: while only options change, {key, options} is enough.
 */

import { agreementOf, countsByClass } from "./agreement.js";
import { differencesOf, scoredPairs } from "./differences.js";
import { TooDense } from "./gate.js";
import { match } from "./peers.js";

let sides = null;

addEventListener("message", ({ data: { key, a, b, classes = [], options } }) => {
  sides = a ? { a, b, classes } : sides;
  try {
    const answer = compared(sides, options);
    const buffers = [answer.matching, answer.differences].flatMap(Object.values).map((array) => array.buffer);
    postMessage({ key, ...answer }, buffers);
  } catch (error) {
    postMessage({ key, fault: error.message, isDense: error instanceof TooDense });
  }
});

function compared({ a, b, classes }, options) {
  const matching = match(a, b, options);
  return {
    matching,
    sums: { ...agreementOf(a, b, matching), scoredPairs: scoredPairs(a, b, matching) },
    classes: countsByClass(a, b, matching, classes),
    differences: differencesOf(a, b, matching),
  };
}
