/** The comparison of two analyses: who they are, from where on, and what came of it. */

import { find, findAll, stamp } from "../../dom.js";
import { isRunning, slotsAtFirst } from "../choice.js";
import { comparable, leastOf, modelKey, referTo, withThreshold } from "../comparison/pair.js";
import { cellsOf, sumsInWords } from "../comparison/sums.js";
import { ALL, VERDICTS } from "../comparison/verdicts.js";
import { count, moment, score } from "../format.js";
import { slotsForTwo } from "../modes/modes.js";
import { Differences } from "./differences.js";
import { paintSign, VerdictButtons } from "./verdicts.js";

export class ComparePanel {
  #root;
  #scene;
  #store;
  #state;
  #on;
  #sides;
  #verdicts;
  #differences;
  #shown = null;
  #wasOpen;
  #awaitedStep = 0;

  /** `on` holds pointed(id | null), flown({id, analysisId, bounds, text}), said(subject, text), told(sentence) and retry(). */
  constructor(root, parts, on) {
    const { scene, store, state } = parts;
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    this.#on = on;
    this.#sides = findAll("[data-compare-side]", root);
    this.#verdicts = new VerdictButtons(find("[data-verdicts]", root), state);
    this.#differences = new Differences(root, parts, on);
    this.#wasOpen = state.now.tab === "compare";
    find("[data-verdict-heads]", root).append(...VERDICTS.map(newHead));
    this.#listen();
  }

