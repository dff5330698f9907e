/** The two panels as drawers, where the window has no room for them beside the picture. */

import { find, findAll } from "../../dom.js";

const NARROW = "(max-width: 68.7499rem)"; // as in css/components/drawer.css
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']";

export class Drawers {
  #drawers;
  #buttons;
  #narrow = window.matchMedia(NARROW);
  #open = null;

  constructor(root) {
    this.#drawers = new Map(findAll("[data-drawer]", root).map((drawer) => [drawer.dataset.drawer, drawer]));
    this.#buttons = new Map(findAll("[data-open-drawer]").map((button) => [button.dataset.openDrawer, button]));
    for (const [name, button] of this.#buttons) {
      button.addEventListener("click", () => (this.#open === name ? this.close() : this.open(name)));
    }
    for (const drawer of this.#drawers.values()) {
      find("[data-close-drawer]", drawer).addEventListener("click", () => this.close());
      drawer.addEventListener("keydown", (event) => this.#keepFocus(event, drawer));
    }
    this.#narrow.addEventListener("change", () => this.#show(null));
    this.#show(null);
  }

  /** Open a drawer and put the keyboard into it; nothing to do where there is room for everything. */
  open(name) {
    if (this.#narrow.matches && this.#drawers.has(name)) {
      this.#show(name);
      this.#drawers.get(name).focus({ preventScroll: true });
    }
  }

  /** Close the open one and give the keyboard back to its button; false when none was open. */
  close() {
    const name = this.#open;
    this.#show(null);
    this.#buttons.get(name)?.focus();
    return name !== null;
  }

  #show(name) {
    this.#open = name;
    for (const [each, drawer] of this.#drawers) {
      drawer.toggleAttribute("data-open", each === name);
      this.#buttons.get(each).setAttribute("aria-expanded", each === name);
      if (each === name) {
        drawer.setAttribute("role", "dialog");
      } else {
        drawer.removeAttribute("role");
      }
    }
  }

  /** Tab goes round inside an open drawer; the pointer may go on with the picture beside it. */
  #keepFocus(event, drawer) {
    if (event.key !== "Tab" || !drawer.hasAttribute("data-open")) {
      return;
    }
    const inside = findAll(FOCUSABLE, drawer).filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility());
    const [first, last] = [inside[0], inside.at(-1)];
    const at = document.activeElement;
    if (event.shiftKey && (at === first || at === drawer)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && at === last) {
      event.preventDefault();
      first.focus();
    }
  }
}
