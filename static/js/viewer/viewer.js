/** Joins the parts of a picture's page: input -> state and camera -> one animation frame -> panes and page. */

import { findAll } from "../dom.js";
import { Address } from "./address.js";
import { Camera } from "./camera.js";
import { Frames } from "./frames.js";
import { Input } from "./input.js";
import { Panes } from "./modes/panes.js";
import { Page } from "./page.js";
import { Rasters } from "./rasters.js";
import { Scene } from "./scene.js";
import { State } from "./state.js";
import { Store } from "./store.js";

const ON_ITS_OWN = new Set(["hovered", "selected", "peek", "held"]); // what changes nothing but the drawing

export class Viewer {
  #root;
  #picture;
  #camera;
  #state;
  #store;
  #scene;
  #rasters = new Rasters();
  #panes;
  #page;
  #frames = new Frames((dirty) => this.#frame(dirty));
  #view;

  /** `root` is the <vista-viewer> element, `api` that of js/api.js. */
  constructor(root, api) {
    const { width, height, imageId } = root.dataset;
    const { values, view } = Address.read();
    this.#root = root;
    this.#picture = { width: Number(width), height: Number(height) };
    this.#view = view;
    this.#camera = new Camera(this.#picture);
    this.#state = new State({ ...values, hovered: null, peek: false, held: false });
    this.#store = new Store(api, imageId, this.#picture);
    this.#scene = new Scene(this.#store, this.#state, this.#picture);
    const parts = { picture: this.#picture, camera: this.#camera, state: this.#state, scene: this.#scene, store: this.#store, rasters: this.#rasters };
    this.#panes = new Panes(root, parts);
    this.#page = new Page(root, { ...parts, panes: this.#panes }, {
      moved: () => this.#moved(),
      changed: () => this.#frames.ask("scene"),
    });
  }

  start() {
    this.#root.dataset.live = "";
    this.#root.style.setProperty("--picture-ratio", this.#picture.width / this.#picture.height);
    for (const element of findAll("[data-needs-script], .stage__canvas", this.#root)) {
      element.hidden = false;
    }
    this.#listen();
    this.#panes.watchPicture();
    this.#page.start();
    this.#measure();
    if (this.#view) {
      this.#camera.look(this.#view, this.#view.scale);
    }
    this.#moved();
  }

  #listen() {
    new Input(this.#panes.element, this.#camera, this.#panes, {
      moved: () => this.#moved(),
      pointed: (point) => this.#pointed(point),
      clicked: (point) => this.#page.clicked(this.#panes.under(point)),
      hold: (held) => this.#state.set({ held: held && this.#state.now.mode === "blink" }),
      peek: (peek) => this.#state.set({ peek: peek && this.#page.keysAreOn }),
      action: (name) => this.#page.act(name),
    });
    this.#state.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.#rasters.addEventListener("change", () => this.#frames.ask("scene"));
    this.#panes.addEventListener("settled", () => this.#frames.ask("scene"));
    this.#panes.addEventListener("arrived", () => this.#frames.ask("picture"));
    this.#panes.addEventListener("moved", () => this.#moved());
    for (const name of ["analyses", "objects", "artifacts"]) {
      this.#store.addEventListener(name, () => this.#frames.ask("scene"));
    }
    new ResizeObserver(() => this.#measure()).observe(this.#panes.element);
    matchMedia("print").addEventListener("change", () => {
      this.#panes.measure(); // no frame comes before the paper does
      this.#panes.draw(new Set(["picture", "shapes", "ink"]));
    });
  }

  #pointed(point) {
    this.#panes.point(point);
    this.#page.pointed(point && this.#panes.under(point));
  }

  #changed(names) {
    const others = [...names].filter((name) => name !== "divider");
    if (others.length) {
      this.#frames.ask(others.every((name) => ON_ITS_OWN.has(name)) ? "marks" : "scene");
    }
    if (names.has("divider")) {
      this.#panes.divide(); // nothing is drawn anew: the other side is there, too
    }
    if (names.has("peek") || names.has("held")) {
      this.#frames.ask("shapes");
    }
    this.#page.touch();
  }

  #measure() {
    this.#panes.measure();
    this.#frames.ask("shapes");
    this.#frames.ask("view");
  }

  #moved() {
    this.#frames.ask("shapes");
    this.#frames.ask("view");
    this.#page.touch();
  }

  /** Draw what is dirty: "shapes", "picture" (more of it has come), "marks" (what is pointed at), "view" (the read-out) or the whole "scene". */
  #frame(dirty) {
    if (dirty.has("scene")) {
      this.#refresh();
    } else if (dirty.has("marks")) {
      this.#page.mark();
    }
    if (dirty.has("view")) {
      this.#page.showZoom();
    }
    const all = dirty.has("scene") || dirty.has("shapes");
    this.#panes.draw(new Set(["picture", "shapes", "ink"].filter((part) => all || dirty.has(part) || (part === "ink" && dirty.has("marks")))));
  }

  #refresh() {
    const { chosen } = this.#scene;
    this.#store.want(chosen);
    chosen.forEach((id) => this.#store.wantArtifacts(id));
    this.#scene.refresh();
    this.#panes.refresh();
    this.#page.refresh();
  }
}
