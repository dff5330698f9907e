/** What is to be seen now: the store's sheets through a person's choice, with their colours and lines. */

import { known, slotsAtFirst } from "./choice.js";
import { Comparison } from "./comparison/comparison.js";
import { leastOf, withPair } from "./comparison/pair.js";
import { ALL, SILENT, verdictOf } from "./comparison/verdicts.js";
import { colourOfScore, tonesOf } from "./engine/tones.js";
import { Visible } from "./engine/visible.js";
import { merged } from "./engine/merged.js";
import { objectsAt } from "./hit.js";
import { castOf, lineup, partsIn } from "./modes/modes.js";
import { Part } from "./modes/part.js";
import { overlaysAtFirst, overlaysOf } from "./overlays.js";
import { ClassPalette, LINES } from "./palette.js";

const REMEMBERED = 8; // objects that were asked for by id

export class Scene {
  #store;
  #state;
  #palette = new ClassPalette();
  #layers = [];
  #seers = new WeakMap();
  #overlays = [];
  #objects = null;
  #all = null;
  #tallies = new Map();
  #found = new Map();

  /** `workerOf` makes the worker that compares; a test gives its own. */
  constructor(store, state, picture, workerOf) {
    this.#store = store;
    this.#state = state;
    this.picture = picture;
    this.comparison = new Comparison(workerOf);
    this.counts = [];
    this.withoutConfidence = 0;
  }

  get palette() {
    return this.#palette;
  }

  /** The ids of the chosen analyses by slot; null is a free slot. */
  get slots() {
    const { analyses } = this.#store;
    const { slots, pair } = this.#state.now;
    return known(slots ?? withPair(slotsAtFirst(analyses), pair, analyses), analyses);
  }

  get chosen() {
    return this.slots.filter(Boolean);
  }

  /** The ids of the analyses that have a part in the mode, by slot: a single one of the chosen, two, or all. */
  get drawn() {
    return partsIn(this.#state.now, this.slots, this.#compared);
  }

  /** The ids of those that are compared: everywhere the same two are A and B. */
  get #compared() {
    return this.comparison.pair?.map(({ id }) => id);
  }

  /** What colours mean now: verdicts only where two analyses can be compared. */
  get colourBy() {
    const { colourBy } = this.#state.now;
    return colourBy === "verdict" && !this.comparison.pair ? "class" : colourBy;
  }

