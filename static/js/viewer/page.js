/** What is around the canvas: panels, read-outs, keys and the address, joined with the state. */

import { api } from "../api.js";
import { find, findAll, readJson } from "../dom.js";
import { actionsOf } from "./actions.js";
import { Address } from "./address.js";
import { switched } from "./choice.js";
import { Colours } from "./colours.js";
import { Flight } from "./flight.js";
import { Follower } from "../follow.js";
import { annotated, exportName } from "./export.js";
import { count } from "./format.js";
import { laid } from "./overlays.js";
import { filterOf } from "./panels/adjust.js";
import { KeysDialog } from "./panels/keys.js";
import { ModesPanel } from "./panels/modes.js";
import { Panels } from "./panels/panels.js";
import { Readouts } from "./panels/readouts.js";
import { Stored } from "./stored.js";

export class Page {
  #root;
  #parts;
  #on;
  #panels = null;
  #modes = null;
  #readouts;
  #address;
  #flight;
  #keys;
  #actions;
  #under = [];
  #listIsThere = false;
  #listFailed = false;

  /**
   * `parts` are {camera, state, store, scene, rasters, panes}; `on` holds moved() for a camera that has moved and
   * changed() for a store that knows more.
   */
  constructor(root, parts, on) {
    this.#root = root;
    this.#parts = parts;
    this.#on = on;
    this.#readouts = new Readouts(root);
    this.#flight = new Flight(parts.camera, on.moved);
    this.#address = new Address(parts.state, parts.camera, findAll("[data-neighbour]"));
    this.#keys = new KeysDialog(find("[data-keys]", root));
    this.#actions = actionsOf({
      camera: parts.camera,
      state: parts.state,
      scene: parts.scene,
      store: parts.store,
      panes: parts.panes,
      moved: on.moved,
      select: (id) => this.#select(id),
      open: (direction) => this.#open(direction),
      copyLink: () => this.#copyLink(),
      help: () => this.#keys.open() ?? true,
      list: () => this.#panels?.list ?? [],
      under: () => this.#under,
      searchClasses: () => this.#panels?.searchClasses() ?? false,
      closeDrawer: () => this.#panels?.closeDrawer() ?? false,
      stepDifference: (by) => this.#panels?.stepDifference(by) ?? false,
      download: () => this.#download(),
      tell: (sentence) => this.#readouts.tell(sentence),
    });
  }

  start() {
    for (const element of findAll("[data-needs-script]")) {
      element.hidden = false; // in the top bar too
    }
    document.addEventListener("click", ({ target }) => {
      const name = target.closest("[data-action]")?.dataset.action;
      if (name) {
        this.#actions[name]();
      }
    });
    window.addEventListener("hashchange", ({ newURL }) => {
      this.#goTo(Address.read(new URL(newURL).hash)); // we may have written the address anew meanwhile
    });
    if ("showsAnalyses" in this.#root.dataset) {
      this.#showAnalyses();
    }
  }

  /** Another address of this page, by the buttons of the browser or by hand. */
  #goTo({ values, view }) {
    const { camera, state } = this.#parts;
    state.set(values);
    if (view) {
      camera.look(view, view.scale);
    } else {
      camera.fit();
    }
    this.#on.moved();
  }

  // --- input --------------------------------------------------------------------------------------------
  /** Whether single keys act at all. */
  get keysAreOn() {
    return this.#keys.areOn;
  }

  /** A key's action; false when there was nothing to do. */
  act(name) {
    return this.keysAreOn && this.#actions[name]();
  }

  /** The pointer is over something, {at, objects, values, outside}, or has left (null). */
  pointed(under) {
    this.#under = under?.objects ?? [];
    const away = under === null || (under.outside && !under.objects.length);
    this.#readouts.point(away ? null : under.at, under?.objects, under?.values);
    this.#parts.state.set({ hovered: under?.objects[0]?.id ?? null });
  }

  /** The smallest object under the point; clicking again goes on to what lies around it. */
  clicked({ objects }) {
    const ids = objects.map(({ id }) => id);
    const next = ids[(ids.indexOf(this.#parts.state.now.selected) + 1) % ids.length];
    this.#parts.state.set({ selected: next ?? null });
    if (next) {
      this.#panels?.reveal(next);
    }
  }

  /** State or camera have changed: the address follows. */
  touch() {
    this.#address.touch();
  }

  #select(id) {
    this.#parts.state.set({ selected: id });
    this.#panels.reveal(id);
    this.#bringIntoView(id);
  }

  #bringIntoView(id) {
    if (this.#parts.panes.bringIntoView(id)) {
      this.#on.moved();
    }
  }

  /** Select an object, have it drawn and move the camera to where it is seen well; `text` is read out. */
  #flyTo({ id, analysisId, bounds, text }) {
    const { state, scene } = this.#parts;
    const one = state.now.mode === "single" ? scene.slots.indexOf(analysisId) : state.now.one;
    state.set({ selected: id, one });
    this.#panels.reveal(id);
    if (bounds) {
      this.#flight.to(bounds);
    }
    this.#readouts.announce("difference", text);
  }

  #open(direction) {
    const link = document.querySelector(`[data-neighbour="${direction}"]`);
    this.#address.write();
    link?.click();
    return Boolean(link);
  }

  #copyLink() {
    this.#address.write();
    this.#copy(location.href, "The link is copied.", "The browser does not let the link be copied; it is in the address bar.");
    return true;
  }

  #copy(text, done, refused) {
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => this.#readouts.tell(done),
      () => this.#readouts.tell(refused),
    );
  }

  #download() {
    const { camera, panes, state } = this.#parts;
    const settings = { camera, ratio: panes.ratio, filter: filterOf(state.now), views: panes.views, dividedAt: panes.dividedAt };
    panes.wholePicture().then((picture) => annotated({ ...settings, picture })).then(
      (blob) => save(blob, exportName(this.#root.dataset.filename)),
      () => this.#readouts.tell("The browser could not draw the picture at its full size."),
    );
    return true;
  }

  // --- what models said ---------------------------------------------------------------------------------
  #showAnalyses() {
    const { state, store, scene } = this.#parts;
    this.#modes = new ModesPanel(this.#parts, { said: (subject, text) => this.#readouts.announce(subject, text) });
    this.#panels = new Panels(this.#root, { ...this.#parts, colours: this.#colours(), stored: new Stored(api) }, {
      chosen: (id, on) => state.set({ slots: switched(scene.slots, id, on) }),
      opened: (id) => store.wantArtifacts(id),
      laid: (key, opacity) => state.set({ overlays: laid([...scene.laidOver], key, opacity) }),
      selected: (id) => this.#select(id),
      pointed: (id) => state.set({ hovered: id }),
      focused: (id) => {
        state.set({ hovered: id });
        this.#bringIntoView(id);
      },
      copied: (text) => this.#copy(text, "The JSON is copied.", "The browser does not let the JSON be copied; select it instead."),
      flown: (difference) => this.#flyTo(difference),
      said: (subject, text) => this.#readouts.announce(subject, text),
      told: (sentence) => this.#readouts.tell(sentence),
      retry: () => this.#retry(),
    });
    scene.comparison.addEventListener("change", () => this.#on.changed());
    const follower = new Follower(() => this.#look(), document);
    this.#look().then(({ running }) => running && follower.start());
  }

  /** The project's own colours: the palette takes them before its own. */
  #colours() {
    const { scene } = this.#parts;
    const colours = new Colours(api, this.#root.dataset.projectId, readJson("class-colours"));
    scene.palette.add(readJson("class-names"));
    scene.palette.override(colours.own);
    colours.addEventListener("change", () => {
      scene.palette.override(colours.own);
      this.#on.changed();
    });
    colours.addEventListener("failure", ({ detail }) => this.#readouts.tell(detail));
    return colours;
  }

  /** Ask once how the analyses are doing; says so to the reader and to the follower. */
  async #look() {
    const { store } = this.#parts;
    try {
      const { running, changes } = await store.refresh();
      this.#listIsThere = true;
      this.#listFailed = false;
      this.#panels.showFailure(null);
      this.#tellChanges(changes);
      this.#on.changed();
      // While there is nothing, somebody may be following the hint how to post the first one.
      return { running: running || !store.analyses.length, changed: changes.length > 0 };
    } catch (error) {
      this.#listFailed = true;
      this.#panels.showFailure(error.message);
      this.#on.changed();
      return { running: true, changed: false };
    }
  }

  #tellChanges(changes) {
    for (const { id, model_name: model, status, annotation_count: objects } of changes) {
      this.#readouts.announce(id, `${model} is ${status}, ${count(objects)} objects`);
    }
  }

  #retry() {
    this.#parts.store.retry();
    this.#parts.rasters.retry();
    this.#listFailed = false;
    this.#showProgress(); // at once: whoever waits must not take the failed page for a finished one
    this.#look();
  }

  // --- one frame ----------------------------------------------------------------------------------------
  /** Another object is pointed at or selected. */
  mark() {
    this.#panels?.mark();
  }

  /** The camera has moved. */
  showZoom() {
    this.#readouts.zoom(this.#parts.camera.scale * this.#parts.panes.ratio);
  }

  /** What is shown has changed. */
  refresh() {
    const { state, panes } = this.#parts;
    if (this.#panels && this.#listIsThere) {
      this.#panels.render();
      this.#modes.render();
      this.#summarise();
    }
    this.#showProgress();
    this.#root.dataset.colourBy = state.now.colourBy;
    panes.adjust(filterOf(state.now));
    for (const button of findAll('[data-action="labels"]', this.#root)) {
      button.setAttribute("aria-pressed", state.now.labels);
    }
  }

  #summarise() {
    const { scene, state } = this.#parts;
    const { hiddenClasses } = state.now;
    const seen = scene.counts.filter(({ className, shown }) => shown && !hiddenClasses.has(className));
    const sum = (rows, name) => rows.reduce((number, row) => number + row[name], 0);
    const counts = seen.map(({ className, shown }) => [className, shown]).sort(([, a], [, b]) => b - a);
    this.#readouts.summary(this.#root.dataset.filename, sum(seen, "shown"), counts, sum(scene.counts, "total"));
  }

  #showProgress() {
    const { scene, store, panes } = this.#parts;
    const loads = scene.chosen.map((id) => store.loadOf(id)).filter(({ status }) => status === "loading");
    const sum = (name) => loads.reduce((total, load) => total + load[name], 0);
    this.#readouts.progress(loads.length ? { loaded: sum("loaded"), total: sum("total") } : null);
    const listIsAwaited = this.#panels !== null && !this.#listIsThere && !this.#listFailed;
    const waits = !panes.isSettled || listIsAwaited || loads.length > 0 || scene.comparison.isPending;
    this.#root.setAttribute("aria-busy", String(waits));
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser has begun to read it long before
}
