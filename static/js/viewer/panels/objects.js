/** The table of objects, which says in words what the canvas shows; only the rows in sight are in the page. */

import { find, findAll, stamp } from "../../dom.js";
import { ALL } from "../comparison/verdicts.js";
import { corner, count, score, size } from "../format.js";
import { ordered, turned } from "../order.js";
import { rowsInSight, scrollTo } from "./window.js";

const ROW = 45; // CSS pixels, as in css/components/objects.css

export class ObjectsPanel {
  #root;
  #box;
  #table;
  #rows;
  #scene;
  #store;
  #state;
  #objects = null;
  #order = null;
  #list = [];
  #range = [0, 0];
  #revealed = null;

  /** `on` holds selected(id), pointed(id | null) and focused(id). */
  constructor(root, { scene, store, state }, on) {
    this.#root = root;
    this.#box = find("[data-objects-box]", root);
    this.#table = find("[data-objects-table]", root);
    this.#rows = find("[data-object-rows]", root);
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    const answer = (what) => ({ target }) => {
      const id = target.closest("[data-object]")?.dataset.object;
      if (id) {
        what(id);
      }
    };
    this.#rows.addEventListener("click", answer(on.selected));
    this.#rows.addEventListener("pointerover", answer(on.pointed));
    this.#rows.addEventListener("pointerleave", () => on.pointed(null));
    this.#rows.addEventListener("focusin", answer(on.focused));
    this.#rows.addEventListener("focusout", () => on.pointed(null));
    this.#box.addEventListener("scroll", () => this.#fill(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.#box);
    for (const head of findAll("[data-sort]", root)) {
      const button = find("button", head);
      button.disabled = false;
      button.addEventListener("click", () => state.set({ order: turned(state.now.order, head.dataset.sort) }));
    }
  }

  /** The objects as the table has them. */
  get list() {
    this.#look();
    return this.#list;
  }

  render() {
    this.#say(this.#scene.shownCount);
    if (this.#isSeen) {
      this.#look();
      this.mark();
    }
  }

  /** Rows that nobody sees are not made: there may be new ones with each movement of a slider. */
  get #isSeen() {
    return this.#state.now.tab === "objects";
  }

  #look() {
    const { objects } = this.#scene;
    const { order } = this.#state.now;
    if (objects !== this.#objects || order !== this.#order) {
      this.#objects = objects;
      this.#order = order;
      this.#list = ordered(objects, order);
      this.#table.setAttribute("aria-rowcount", this.#list.length + 1);
      this.#showOrder(order);
      this.#fill({ anew: true });
    }
  }

  #showOrder(order) {
    for (const head of findAll("[data-sort]", this.#root)) {
      if (head.dataset.sort === order.replace(/^-/, "")) {
        head.setAttribute("aria-sort", order.startsWith("-") ? "descending" : "ascending");
      } else {
        head.removeAttribute("aria-sort");
      }
    }
  }

  /** Bring a row into view; with `focus` the keyboard goes there too. */
  reveal(id, { focus = false } = {}) {
    this.#revealed = id;
    if (!this.#isSeen) {
      return;
    }
    this.#scrollTo(id);
    this.mark();
    if (focus) {
      this.#rowOf(id)?.querySelector("[data-object-button]").focus({ preventScroll: true });
    }
  }

  #scrollTo(id) {
    const index = this.#list.findIndex((object) => object.id === id);
    if (index >= 0) {
      const head = find("thead", this.#table).offsetHeight;
      const { scrollTop, clientHeight } = this.#box;
      this.#box.scrollTop = scrollTo(index, { scroll: scrollTop, height: clientHeight, row: ROW, head });
      this.#fill();
    }
  }

  /** What is told of the selected object takes room from the table: its row stays in sight. */
  #resized() {
    this.#fill();
    if (this.#revealed !== null && this.#revealed === this.#state.now.selected) {
      this.#scrollTo(this.#revealed);
    }
  }

  /** Whether the keyboard is in the table. */
  get hasFocus() {
    return this.#rows.contains(document.activeElement);
  }

  #rowOf(id) {
    return findAll("[data-object]", this.#rows).find((row) => row.dataset.object === id);
  }

  /** Have those rows in the page that are in sight; the others are but empty space above and below. */
  #fill({ anew = false } = {}) {
    const { scrollTop: scroll, clientHeight: height } = this.#box;
    const [first, end] = rowsInSight(this.#list.length, { scroll, height, row: ROW });
    if (!anew && first === this.#range[0] && end === this.#range[1]) {
      return;
    }
    const focused = this.hasFocus ? document.activeElement.closest("[data-object]")?.dataset.object : null;
    this.#range = [first, end];
    this.#table.style.setProperty("--above", `${first * ROW}px`);
    this.#table.style.setProperty("--below", `${(this.#list.length - end) * ROW}px`);
    const several = this.#scene.chosen.length > 1;
    const known = anew ? new Map() : new Map(findAll("[data-object]", this.#rows).map((row) => [row.dataset.object, row]));
    const rows = this.#list
      .slice(first, end)
      .map((object, index) => known.get(object.id) ?? this.#newRow(object, first + index, several));
    this.#rows.replaceChildren(...rows);
    if (focused) {
      const row = this.#rowOf(focused);
      (row ? find("[data-object-button]", row) : this.#box).focus({ preventScroll: true });
    }
    this.mark();
  }

  #say(shown) {
    const { counts, chosen } = this.#scene;
    const total = counts.reduce((sum, { total: number }) => sum + number, 0);
    const text = shown === total ? count(total) : `${count(shown)} of ${count(total)}`;
    find("[data-objects-count]", this.#root).textContent = text;
    find("[data-tab-count]", this.#root).textContent = count(shown);
    const none = find("[data-no-objects]", this.#root);
    none.hidden = shown > 0;
    this.#table.hidden = shown === 0;
    none.textContent = this.#whyNone(total, chosen);
  }

  #whyNone(total, chosen) {
    if (total) {
      const more = this.#state.now.verdicts === ALL ? "classes" : "classes or verdicts";
      return `Nothing passes the filters. Lower the least confidence or show more ${more}.`;
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

  #newRow(object, index, several) {
    const row = stamp("object-row");
    row.dataset.object = object.id;
    row.setAttribute("aria-rowindex", index + 2); // the head is the first
    find("[data-name]", row).textContent = object.className || "no class";
    paint(find("[data-swatch]", row), this.#scene.palette, object.className);
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
    const rows = findAll("[data-object]", this.#rows);
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

function paint(swatch, palette, className) {
  swatch.style.setProperty("--swatch", palette.colourOf(className));
}
