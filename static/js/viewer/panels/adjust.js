/** Brightness, contrast and saturation of the picture alone; what is drawn on it keeps its colours. */

import { find, findAll } from "../../dom.js";

export const AS_IT_IS = Object.freeze({ brightness: 1, contrast: 1, saturation: 1 });
const FILTERS = { brightness: "brightness", contrast: "contrast", saturation: "saturate" };

/** The CSS filter for a state, or "none". */
export function filterOf(state) {
  const parts = Object.entries(FILTERS).filter(([name]) => state[name] !== 1).map(([name, filter]) => `${filter}(${state[name]})`);
  return parts.join(" ") || "none";
}

export class AdjustPanel {
  #root;
  #state;

  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    root.addEventListener("input", ({ target }) => state.set({ [target.dataset.adjustment]: Number(target.value) }));
    find("[data-adjust-reset]", root).addEventListener("click", () => state.set(AS_IT_IS));
  }

  render() {
    const { now } = this.#state;
    for (const slider of findAll("[data-adjustment]", this.#root)) {
      const name = slider.dataset.adjustment;
      const text = `${Math.round(now[name] * 100)} %`;
      slider.value = now[name];
      slider.setAttribute("aria-valuetext", text);
      find(`[data-adjustment-text="${name}"]`, this.#root).textContent = text;
    }
    find("[data-adjust-reset]", this.#root).hidden = filterOf(now) === "none";
  }
}
