/** The buttons for the modes in the top bar, and the names above the panes that lead to one analysis alone. */

import { find, findAll } from "../../dom.js";
import { NEEDS_TWO } from "../actions.js";
import { needsTwo, slotsForTwo } from "../modes/modes.js";

export class ModesPanel {
  #state;
  #scene;
  #store;
  #on;
  #mode;
  #buttons = findAll("[data-modes] [data-mode]");

  /** `on` holds said(subject, sentence) for what is read out. */
  constructor({ state, scene, store, panes }, on) {
    this.#state = state;
    this.#scene = scene;
    this.#store = store;
    this.#on = on;
    this.#mode = state.now.mode;
    panes.element.addEventListener("click", ({ target }) => {
      const place = target.closest("[data-tag]")?.dataset.place;
      if (place !== undefined) {
        state.set({ mode: "single", one: Number(place) });
        // Its pane may go; the name is in the first one then.
        requestAnimationFrame(() => panes.element.querySelector(`[data-tag][data-place="${place}"]`)?.focus());
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
      if (button.dataset.mode === mode && this.#mode !== mode) {
        this.#mode = mode;
        this.#on.said("mode", button.dataset.title);
      }
      button.setAttribute("aria-disabled", isOff);
      button.title = isOff ? `${button.dataset.title}. ${NEEDS_TWO}` : button.dataset.title;
    }
    find("[data-mode-now]").dataset.modeNow = mode;
  }
}
