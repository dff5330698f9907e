/** The stored form of the selected object and of its analysis, as JSON. */

import { find } from "../../dom.js";

const LONGEST = 20_000; // characters that are shown; a mask's run lengths fill pages, and copying takes all of them

export class JsonPanel {
  #root;
  #store;
  #scene;
  #state;
  #stored;
  #texts = { object: "", analysis: "" };
  #shown = [];

  /** `on` holds copied(text). */
  constructor(root, { store, scene, state, stored }, on) {
    this.#root = find('[data-tab-panel="json"]', root);
    this.#store = store;
    this.#scene = scene;
    this.#state = state;
    this.#stored = stored;
    this.#root.addEventListener("click", ({ target }) => {
      const what = target.closest("[data-copy-json]")?.dataset.copyJson;
      if (what) {
        on.copied(this.#texts[what]);
      }
    });
  }

  /** The selected object and the analysis it is of, or else the first that is drawn. */
  render() {
    if (this.#root.hidden) {
      return;
    }
    const object = this.#scene.find(this.#state.now.selected);
    const analysis = this.#store.find(object?.analysisId ?? this.#scene.chosen[0]);
    const { annotation, error } = object ? this.#stored.of(object) : { annotation: null, error: null };
    if (annotation === this.#shown[0] && analysis === this.#shown[1] && error === this.#shown[2]) {
      return;
    }
    this.#shown = [annotation, analysis, error];
    this.#put("object", annotation);
    this.#put("analysis", analysis);
    find("[data-json-object-title]", this.#root).textContent = error ?? (object ? "Selected object" : "No object is selected");
    find("[data-json-download]", this.#root).hidden = !analysis;
    if (analysis) {
      find("[data-json-link]", this.#root).href = `/api/analyses/${analysis.id}/export?format=json`;
    }
  }

  #put(what, value) {
    const text = value ? JSON.stringify(value, null, 2) : "";
    this.#texts[what] = text;
    const code = find(`[data-json-${what}]`, this.#root);
    code.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
    code.closest("pre").hidden = !text;
    find(`[data-copy-json="${what}"]`, this.#root).hidden = !text;
  }
}
