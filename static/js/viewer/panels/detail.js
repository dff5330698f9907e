/** What is known of the selected object. */

import { find } from "../../dom.js";
import { corner, facts, number, score, size } from "../format.js";
import { fillFacts } from "./facts.js";

const GEOMETRY = new Set(["bbox", "format", "points", "rle", "keypoints", "skeleton", "scores"]);

export class DetailPanel {
  #root;
  #store;
  #stored;
  #shown = [];

  constructor(root, { store, stored }) {
    this.#root = root;
    this.#store = store;
    this.#stored = stored;
  }

  /** Show an object, or nothing for undefined. */
  render(object) {
    const annotation = object ? this.#stored.of(object).annotation : null;
    if (object === this.#shown[0] && annotation === this.#shown[1]) {
      return;
    }
    this.#shown = [object, annotation];
    this.#root.hidden = !object;
    if (object) {
      find("[data-detail-title]", this.#root).textContent = object.className || "no class";
      find('[data-action="zoom-to-selection"]', this.#root).hidden = !object.inside;
      fillFacts(find("[data-detail-facts]", this.#root), this.#facts(object, annotation?.data ?? {}));
    }
  }

  /** What the drawing does without, such as a text that was read, stands in the stored `data`. */
  #facts({ analysisId, type, confidence, bounds }, data) {
    const { model_name: model, model_version: version } = this.#store.find(analysisId);
    const extra = Object.fromEntries(Object.entries(data).filter(([name]) => !GEOMETRY.has(name)));
    return [
      ["type", type.replaceAll("_", " ")],
      ["confidence", confidence === null ? "not given" : score(confidence)],
      bounds && ["left, top", corner(bounds)],
      bounds && ["width × height", size(bounds)],
      ["found by", `${model} ${version}`],
      ...facts(extra),
      ...(data.keypoints ?? []).map(point),
    ].filter(Boolean);
  }
}

function point({ name, x, y, confidence }, index) {
  const sure = confidence === undefined || confidence === null ? "" : ` · ${score(confidence)}`;
  return [(name || `point ${index + 1}`).replaceAll("_", " "), `${number(x)}, ${number(y)}${sure}`];
}
