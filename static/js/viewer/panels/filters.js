/** The histogram of scores, which is the slider of the least confidence, and what colours mean. */

import { find } from "../../dom.js";
import { histogram } from "../filters.js";
import { count } from "../format.js";
import { bars } from "./bars.js";

const BINS = 50; // as wide as the drawing's view box
const HEIGHT = 40;

export class FiltersPanel {
  #root;
  #scene;
  #state;
  #drawn = [];

  constructor(root, scene, state) {
    this.#root = find("[data-filters]", root);
    this.#scene = scene;
    this.#state = state;
    find("[data-confidence]", this.#root).addEventListener("input", ({ target }) =>
      state.set({ threshold: Number(target.value) }),
    );
    find("[data-colour-by]", this.#root).addEventListener("change", ({ target }) => state.set({ colourBy: target.value }));
  }

  render() {
    const { threshold, colourBy, hiddenClasses } = this.#state.now;
    const { all, objects, withoutConfidence } = this.#scene;
    this.#root.hidden = !all.length;
    const slider = find("[data-confidence]", this.#root);
    slider.value = threshold;
    slider.setAttribute("aria-valuetext", `${threshold.toFixed(2)}, ${count(objects.length)} of ${count(all.length)} objects shown`);
    find("[data-confidence-text]", this.#root).textContent = threshold.toFixed(2);
    find("[data-confidence-note]", this.#root).textContent = noteOf(withoutConfidence);
    find(`[data-colour-by] [value="${colourBy}"]`, this.#root).checked = true;
    find("[data-score-legend]", this.#root).hidden = colourBy !== "score";
    this.#draw(all, hiddenClasses, threshold);
  }

  #draw(all, hiddenClasses, threshold) {
    const now = [all.length, all, hiddenClasses, threshold];
    if (now.every((value, index) => value === this.#drawn[index])) {
      return;
    }
    this.#drawn = now;
    const { out, within } = bars(histogram(all, hiddenClasses, BINS), threshold * BINS, HEIGHT);
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
