/**
 * Compares beside the page: {key, a, b, options} in, {key, matching, sums} or {key, fault} out.
 *
 * The sides are remembered: while only options change, {key, options} is enough.
 */

import { agreementOf } from "./agreement.js";
import { match } from "./peers.js";

let sides = null;

addEventListener("message", ({ data: { key, a, b, options } }) => {
  sides = a ? { a, b } : sides;
  try {
    const matching = match(sides.a, sides.b, options);
    const buffers = Object.values(matching).map((array) => array.buffer);
    postMessage({ key, matching, sums: agreementOf(sides.a, sides.b, matching) }, buffers);
  } catch (error) {
    postMessage({ key, fault: error.message });
  }
});
