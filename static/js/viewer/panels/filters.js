/** The histogram of scores, which is the slider of the least confidence, and what colours mean. */

import { find, findAll, stamp } from "../../dom.js";
import { modelKey, withThreshold } from "../comparison/pair.js";
import { ALL, VERDICTS } from "../comparison/verdicts.js";
import { PARTS, histogram } from "../filters.js";
import { count, score } from "../format.js";
import { bars } from "./bars.js";
import { paintSign } from "./verdicts.js";

const HEIGHT = 40;

export class FiltersPanel {
  #root;
  #scene;
  #store;
  #state;
  #drawn = [];

  constructor(root, { scene, store, state }) {
    this.#root = find("[data-filters]", root);
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    find("[data-confidence]", this.#root).addEventListener("input", ({ target }) =>
      state.set({ threshold: Number(target.value) }),
    );
    find("[data-colour-by]", this.#root).addEventListener("change", ({ target }) => state.set({ colourBy: target.value }));
    find("[data-verdict-legend]", this.#root).replaceChildren(...VERDICTS.map(legendOf));
    find("[data-show-verdicts]", this.#root).addEventListener("click", () => state.set({ verdicts: ALL }));
    find("[data-own-thresholds]", this.#root).addEventListener("click", ({ target }) => {
      const model = target.closest("[data-common]")?.dataset.common;
      if (model !== undefined) {
        state.set({ thresholds: withThreshold(state.now.thresholds, model, null) });
      }
    });
  }

  render() {
    const { threshold, thresholds, hiddenClasses, verdicts } = this.#state.now;
    const { counts, withoutConfidence, chosen, colourBy, comparison } = this.#scene;
    const sheets = chosen.map((id) => this.#store.loadOf(id).sheet).filter(Boolean);
    const total = sheets.reduce((sum, sheet) => sum + sheet.count, 0);
    const shown = counts.reduce((sum, row) => sum + (hiddenClasses.has(row.className) ? 0 : row.shown), 0);
    this.#root.hidden = !total;
    const slider = find("[data-confidence]", this.#root);
    slider.value = threshold;
    slider.setAttribute("aria-valuetext", `${threshold.toFixed(2)}, ${count(shown)} of ${count(total)} objects shown`);
    find("[data-confidence-text]", this.#root).textContent = threshold.toFixed(2);
    find("[data-confidence-note]", this.#root).textContent = noteOf(withoutConfidence);
    find(`[data-colour-by] [value="${colourBy}"]`, this.#root).checked = true;
    find('[data-colour-by] [value="verdict"]', this.#root).disabled = comparison.candidates.length < 2;
    find("[data-by-verdict]", this.#root).title = comparison.candidates.length < 2 ? "For this, two analyses have to be drawn" : "";
    find("[data-score-legend]", this.#root).hidden = colourBy !== "score";
    find("[data-verdict-legend]", this.#root).hidden = colourBy !== "verdict";
    this.#showHidden(comparison.pair ? VERDICTS.filter(({ name }) => !verdicts.split(",").includes(name)) : []);
    this.#showOwn(thresholds, new Set(chosen.map((id) => modelKey(this.#store.find(id)))));
    this.#draw(sheets, hiddenClasses, threshold);
  }

  #showHidden(hidden) {
    find("[data-hidden-verdicts]", this.#root).hidden = !hidden.length;
    find("[data-hidden-verdicts-text]", this.#root).textContent = `Not shown: ${hidden.map(({ word }) => word).join(", ")}`;
  }

  /** The common threshold does not hold for models that have their own. */
  #showOwn(thresholds, models) {
    const own = thresholds.filter(([model]) => models.has(model)).sort();
    const list = find("[data-own-thresholds]", this.#root);
    list.hidden = !own.length;
    const rows = new Map(findAll("li", list).map((row) => [find("[data-common]", row).dataset.common, row]));
    list.replaceChildren(...own.map(([model, least]) => {
      const row = rows.get(model) ?? newOwn(model);
      find("[data-name]", row).textContent = `${model} from ${score(least)}`;
      return row;
    }));
  }

  #draw(sheets, hiddenClasses, threshold) {
    const now = [hiddenClasses, threshold, ...sheets];
    if (now.length === this.#drawn.length && now.every((value, index) => value === this.#drawn[index])) {
      return;
    }
    this.#drawn = now;
    const { out, within } = bars(histogram(sheets, hiddenClasses), threshold * PARTS, HEIGHT);
    find("[data-histogram-out]", this.#root).setAttribute("d", out);
    find("[data-histogram-in]", this.#root).setAttribute("d", within);
  }
}

function legendOf(verdict) {
  const item = stamp("verdict-legend");
  paintSign(find("[data-sign]", item), verdict);
  find("[data-word]", item).textContent = verdict.word;
  return item;
}

function newOwn(model) {
  const row = stamp("own-threshold");
  const button = find("[data-common]", row);
  button.dataset.common = model;
  button.title = `Let the least confidence of all hold for ${model}, too`;
  return row;
}

function noteOf(without) {
  if (!without) {
    return "Everything here has a confidence.";
  }
  const what = without === 1 ? "One object has" : `${count(without)} objects have`;
  return `${what} no confidence and ${without === 1 ? "is" : "are"} always shown.`;
}