  #listen() {
    const { comparison } = this.#scene;
    const click = (selector, act) => find(selector, this.#root).addEventListener("click", act);
    this.#sides.forEach((side, i) => {
      find("[data-side-choice]", side).addEventListener("change", ({ target }) => this.#choose(i, target.value));
      find("[data-side-least]", side).addEventListener("input", ({ target }) => this.#setLeast(i, Number(target.value)));
      find("[data-side-common]", side).addEventListener("click", () => this.#setLeast(i, null));
    });
    find("[data-iou]", this.#root).addEventListener("input", ({ target }) => this.#state.set({ iou: Number(target.value) }));
    click("[data-swap]", () => this.#state.set({ pair: [...comparison.pair].reverse().map(referTo) }));
    click("[data-all-verdicts]", () => this.#state.set({ verdicts: ALL }));
    click("[data-compare-second]", () => this.#state.set({ slots: this.#slotsForTwo() }));
    click("[data-compare-retry]", () => (comparison.fault ? comparison.retry() : this.#on.retry()));
  }

  #choose(side, id) {
    const { pair, candidates } = this.#scene.comparison;
    const chosen = candidates.find((analysis) => analysis.id === id);
    const other = chosen === pair[1 - side] ? pair[side] : pair[1 - side];
    this.#state.set({ pair: (side === 0 ? [chosen, other] : [other, chosen]).map(referTo) });
  }

  #setLeast(side, value) {
    const model = modelKey(this.#scene.comparison.pair[side]);
    this.#state.set({ thresholds: withThreshold(this.#state.now.thresholds, model, value) });
  }

  /** What could be drawn so that there are two; null where there is no second one. */
  #slotsForTwo() {
    const { analyses } = this.#store;
    const usual = slotsAtFirst(analyses);
    return !this.#scene.chosen.length && usual.length > 1 ? usual : slotsForTwo(this.#scene.slots, analyses);
  }

  /** Go to the next difference, or with -1 to the previous one; begins to compare where nobody has. */
  step(by) {
    const { comparison } = this.#scene;
    if (comparison.candidates.length < 2) {
      this.#on.told("Two analyses have to be drawn before they can be compared.");
    } else if (!comparison.result) {
      this.#awaitedStep = by;
      this.#state.set({ tab: "compare" });
    } else {
      const why = this.#differences.step(by);
      if (why) {
        this.#on.told(why);
      }
    }
    return true;
  }

  // --- what is shown ------------------------------------------------------------------------------------
  render() {
    const { now } = this.#state;
    const isOpen = now.tab === "compare";
    if (isOpen) {
      this.#show();
      this.#colourAtFirst();
    }
    this.#wasOpen = isOpen;
    const { comparison } = this.#scene;
    if (this.#awaitedStep && comparison.result && !comparison.isPending) {
      const by = this.#awaitedStep;
      this.#awaitedStep = 0;
      this.step(by);
    }
  }

  /** Who opens the tab wants to see it on the picture; other colours stay what somebody chose. */
  #colourAtFirst() {
    if (!this.#wasOpen && this.#scene.comparison.candidates.length > 1 && this.#state.now.colourBy === "class") {
      this.#state.set({ colourBy: "verdict" });
    }
  }

  #show() {
    const { candidates, pair } = this.#scene.comparison;
    this.#showEmpty(candidates.length);
    this.#put("[data-compare-body]", candidates.length > 1);
    if (candidates.length > 1) {
      this.#put("[data-compare-who]", Boolean(pair));
      if (pair) {
        this.#showChoices(pair, candidates);
      }
      this.#showProgress();
      this.#showFound();
    }
  }

  #put(selector, isThere) {
    find(selector, this.#root).hidden = !isThere;
  }

  #showEmpty(chosen) {
    this.#put("[data-compare-empty]", chosen < 2);
    if (chosen < 2) {
      const { analyses } = this.#store;
      const slots = this.#slotsForTwo();
      const models = slots?.filter(Boolean).map((id) => this.#store.find(id).model_name) ?? [];
      find("[data-compare-empty-text]", this.#root).textContent = whyEmpty(analyses.length, models.length > 1);
      const button = find("[data-compare-second]", this.#root);
      button.hidden = models.length < 2;
      button.textContent = models.length > 2 ? "Draw the newest of each model" : `Compare ${models.join(" and ")}`;
    }
  }

  #showChoices(pair, candidates) {
    const { now } = this.#state;
    const names = namesOf(candidates);
    const key = candidates.map(({ id }, i) => `${id} ${names[i]}`).join();
    pair.forEach((analysis, i) => {
      const choice = find("[data-side-choice]", this.#sides[i]);
      if (choice.dataset.key !== key) {
        choice.dataset.key = key;
        choice.replaceChildren(...candidates.map(({ id }, each) => new Option(names[each], id)));
      }
      choice.value = analysis.id;
      this.#showLeast(this.#sides[i], analysis, now);
    });
    const iou = find("[data-iou]", this.#root);
    iou.value = now.iou;
    iou.setAttribute("aria-valuetext", `${score(now.iou)}: objects that overlap less are not the same`);
    find("[data-iou-text]", this.#root).textContent = score(now.iou);
  }

  #showLeast(side, analysis, now) {
    const least = leastOf(analysis, now);
    const { sheet } = this.#store.loadOf(analysis.id);
    const [remaining, all] = sheet ? comparable(sheet, sheet.cutAt(least)) : [0, 0];
    const objects = `${remaining === all ? "" : `${count(remaining)} of `}${count(all)} ${all === 1 ? "object" : "objects"}${isRunning(analysis) ? " so far" : ""}`;
    const slider = find("[data-side-least]", side);
    slider.value = least;
    slider.setAttribute("aria-valuetext", `${score(least)}, ${objects}`);
    find("[data-side-least-text]", side).textContent = score(least);
    find("[data-side-count]", side).textContent = sheet ? objects : "";
    const common = find("[data-side-common]", side);
    common.hidden = !now.thresholds.some(([model]) => model === modelKey(analysis));
    common.textContent = `as all: ${score(now.threshold)}`;
  }

  /** What is awaited, or why there is nothing. */
  #showProgress() {
    const { candidates, pair, fault, isPending } = this.#scene.comparison;
    const failed = (pair ?? candidates).map(({ id }) => this.#store.loadOf(id)).find(({ status, sheet }) => status === "failed" && !sheet);
    const why = failed ? failed.error : fault && `${fault.fault}${fault.isDense ? " Raise the IoU, or a score." : ""}`;
    this.#put("[data-compare-failure]", why);
    find("[data-compare-failure-text]", this.#root).textContent = why ?? "";
    this.#put("[data-compare-retry]", failed || (fault && !fault.isDense));
    const absent = (pair ?? candidates).filter(({ id }) => !this.#store.loadOf(id).sheet?.hasIds);
    const waiting = find("[data-compare-waiting]", this.#root);
    waiting.hidden = Boolean(why) || !absent.length;
    waiting.textContent = `Waiting for the objects of ${absent.map(({ model_name: name }) => name).join(" and ")} …`;
    this.#root.toggleAttribute("data-busy", isPending);
  }

  /** The last that is known stays while the next is on its way, as long as it is of the same two. */
  #showFound() {
    const { pair, result, fault, isPending } = this.#scene.comparison;
    const who = pair?.map(({ id }) => id).join();
    const stays = result || (isPending && !fault && this.#shown?.who === who);
    this.#put("[data-compare-found]", stays);
    if (!result) {
      return;
    }
    const { sums, classes } = result;
    const { verdicts } = this.#state.now;
    const counts = { agree: sums.agree, a: sums.aOnly, b: sums.bOnly, differs: sums.classDiffers };
    this.#verdicts.render(counts, pair.map(({ model_name: name }) => name));
    this.#put("[data-all-verdicts]", verdicts !== ALL);
    this.#differences.render();
    if (this.#shown?.result !== result) {
      this.#shown = { who, result };
      find("[data-sums]", this.#root).replaceChildren(...sumsInWords(sums).map(newSum));
      find("[data-class-verdicts]", this.#root).replaceChildren(...classes.map(newClassRow));
      this.#on.said("verdicts", `Compared: ${VERDICTS.map(({ name, word }) => `${count(counts[name])} ${word}`).join(", ")}`);
    }
  }

  /** Only what is pointed at or selected has changed. */
  mark() {
    if (this.#state.now.tab === "compare") {
      this.#differences.mark();
    }
  }
}

function whyEmpty(analyses, hasTwo) {
  if (!analyses) {
    return "No analysis has said anything about this picture yet. Once two have, this shows where they differ.";
  }
  if (analyses === 1) {
    return "Only one analysis has looked at this picture. Once a second one has, this shows where they differ.";
  }
  return hasTwo
    ? "Two analyses have to be drawn before they can be compared: open the eyes of two in the list of analyses."
    : "There is no second analysis yet that is completed. Once there is, this shows where they differ.";
}

/** Model and version of each; where two are alike, when they began, too. */
function namesOf(analyses) {
  const keys = analyses.map(modelKey);
  return analyses.map((analysis, i) => {
    const isTwin = keys.indexOf(keys[i]) !== keys.lastIndexOf(keys[i]);
    return `${keys[i]}${isTwin ? `, ${moment(analysis.created_at)}` : ""}${analysis.is_reference ? " (reference)" : ""}`;
  });
}

function newHead(verdict) {
  const head = stamp("verdict-head");
  head.title = verdict.word;
  paintSign(find("[data-sign]", head), verdict);
  find("[data-word]", head).textContent = verdict.word;
  return head;
}

function newSum({ name, value, of }) {
  const item = stamp("sum");
  find("[data-name]", item).textContent = name;
  find("[data-value]", item).textContent = value;
  find("[data-of]", item).textContent = of;
  return item;
}

function newClassRow(counts) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = counts.name || "no class";
  const cells = cellsOf(counts);
  const numbers = ["countA", "countB", ...VERDICTS.map(({ name }) => name)].map((name) => {
    const cell = document.createElement("td");
    cell.className = "number";
    cell.textContent = count(cells[name]);
    return cell;
  });
  row.append(head, ...numbers);
  return row;
}
