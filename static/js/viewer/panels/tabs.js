/** Tabs as the ARIA practices have them: arrows, Home and End go from one to the next. */

import { find, findAll } from "../../dom.js";

export class Tabs {
  #root;
  #state;
  #tabs;

  /** The chosen tab is `state.now.tab`. */
  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    this.#tabs = findAll("[data-tab]", root);
    for (const panel of findAll("[data-tab-panel]", root)) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `tab-${panel.dataset.tabPanel}`);
    }
    const list = find("[data-tabs]", root);
    list.addEventListener("click", ({ target }) => {
      const tab = target.closest("[data-tab]");
      if (tab) {
        state.set({ tab: tab.dataset.tab });
      }
    });
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const at = this.#tabs.indexOf(document.activeElement);
    const last = this.#tabs.length - 1;
    const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (at >= 0 && next !== undefined) {
      event.preventDefault();
      event.stopPropagation(); // on the page the arrows go to other pictures
      this.#state.set({ tab: this.#tabs[next].dataset.tab });
      this.#tabs[next].focus();
    }
  }

  render() {
    const chosen = this.#state.now.tab;
    for (const tab of this.#tabs) {
      const isChosen = tab.dataset.tab === chosen;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      find(`[data-tab-panel="${tab.dataset.tab}"]`, this.#root).hidden = !isChosen;
    }
  }
}