  /** The ids of the chosen analyses as A, B, C …. */
  get lineup() {
    return lineup(this.slots, this.#compared);
  }

  /** [[id, …], …]: the analyses that each pane draws now. */
  get cast() {
    return castOf(this.#state.now, this.slots, this.#compared);
  }

  /** The same scene for a pane that draws these analyses only. */
  of(ids) {
    return new Part(this, ids);
  }

  /** Work out anew what is shown; once for each change, not for each frame. */
  refresh() {
    const { now } = this.#state;
    this.comparison.refresh(this.chosen.map((id) => this.#store.find(id)), ({ id }) => this.#store.loadOf(id).sheet, now);
    const sheets = this.drawn.map((id) => this.#store.loadOf(id).sheet).filter(Boolean);
    this.#palette.add(sheets.flatMap(({ classes }) => classes));
    this.#layers = sheets.map((sheet) => {
      const cut = sheet.cutAt(leastOf(this.#store.find(sheet.analysisId), now));
      return { sheet, dash: this.#line(sheet.analysisId).dash, cut, tones: this.#tonesOf(sheet) };
    });
    this.counts = classCounts(this.#layers);
    this.#tallies = new Map(this.#layers.map((layer) => [layer.sheet.analysisId, tallyOf(layer)]));
    this.withoutConfidence = sheets.reduce((sum, { count, scored }) => sum + count - scored, 0);
    this.#objects = this.#all = null;
    this.#found.clear();
    this.#overlays = overlaysOf(this.drawn, sheets.flatMap((sheet) => sheet.rowsOf("heatmap").map((row) => sheet.item(row))), this.#store);
  }

  #tonesOf(sheet) {
    const { hiddenClasses: hidden, verdicts: shown } = this.#state.now;
    const { colourBy } = this;
    const colours = { model: () => this.#line(sheet.analysisId).colour, verdict: () => SILENT };
    return tonesOf(sheet, {
      byScore: colourBy === "score",
      byVerdict: colourBy === "verdict",
      colourOf: colours[colourBy] ?? ((name) => this.#palette.colourOf(name)),
      hidden,
      verdicts: coded(this.comparison.verdictsOf(sheet), shown),
    });
  }

  /** {shown, total}: how many objects of an analysis pass the filters; undefined while it is not there or not drawn. */
  tallyOf(analysisId) {
    return this.#tallies.get(analysisId);
  }

  /** How many objects pass the filters. */
  get shownCount() {
    return [...this.#tallies.values()].reduce((sum, { shown }) => sum + shown, 0);
  }

  /** The objects of one kind that pass the filters, best first of each analysis. */
  ofKind(kind) {
    return this.#layers.flatMap((layer) => layer.sheet.rowsOf(kind).filter((row) => passes(layer, row)).map((row) => layer.sheet.item(row)));
  }

  /** All objects of the drawn analyses, whatever the filters say; made when asked for. */
  get all() {
    this.#all ??= this.#layers.flatMap(({ sheet }) => Array.from({ length: sheet.count }, (_, row) => sheet.item(row)));
    return this.#all;
  }

  /** The objects that pass the filters, best first; made when asked for. */
  get objects() {
    this.#objects ??= merged(this.#layers.map((layer) => passing(layer)));
    return this.#objects;
  }

  /** The shown object with this id, or undefined; panes ask for the same few in each frame. */
  find(id) {
    if (!this.#found.has(id)) {
      if (this.#found.size === REMEMBERED) {
        this.#found.clear();
      }
      this.#found.set(id, this.#lookFor(id) ?? this.#undrawn(id));
    }
    const object = this.#found.get(id);
    return object && this.#tallies.has(object.analysisId) ? object : undefined;
  }

  /** The object with this id of an analysis that is chosen but has no part in the mode, or undefined. */
  findUndrawn(id) {
    return this.find(id) ? undefined : this.#found.get(id);
  }

  #undrawn(id) {
    const others = this.chosen.filter((one) => !this.#tallies.has(one)).map((one) => this.#store.loadOf(one).sheet);
    return others.map((sheet) => sheet?.find(id)).find(Boolean);
  }

  #lookFor(id) {
    for (const layer of this.#layers) {
      const item = layer.sheet.find(id);
      if (item) {
        return passes(layer, item.row) ? item : undefined;
      }
    }
    return undefined;
  }

  /**
   * What a view [x0, y0, x1, y1] meets: [{sheet, dash, cut, tones, rows}], rows best first, good until the next call.
   *
   * `ids` are those of the analyses that are asked for, a Set; all of them without.
   */
  inView(view, ids) {
    return this.#layersOf(ids).map((layer) => {
      const { sheet, cut, tones } = layer;
      if (!this.#seers.has(sheet)) {
        this.#seers.set(sheet, new Visible());
      }
      return { ...layer, rows: this.#seers.get(sheet).rows(sheet, { cut, groups: tones.groups, isShown: tones.isShown }, view) };
    });
  }

  #layersOf(ids) {
    return ids ? this.#layers.filter(({ sheet }) => ids.has(sheet.analysisId)) : this.#layers;
  }

  /** The shown objects under a point of the picture, smallest first; of these analyses, as in inView. */
  at({ x, y }, tolerance, ids) {
    const around = [x - tolerance, y - tolerance, x + tolerance, y + tolerance];
    const near = this.#layersOf(ids).flatMap((layer) =>
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
    const wanted = this.#state.now.overlays ?? this.overlaysAtFirst;
    const keys = new Set(this.#overlays.map(({ key }) => key));
    return new Map(wanted.filter(([key]) => keys.has(key)));
  }

  /** [[key, opacity], …] while nobody has chosen: the first heatmap, in each pane where there are several. */
  get overlaysAtFirst() {
    return this.cast.length > 1 || this.#state.now.mode === "blink"
      ? this.drawn.flatMap((id) => overlaysAtFirst(this.#overlays.filter(({ analysisId }) => analysisId === id)))
      : overlaysAtFirst(this.#overlays);
  }

  /** Which of LINES an analysis has, -1 for none: A's are solid, B's dashed, and so on. */
  lineOf(analysisId) {
    return this.lineup.indexOf(analysisId) % LINES.length;
  }

  #line(analysisId) {
    return LINES[Math.max(this.lineOf(analysisId), 0)];
  }

  /** A function object -> {colour, dash, sign}, worked out once for a whole frame; the sign of its verdict, or "". */
  styles() {
    const lines = new Map(this.chosen.map((id) => [id, this.#line(id)]));
    const lineOf = ({ analysisId }) => lines.get(analysisId) ?? LINES[0];
    const { colourBy } = this;
    if (colourBy === "verdict") {
      return (object) => ({ colour: SILENT, ...this.comparison.verdictOn(object), dash: lineOf(object).dash });
    }
    const colours = {
      class: ({ className }) => this.#palette.colourOf(className),
      model: (object) => lineOf(object).colour,
      score: ({ confidence }) => colourOfScore(confidence),
    };
    return (object) => ({ colour: colours[colourBy](object), dash: lineOf(object).dash, sign: "" });
  }
}

/** The verdicts on a sheet as tones.js wants them: `shown` has the names of those that are shown. */
function coded(known, shown) {
  if (!known) {
    return null;
  }
  const verdicts = [0, 1, 2, 3].map((code) => verdictOf(code, known.side));
  const names = new Set((shown ?? ALL).split(","));
  return {
    codes: known.codes,
    colours: verdicts.map((verdict) => verdict?.colour ?? SILENT),
    closed: new Set([1, 2, 3].filter((code) => !names.has(verdicts[code].name))),
  };
}

/** The best `cut` rows reach the threshold; what has no score passes any, since nothing is known against it. */
function passes({ sheet, cut, tones: { groups, isShown } }, row) {
  return (row < cut || row >= sheet.scored) && isShown[groups[row]] === 1;
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

function tallyOf(layer) {
  let shown = 0;
  for (let row = 0; row < layer.sheet.count; row += 1) {
    shown += passes(layer, row) ? 1 : 0;
  }
  return { shown, total: layer.sheet.count };
}

/** [{className, total, shown}] by name: how many there are, and how many of them reach the threshold with a verdict that is shown. */
function classCounts(layers) {
  const counts = new Map();
  for (const { sheet, cut, tones: { groups, isOpen } } of layers) {
    const { classOf, classes, scored } = sheet;
    const [total, shown] = [new Uint32Array(classes.length), new Uint32Array(classes.length)];
    for (let row = 0; row < classOf.length; row += 1) {
      total[classOf[row]] += 1;
      shown[classOf[row]] += row < cut || row >= scored ? isOpen[groups[row]] : 0;
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
