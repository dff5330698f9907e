/** A table of which only the rows in sight are in the page; the others are but empty space above and below. */

import { find, findAll } from "../../dom.js";
import { rowsInSight, scrollTo } from "./window.js";

export class LongTable {
  #box;
  #table;
  #body;
  #height;
  #make;
  #count = 0;
  #range = [0, 0];

  /** `box` scrolls the table; `make(index)` gives a row of `height` CSS pixels; `changed()` hears of rows that came. */
  constructor(box, { height, make, changed }) {
    this.#box = box;
    this.#table = find("table", box);
    this.#body = find("tbody", box);
    this.#height = height;
    this.#make = make;
    this.changed = changed;
    box.addEventListener("scroll", () => this.#fill(), { passive: true });
    new ResizeObserver(() => this.#fill()).observe(box);
  }

  get rows() {
    return findAll("tr", this.#body);
  }

  /** Whether the keyboard is in a row. */
  get hasFocus() {
    return this.#body.contains(document.activeElement);
  }

  /** Other rows, `count` of them. */
  show(count) {
    this.#count = count;
    this.#table.hidden = count === 0;
    this.#table.setAttribute("aria-rowcount", count + 1); // with the head
    this.#fill({ anew: true });
  }

  /** Bring a row into sight; gives its element. */
  reveal(index) {
    const { scrollTop: scroll, clientHeight: height } = this.#box;
    const head = find("thead", this.#table).offsetHeight;
    this.#box.scrollTop = scrollTo(index, { scroll, height, row: this.#height, head });
    this.#fill();
    return this.rows[index - this.#range[0]];
  }

  #fill({ anew = false } = {}) {
    const { scrollTop: scroll, clientHeight: height } = this.#box;
    const [first, end] = rowsInSight(this.#count, { scroll, height, row: this.#height });
    if (!anew && first === this.#range[0] && end === this.#range[1]) {
      return;
    }
    const focused = this.hasFocus ? Number(document.activeElement.closest("tr").ariaRowIndex) : null;
    const known = anew ? new Map() : new Map(this.rows.map((row) => [Number(row.ariaRowIndex), row]));
    this.#range = [first, end];
    this.#table.style.setProperty("--above", `${first * this.#height}px`);
    this.#table.style.setProperty("--below", `${(this.#count - end) * this.#height}px`);
    const rows = Array.from({ length: end - first }, (_, i) => known.get(first + i + 2) ?? this.#made(first + i));
    this.#body.replaceChildren(...rows);
    if (focused !== null) {
      const row = rows.find(({ ariaRowIndex }) => Number(ariaRowIndex) === focused);
      (row?.querySelector("button") ?? this.#box).focus({ preventScroll: true });
    }
    this.changed();
  }

  #made(index) {
    const row = this.#make(index);
    row.setAttribute("aria-rowindex", index + 2); // the head is the first
    return row;
  }
}
