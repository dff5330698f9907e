/** What is to be seen now: the store's sheets through a person's choice, with their colours and lines. */

import { known, slotsAtFirst } from "./choice.js";
import { colourOfScore, tonesOf } from "./engine/tones.js";
import { Visible } from "./engine/visible.js";
import { merged } from "./engine/merged.js";
import { objectsAt } from "./hit.js";
import { overlaysAtFirst, overlaysOf } from "./overlays.js";
import { ClassPalette, LINES } from "./palette.js";

export class Scene {
  #store;
  #state;
  #palette = new ClassPalette();
  #layers = [];
  #seers = new WeakMap();
  #overlays = [];
  #objects = null;
  #all = null;

  constructor(store, state, picture) {
    this.#store = store;
    this.#state = state;
    this.picture = picture;
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
    const { threshold, hiddenClasses: hidden, colourBy } = this.#state.now;
    const sheets = this.chosen.map((id) => this.#store.loadOf(id).sheet).filter(Boolean);
    this.#palette.add(sheets.flatMap(({ classes }) => classes));
    this.#layers = sheets.map((sheet) => {
      const { colour, dash } = this.#line(sheet.analysisId);
      const colourOf = colourBy === "model" ? () => colour : (name) => this.#palette.colourOf(name);
      return {
        sheet,
        dash,
        cut: sheet.cutAt(threshold),
        tones: tonesOf(sheet, { byScore: colourBy === "score", colourOf, hidden }),
      };
    });
    this.counts = classCounts(this.#layers);
    this.withoutConfidence = sheets.reduce((sum, { count, scored }) => sum + count - scored, 0);
    this.#objects = this.#all = null;
    this.#overlays = overlaysOf(this.chosen, sheets.flatMap((sheet) => sheet.rowsOf("heatmap").map((row) => sheet.item(row))), this.#store);
  }

  /** All objects of the chosen analyses, whatever the filters say; made when asked for. */
  get all() {
    this.#all ??= this.#layers.flatMap(({ sheet }) => Array.from({ length: sheet.count }, (_, row) => sheet.item(row)));
    return this.#all;
  }

  /** The objects that pass the filters, best first; made when asked for. */
  get objects() {
    this.#objects ??= merged(this.#layers.map((layer) => passing(layer)));
    return this.#objects;
  }

  /** The shown object with this id, or undefined. */
  find(id) {
    for (const layer of this.#layers) {
      const item = layer.sheet.find(id);
      if (item) {
        return passes(layer, item.row) ? item : undefined;
      }
    }
    return undefined;
  }

  /** What a view [x0, y0, x1, y1] meets: [{sheet, dash, cut, tones, rows}], rows best first, good until the next call. */
  inView(view) {
    return this.#layers.map((layer) => {
      const { sheet, cut, tones } = layer;
      if (!this.#seers.has(sheet)) {
        this.#seers.set(sheet, new Visible());
      }
      return { ...layer, rows: this.#seers.get(sheet).rows(sheet, { cut, isShown: tones.isShown }, view) };
    });
  }

  /** The shown objects under a point of the picture, smallest first. */
  at({ x, y }, tolerance) {
    const around = [x - tolerance, y - tolerance, x + tolerance, y + tolerance];
    const near = this.#layers.flatMap((layer) =>
      layer.sheet.touching(around, (row) => passes(layer, row)).sort((a, b) => a - b).map((row) => layer.sheet.item(row)),
    );
    return objectsAt(near, x, y, tolerance, this.picture);
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

  #line(analysisId) {
    return LINES[Math.max(this.lineOf(analysisId), 0)];
  }

  /** A function object -> {colour, dash}, worked out once for a whole frame. */
  styles() {
    const lines = new Map(this.chosen.map((id) => [id, this.#line(id)]));
    const { colourBy } = this.#state.now;
    const colours = {
      class: ({ className }) => this.#palette.colourOf(className),
      model: (object) => (lines.get(object.analysisId) ?? LINES[0]).colour,
      score: ({ confidence }) => colourOfScore(confidence),
    };
    return (object) => ({ colour: colours[colourBy](object), dash: (lines.get(object.analysisId) ?? LINES[0]).dash });
  }
}

/** The best `cut` rows reach the threshold; what has no score passes any, since nothing is known against it. */
function passes({ sheet, cut, tones: { isShown } }, row) {
  return (row < cut || row >= sheet.scored) && isShown[sheet.classOf[row]] === 1;
}

function passing(layer) {
  const items = [];
  for (let row = 0; row < layer.sheet.count; row += 1) {
    if (passes(layer, row)) {
      items.push(layer.sheet.item(row));
    }
  }
  return items;
}

/** [{className, total, shown}] by name: how many there are, and how many of them reach the threshold. */
function classCounts(layers) {
  const counts = new Map();
  for (const { sheet, cut } of layers) {
    const { classOf, classes, scored } = sheet;
    const [total, shown] = [new Uint32Array(classes.length), new Uint32Array(classes.length)];
    for (let row = 0; row < classOf.length; row += 1) {
      total[classOf[row]] += 1;
      shown[classOf[row]] += row < cut || row >= scored ? 1 : 0;
    }
    classes.forEach((className, i) => {
      if (total[i]) {
        const before = counts.get(className) ?? { className, total: 0, shown: 0 };
        counts.set(className, { className, total: before.total + total[i], shown: before.shown + shown[i] });
      }
    });
  }
  return [...counts.values()].sort((a, b) => a.className.localeCompare(b.className));
}
