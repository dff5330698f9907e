/** The histogram of scores, which is the slider of the least confidence, and what colours mean. */

import { find } from "../../dom.js";
import { PARTS, histogram } from "../filters.js";
import { count } from "../format.js";
import { bars } from "./bars.js";

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
  }

  render() {
    const { threshold, colourBy, hiddenClasses } = this.#state.now;
    const { counts, withoutConfidence, chosen } = this.#scene;
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
    find("[data-score-legend]", this.#root).hidden = colourBy !== "score";
    this.#draw(sheets, hiddenClasses, threshold);
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

function noteOf(without) {
  if (!without) {
    return "Everything here has a confidence.";
  }
  const what = without === 1 ? "One object has" : `${count(without)} objects have`;
  return `${what} no confidence and ${without === 1 ? "is" : "are"} always shown.`;
}
