/** Joins the parts of a picture's page: input -> state and camera -> one animation frame -> layers and panels. */

import { find, findAll } from "../dom.js";
import { actionsOf } from "./actions.js";
import { Address } from "./address.js";
import { Camera } from "./camera.js";
import { switched } from "./choice.js";
import { Follower } from "./follow.js";
import { count } from "./format.js";
import { Input } from "./input.js";
import { laid } from "./overlays.js";
import { KeysDialog } from "./panels/keys.js";
import { Panels } from "./panels/panels.js";
import { Readouts } from "./panels/readouts.js";
import { valueAt } from "./raster.js";
import { Rasters } from "./rasters.js";
import { Scene } from "./scene.js";
import { Stage } from "./stage.js";
import { State } from "./state.js";
import { Store } from "./store.js";

const TOLERANCE = 4; // CSS pixels around a line that still count as on it
const ON_ITS_OWN = new Set(["hovered", "selected", "peek"]); // what changes nothing but the drawing

export class Viewer {
  #root;
  #picture;
  #camera;
  #state;
  #store;
  #scene;
  #rasters = new Rasters();
  #stage;
  #panels = null;
  #readouts;
  #address;
  #actions;
  #dirty = new Set();
  #view;
  #pictureIsThere = false;
  #listIsThere = false;
  #listFailed = false;

