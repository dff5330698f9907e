/** What is known of the selected object. */

import { find } from "../../dom.js";
import { corner, facts, number, score, size } from "../format.js";
import { fillFacts } from "./facts.js";

const GEOMETRY = new Set(["bbox", "format", "points", "rle", "keypoints", "skeleton", "scores"]);

export class DetailPanel {
  #root;
  #store;
  #stored;
  #scene;
  #shown = [];

  constructor(root, { store, stored, scene }) {
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#stored = stored;
  }

  /** Show an object, or nothing for undefined. */
  render(object) {
    const annotation = object ? this.#stored.of(object).annotation : null;
    const { result } = this.#scene.comparison;
    if ([object, annotation, result].every((value, i) => value === this.#shown[i])) {
      return;
    }
    this.#shown = [object, annotation, result];
    this.#root.hidden = !object;
    if (object) {
      find("[data-detail-title]", this.#root).textContent = object.className || "no class";
      find('[data-action="zoom-to-selection"]', this.#root).hidden = !object.inside;
      fillFacts(find("[data-detail-facts]", this.#root), this.#facts(object, annotation?.data ?? {}));
    }
  }

  /** What the drawing does without, such as a text that was read, stands in the stored `data`. */
  #facts(object, data) {
    const { analysisId, type, confidence, bounds } = object;
    const { model_name: model, model_version: version } = this.#store.find(analysisId);
    const extra = Object.fromEntries(Object.entries(data).filter(([name]) => !GEOMETRY.has(name)));
    return [
      ["type", type.replaceAll("_", " ")],
      ["confidence", confidence === null ? "not given" : score(confidence)],
      bounds && ["left, top", corner(bounds)],
      bounds && ["width × height", size(bounds)],
      ["found by", `${model} ${version}`],
      ...this.#compared(object),
      ...facts(extra),
      ...(data.keypoints ?? []).map(point),
    ].filter(Boolean);
  }

  /** Its verdict, and which object of the other side it was taken for. */
  #compared(object) {
    const told = this.#scene.comparison.tellOf(object);
    const { partner, iou } = told ?? {};
    return [
      told && ["verdict", `${told.verdict.sign} ${told.verdict.word}`],
      partner && ["paired with", `${partner.className || "no class"} ${score(partner.confidence)}, ${this.#store.find(partner.analysisId).model_name}`],
      partner && ["their IoU", score(iou)],
    ];
  }
}

function point({ name, x, y, confidence }, index) {
  const sure = confidence === undefined || confidence === null ? "" : ` · ${score(confidence)}`;
  return [(name || `point ${index + 1}`).replaceAll("_", " "), `${number(x)}, ${number(y)}${sure}`];
}
