/**
 * What verdicts amount to; null is "there is nothing to say it of", which is not 0.
 *
 * The twin of analyses/comparison/agreement.py.
 */

import { AGREE, CLASS_DIFFERS, ONLY_HERE } from "./verdicts.js";

/** The sums of a matching of these sides. */
export function agreementOf(a, b, { rowsA, rowsB, ious, sameClass, verdictsA, verdictsB }) {
  const pairs = rowsA.length;
  const agree = sameClass.reduce((sum, same) => sum + same, 0);
  const [aOnly, bOnly] = [verdictsA, verdictsB].map((verdicts) => countOf(verdicts, ONLY_HERE));
  const objects = 2 * pairs + aOnly + bOnly;
  return {
    countA: pairs + aOnly,
    countB: pairs + bOnly,
    agree,
    classDiffers: pairs - agree,
    aOnly,
    bOnly,
    objectAgreement: objects ? (2 * pairs) / objects : null,
    classKappa: kappa(valuesOf(a.classes, rowsA), valuesOf(b.classes, rowsB)),
    meanIou: pairs ? ious.reduce((sum, iou) => sum + iou, 0) / pairs : null,
    scoreCorrelation: spearman(valuesOf(a.scores, rowsA), valuesOf(b.scores, rowsB)),
  };
}

/** The values of these rows. Loops, here and below: there may be tens of thousands at each movement of a slider. */
function valuesOf(values, rows) {
  const found = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) {
    found[i] = values[rows[i]];
  }
  return found;
}

function countOf(values, wanted) {
  return values.reduce((sum, value) => sum + (value === wanted), 0);
}

/** {name, countA, countB, agree, aDiffers, bDiffers, aOnly, bOnly} of each class that has an object, by name. */
export function countsByClass(a, b, { verdictsA, verdictsB }, classes) {
  const counts = classes.map((name) => {
    const none = { countA: 0, countB: 0, agree: 0, aDiffers: 0, bDiffers: 0, aOnly: 0, bOnly: 0 };
    return { name, ...none };
  });
  const verdictNames = (side) => ({ [CLASS_DIFFERS]: `${side}Differs`, [ONLY_HERE]: `${side}Only` });
  const count = (side, verdicts, total, names) =>
    verdicts.forEach((verdict, row) => {
      const entry = counts[side.classes[row]];
      if (verdict in names) {
        entry[names[verdict]] += 1;
        entry[total] += 1;
      } else if (verdict === AGREE) {
        entry.agree += total === "countA"; // both sides have it, and it is one pair
        entry[total] += 1;
      }
    });
  count(a, verdictsA, "countA", verdictNames("a"));
  count(b, verdictsB, "countB", verdictNames("b"));
  return counts.filter(({ countA, countB }) => countA + countB).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Cohen's kappa of two lists of classes; null where chance alone would make them agree, or they are empty. */
export function kappa(ours, theirs) {
  const tallies = [ours, theirs].map((list) => {
    const tally = new Map();
    list.forEach((number) => tally.set(number, (tally.get(number) ?? 0) + 1));
    return tally;
  });
  const count = ours.length;
  const byChance = Array.from(tallies[0], ([number, times]) => times * (tallies[1].get(number) ?? 0)).reduce(
    (sum, product) => sum + product,
    0,
  );
  if (byChance === count * count) {
    return null;
  }
  const seen = ours.reduce((sum, number, i) => sum + (number === theirs[i]), 0) * count;
  return (seen - byChance) / (count * count - byChance);
}

/** Rank correlation of those that have both; equal ones share their ranks. Null where one side has one rank. */
export function spearman(ours, theirs) {
  const known = Uint32Array.from(ours, (_, i) => i).filter((i) => !Number.isNaN(ours[i]) && !Number.isNaN(theirs[i]));
  if (known.length < 2) {
    return null;
  }
  const [here, there] = [ours, theirs].map((scores) => centredRanks(valuesOf(scores, known)));
  const spread = Math.sqrt(product(here, here) * product(there, there));
  return spread ? product(here, there) / spread : null;
}

function product(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) {
    sum += one[i] * other[i];
  }
  return sum;
}

/** The rank of each value less the mean of all ranks, which equal ones do not change. */
function centredRanks(values) {
  const sorted = Float64Array.from(values).sort();
  const rankAt = new Float64Array(sorted.length); // where equal ones begin
  for (let first = 0, end = 0; first < sorted.length; first = end) {
    while (end < sorted.length && sorted[end] === sorted[first]) {
      end += 1;
    }
    rankAt[first] = (first + 1 + end) / 2;
  }
  const mean = (sorted.length + 1) / 2;
  return values.map((value) => rankAt[firstOf(sorted, value)] - mean);
}

/** Where a value begins in a sorted array that has it. */
function firstOf(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
