/** The line above each pane: which analyses are drawn there, by letter, line, model, version and number of objects. */

import { find, findAll, stamp } from "../../dom.js";
import { shownStatus } from "../choice.js";
import { count } from "../format.js";
import { letterOf, needsTwo } from "./modes.js";

/** "12 of 57", or "57" where all are shown; `tally` is {shown, total} or undefined. */
export function tallyText(tally) {
  if (!tally) {
    return "…";
  }
  const { shown, total } = tally;
  return shown === total ? count(total) : `${count(shown)} of ${count(total)}`;
}

/** The same with what is counted. */
export function objectsText(tally) {
  return `${tallyText(tally)} ${tally?.total === 1 ? "object" : "objects"}`;
}

export class Heads {
  #state;
  #scene;
  #store;
  #entries = new Map();
  #rendered = [];

  constructor({ state, scene, store }) {
    this.#state = state;
    this.#scene = scene;
    this.#store = store;
  }

  /** Whether there is anything to tell apart. */
  get areThere() {
    const { length } = this.#scene.lineup;
    return length > 1 || (length > 0 && needsTwo(this.#state.now.mode));
  }

  /** What is known may have changed. */
  refresh() {
    this.#entries = new Map(this.#scene.lineup.map((id, index) => [id, this.#entryOf(id, index)]));
  }

  #entryOf(id, index) {
    const analysis = this.#store.find(id);
    const status = shownStatus(analysis);
    return {
      id,
      letter: letterOf(index),
      line: Math.max(this.#scene.lineOf(id), 0),
      place: index,
      model: analysis.model_name,
      version: analysis.model_version,
      status: status === "completed" ? "" : status,
      tally: this.#scene.tallyOf(id) ?? waiting(analysis, this.#scene.drawn.includes(id)),
    };
  }

  /** The ids named above each pane, and those of them that are seen now. */
  #named(index) {
    const { cast, drawn, lineup } = this.#scene;
    const { mode } = this.#state.now;
    const seen = new Set(mode === "swipe" ? drawn : cast[index]);
    if (cast.length > 1 && mode === "swipe") {
      return { ids: index === 0 ? lineup.filter((id) => seen.has(id)) : [], seen };
    }
    if (cast.length > 1) {
      return { ids: cast[index], seen };
    }
    return { ids: mode === "blink" ? lineup.filter((id) => drawn.includes(id)) : lineup, seen };
  }

  /** "A · yolo v8 · 12 objects" of what a pane draws now. */
  titleOf(index) {
    return (this.#scene.cast[index] ?? [])
      .map((id) => this.#entries.get(id))
      .filter(Boolean)
      .map(({ letter, model, version, tally }) => `${letter} · ${model} ${version} · ${objectsText(tally)}`)
      .join("   ");
  }

  /** Show it above these panes. */
  render(elements) {
    const { mode } = this.#state.now;
    elements.forEach((element, index) => {
      const { ids, seen } = this.#named(index);
      const needs = needsTwo(mode) && this.#scene.lineup.length < 2;
      const entries = ids.map((id) => this.#entries.get(id)).filter(Boolean);
      const head = find("[data-pane-head]", element);
      const isThere = this.areThere && entries.length > 0;
      const key = JSON.stringify([isThere, mode, entries, [...seen]]);
      if (this.#rendered[index] !== key) {
        this.#rendered[index] = key;
        head.hidden = !isThere;
        this.#fill(head, entries, seen);
        find("[data-needs-two]", head).hidden = !needs;
        find("[data-hold]", head).hidden = mode !== "blink" || needs;
        find("[data-hold]", head).setAttribute("aria-pressed", this.#state.now.held);
      }
    });
  }

  /** Elements stay as long as they can: one of them may have the focus, or be pressed. */
  #fill(head, entries, seen) {
    const list = find("[data-tags]", head);
    while (list.children.length > entries.length) {
      list.lastElementChild.remove();
    }
    while (list.children.length < entries.length) {
      list.append(stamp("tag"));
    }
    const isChoice = this.#state.now.mode === "single";
    findAll("[data-tag]", list).forEach((tag, index) => fill(tag, entries[index], seen.has(entries[index].id), isChoice));
  }
}

/** Of what is not drawn all is told that there is; of what is, nothing before it is there. */
function waiting({ annotation_count: total }, isDrawn) {
  return isDrawn ? undefined : { shown: total, total };
}

function fill(tag, { letter, line, place, model, version, status, tally }, isSeen, isChoice) {
  const put = (name, text) => {
    find(`[data-tag-${name}]`, tag).textContent = text;
  };
  tag.dataset.place = place;
  tag.toggleAttribute("data-seen", isSeen);
  if (isChoice) {
    tag.setAttribute("aria-pressed", isSeen);
  } else {
    tag.removeAttribute("aria-pressed"); // it leads to the single mode
  }
  tag.title = `${letter}: ${model} ${version}, ${objectsText(tally)}${status && `, ${status}`}. Show only this one.`;
  find("[data-line]", tag).dataset.line = line;
  put("letter", letter);
  put("model", model);
  put("version", version);
  put("count", tallyText(tally));
  put("status", status);
}
