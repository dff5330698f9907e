/** A row for each class: colour, switch, number of objects, and a way to see it alone. */

import { find, findAll, stamp } from "../../dom.js";
import { ClassFilter } from "../filters.js";
import { count } from "../format.js";

const MANY = 12; // from here on the classes can be searched

export class ClassesPanel {
  #root;
  #scene;
  #state;
  #colours;
  #query = "";

  /** `colours` is the project's, see colours.js. */
  constructor(root, scene, state, colours) {
    this.#root = find("[data-classes]", root);
    this.#scene = scene;
    this.#state = state;
    this.#colours = colours;
    this.#listen();
  }

  #listen() {
    const set = (hiddenClasses) => this.#state.set({ hiddenClasses });
    find("[data-all-classes]", this.#root).addEventListener("click", () => set(ClassFilter.NONE));
    find("[data-class-query]", this.#root).addEventListener("input", ({ target }) => {
      this.#query = target.value.trim().toLowerCase();
      this.render();
    });
    find("[data-own-colours]", this.#root).addEventListener("click", () => this.#colours.forget());
    const list = find("[data-class-list]", this.#root);
    list.addEventListener("change", ({ target }) => {
      if (target.matches("[data-colour]")) {
        this.#colours.choose(nameOf(target), target.value);
      } else {
        set(this.#state.now.hiddenClasses.switched(nameOf(target), target.checked));
      }
    });
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-only]");
      if (button) {
        set(button.getAttribute("aria-pressed") === "true" ? ClassFilter.NONE : ClassFilter.only([nameOf(button)]));
      }
    });
  }

  /** Put the keyboard into the search, or on the first class where there is none; false without classes. */
  search() {
    const field = find("[data-class-query]", this.#root);
    const target = field.closest("[hidden]") ? this.#root.querySelector("[data-class]") : field;
    target?.focus();
    return Boolean(target);
  }

  render() {
    const { counts } = this.#scene;
    const { hiddenClasses } = this.#state.now;
    this.#root.hidden = !counts.length;
    find("[data-all-classes]", this.#root).hidden = !counts.some(({ className }) => hiddenClasses.has(className));
    find("[data-class-search]", this.#root).hidden = counts.length < MANY;
    find("[data-own-colours]", this.#root).hidden = !this.#colours.areOwn;
    const list = find("[data-class-list]", this.#root);
    const names = counts.map(({ className }) => className).join("\n");
    if (list.names !== names) {
      list.names = names;
      list.replaceChildren(...counts.map((count_) => newRow(count_)));
    }
    const rows = findAll("[data-class-row]", list);
    rows.forEach((row, index) => this.#fill(row, counts[index], hiddenClasses));
    find("[data-no-class]", this.#root).hidden = rows.some((row) => !row.hidden);
  }

  #fill(row, { className, total, shown }, hiddenClasses) {
    const colour = this.#scene.palette.colourOf(className);
    row.hidden = !className.toLowerCase().includes(this.#query);
    find("[data-class]", row).checked = !hiddenClasses.has(className);
    find("[data-count]", row).textContent = shown === total ? count(total) : `${count(shown)} of ${count(total)}`;
    find("[data-swatch]", row).style.setProperty("--swatch", colour);
    find("[data-colour]", row).value = colour;
    const alone = hiddenClasses.isOnly && hiddenClasses.names.length === 1 && !hiddenClasses.has(className);
    find("[data-only]", row).setAttribute("aria-pressed", alone);
  }
}

function newRow({ className }) {
  const row = stamp("class-row");
  const name = className || "no class";
  row.dataset.classRow = className;
  find("[data-name]", row).textContent = name;
  find("[data-colour]", row).setAttribute("aria-label", `Colour of ${name} in this project`);
  find("[data-only]", row).setAttribute("aria-label", `Show only ${name}`);
  return row;
}

const nameOf = (element) => element.closest("[data-class-row]").dataset.classRow;
