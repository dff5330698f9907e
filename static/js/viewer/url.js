/** What a person has chosen as the part of the address behind #, so that a reload or a link shows the same. */

import { MAPS } from "./colourmap.js";
import { ALL, readVerdicts } from "./comparison/verdicts.js";
import { ClassFilter } from "./filters.js";
import { isMode, OVERLAY } from "./modes/modes.js";
import { BEST_FIRST, isOrder } from "./order.js";

/** As everything is found. */
export const DEFAULTS = Object.freeze({
  slots: null,
  mode: OVERLAY,
  one: 0,
  divider: 0.5,
  threshold: 0,
  thresholds: Object.freeze([]),
  pair: null,
  iou: 0.5,
  verdicts: ALL,
  hiddenClasses: ClassFilter.NONE,
  colourBy: "class",
  labels: true,
  fade: true,
  colourMap: MAPS[0],
  span: Object.freeze([0, 1]),
  overlays: null,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  order: BEST_FIRST,
  tab: "objects",
  selected: null,
  view: null,
});

export const TABS = ["objects", "compare", "info", "json"];
const COLOURS_BY = ["class", "model", "score", "verdict"];
const ADJUSTMENTS = { bri: "brightness", con: "contrast", sat: "saturation" };

const thousandths = (number) => String(Math.round(number * 1000) / 1000);
const listOf = (items) => items.map((item) => encodeURIComponent(item)).join(",");
const itemsOf = (text) => (text === "" ? [] : text.split(",").map((item) => decodeURIComponent(item)));

/**
 * The text behind #, empty where everything is as it was found.
 *
 * `thresholds` are [[model, least confidence], …] of models that have their own; `pair` is [{id, model}, {id, model}] of
 * the two that are compared, or null while nobody chose; `verdicts` are the names of those that are shown.
 * `slots` are the ids of the chosen analyses by their line (null for a free one), or null while nobody chose;
 * `mode` is one of MODES, `one` the place of what stands alone in the single mode (0 is A), `divider` the part of the width left of
 * the divider of a swipe; `overlays` is [[key, opacity], …] of what is laid over the picture, or null; `view` is {x, y, scale} or null
 * for the whole picture; `span` are the parts
 * of a heatmap's range where its colours begin and end; `brightness`, `contrast` and `saturation` are factors from 0 to 3.
 */
export function encode(state) {
  const parts = [];
  const put = (name, text) => parts.push(`${name}=${text}`);
  if (state.slots) put("a", state.slots.map((id) => id ?? "").join(","));
  if (state.mode !== DEFAULTS.mode) put("m", state.mode);
  if (state.one !== DEFAULTS.one) put("one", String(state.one));
  if (state.divider !== DEFAULTS.divider) put("div", thousandths(state.divider));
  if (state.threshold > 0) put("t", thousandths(state.threshold));
  if (state.thresholds.length) put("th", state.thresholds.map(([model, least]) => `${encodeURIComponent(model)}*${thousandths(least)}`).join(","));
  if (state.pair) put("pair", state.pair.map(({ id, model }) => `${id}*${encodeURIComponent(model)}`).join(","));
  if (state.iou !== DEFAULTS.iou) put("iou", thousandths(state.iou));
  if (state.verdicts !== DEFAULTS.verdicts) put("verdicts", state.verdicts);
  const { names, isOnly } = state.hiddenClasses;
  if (isOnly || names.length) put(isOnly ? "only" : "hide", listOf(names));
  if (state.colourBy !== DEFAULTS.colourBy) put("by", state.colourBy);
  if (!state.labels) put("labels", "0");
  if (!state.fade) put("fade", "0");
  if (state.colourMap !== DEFAULTS.colourMap) put("map", state.colourMap);
  if (state.span.join() !== DEFAULTS.span.join()) put("span", state.span.join());
  if (state.overlays) put("o", state.overlays.map(([key, opacity]) => `${encodeURIComponent(key)}*${Math.round(opacity * 100)}`).join(","));
  for (const [name, key] of Object.entries(ADJUSTMENTS)) {
    if (state[key] !== 1) put(name, String(Math.round(state[key] * 100) / 100));
  }
  if (state.order !== DEFAULTS.order) put("sort", state.order);
  if (state.tab !== DEFAULTS.tab) put("tab", state.tab);
  if (state.selected) put("s", encodeURIComponent(state.selected));
  if (state.view) put("v", [state.view.x, state.view.y, state.view.scale].map((n) => String(Number(n.toPrecision(6)))).join(","));
  return parts.join("&");
}