  /** `root` is the <vista-viewer> element, `api` that of js/api.js. */
  constructor(root, api) {
    const { width, height, imageId } = root.dataset;
    const { values, view } = Address.read();
    this.#root = root;
    this.#picture = { width: Number(width), height: Number(height) };
    this.#view = view;
    this.#camera = new Camera(this.#picture);
    this.#state = new State({ ...values, hovered: null, peek: false });
    this.#store = new Store(api, imageId, this.#picture);
    this.#scene = new Scene(this.#store, this.#state, this.#picture);
    this.#stage = new Stage(this.#camera, {
      picture: find("[data-picture]", root),
      shapes: find("[data-shapes]", root),
      ink: find("[data-ink]", root),
    });
    this.#readouts = new Readouts(root);
    this.#address = new Address(this.#state, this.#camera, findAll("[data-neighbour]", root));
  }

  start() {
    this.#root.dataset.live = "";
    this.#root.style.setProperty("--picture-ratio", this.#picture.width / this.#picture.height);
    for (const element of findAll("[data-needs-script], .stage__canvas", this.#root)) {
      element.hidden = false;
    }
    this.#listen();
    this.#watchPicture();
    if ("showsAnalyses" in this.#root.dataset) {
      this.#showAnalyses();
    }
    this.#measure();
    if (this.#view) {
      this.#camera.look(this.#view, this.#view.scale);
    }
    this.#moved();
  }

  // --- input --------------------------------------------------------------------------------------------
  #listen() {
    const stage = find("[data-stage]", this.#root);
    const keys = new KeysDialog(find("[data-keys]", this.#root));
    this.#actions = actionsOf({
      camera: this.#camera,
      state: this.#state,
      scene: this.#scene,
      stage: this.#stage,
      moved: () => this.#moved(),
      select: (id) => this.#select(id),
      open: (direction) => this.#open(direction),
      copyLink: () => this.#copyLink(),
      help: () => keys.open() ?? true,
    });
    new Input(stage, this.#camera, {
      moved: () => this.#moved(),
      pointed: (point) => this.#pointed(point),
      clicked: (point) => this.#clicked(point),
      peek: (peek) => this.#state.set({ peek: peek && keys.areOn }),
      action: (name) => keys.areOn && this.#actions[name](),
    });
    this.#root.addEventListener("click", ({ target }) => {
      const name = target.closest("[data-action]")?.dataset.action;
      if (name) {
        this.#actions[name]();
      }
    });
    this.#state.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.#rasters.addEventListener("change", () => this.#ask("scene"));
    window.addEventListener("hashchange", () => this.#state.set(Address.read().values));
    new ResizeObserver(() => this.#measure()).observe(stage);
  }

  #changed(names) {
    this.#ask([...names].every((name) => ON_ITS_OWN.has(name)) ? "marks" : "scene");
    if (names.has("peek")) {
      this.#ask("shapes");
    }
    this.#address.touch();
  }

  #measure() {
    const { clientWidth, clientHeight } = find("[data-stage]", this.#root);
    this.#camera.resize(clientWidth, clientHeight);
    this.#ask("shapes");
    this.#ask("view");
  }

  #moved() {
    this.#ask("shapes");
    this.#ask("view");
    this.#address.touch();
  }

  #under(point) {
    const at = this.#camera.toImage(point.x, point.y);
    return { at, objects: this.#scene.at(at, TOLERANCE / this.#camera.scale) };
  }

  #pointed(point) {
    if (point === null) {
      this.#readouts.point(null);
      this.#state.set({ hovered: null });
      return;
    }
    const { at, objects } = this.#under(point);
    const { width, height } = this.#picture;
    const outside = at.x < 0 || at.y < 0 || at.x >= width || at.y >= height;
    this.#readouts.point(outside && !objects.length ? null : at, objects, this.#valuesAt(at));
    this.#state.set({ hovered: objects[0]?.id ?? null });
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

  /** The smallest object under the point; clicking again goes on to what lies around it. */
  #clicked(point) {
    const ids = this.#under(point).objects.map(({ id }) => id);
    const next = ids[(ids.indexOf(this.#state.now.selected) + 1) % ids.length];
    this.#state.set({ selected: next ?? null });
    if (next) {
      this.#panels?.reveal(next);
    }
  }

  #select(id) {
    this.#state.set({ selected: id });
    this.#panels.reveal(id);
    this.#bringIntoView(id);
  }

  #bringIntoView(id) {
    const bounds = this.#scene.find(id)?.inside;
    if (bounds && this.#camera.reveal(bounds)) {
      this.#moved();
    }
  }

  #open(direction) {
    const link = this.#root.querySelector(`[data-neighbour="${direction}"]`);
    this.#address.write();
    link?.click();
    return Boolean(link);
  }

  #copyLink() {
    this.#address.write();
    const copied = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => this.#readouts.tell("The link is copied."),
      () => this.#readouts.tell("The browser does not let the link be copied; it is in the address bar."),
    );
    return true;
  }

  // --- the picture itself -------------------------------------------------------------------------------
  #watchPicture() {
    const picture = find("[data-picture]", this.#root);
    const failed = find("[data-picture-failed]", this.#root);
    const settle = (there) => {
      this.#pictureIsThere = true;
      failed.hidden = there;
      this.#ask("scene");
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

  // --- what models said ---------------------------------------------------------------------------------
  #showAnalyses() {
    const parts = { scene: this.#scene, store: this.#store, state: this.#state, rasters: this.#rasters };
    this.#panels = new Panels(this.#root, parts, {
      chosen: (id, on) => this.#state.set({ slots: switched(this.#scene.slots, id, on) }),
      opened: (id) => this.#store.wantArtifacts(id),
      laid: (key, opacity) => this.#state.set({ overlays: laid([...this.#scene.laidOver], key, opacity) }),
      selected: (id) => this.#select(id),
      pointed: (id) => this.#state.set({ hovered: id }),
      focused: (id) => {
        this.#state.set({ hovered: id });
        this.#bringIntoView(id);
      },
      retry: () => this.#retry(),
    });
    for (const name of ["analyses", "objects", "artifacts"]) {
      this.#store.addEventListener(name, () => this.#ask("scene"));
    }
    const follower = new Follower(() => this.#look(), document);
    this.#look().then(({ running }) => running && follower.start());
  }

  /** Ask once how the analyses are doing; says so to the reader and to the follower. */
  async #look() {
    try {
      const { running, changes } = await this.#store.refresh();
      this.#listIsThere = true;
      this.#listFailed = false;
      this.#panels.showFailure(null);
      this.#tellChanges(changes);
      this.#ask("scene");
      // While there is nothing, somebody may be following the hint how to post the first one.
      return { running: running || !this.#store.analyses.length, changed: changes.length > 0 };
    } catch (error) {
      this.#listFailed = true;
      this.#panels.showFailure(error.message);
      this.#ask("scene");
      return { running: true, changed: false };
    }
  }

  #tellChanges(changes) {
    for (const { id, model_name: model, status, annotation_count: objects } of changes) {
      this.#readouts.announce(id, `${model} is ${status}, ${count(objects)} objects`);
    }
  }

  #retry() {
    this.#store.retry();
    this.#rasters.retry();
    this.#look();
  }

  // --- one frame ----------------------------------------------------------------------------------------
  /** Ask for a frame that redraws "shapes", "marks" (what is pointed at), "view" (the read-out) or the whole "scene". */
  #ask(part) {
    if (!this.#dirty.size) {
      requestAnimationFrame(() => this.#frame());
    }
    this.#dirty.add(part);
  }

  #frame() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (dirty.has("scene")) {
      this.#refresh();
    } else if (dirty.has("marks")) {
      this.#panels?.mark();
    }
    if (dirty.has("view")) {
      this.#readouts.zoom(this.#camera.scale * this.#stage.ratio);
      find("[data-stage]", this.#root).toggleAttribute("data-fitted", this.#camera.fitted);
    }
    const shapes = dirty.has("scene") || dirty.has("shapes");
    this.#stage.draw(new Set(shapes ? ["shapes", "ink"] : ["ink"]), this.#sceneToDraw());
  }

  #refresh() {
    const { chosen } = this.#scene;
    this.#store.want(chosen);
    chosen.forEach((id) => this.#store.wantArtifacts(id));
    this.#scene.refresh();
    for (const overlay of this.#scene.overlays.filter(({ key }) => this.#scene.laidOver.has(key))) {
      this.#rasters.want(overlay, this.#state.now.fade);
    }
    if (this.#panels && this.#listIsThere) {
      this.#panels.render();
      this.#summarise();
    }
    this.#showProgress(chosen);
    this.#root.dataset.colourBy = this.#state.now.colourBy;
    for (const button of findAll('[data-action="labels"]', this.#root)) {
      button.setAttribute("aria-pressed", this.#state.now.labels);
    }
  }

  #summarise() {
    const { objects, all } = this.#scene;
    const times = new Map();
    for (const { className } of objects) {
      times.set(className, (times.get(className) ?? 0) + 1);
    }
    const counts = [...times].sort(([, a], [, b]) => b - a);
    this.#readouts.summary(this.#root.dataset.filename, objects.length, counts, all.length);
  }

  #showProgress(chosen) {
    const loads = chosen.map((id) => this.#store.loadOf(id)).filter(({ status }) => status === "loading");
    const sum = (name) => loads.reduce((total, load) => total + load[name], 0);
    this.#readouts.progress(loads.length ? { loaded: sum("loaded"), total: sum("total") } : null);
    const rasters = [...this.#scene.laidOver.keys()].some((key) => this.#rasters.get(key).status === "loading");
    const listIsAwaited = this.#panels !== null && !this.#listIsThere && !this.#listFailed;
    const waits = !this.#pictureIsThere || listIsAwaited || loads.length > 0 || rasters;
    this.#root.setAttribute("aria-busy", String(waits));
  }

  /** What the layers are told: no more than they need, and nothing of the page. */
  #sceneToDraw() {
    const { hovered, selected, labels, peek } = this.#state.now;
    const scene = this.#scene;
    return {
      picture: this.#picture,
      objects: peek ? [] : scene.inView(this.#camera.view),
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
