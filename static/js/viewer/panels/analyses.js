/** The list of analyses: one card each, which JavaScript keeps up to date and makes when a new one appears. */

import { find, findAll, stamp } from "../../dom.js";
import { isRunning, shownStatus } from "../choice.js";
import { bytes, count, duration, facts, moment } from "../format.js";
import { fillFacts } from "./facts.js";

export class AnalysesPanel {
  #root;
  #store;
  #scene;
  #told = new Map();

  /** `on` holds chosen(id, on), opened(id) and retry(). */
  constructor(root, store, scene, on) {
    this.#root = root;
    this.#store = store;
    this.#scene = scene;
    const list = find("[data-analyses]", root);
    list.addEventListener("change", ({ target }) => {
      if (target.matches("[data-choose]")) {
        on.chosen(idOf(target), target.checked);
      }
    });
    list.addEventListener("toggle", ({ target }) => target.open && on.opened(idOf(target)), true);
    list.addEventListener("submit", ({ target }) => {
      target.action = target.getAttribute("action") + location.hash; // so that cancelling keeps the view
    });
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
    const choose = find("[data-choose]", card);
    choose.checked = line >= 0;
    const sample = find("[data-line]", card);
    sample.toggleAttribute("hidden", line < 0);
    sample.dataset.line = Math.max(line, 0);
    const { status, error } = this.#store.loadOf(analysis.id);
    find("[data-load-failure]", card).hidden = status !== "failed";
    find("[data-load-failure-text]", card).textContent = error ?? "";
    const artifacts = this.#store.artifactsOf(analysis.id);
    if (artifacts && card.artifacts !== artifacts) {
      card.artifacts = artifacts;
      fillArtifacts(card, artifacts);
    }
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
  for (const link of findAll("[data-export]", card)) {
    link.href = `/api/analyses/${id}/export?format=${link.dataset.export}`;
  }
  find("[data-cancel]", card).action = `/analyses/${id}/cancel`;
  find("[data-choose]", card).hidden = false;
  return card;
}

function fill(card, analysis) {
  const put = (field, text) => {
    const element = find(`[data-field="${field}"]`, card);
    element.textContent = text;
    return element;
  };
  put("model", analysis.model_name);
  put("version", analysis.model_version);
  put("count", count(analysis.annotation_count));
  put("error", analysis.error_message).hidden = !analysis.error_message;
  put("description", analysis.description).hidden = !analysis.description;
  find("[data-choose]", card).setAttribute("aria-label", `Draw ${analysis.model_name} ${analysis.model_version}`);
  fillBadge(find('[data-field="status"] .badge', card), shownStatus(analysis));
  fillFacts(find('[data-facts="summary"]', card), facts(analysis.summary));
  const parameters = facts(analysis.parameters);
  fillFacts(find('[data-facts="parameters"]', card), parameters);
  find('[data-part="parameters"]', card).hidden = !parameters.length;
  fillFacts(find('[data-facts="times"]', card), times(analysis));
  find("[data-cancel]", card).hidden = !isRunning(analysis);
}

function times({ created_at: queued, started_at: started, completed_at: ended, updated_at: updated, is_stalled: stalled }) {
  return [
    ["queued", moment(queued)],
    started && ["started", moment(started)],
    ended && ["ended", `${moment(ended)}, after ${duration(started ?? queued, ended)}`],
    stalled && ["last sign", moment(updated)],
  ].filter(Boolean);
}

function fillBadge(badge, status) {
  const icon = find("use", badge);
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*$/, `#${status}`));
  badge.className = `badge badge--${status}`;
  badge.replaceChildren(icon.closest("svg"), status);
}

function fillArtifacts(card, { items, error }) {
  const part = find('[data-part="artifacts"]', card);
  part.hidden = !items.length && !error;
  find("[data-artifacts]", part).replaceChildren(...items.map(artifactRow), ...(error ? [error] : []));
}

function artifactRow({ artifact_name: name, content_type: type, size, status, url }) {
  const row = stamp("artifact");
  const stored = status === "stored";
  if (stored && type.startsWith("image/")) {
    const preview = find("[data-preview]", row);
    preview.src = url;
    preview.hidden = false;
  }
  find("[data-name]", row).textContent = name;
  find("[data-about]", row).textContent = stored ? bytes(size) : status;
  const link = find("[data-download]", row);
  link.hidden = !stored;
  link.href = url;
  link.download = name;
  link.title = `Download ${name}`;
  find("[data-download-text]", row).textContent = link.title;
  return row;
}
