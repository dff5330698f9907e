/** Compares beside the page: {key, a, b, options} in, {key, matching, sums} or {key, fault} out. */

import { agreementOf } from "./agreement.js";
import { match } from "./peers.js";

addEventListener("message", ({ data: { key, a, b, options } }) => {
  try {
    const matching = match(a, b, options);
    const buffers = Object.values(matching).map((array) => array.buffer);
    postMessage({ key, matching, sums: agreementOf(a, b, matching) }, buffers);
  } catch (error) {
    postMessage({ key, fault: error.message });
  }
});
