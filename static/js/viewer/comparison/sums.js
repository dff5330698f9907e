/** What the sums of a comparison are called, and what they are counted over. */

import { count, score } from "../format.js";

/** [{name, value, of}]; where there is nothing to say it of, the value is a dash and `of` says why. */
export function sumsInWords(sums) {
  const { countA, countB, agree, classDiffers, scoredPairs } = sums;
  const pairs = agree + classDiffers;
  const objects = countA + countB;
  return [
    {
      name: "Object agreement",
      ...told(sums.objectAgreement, `${count(pairs)} ${pairs === 1 ? "pair" : "pairs"}, ${count(objects)} objects`, "no objects"),
    },
    {
      name: "Cohen’s κ of classes",
      ...told(sums.classKappa, inPairs(pairs), pairs ? "all one class" : "no pairs"),
    },
    { name: "Mean IoU", ...told(sums.meanIou, inPairs(pairs), "no pairs") },
    {
      name: "Score rank correlation",
      ...told(sums.scoreCorrelation, inPairs(scoredPairs), scoredPairs < 2 ? "fewer than two pairs" : "all one score"),
    },
  ];
}

const inPairs = (pairs) => `over ${count(pairs)} ${pairs === 1 ? "pair" : "pairs"}`;

function told(value, of, why) {
  return value === null ? { value: "–", of: `nothing to say it of: ${why}` } : { value: score(value), of };
}

/** The cells of a class's row by the names of the verdicts. */
export function cellsOf({ countA, countB, agree, aDiffers, bDiffers, aOnly, bOnly }) {
  return { countA, countB, agree, a: aOnly, b: bOnly, differs: aDiffers + bDiffers };
}
