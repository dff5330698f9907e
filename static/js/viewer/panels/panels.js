/** The panels beside the picture, as one thing to the page. */

import { find } from "../../dom.js";
import { AdjustPanel } from "./adjust.js";
import { AnalysesPanel } from "./analyses.js";
import { ClassesPanel } from "./classes.js";
import { ComparePanel } from "./compare.js";
import { DetailPanel } from "./detail.js";
import { Drawers } from "./drawers.js";
import { FiltersPanel } from "./filters.js";
import { InfoPanel } from "./info.js";
import { JsonPanel } from "./json.js";
import { LayersPanel } from "./layers.js";
import { ObjectsPanel } from "./objects.js";
import { ScoresPanel } from "./scores.js";
import { Tabs } from "./tabs.js";

export class Panels {
  #all;
  #analyses;
  #classes;
  #compare;
  #objects;
  #detail;
  #info;
  #json;
  #tabs;
  #drawers;
  #scene;
  #state;

  /** `parts` are {scene, store, state, rasters, colours, stored}; `on` is what each panel asks for, see there. */
  constructor(root, parts, on) {
    const { scene, store, state, colours, stored } = parts;
    this.#scene = scene;
    this.#state = state;
    this.#drawers = new Drawers(root);
    this.#tabs = new Tabs(root, state);
    this.#analyses = new AnalysesPanel(root, store, scene, { ...on, asked: (id) => this.#tellOf(id) });
    this.#classes = new ClassesPanel(root, scene, state, colours);
    this.#objects = new ObjectsPanel(root, parts, on);
    this.#compare = new ComparePanel(find("[data-compare]", root), parts, on);
    this.#detail = new DetailPanel(find("[data-detail]", root), parts);
    this.#info = new InfoPanel(root, store, on);
    this.#json = new JsonPanel(root, parts, on);
    this.#all = [
      this.#tabs,
      this.#analyses,
      new LayersPanel(find("[data-layers]", root), parts, on),
      new FiltersPanel(root, parts),
      this.#classes,
      new AdjustPanel(find("[data-adjust]", root), state),
      new ScoresPanel(root, scene, store),
      this.#objects,
      this.#compare,
      this.#info,
    ];
    stored.addEventListener("change", () => this.mark());
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
    this.#compare.mark();
    this.#detail.render(this.#scene.find(this.#state.now.selected));
    this.#json.render();
  }

  /** The objects as the table has them. */
  get list() {
    return this.#objects.list;
  }

  /** Bring the row of an object into view; the keyboard follows when it was in the table. */
  reveal(id) {
    this.#objects.reveal(id, { focus: this.#objects.hasFocus });
  }

  /** Go to the next difference of those that are compared, or with -1 to the previous one. */
  stepDifference(by) {
    return this.#compare.step(by);
  }

  #tellOf(id) {
    this.#state.set({ tab: "info" });
    this.#tabs.render();
    this.#drawers.open("side");
    this.#info.show(id);
  }

  searchClasses() {
    this.#drawers.open("rail");
    return this.#classes.search();
  }

  /** False when there was none to close. */
  closeDrawer() {
    return this.#drawers.close();
  }

  showFailure(sentence) {
    this.#analyses.showFailure(sentence);
  }
}
