/** What is known of each analysis: status, times, summary, parameters, files; the newest first. */

import { find, findAll, stamp } from "../../dom.js";
import { isRunning, shownStatus } from "../choice.js";
import { bytes, count, duration, facts, moment } from "../format.js";
import { fillBadge } from "./badge.js";
import { fillFacts } from "./facts.js";

export class InfoPanel {
  #root;
  #store;
  #told = new Map();

  /** `on` holds opened(id), asked for the files of an analysis that is looked at. */
  constructor(root, store, on) {
    this.#root = find("[data-infos]", root);
    this.#store = store;
    this.on = on;
    this.#root.addEventListener("submit", ({ target }) => {
      target.action = target.getAttribute("action") + location.hash; // so that cancelling keeps the view
    });
  }

  render() {
    const { analyses } = this.#store;
    const parts = new Map(findAll("[data-info]", this.#root).map((part) => [part.dataset.info, part]));
    analyses.forEach((analysis, index) => {
      const part = parts.get(analysis.id) ?? newPart(analysis);
      if (this.#root.children[index] !== part) {
        this.#root.insertBefore(part, this.#root.children[index] ?? null);
      }
      if (this.#told.get(analysis.id) !== analysis) {
        this.#told.set(analysis.id, analysis);
        fill(part, analysis);
      }
      const artifacts = this.#store.artifactsOf(analysis.id);
      if (artifacts && part.artifacts !== artifacts) {
        part.artifacts = artifacts;
        fillArtifacts(part, artifacts);
      }
    });
  }

  /** Bring what is known of one analysis into view, and the keyboard there. */
  show(id) {
    const part = findAll("[data-info]", this.#root).find(({ dataset }) => dataset.info === id);
    this.on.opened(id);
    part?.focus({ preventScroll: true });
    part?.scrollIntoView({ block: "start" });
  }
}

function newPart({ id }) {
  const part = stamp("analysis-info");
  part.dataset.info = id;
  for (const link of findAll("[data-export]", part)) {
    link.href = `/api/analyses/${id}/export?format=${link.dataset.export}`;
  }
  find("[data-cancel]", part).action = `/analyses/${id}/cancel`;
  find("[data-reference]", part).action = `/analyses/${id}/reference`;
  return part;
}

function fill(part, analysis) {
  const put = (field, text) => {
    const element = find(`[data-field="${field}"]`, part);
    element.textContent = text;
    element.hidden = !text;
  };
  put("title", analysis.model_name);
  put("error", analysis.error_message);
  put("description", analysis.description);
  fillBadge(find('[data-field="status"] .badge', part), shownStatus(analysis));
  fillReference(part, analysis);
  fillFacts(find('[data-facts="about"]', part), about(analysis));
  for (const name of ["summary", "parameters"]) {
    const pairs = facts(analysis[name]);
    fillFacts(find(`[data-facts="${name}"]`, part), pairs);
    find(`[data-part="${name}"]`, part).hidden = !pairs.length;
  }
  find("[data-cancel]", part).hidden = !isRunning(analysis);
}

function fillReference(part, { is_reference: isReference }) {
  find("[data-reference-badge]", part).hidden = !isReference;
  find("[data-unmark]", part).hidden = !isReference;
  for (const element of findAll("[data-mark]", part)) {
    element.hidden = isReference;
  }
}

function about(analysis) {
  const { created_at: queued, started_at: started, completed_at: ended, updated_at: updated } = analysis;
  return [
    ["version", analysis.model_version],
    ["objects", count(analysis.annotation_count)],
    ["queued", moment(queued)],
    started && ["started", moment(started)],
    ended && ["ended", `${moment(ended)}, after ${duration(started ?? queued, ended)}`],
    analysis.is_stalled && ["last sign", moment(updated)],
  ].filter(Boolean);
}

function fillArtifacts(root, { items, error }) {
  const part = find('[data-part="artifacts"]', root);
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
