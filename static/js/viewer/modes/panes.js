/** The panes of the stage: as many as the mode wants, one camera, one picture, one engine for all of them. */

import { find, findAll, stamp } from "../../dom.js";
import { Raster } from "../engine/raster.js";
import { Minimap } from "../minimap.js";
import { Pane } from "../pane.js";
import { Tiled } from "../tiled.js";
import { Divider } from "./divider.js";
import { gridOf } from "./grid.js";
import { Heads } from "./heads.js";

const HEAD = 28; // CSS pixels, as in css/components/pane.css

/**
 * Tells "settled" when the picture has come, or will not come, or more can be drawn, "arrived" when more of a huge picture
 * can be drawn, and "moved" when the camera has moved, or what it looks through.
 */
export class Panes extends EventTarget {
  #root;
  #element;
  #parts;
  #panes = [];
  #places = [];
  #head = 0;
  #raster;
  #tiled;
  #minimap;
  #heads;
  #divider;
  #settled = false;

  /** `root` has the stage; `parts` are {picture, camera, state, scene, store, rasters}. */
  constructor(root, parts) {
    super();
    this.#root = root;
    this.#parts = parts;
    this.#element = find("[data-stage]", root);
    this.#raster = new Raster(() => this.#tell("settled"));
    const tiles = this.#element.querySelector("[data-tiles]");
    this.#tiled = tiles && new Tiled(parts.camera, tiles);
    this.#tiled?.addEventListener("failure", () => {
      this.#tiled = null; // each pane does without tiles
    });
    this.#take(find("[data-pane]", this.#element), this.#tiled);
    this.#minimap = new Minimap(this.#element, parts.camera, () => this.#tell("moved"));
    this.#heads = new Heads(parts);
    this.#divider = new Divider(find("[data-divider]", this.#element), parts, () => this.#place(0));
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  #take(element, tiled) {
    const on = { ready: () => this.#tell("settled"), arrived: () => this.#tell("arrived") };
    const scene = this.#parts.scene.of([]);
    this.#panes.push(new Pane(element, { ...this.#parts, scene, raster: this.#raster, tiled }, on));
  }

  /** One more pane with the picture of the first: the browser keeps one copy of it. */
  #add() {
    const first = this.#panes[0].element;
    const element = stamp("pane");
    const picture = find("[data-picture]", first).cloneNode();
    picture.alt = ""; // the first one says what it is
    picture.addEventListener("load", () => this.#tell("settled"));
    picture.addEventListener("error", () => this.#tell("settled"));
    const tiles = this.#tiled && find("[data-tiles]", first).cloneNode();
    find("[data-view]", element).prepend(...[picture, tiles].filter(Boolean));
    first.parentElement.insertBefore(element, this.#panes.at(-1).element.nextSibling);
    this.#take(element, tiles && new Tiled(this.#parts.camera, tiles, this.#tiled.store));
  }

  /** Those that are there to be seen. */
  get #shown() {
    return this.#panes.slice(0, Math.max(this.#places.length, 1));
  }

  /** The element whose pointer and wheel move the camera. */
  get element() {
    return this.#element;
  }

  /** Device pixels a CSS pixel. */
  get ratio() {
    return this.#panes[0].ratio;
  }

  /** Whether nothing is awaited any more: the picture, and what is laid over it. */
  get isSettled() {
    const { scene, rasters } = this.#parts;
    const awaited = [...scene.laidOver.keys()].some((key) => rasters.get(key).status === "loading");
    return this.#settled && !awaited && !this.#raster.isWaiting && !this.#shown.some((pane) => pane.isWaiting);
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
      this.#tell("settled");
    };
    picture.addEventListener("load", () => settle(true));
    picture.addEventListener("error", () => settle(false));
    if (picture.complete) {
      settle(picture.naturalWidth > 0);
    }
    find("[data-retry-picture]", this.#root).addEventListener("click", () => {
      for (const each of findAll("[data-picture]", this.#element)) {
        each.src = each.getAttribute("src"); // the same address once more
      }
    });
  }

  // --- places -------------------------------------------------------------------------------------------
  /** The stage may have a new size, or other panes: put them in their places. */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.#element;
    const { camera, picture, scene, state } = this.#parts;
    const { cast } = scene;
    const isSwipe = cast.length > 1 && state.now.mode === "swipe";
    const places = gridOf(isSwipe ? 1 : cast.length, { width, height }, picture);
    this.#places = isSwipe ? [places[0], places[0]] : places;
    this.#head = this.#heads.areThere ? HEAD : 0;
    while (this.#panes.length < this.#places.length) {
      this.#add();
    }
    this.#panes.forEach(({ element }, index) => {
      element.hidden = index >= this.#shown.length;
      put(element, this.#places[index]);
    });
    this.#element.style.setProperty("--head", `${this.#head}px`);
    this.#element.toggleAttribute("data-swipes", isSwipe);
    this.#divider.place(isSwipe);
    this.point(null); // where the pointer is now, nobody has said yet
    camera.resize(this.#places[0].width, this.#places[0].height - this.#head);
  }

  /** Where the picture of a pane is seen, in CSS pixels of the stage. */
  #place(index) {
    const { x, y, width, height } = this.#places[index];
    return { x, y: y + this.#head, width, height: height - this.#head };
  }

  /** The pane under a point of the window: {index, left, top}, where its picture's window begins. */
  at(clientX, clientY) {
    const { left, top } = this.#element.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    const isIn = (place) => x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height;
    const found = this.#divider.isThere ? Number(x >= this.#divider.x) : Math.max(this.#places.findIndex(isIn), 0);
    const place = this.#places.length ? this.#place(found) : { x: 0, y: 0 };
    return { index: found, left: left + place.x, top: top + place.y };
  }

  // --- what is under the pointer --------------------------------------------------------------------------
  /** What lies under a point {x, y, pane}: {at, objects, values, outside}, objects smallest first. */
  under(point) {
    return this.#panes[point.pane].under(point);
  }

  /** The same point is marked in the other panes; null takes the marks away. */
  point(point) {
    this.#shown.forEach(({ element }, index) => {
      const ghost = find("[data-ghost]", element);
      ghost.hidden = point === null || index === point.pane || this.#divider.isThere;
      if (!ghost.hidden) {
        ghost.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px)`;
      }
    });
  }

  /** Move the camera as little as needed to see an object; true when it moved. */
  bringIntoView(id) {
    const bounds = this.#parts.scene.find(id)?.inside;
    return Boolean(bounds) && this.#parts.camera.reveal(bounds);
  }

  // --- drawing ------------------------------------------------------------------------------------------
  /** What is shown has changed: see that all it needs comes, and that there are as many panes as there should be. */
  refresh() {
    const { scene, rasters, state } = this.#parts;
    this.#heads.refresh();
    const wanted = scene.cast.length;
    if (wanted !== this.#places.length || this.#heads.areThere !== this.#head > 0 || this.#divider.isThere !== (wanted > 1 && state.now.mode === "swipe")) {
      this.measure();
      this.#tell("moved");
    }
    this.#assign();
    for (const id of scene.drawn) {
      this.#panes[0].prepare(scene.of([id]));
    }
    const { fade, colourMap: map, span } = state.now;
    for (const overlay of scene.overlays.filter(({ key }) => scene.laidOver.has(key))) {
      rasters.want(overlay, { fade, map, span });
    }
  }

  #assign() {
    const { scene } = this.#parts;
    const { cast } = scene;
    this.#shown.forEach((pane, index) => pane.show(scene.of(cast[index] ?? [])));
    this.#heads.render(this.#shown.map(({ element }) => element));
  }

  /** Brightness and so on of the picture, as CSS has them. */
  adjust(filter) {
    for (const picture of findAll("[data-picture]", this.#element)) {
      picture.style.filter = filter;
    }
  }

  /** Draw one frame; `parts` is a Set of "picture", "shapes" and "ink". */
  draw(parts) {
    if (!parts.size) {
      return;
    }
    this.#element.toggleAttribute("data-fitted", this.#parts.camera.fitted);
    if (parts.has("shapes")) {
      this.#assign();
    }
    for (const pane of this.#shown) {
      pane.draw(parts);
    }
    if (parts.has("shapes")) {
      this.#minimap.draw();
    }
  }

  /** The divider has moved. */
  divide() {
    this.#divider.show();
  }

  // --- the picture as drawn, for a file -------------------------------------------------------------------
  /** All of the picture in its own pixels, as something that can be drawn. */
  wholePicture() {
    return this.#panes[0].wholePicture();
  }

  /** [{title, canvases, draw()}] of the panes as they are now. */
  get views() {
    return this.#shown.map((pane, index) => ({
      title: this.#heads.titleOf(index),
      canvases: pane.canvases,
      draw: () => pane.draw(new Set(["shapes", "ink"])),
    }));
  }

  /** Where the divider is on the picture, in its pixels; null without one. */
  get dividedAt() {
    return this.#divider.isThere ? this.#parts.camera.toImage(this.#divider.x - this.#place(0).x, 0).x : null;
  }
}

function put({ style }, place) {
  if (place) {
    style.left = `${place.x}px`;
    style.top = `${place.y}px`;
    style.width = `${place.width}px`;
    style.height = `${place.height}px`;
  }
}
