/** The least confidence, what colours mean, and a switch for each class. */

import { find, findAll, stamp } from "../../dom.js";
import { count } from "../format.js";

const MANY = 12; // from here on the classes can be searched

export class FiltersPanel {
  #filters;
  #classes;
  #scene;
  #state;
  #query = "";

  constructor(root, scene, state) {
    this.#filters = find("[data-filters]", root);
    this.#classes = find("[data-classes]", root);
    this.#scene = scene;
    this.#state = state;
    this.#listen();
  }

  #listen() {
    const set = (patch) => this.#state.set(patch);
    find("[data-confidence]", this.#filters).addEventListener("input", ({ target }) =>
      set({ threshold: Number(target.value) }),
    );
    find("[data-colour-by]", this.#filters).addEventListener("change", ({ target }) => set({ colourBy: target.value }));
    find("[data-all-classes]", this.#classes).addEventListener("click", () => set({ hiddenClasses: new Set() }));
    find("[data-class-query]", this.#classes).addEventListener("input", ({ target }) => {
      this.#query = target.value.trim().toLowerCase();
      this.#renderClasses();
    });
    const list = find("[data-class-list]", this.#classes);
    list.addEventListener("change", ({ target }) => this.#switchClass(nameOf(target), target.checked));
    list.addEventListener("click", ({ target }) => target.closest("[data-only]") && this.#only(nameOf(target)));
  }

  #switchClass(name, on) {
    const hiddenClasses = new Set(this.#state.now.hiddenClasses);
    if (on) {
      hiddenClasses.delete(name);
    } else {
      hiddenClasses.add(name);
    }
    this.#state.set({ hiddenClasses });
  }

  #only(name) {
    const names = this.#scene.counts.map(({ className }) => className);
    this.#state.set({ hiddenClasses: new Set(names.filter((other) => other !== name)) });
  }

  render() {
    const { threshold, colourBy } = this.#state.now;
    const { all, chosen, withoutConfidence } = this.#scene;
    this.#filters.hidden = !all.length;
    const slider = find("[data-confidence]", this.#filters);
    slider.value = threshold;
    slider.setAttribute("aria-valuetext", threshold.toFixed(2));
    find("[data-confidence-text]", this.#filters).textContent = threshold.toFixed(2);
    find("[data-confidence-note]", this.#filters).textContent = noteOf(withoutConfidence);
    const choice = find("[data-colour-by]", this.#filters);
    choice.hidden = chosen.length < 2 && colourBy === "class";
    find(`[value="${colourBy}"]`, choice).checked = true;
    this.#renderClasses();
  }

  #renderClasses() {
    const { counts } = this.#scene;
    const { hiddenClasses } = this.#state.now;
    this.#classes.hidden = !counts.length;
    find("[data-all-classes]", this.#classes).hidden = !counts.some(({ className }) => hiddenClasses.has(className));
    find("[data-class-search]", this.#classes).hidden = counts.length < MANY;
    const list = find("[data-class-list]", this.#classes);
    const names = counts.map(({ className }) => className).join("\n");
    if (list.names !== names) {
      list.names = names;
      list.replaceChildren(...counts.map((count_) => this.#row(count_)));
    }
    findAll("[data-class-row]", list).forEach((row, index) => {
      const { className, total, shown } = counts[index];
      row.hidden = !className.toLowerCase().includes(this.#query);
      find("[data-class]", row).checked = !hiddenClasses.has(className);
      find("[data-count]", row).textContent = shown === total ? count(total) : `${count(shown)} of ${count(total)}`;
    });
  }

  #row({ className }) {
    const row = stamp("class-row");
    row.dataset.classRow = className;
    find("[data-name]", row).textContent = className || "no class";
    find("[data-swatch]", row).dataset.swatch = this.#scene.palette.placeOf(className);
    find("[data-only]", row).setAttribute("aria-label", `Show only ${className || "no class"}`);
    return row;
  }
}

const nameOf = (element) => element.closest("[data-class-row]").dataset.classRow;

function noteOf(without) {
  if (!without) {
    return "Everything here has a confidence.";
  }
  const what = without === 1 ? "One object has" : `${count(without)} objects have`;
  return `${what} no confidence and ${without === 1 ? "is" : "are"} always shown.`;
}
