/** Ticks on tiles: counted; `x` ticks the tile in focus, with Shift all since the last one, as does a click. */

import { find, findAll } from "../dom.js";
import { meant, said } from "./ticking.js";

export class Ticks {
  #root;
  #form;
  #last = null; // index of the tile that was ticked before

  /** `root` holds the tiles, `form` is the one their boxes belong to. */
  constructor(root, form) {
    this.#root = root;
    this.#form = form;
    root.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("keydown", (event) => this.#pressed(event));
    form.addEventListener("reset", () => setTimeout(() => this.#cleared()));
    window.addEventListener("pageshow", () => this.#tell()); // who comes back finds the ticks as they were
  }

  #boxes() {
    return findAll(".tile__tick input", this.#root);
  }

  #clicked(event) {
    if (event.target.matches(".tile__tick input")) {
      this.#tick(event.target, event.shiftKey);
    }
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "x") {
      return;
    }
    const box = event.target.closest(".tile")?.querySelector(".tile__tick input"); // new tiles have none
    if (box) {
      event.preventDefault();
      box.checked = !box.checked;
      this.#tick(box, event.shiftKey);
    }
  }

  #tick(box, isRow) {
    const boxes = this.#boxes();
    const at = boxes.indexOf(box);
    for (const index of meant(at, this.#last, isRow)) {
      boxes[index].checked = box.checked;
    }
    this.#last = at;
    this.#tell();
  }

  #cleared() {
    const at = this.#last;
    this.#last = null;
    this.#tell();
    if (at !== null) {
      this.#boxes()[at].focus(); // the button has gone with the bar
    }
  }

  #tell() {
    find("[data-ticked-count]", this.#form).textContent = said(this.#boxes().filter(({ checked }) => checked).length);
  }
}
