/** The buttons for the modes in the top bar, and the names above the panes that lead to one analysis alone. */

import { find, findAll } from "../../dom.js";
import { NEEDS_TWO } from "../actions.js";
import { needsTwo, slotsForTwo } from "../modes/modes.js";

export class ModesPanel {
  #state;
  #scene;
  #store;
  #buttons = findAll("[data-modes] [data-mode]");

  constructor({ state, scene, store, panes }) {
    this.#state = state;
    this.#scene = scene;
    this.#store = store;
    panes.element.addEventListener("click", ({ target }) => {
      const tag = target.closest("[data-tag]");
      if (tag) {
        state.set({ mode: "single", one: Number(tag.dataset.slot) });
      }
    });
    find("[data-modes]").addEventListener("click", ({ currentTarget, target }) => {
      if (target.closest("[data-mode]") && currentTarget.matches(":popover-open")) {
        currentTarget.hidePopover(); // where there is no room for the buttons they are a menu
      }
    });
  }

  render() {
    const { mode } = this.#state.now;
    const hasTwo = slotsForTwo(this.#scene.slots, this.#store.analyses) !== null;
    for (const button of this.#buttons) {
      const isOff = needsTwo(button.dataset.mode) && !hasTwo;
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
      button.setAttribute("aria-disabled", isOff);
      button.title = isOff ? `${button.dataset.title}. ${NEEDS_TWO}` : button.dataset.title;
    }
    find("[data-mode-now]").dataset.modeNow = mode;
  }
}