/** The same back from a text; what cannot be understood is as if it were not there. */
export function decode(text) {
  const state = { ...DEFAULTS };
  for (const part of text.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const name = part.slice(0, Math.max(at, 0));
    if (Object.hasOwn(READERS, name)) {
      try {
        Object.assign(state, READERS[name](part.slice(at + 1)));
      } catch {
        // a mangled address is no reason not to show the picture
      }
    }
  }
  return state;
}

const READERS = {
  a: (text) => ({ slots: text.split(",").map((id) => id || null) }),
  m: (text) => (isMode(text) ? { mode: text } : {}),
  one: (text) => (/^\d{1,3}$/.test(text) ? { one: Number(text) } : {}),
  div: (text) => {
    const divider = Number(text);
    return text !== "" && divider >= 0 && divider <= 1 ? { divider } : {};
  },
  t: (text) => {
    const threshold = Number(text);
    return threshold >= 0 && threshold <= 1 ? { threshold } : {};
  },
  th: (text) => ({ thresholds: Object.freeze(text.split(",").map((part) => Object.freeze(share(part, 1)))) }),
  pair: (text) => {
    const pair = text.split(",").map((part) => /^([^*]+)\*(.+)$/.exec(part));
    return pair.length === 2 ? { pair: pair.map(([, id, model]) => ({ id, model: decodeURIComponent(model) })) } : {};
  },
  iou: (text) => (Number(text) > 0 && Number(text) <= 1 ? { iou: Number(text) } : {}),
  verdicts: (text) => {
    const verdicts = readVerdicts(text);
    return verdicts === null ? {} : { verdicts };
  },
  hide: (text) => ({ hiddenClasses: ClassFilter.hiding(itemsOf(text)) }),
  only: (text) => ({ hiddenClasses: ClassFilter.only(itemsOf(text)) }),
  by: (text) => (COLOURS_BY.includes(text) ? { colourBy: text } : {}),
  labels: (text) => ({ labels: text !== "0" }),
  map: (text) => (MAPS.includes(text) ? { colourMap: text } : {}),
  span: (text) => {
    const [low, high] = text.split(",").map(Number);
    return low >= 0 && low < high && high <= 1 ? { span: [low, high] } : {};
  },
  fade: (text) => ({ fade: text !== "0" }),
  o: (text) => ({ overlays: text === "" ? [] : text.split(",").map(overlay) }),
  sort: (text) => (isOrder(text) ? { order: text } : {}),
  tab: (text) => (TABS.includes(text) ? { tab: text } : {}),
  ...Object.fromEntries(Object.entries(ADJUSTMENTS).map(([name, key]) => [name, factor(key)])),
  s: (text) => ({ selected: decodeURIComponent(text) || null }),
  v: (text) => {
    const [x, y, scale] = text.split(",").map(Number);
    return [x, y, scale].every(Number.isFinite) && scale > 0 ? { view: { x, y, scale } } : {};
  },
};

function factor(key) {
  return (text) => {
    const value = Number(text);
    return text !== "" && value >= 0 && value <= 3 ? { [key]: value } : {};
  };
}

function overlay(text) {
  const [key, percent] = share(text, 100);
  return [key, percent / 100];
}

/** [name, number] of name*number, a number from 0 to `most`. */
function share(text, most) {
  const at = text.lastIndexOf("*");
  const number = at + 1 < text.length ? Number(text.slice(at + 1)) : NaN;
  if (at < 1 || !(number >= 0 && number <= most)) {
    throw new Error("not a share");
  }
  return [decodeURIComponent(text.slice(0, at)), number];
}
