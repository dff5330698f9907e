/** The comparison of two of the chosen analyses: who they are, what came of it, and the verdict on each object. */

import { NOBODY } from "./assignment.js";
import { Comparer } from "./comparer.js";
import { leastOf, pairOf, referTo } from "./pair.js";
import { sidesOf } from "./sides.js";
import { ALL, verdictOf } from "./verdicts.js";

/** Tells "change" when it knows more than before. */
export class Comparison extends EventTarget {
  #comparer;
  #candidates = [];
  #pair = null;
  #usual = null;
  #asked = null;
  #result = null;
  #fault = null;
  #verdicts = new Map();

  constructor(workerOf) {
    super();
    this.#comparer = new Comparer((question, answer) => this.#take(question, answer), workerOf);
  }

  /** The chosen analyses, of which two can be compared. */
  get candidates() {
    return this.#candidates;
  }

  /** [A, B], or null where there are not two, or it cannot be said yet. */
  get pair() {
    return this.#pair;
  }

  /** {sheets, options, matching, sums, classes, differences} of this pair, the last that is known; or null. */
  get result() {
    return this.#result;
  }

  /** {fault, isDense} where the last question had no answer, or null. */
  get fault() {
    return this.#fault;
  }

  /** Whether the result is not yet that of what was asked last. */
  get isPending() {
    return this.#comparer.isBusy;
  }

  /** 0 for A, 1 for B, -1 for all others. */
  sideOf(analysisId) {
    return this.#pair ? this.#pair.findIndex(({ id }) => id === analysisId) : -1;
  }

  /** {codes, side, partners} by row of a sheet, or null where nothing is known of it. */
  verdictsOf(sheet) {
    return this.#verdicts.get(sheet) ?? null;
  }

  /** The verdict on an object, or null. */
  verdictOn({ sheet, row }) {
    const known = this.#verdicts.get(sheet);
    return known ? verdictOf(known.codes[row], known.side) : null;
  }

  /** {verdict, partner, iou} of an object that was compared, or null; a partner is an object of the other side, or null. */
  tellOf({ sheet, row }) {
    const verdict = this.verdictOn({ sheet, row });
    if (!verdict) {
      return null;
    }
    const { sheets, matching } = this.#result;
    const { side, partners } = this.#verdicts.get(sheet);
    const partner = partners[row] === NOBODY ? null : sheets[1 - side].item(partners[row]);
    const iou = matching.ious[(side === 0 ? matching.rowsA : matching.rowsB).indexOf(row)] ?? null;
    return { verdict, partner, iou };
  }

  /** Choices or data have changed: `candidates` are analyses, `sheetOf` gives what one holds, or null. */
  refresh(candidates, sheetOf, now) {
    this.#candidates = candidates;
    this.#pair = pairOf(now.pair ?? this.#usual, candidates, sheetOf);
    if (!this.#pair) {
      this.#drop();
      return;
    }
    const sheets = this.#pair.map(sheetOf);
    if (sheets.every((sheet) => sheet?.placed.length)) {
      this.#usual = this.#pair.map(referTo); // data of others that come later do not disturb who looks at these
    }
    if (this.#result && !isOf(this.#result, sheets)) {
      this.#forgetResult();
    }
    if (isWanted(now) && sheets.every((sheet) => sheet?.hasIds)) {
      const [minA, minB] = this.#pair.map((analysis) => leastOf(analysis, now));
      this.#ask(sheets, { iou: now.iou, minA, minB });
    }
  }

  /** Ask once more what had no answer. */
  retry() {
    this.#asked = this.#fault = null;
    this.dispatchEvent(new Event("change"));
  }

  #ask(sheets, options) {
    const before = this.#asked;
    if (before && isOf(before, sheets) && Object.entries(options).every(([name, value]) => before.options[name] === value)) {
      return;
    }
    this.#asked = { sheets, options, sides: () => sidesFor(sheets) };
    this.#comparer.ask(this.#asked);
  }

  #take(question, answer) {
    if (this.#asked && isOf(question, this.#asked.sheets)) {
      const { sheets, options } = question;
      this.#fault = answer.fault === undefined ? null : answer;
      if (this.#fault) {
        this.#forgetResult();
      } else {
        const { verdictsA, verdictsB, partnerA, partnerB } = answer.matching;
        this.#result = { sheets, options, ...answer };
        this.#verdicts = new Map([
          [sheets[0], { codes: verdictsA, side: 0, partners: partnerA }],
          [sheets[1], { codes: verdictsB, side: 1, partners: partnerB }],
        ]);
      }
    }
    this.dispatchEvent(new Event("change"));
  }

  #forgetResult() {
    this.#result = null;
    this.#verdicts = new Map();
  }

  #drop() {
    this.#asked = this.#fault = null;
    this.#comparer.forget();
    this.#forgetResult();
  }
}

/** Nobody waits for what nobody sees. */
export function isWanted({ tab, colourBy, verdicts }) {
  return tab === "compare" || colourBy === "verdict" || (verdicts ?? ALL) !== ALL;
}

function isOf({ sheets }, others) {
  return sheets.every((sheet, i) => sheet === others[i]);
}

/** Two sheets as the matching wants them. */
function sidesFor(sheets) {
  const { sides: [a, b], classes } = sidesOf(sheets);
  return { a, b, classes };
}
