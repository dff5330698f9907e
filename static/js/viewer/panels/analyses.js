/** The list of analyses: a line each, which JavaScript keeps up to date and makes when a new one appears. */

import { find, findAll, stamp } from "../../dom.js";
import { shownStatus } from "../choice.js";
import { count } from "../format.js";
import { fillBadge } from "./badge.js";

export class AnalysesPanel {
  #root;
  #store;
  #scene;
  #told = new Map();

  /** `on` holds chosen(id, on), asked(id) for more about one, and retry(). */
  constructor(root, store, scene, on) {
    this.#root = root;
    this.#store = store;
    this.#scene = scene;
    const list = find("[data-analyses]", root);
    list.addEventListener("change", ({ target }) => on.chosen(idOf(target), target.checked));
    list.addEventListener("click", ({ target }) => target.closest("[data-show-info]") && on.asked(idOf(target)));
    root.addEventListener("click", ({ target }) => target.closest("[data-retry]") && on.retry());
  }

  render() {
    const { analyses } = this.#store;
    const list = find("[data-analyses]", this.#root);
    find("[data-no-analyses]", this.#root).hidden = analyses.length > 0;
    const cards = new Map(findAll("[data-analysis]", list).map((card) => [card.dataset.analysis, card]));
    analyses.forEach((analysis, index) => {
      const card = cards.get(analysis.id) ?? newCard(analysis);
      if (list.children[index] !== card) {
        list.insertBefore(card, list.children[index] ?? null);
      }
      if (this.#told.get(analysis.id) !== analysis) {
        fill(card, analysis);
        this.#told.set(analysis.id, analysis);
      }
      this.#showChoice(card, analysis);
    });
  }

  #showChoice(card, analysis) {
    const line = this.#scene.lineOf(analysis.id);
    find("[data-choose]", card).checked = line >= 0;
    const sample = find("[data-line]", card);
    sample.toggleAttribute("hidden", line < 0);
    sample.dataset.line = Math.max(line, 0);
    const { status, error } = this.#store.loadOf(analysis.id);
    find("[data-load-failure]", card).hidden = status !== "failed";
    find("[data-load-failure-text]", card).textContent = error ?? "";
  }

  /** Say that the list itself could not be fetched, or null that it could. */
  showFailure(sentence) {
    const box = find("[data-failure]", this.#root);
    box.hidden = sentence === null;
    find("[data-failure-text]", box).textContent = sentence ?? "";
  }
}

const idOf = (element) => element.closest("[data-analysis]").dataset.analysis;

function newCard({ id }) {
  const card = stamp("analysis-card");
  card.dataset.analysis = id;
  for (const element of findAll("[data-needs-script]", card)) {
    element.hidden = false;
  }
  return card;
}

function fill(card, analysis) {
  const name = `${analysis.model_name} ${analysis.model_version}`;
  const put = (field, text) => {
    find(`[data-field="${field}"]`, card).textContent = text;
  };
  put("model", analysis.model_name);
  put("version", analysis.model_version);
  put("count", count(analysis.annotation_count));
  put("error", analysis.error_message);
  find('[data-field="error"]', card).hidden = !analysis.error_message;
  find("[data-choose]", card).setAttribute("aria-label", `Draw ${name}`);
  find("[data-show-info]", card).setAttribute("aria-label", `About ${name}`);
  fillBadge(find('[data-field="status"] .badge', card), shownStatus(analysis));
  find("[data-reference-badge]", card).hidden = !analysis.is_reference;
}
