/** What is known of the selected object. */

import { find } from "../../dom.js";
import { corner, facts, number, score, size } from "../format.js";
import { fillFacts } from "./facts.js";

const GEOMETRY = new Set(["bbox", "format", "points", "rle", "keypoints", "skeleton", "scores"]);

export class DetailPanel {
  #root;
  #store;
  #shown = null;

  constructor(root, store) {
    this.#root = root;
    this.#store = store;
  }

  /** Show an object, or nothing for undefined. */
  render(object) {
    if (object === this.#shown) {
      return;
    }
    this.#shown = object;
    this.#root.hidden = !object;
    if (object) {
      find("[data-detail-title]", this.#root).textContent = object.className || "no class";
      find('[data-action="zoom-to-selection"]', this.#root).hidden = !object.inside;
      fillFacts(find("[data-detail-facts]", this.#root), this.#facts(object));
    }
  }

  #facts({ analysisId, type, confidence, bounds, data }) {
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
