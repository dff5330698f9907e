/** The list of differences, and the walk through them. */

import { find, stamp } from "../../dom.js";
import { around, differenceAt, listed, placeOf } from "../comparison/listed.js";
import { count, score } from "../format.js";
import { LongTable } from "./long_table.js";
import { paintSign } from "./verdicts.js";

const ROW = 45; // CSS pixels, as in css/components/objects.css

export class Differences {
  #root;
  #scene;
  #store;
  #state;
  #on;
  #table;
  #shown = [];
  #places = [];

  /** `on` holds pointed(id | null) and flown({id, analysisId, bounds, text}). */
  constructor(root, { scene, store, state }, on) {
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    this.#on = on;
    const box = find("[data-differences-box]", root);
    this.#table = new LongTable(box, { height: ROW, make: (index) => this.#row(index), changed: () => this.mark() });
    const rows = find("[data-difference-rows]", root);
    const answer = (what) => ({ target }) => target.closest("tr") && what(Number(target.closest("tr").dataset.index));
    rows.addEventListener("click", answer((index) => this.#go(index)));
    rows.addEventListener("keydown", (event) => this.#key(event));
    rows.addEventListener("pointerover", answer((index) => on.pointed(this.#subject(this.#at(index)).id)));
    rows.addEventListener("pointerleave", () => on.pointed(null));
  }

  /** What is listed now may be something else. */
  render() {
    const { result } = this.#scene.comparison;
    const { verdicts, hiddenClasses } = this.#state.now;
    const now = [result, verdicts, hiddenClasses];
    if (!result || now.every((value, i) => value === this.#shown[i])) {
      return;
    }
    this.#shown = now;
    this.#places = listed(result.differences, result.sheets, verdicts, hiddenClasses);
    const [shown, all] = [this.#places.length, result.differences.rowsA.length];
    find("[data-differences-count]", this.#root).textContent = shown === all ? count(all) : `${count(shown)} of ${count(all)}`;
    const none = find("[data-no-differences]", this.#root);
    none.hidden = shown > 0;
    none.textContent = all ? "The verdicts and classes that are shown leave none." : "There is none: they agree on all.";
    this.#table.show(shown);
  }

  /** Go to the next difference, or with -1 to the previous one; gives a sentence where there is none. */
  step(by) {
    this.render();
    const { length } = this.#places;
    if (!length) {
      return find("[data-no-differences]", this.#root).textContent;
    }
    const now = this.#selected();
    this.#go(now < 0 ? (by > 0 ? 0 : length - 1) : (now + by + length) % length);
    return null;
  }

  /** In the list arrows go through it; elsewhere they go through the objects. */
  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      this.step(by);
    }
  }

  /** One button is in the tab order: that of the selected difference, or else the first. */
  mark() {
    const selected = this.#selected();
    const { hovered } = this.#state.now;
    const { rows } = this.#table;
    const current = rows.find((row) => Number(row.dataset.index) === selected);
    for (const row of rows) {
      find("button", row).tabIndex = row === (current ?? rows[0]) ? 0 : -1;
      row.toggleAttribute("data-hovered", hovered !== null && this.#at(Number(row.dataset.index)).objects.some(({ id }) => id === hovered));
      if (row === current) {
        row.setAttribute("aria-current", "true");
      } else {
        row.removeAttribute("aria-current");
      }
    }
  }

  #selected() {
    const [result] = this.#shown;
    const { selected } = this.#state.now;
    const items = result && selected ? result.sheets.map((sheet) => sheet.find(selected)) : [];
    const side = items.findIndex(Boolean);
    return side < 0 ? -1 : placeOf(result.differences, this.#places, side, items[side].row);
  }

  #at(index) {
    const [{ differences, sheets }] = this.#shown;
    return differenceAt(differences, sheets, this.#places[index]);
  }

  /** The object that stands for a difference: one that is drawn, if any is. */
  #subject({ objects }) {
    return objects.find(({ id }) => this.#scene.find(id)) ?? objects[0];
  }

  #go(index) {
    const difference = this.#at(index);
    const bounds = around(difference.objects);
    const text = `Difference ${count(index + 1)} of ${count(this.#places.length)}: ${this.#inWords(difference)}`;
    const { id, analysisId } = this.#subject(difference);
    this.#on.flown({ id, analysisId, bounds, text });
    const hadFocus = this.#table.hasFocus;
    const row = this.#table.reveal(index);
    if (hadFocus && row) {
      find("button", row).focus({ preventScroll: true });
    }
    this.mark();
  }

  #inWords({ verdict, objects, iou }) {
    const each = objects.map((object) => `${nameOf(object)} ${score(object.confidence)} by ${this.#model(object)}`);
    return [verdict.word, ...each, ...(iou === null ? [] : [`overlap ${score(iou)}`])].join(", ");
  }

  #model({ analysisId }) {
    return this.#store.find(analysisId)?.model_name ?? "";
  }

  #row(index) {
    const { verdict, objects, iou } = this.#at(index);
    const row = stamp("difference-row");
    row.dataset.index = index;
    paintSign(find("[data-sign]", row), verdict);
    find("[data-name]", row).textContent = objects.map(nameOf).join(" / ");
    find("[data-told]", row).textContent = objects.length > 1 ? verdict.word : `${verdict.word} · ${this.#model(objects[0])}`;
    find("[data-score]", row).textContent = score(objects[0].confidence);
    find("[data-other-score]", row).textContent = objects.length > 1 ? score(objects[1].confidence) : "";
    find("[data-iou-of]", row).textContent = iou === null ? "" : score(iou);
    return row;
  }
}

const nameOf = ({ className }) => className || "no class";
