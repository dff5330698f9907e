/** The table of objects, which says in words what the canvas shows; it goes with the filters and the selection. */

import { find, findAll, stamp } from "../../dom.js";
import { corner, count, score, size } from "../format.js";

const ROWS = 100; // a page; the DOM stays small however many objects there are

export class ObjectsPanel {
  #root;
  #scene;
  #store;
  #state;
  #page = 0;
  #objects = null;

  /** `on` holds selected(id), pointed(id | null) and focused(id). */
  constructor(root, { scene, store, state }, on) {
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    const rows = find("[data-object-rows]", root);
    const answer = (name, what) => ({ target }) => {
      const id = target.closest("[data-object]")?.dataset.object;
      if (id) {
        what(id);
      }
    };
    rows.addEventListener("click", answer("click", on.selected));
    rows.addEventListener("pointerover", answer("pointerover", on.pointed));
    rows.addEventListener("pointerleave", () => on.pointed(null));
    rows.addEventListener("focusin", answer("focusin", on.focused));
    rows.addEventListener("focusout", () => on.pointed(null));
    find("[data-pager]", root).addEventListener("click", ({ target }) => {
      this.#page += Number(target.closest("[data-page]")?.dataset.page ?? 0);
      this.#fill();
      find("[data-objects-box]", root).scrollIntoView({ block: "start" });
    });
  }

  render() {
    const { objects } = this.#scene;
    if (objects !== this.#objects) {
      this.#objects = objects;
      this.#turnTo(this.#state.now.selected, 0);
      this.#fill();
    }
    this.mark();
  }

  /** Bring a row into view, turning the page where it is on another; with `focus` the keyboard goes there too. */
  reveal(id, { focus = false } = {}) {
    if (this.#turnTo(id, this.#page)) {
      this.#fill();
    }
    this.mark();
    const row = this.#row(id);
    if (row && focus) {
      row.scrollIntoView({ block: "nearest" });
      find("[data-object-button]", row).focus({ preventScroll: true });
    } else if (row) {
      this.#scrollPanelTo(row);
    }
  }

  /** Where the panel does not scroll of itself, the page would, and take the picture out of sight. */
  #scrollPanelTo(row) {
    const panel = find("[data-objects-panel]", this.#root);
    if (getComputedStyle(panel).overflowY === "auto") {
      row.scrollIntoView({ block: "nearest" });
    }
  }

  /** Whether the keyboard is in the table. */
  get hasFocus() {
    return find("[data-object-rows]", this.#root).contains(document.activeElement);
  }

  #row(id) {
    return findAll("[data-object]", this.#root).find((row) => row.dataset.object === id);
  }

  #turnTo(id, otherwise) {
    const index = id ? this.#objects.findIndex((object) => object.id === id) : -1;
    const page = index < 0 ? otherwise : Math.floor(index / ROWS);
    const turned = page !== this.#page;
    this.#page = page;
    return turned;
  }

  #fill() {
    const objects = this.#objects;
    const last = Math.max(0, Math.ceil(objects.length / ROWS) - 1);
    this.#page = Math.min(Math.max(this.#page, 0), last);
    const first = this.#page * ROWS;
    const shown = objects.slice(first, first + ROWS);
    const several = this.#scene.chosen.length > 1;
    find("[data-object-rows]", this.#root).replaceChildren(...shown.map((object) => this.#newRow(object, several)));
    const pager = find("[data-pager]", this.#root);
    pager.hidden = last === 0;
    find('[data-page="-1"]', pager).disabled = this.#page === 0;
    find('[data-page="1"]', pager).disabled = this.#page === last;
    find("[data-page-text]", pager).textContent = `${count(first + 1)} to ${count(first + shown.length)}`;
    this.#say(objects.length);
  }

  #say(shown) {
    const { all, chosen } = this.#scene;
    const total = all.length;
    find("[data-objects-count]", this.#root).textContent = shown === total ? count(total) : `${count(shown)} of ${count(total)}`;
    const none = find("[data-no-objects]", this.#root);
    none.hidden = shown > 0;
    none.textContent = this.#whyNone(total, chosen);
  }

  #whyNone(total, chosen) {
    if (total) {
      return "Nothing passes the filters. Lower the least confidence or show more classes.";
    }
    if (!this.#store.analyses.length) {
      return "No analysis has said anything yet.";
    }
    if (!chosen.length) {
      return "No analysis is chosen. Tick one to see what it found.";
    }
    const loading = chosen.some((id) => this.#store.loadOf(id).status === "loading");
    return loading ? "Loading …" : "The chosen analyses found nothing.";
  }

  #newRow(object, several) {
    const row = stamp("object-row");
    row.dataset.object = object.id;
    find("[data-name]", row).textContent = object.className || "no class";
    find("[data-swatch]", row).dataset.swatch = this.#scene.palette.placeOf(object.className);
    const model = several ? ` · ${this.#store.find(object.analysisId)?.model_name}` : "";
    find("[data-type]", row).textContent = object.kind + model;
    find("[data-score]", row).textContent = score(object.confidence);
    find("[data-corner]", row).textContent = corner(object.bounds);
    find("[data-size]", row).textContent = size(object.bounds);
    return row;
  }

  /** One button of the table is in the tab order: the selected one, or else the first. */
  mark() {
    const { selected, hovered } = this.#state.now;
    const rows = findAll("[data-object]", this.#root);
    const current = rows.find((row) => row.dataset.object === selected);
    for (const row of rows) {
      row.toggleAttribute("data-hovered", row.dataset.object === hovered);
      const button = find("[data-object-button]", row);
      button.tabIndex = row === (current ?? rows[0]) ? 0 : -1;
      if (row === current) {
        row.setAttribute("aria-current", "true");
      } else {
        row.removeAttribute("aria-current");
      }
    }
  }
}
