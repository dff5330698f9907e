/** One picture with what is drawn on it, seen through a camera that other panes may share. */

import { find } from "../dom.js";
import { frameOf } from "./engine/frame.js";
import { count } from "./format.js";
import { Minimap } from "./minimap.js";
import { valueAt } from "./raster.js";
import { Stage } from "./stage.js";

const TOLERANCE = 4; // CSS pixels around a line that still count as on it

/**
 * Tells "settled" when the picture has come, or will not come, or more can be drawn, "arrived" when more of a huge picture
 * can be drawn, and "moved" when it has moved the camera itself.
 */
export class Pane extends EventTarget {
  #root;
  #picture;
  #camera;
  #state;
  #scene;
  #rasters;
  #stage;
  #minimap;
  #density = document.createElement("p");
  #seen = frameOf([], 1);
  #settled = false;

  /** `root` has the picture, its canvases and its notices; `picture` is {width, height} of the upright picture. */
  constructor(root, { picture, camera, state, scene, rasters }) {
    super();
    this.#root = root;
    this.#picture = picture;
    this.#camera = camera;
    this.#state = state;
    this.#scene = scene;
    this.#rasters = rasters;
    const elements = ["picture", "shapes", "ink"].map((name) => [name, find(`[data-${name}]`, root)]);
    const tell = (name) => () => this.dispatchEvent(new Event(name));
    const layers = { ...Object.fromEntries(elements), tiles: root.querySelector("[data-tiles]") };
    this.#stage = new Stage(camera, layers, { ready: tell("settled"), arrived: tell("arrived") });
    this.#minimap = new Minimap(this.element, camera, tell("moved"));
    this.#density.className = "stage__density";
    this.#density.dataset.density = "";
    this.#density.hidden = true;
    this.element.append(this.#density);
  }

  /** The element whose pointer and wheel move the camera. */
  get element() {
    return find("[data-stage]", this.#root);
  }

  /** Device pixels a CSS pixel. */
  get ratio() {
    return this.#stage.ratio;
  }

  /** Whether nothing is awaited any more: the picture, and what is laid over it. */
  get isSettled() {
    const awaited = [...this.#scene.laidOver.keys()].some((key) => this.#rasters.get(key).status === "loading");
    return this.#settled && !awaited && !this.#stage.isWaiting;
  }

  /** Wait for the picture itself; say so where it does not come, and try again on demand. */
  watchPicture() {
    const picture = find("[data-picture]", this.#root);
    const failed = find("[data-picture-failed]", this.#root);
    const settle = (there) => {
      this.#settled = true;
      failed.hidden = there;
      if (there) {
        this.#minimap.show(picture);
      }
      this.dispatchEvent(new Event("settled"));
    };
    picture.addEventListener("load", () => settle(true));
    picture.addEventListener("error", () => settle(false));
    if (picture.complete) {
      settle(picture.naturalWidth > 0);
    }
    find("[data-retry-picture]", this.#root).addEventListener("click", () => {
      picture.src = picture.getAttribute("src"); // the same address once more
    });
  }

  /** The window may have a new size. */
  measure() {
    const { clientWidth, clientHeight } = this.element;
    this.#camera.resize(clientWidth, clientHeight);
  }

  /** What lies under a point of the stage: {at, objects, values, outside}, objects smallest first. */
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
    return this.#scene.overlays
      .filter(({ key }) => this.#scene.laidOver.has(key) && this.#rasters.get(key).scalar)
      .map(({ key, label, unit }) => ({
        label,
        unit,
        value: valueAt(this.#rasters.get(key).scalar, at.x, at.y, this.#picture),
      }))
      .filter(({ value }) => value !== null);
  }

  /** Move the camera as little as needed to see an object; true when it moved. */
  bringIntoView(id) {
    const bounds = this.#scene.find(id)?.inside;
    return Boolean(bounds) && this.#camera.reveal(bounds);
  }

  /** What is shown has changed: see that the rasters and masks it needs come. */
  refresh() {
    this.#look();
    this.#stage.prepare(this.#frame());
    const { fade, colourMap: map, span } = this.#state.now;
    for (const overlay of this.#scene.overlays.filter(({ key }) => this.#scene.laidOver.has(key))) {
      this.#rasters.want(overlay, { fade, map, span });
    }
  }

  /** All of the picture in its own pixels, as something that can be drawn. */
  wholePicture() {
    return this.#stage.whole();
  }

  /** Draw one frame; `parts` is a Set of "picture", "shapes" and "ink". */
  draw(parts) {
    this.element.toggleAttribute("data-fitted", this.#camera.fitted);
    if (parts.has("shapes")) {
      this.#look();
    }
    const frame = this.#frame();
    this.#stage.draw(parts, frame);
    if (parts.has("shapes")) {
      this.#minimap.draw();
      this.#sayDensity(frame);
    }
  }

  #sayDensity({ mode, count: objects }) {
    const isDense = mode === "density";
    if (this.#density.hidden === isDense) {
      this.#density.hidden = !isDense;
    }
    const text = isDense ? `Brighter where more of ${count(objects)} objects lie. Zoom in to see each of them.` : "";
    if (this.#density.textContent !== text) {
      this.#density.textContent = text;
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
    };
  }

  #rastersToDraw() {
    return this.#scene.overlays
      .filter(({ key }) => this.#scene.laidOver.has(key) && this.#rasters.get(key).status === "ready")
      .map(({ key, kind }) => ({
        kind,
        image: this.#rasters.get(key).image,
        opacity: this.#scene.laidOver.get(key),
      }));
  }
}
