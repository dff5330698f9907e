/** Arrow keys move from card to card; Enter opens the one in focus, as it is a link. */

import { findAll } from "../dom.js";
import { target } from "./grid.js";

export class Walk {
  #root;

  /** `root` holds the cards: its children, each with one link. */
  constructor(root) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#move(event));
  }

  #move(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
      return; // the browser's own
    }
    const links = findAll(".tile__link", this.#root); // uploads add some
    const at = links.indexOf(event.target);
    if (at < 0) {
      return;
    }
    const places = links.map((link) => link.closest(".tile")).map(({ offsetLeft, offsetTop }) => ({ left: offsetLeft, top: offsetTop }));
    const next = target(event.key, at, places);
    if (next !== null) {
      event.preventDefault();
      links[next].focus();
      links[next].closest(".tile").scrollIntoView({ block: "nearest" });
    }
  }
}
