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
  const of = (values, rows) => Array.from(rows, (row) => values[row]);
  return {
    countA: pairs + aOnly,
    countB: pairs + bOnly,
    agree,
    classDiffers: pairs - agree,
    aOnly,
    bOnly,
    objectAgreement: objects ? (2 * pairs) / objects : null,
    classKappa: kappa(of(a.classes, rowsA), of(b.classes, rowsB)),
    meanIou: pairs ? ious.reduce((sum, iou) => sum + iou, 0) / pairs : null,
    scoreCorrelation: spearman(of(a.scores, rowsA), of(b.scores, rowsB)),
  };
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
  const known = ours.map((_, i) => i).filter((i) => !Number.isNaN(ours[i]) && !Number.isNaN(theirs[i]));
  if (known.length < 2) {
    return null;
  }
  const [here, there] = [ours, theirs].map((scores) => centred(ranks(known.map((i) => scores[i]))));
  const product = (one, other) => one.reduce((sum, value, i) => sum + value * other[i], 0);
  const spread = Math.sqrt(product(here, here) * product(there, there));
  return spread ? product(here, there) / spread : null;
}

function centred(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function ranks(values) {
  const sorted = Float64Array.from(values).sort();
  const rankOf = new Map();
  for (let first = 0, end = 0; first < sorted.length; first = end) {
    while (end < sorted.length && sorted[end] === sorted[first]) {
      end += 1;
    }
    rankOf.set(sorted[first], (first + 1 + end) / 2);
  }
  return values.map((value) => rankOf.get(value));
}
