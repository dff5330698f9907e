/** What can be laid over the picture: a switch and an opacity for each, and what the colours mean. */

import { find, findAll, stamp } from "../../dom.js";
import { number } from "../format.js";
import { readableRange } from "../raster.js";

export class LayersPanel {
  #root;
  #scene;
  #store;
  #state;
  #rasters;

  /** `on` holds laid(key, opacity | null); an opacity is 0 to 1. */
  constructor(root, { scene, store, state, rasters }, on) {
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#state = state;
    this.#rasters = rasters;
    root.addEventListener("input", ({ target }) => {
      const key = target.closest("[data-key]")?.dataset.key;
      if (target.matches("[data-on]")) {
        on.laid(key, target.checked ? undefined : null);
      } else if (target.matches("[data-opacity]")) {
        on.laid(key, Number(target.value) / 100);
      } else if (target.matches("[data-fade]")) {
        state.set({ fade: target.checked });
      } else if (target.matches("[data-map]")) {
        state.set({ colourMap: target.value });
      } else if (target.matches("[data-span]")) {
        state.set({ span: spanned(state.now.span, target.dataset.span, Number(target.value) / 100) });
      }
    });
  }

  render() {
    const { overlays, laidOver } = this.#scene;
    this.#root.hidden = !overlays.length;
    const list = find("[data-layer-list]", this.#root);
    const keys = overlays.map(({ key }) => key).join();
    if (list.dataset.keys !== keys) {
      list.dataset.keys = keys;
      list.replaceChildren(...overlays.map((overlay) => this.#row(overlay)));
    }
    const rows = new Map(findAll("[data-key]", list).map((row) => [row.dataset.key, row]));
    for (const { key, unit } of overlays) {
      this.#show(rows.get(key), laidOver.get(key) ?? null, this.#rasters.get(key), unit);
    }
    const scalar = [...laidOver.keys()].some((key) => this.#rasters.get(key).scalar);
    find("[data-heatmaps]", this.#root).hidden = !scalar;
    this.#showColours(this.#state.now);
  }

  #showColours({ fade, colourMap, span }) {
    find("[data-fade]", this.#root).checked = fade;
    find("[data-map]", this.#root).value = colourMap;
    this.#root.dataset.colourMap = colourMap;
    for (const [end, name] of ["low", "high"].entries()) {
      const slider = find(`[data-span="${name}"]`, this.#root);
      const percent = Math.round(span[end] * 100);
      slider.value = percent;
      slider.setAttribute("aria-valuetext", `${percent} % of the range`);
      find(`[data-span-text="${name}"]`, this.#root).textContent = `${percent} %`;
    }
  }

  #row({ key, kind, label, analysisId }) {
    const row = stamp("layer-row");
    row.dataset.key = key;
    find("[data-name]", row).textContent = label;
    const model = this.#store.find(analysisId)?.model_name ?? "";
    find("[data-from]", row).textContent = kind === "heatmap" ? `heatmap · ${model}` : model;
    find("[data-opacity]", row).setAttribute("aria-label", `Opacity of ${label}`);
    return row;
  }

  #show(row, opacity, { status, scalar, error }, unit) {
    find("[data-on]", row).checked = opacity !== null;
    find("[data-settings]", row).hidden = opacity === null;
    if (opacity !== null) {
      const percent = Math.round(opacity * 100);
      find("[data-opacity]", row).value = percent;
      find("[data-opacity-text]", row).textContent = `${percent} %`;
    }
    const failure = find("[data-layer-failure]", row);
    failure.hidden = status !== "failed";
    failure.textContent = error ?? "";
    find("[data-legend]", row).hidden = !scalar;
    if (scalar) {
      const [low, high] = readableRange(scalar);
      find("[data-low]", row).textContent = number(low);
      find("[data-high]", row).textContent = `${number(high)} ${unit}`.trim();
    }
  }
}

const LEAST = 0.01; // of the range between the two ends

/** Where the colours begin and end after one end was moved; it pushes the other along. */
export function spanned([low, high], end, value) {
  if (end === "low") {
    const begins = Math.min(value, 1 - LEAST);
    return [begins, Math.max(high, hundredths(begins + LEAST))];
  }
  const ends = Math.max(value, LEAST);
  return [Math.min(low, hundredths(ends - LEAST)), ends];
}

const hundredths = (value) => Math.round(value * 100) / 100;
