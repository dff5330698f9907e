/** One picture with what is drawn on it, seen through a camera that other panes may share. */

import { find } from "../dom.js";
import { frameOf } from "./engine/frame.js";
import { count } from "./format.js";
import { valueAt } from "./raster.js";
import { Stage } from "./stage.js";

const TOLERANCE = 4; // CSS pixels around a line that still count as on it

export class Pane {
  #element;
  #picture;
  #camera;
  #state;
  #scene;
  #rasters;
  #stage;
  #seen = frameOf([], 1);

  /**
   * `element` has the picture and its canvases; `picture` is {width, height} of the upright picture, `scene` what is
   * drawn at first. `raster` draws for all panes, `tiled` is the picture where it is huge, else null. `on` holds
   * ready() for more that can be drawn and arrived() for more of a huge picture.
   */
  constructor(element, { picture, camera, state, scene, rasters, raster, tiled = null }, on) {
    this.#element = element;
    this.#picture = picture;
    this.#camera = camera;
    this.#state = state;
    this.#scene = scene;
    this.#rasters = rasters;
    const layers = Object.fromEntries(["picture", "shapes", "ink"].map((name) => [name, find(`[data-${name}]`, element)]));
    this.#stage = new Stage(camera, { ...layers, tiled }, raster, on);
  }

  get element() {
    return this.#element;
  }

  /** Device pixels a CSS pixel. */
  get ratio() {
    return this.#stage.ratio;
  }

  /** Whether something of the picture itself is still awaited. */
  get isWaiting() {
    return this.#stage.isWaiting || !find("[data-picture]", this.#element).complete;
  }

  /** What is drawn from now on: a scene, or a part of one. */
  show(scene) {
    this.#scene = scene;
  }

  /** What lies under a point of the pane: {at, objects, values, outside}, objects smallest first. */
  under(point) {
    const at = this.#camera.toImage(point.x, point.y);
    const { width, height } = this.#picture;
    return {
      at,
      objects: this.#scene.at(at, TOLERANCE / this.#camera.scale),
      values: this.#valuesAt(at),
      outside: at.x < 0 || at.y < 0 || at.x >= width || at.y >= height,
    };
  }

  #valuesAt(at) {
    return this.#laidOver
      .filter(({ key }) => this.#rasters.get(key).scalar)
      .map(({ key, label, unit }) => ({
        label,
        unit,
        value: valueAt(this.#rasters.get(key).scalar, at.x, at.y, this.#picture),
      }))
      .filter(({ value }) => value !== null);
  }

  /** Begin to make what drawing this scene, seen now or soon, will need. */
  prepare(scene) {
    this.#stage.prepare({ ...frameOf(scene.inView(this.#camera.view), this.#camera.scale), picture: this.#picture });
  }

  /** All of the picture in its own pixels, as something that can be drawn. */
  wholePicture() {
    return this.#stage.whole();
  }

  /** The canvases over the picture, lowest first. */
  get canvases() {
    return ["shapes", "ink"].map((name) => find(`[data-${name}]`, this.#element));
  }

  /** Draw one frame; `parts` is a Set of "picture", "shapes" and "ink". */
  draw(parts) {
    if (parts.has("shapes")) {
      this.#look();
    }
    const frame = this.#frame();
    this.#stage.draw(parts, frame);
    if (parts.has("shapes")) {
      this.#sayDensity(frame);
    }
  }

  #sayDensity({ mode, count: objects, layers }) {
    const box = this.#element.querySelector("[data-density]");
    const text = mode === "density" ? `${inDensity(layers, count(objects))} Zoom in to see each of them.` : "";
    if (box && box.textContent !== text) {
      box.textContent = text;
      box.hidden = text === "";
    }
  }

  /** Work out what is in view; as long as nothing moves, pointing at something needs no other look. */
  #look() {
    const layers = this.#state.now.peek ? [] : this.#scene.inView(this.#camera.view);
    this.#seen = frameOf(layers, this.#camera.scale);
  }

  /** What the layers are told: no more than they need, and nothing of the page. */
  #frame() {
    const { hovered, selected, labels, peek } = this.#state.now;
    const scene = this.#scene;
    return {
      ...this.#seen,
      picture: this.#picture,
      style: scene.styles(),
      rasters: peek ? [] : this.#rastersToDraw(),
      labels,
      hovered: peek ? null : scene.find(hovered),
      selected: peek ? null : scene.find(selected),
      echoes: peek ? [] : [hovered, selected].map((id) => scene.findElsewhere(id)).filter(Boolean),
    };
  }

  /** What is laid over the picture in this pane. */
  get #laidOver() {
    const { overlays, laidOver } = this.#scene;
    return overlays.filter(({ key }) => laidOver.has(key));
  }

  #rastersToDraw() {
    const { laidOver } = this.#scene;
    return this.#laidOver
      .filter(({ key }) => this.#rasters.get(key).status === "ready")
      .map(({ key, kind }) => ({ kind, image: this.#rasters.get(key).image, opacity: laidOver.get(key) }));
  }
}

function inDensity(layers, objects) {
  return layers.some(({ tones }) => tones.areFew)
    ? `${objects} objects: each spot has the verdict of most that lie there.`
    : `Brighter where more of ${objects} objects lie.`;
}
