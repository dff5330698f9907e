/** What is to be seen now: the store's objects through a person's choice, with their colours and lines. */

import { known, slotsAtFirst } from "./choice.js";
import { classCounts, shown, withoutConfidence } from "./filters.js";
import { objectsAt } from "./hit.js";
import { touches } from "./objects.js";
import { overlaysAtFirst, overlaysOf } from "./overlays.js";
import { ClassPalette, LINES } from "./palette.js";

export class Scene {
  #store;
  #state;
  #palette = new ClassPalette();
  #byId = new Map();
  #drawn = [];
  #overlays = [];

  constructor(store, state, picture) {
    this.#store = store;
    this.#state = state;
    this.picture = picture;
    this.all = [];
    this.objects = [];
    this.counts = [];
    this.withoutConfidence = 0;
  }

  get palette() {
    return this.#palette;
  }

  /** The ids of the chosen analyses by slot; null is a free slot. */
  get slots() {
    const { analyses } = this.#store;
    return known(this.#state.now.slots ?? slotsAtFirst(analyses), analyses);
  }

  get chosen() {
    return this.slots.filter(Boolean);
  }

  /** Work out anew what is shown; once for each change, not for each frame. */
  refresh() {
    const { threshold } = this.#state.now;
    this.all = this.chosen.flatMap((id) => this.#store.loadOf(id).objects);
    this.#palette.add(this.all.map(({ className }) => className));
    this.objects = shown(this.all, this.#state.now);
    this.counts = classCounts(this.all, threshold);
    this.withoutConfidence = withoutConfidence(this.all);
    this.#byId = new Map(this.objects.map((object) => [object.id, object]));
    this.#drawn = this.objects.filter(({ inside }) => inside).reverse(); // the best are painted last
    this.#overlays = overlaysOf(this.chosen, this.all, this.#store);
  }

  /** The shown object with this id, or undefined. */
  find(id) {
    return this.#byId.get(id);
  }

  /** The shown objects that a view [x0, y0, x1, y1] meets, weakest first. */
  inView(view) {
    return this.#drawn.filter(({ inside }) => touches(inside, view));
  }

  /** The shown objects under a point of the picture, smallest first. */
  at({ x, y }, tolerance) {
    return objectsAt(this.#drawn, x, y, tolerance, this.picture);
  }

  /** [{key, kind, label, url, …}]: what could be laid over the picture. */
  get overlays() {
    return this.#overlays;
  }

  /** Map of overlay key -> opacity of what is laid over the picture now. */
  get laidOver() {
    const wanted = this.#state.now.overlays ?? overlaysAtFirst(this.#overlays);
    const keys = new Set(this.#overlays.map(({ key }) => key));
    return new Map(wanted.filter(([key]) => keys.has(key)));
  }

  lineOf(analysisId) {
    const slot = this.slots.indexOf(analysisId);
    return slot < 0 ? -1 : slot % LINES.length;
  }

  /** A function object -> {colour, dash}, worked out once for a whole frame. */
  styles() {
    const lines = new Map(this.slots.map((id, slot) => [id, LINES[slot % LINES.length]]));
    const byModel = this.#state.now.colourBy === "model";
    return ({ analysisId, className }) => {
      const line = lines.get(analysisId) ?? LINES[0];
      return { colour: byModel ? line.colour : this.#palette.colourOf(className), dash: line.dash };
    };
  }
}
