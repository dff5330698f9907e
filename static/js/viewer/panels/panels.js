/** The panels beside the picture, as one thing to the viewer. */

import { find } from "../../dom.js";
import { AnalysesPanel } from "./analyses.js";
import { DetailPanel } from "./detail.js";
import { FiltersPanel } from "./filters.js";
import { LayersPanel } from "./layers.js";
import { ObjectsPanel } from "./objects.js";
import { ScoresPanel } from "./scores.js";

export class Panels {
  #all;
  #analyses;
  #objects;
  #detail;
  #scene;
  #state;

  /** `parts` are {scene, store, state, rasters}; `on` is what each panel asks for, see there. */
  constructor(root, parts, on) {
    const { scene, store, state } = parts;
    this.#scene = scene;
    this.#state = state;
    this.#analyses = new AnalysesPanel(root, store, scene, on);
    this.#objects = new ObjectsPanel(root, parts, on);
    this.#detail = new DetailPanel(find("[data-detail]", root), store);
    this.#all = [
      this.#analyses,
      new LayersPanel(find("[data-layers]", root), parts, on),
      new FiltersPanel(root, scene, state),
      new ScoresPanel(root, scene, store),
      this.#objects,
    ];
  }

  /** Everything may have changed. */
  render() {
    for (const panel of this.#all) {
      panel.render();
    }
    this.mark();
  }

  /** Only what is pointed at or selected has changed. */
  mark() {
    this.#objects.mark();
    this.#detail.render(this.#scene.find(this.#state.now.selected));
  }

  /** Bring the row of an object into view; the keyboard follows when it was in the table. */
  reveal(id) {
    this.#objects.reveal(id, { focus: this.#objects.hasFocus });
  }

  showFailure(sentence) {
    this.#analyses.showFailure(sentence);
  }
}
