/** Times the viewer's own parts, as the page of a picture joins them, without a server's share. */

import { Camera } from "/static/js/viewer/camera.js";
import { Sheet } from "/static/js/viewer/engine/sheet.js";
import { Raster } from "/static/js/viewer/engine/raster.js";
import { Pane } from "/static/js/viewer/pane.js";
import { decodePayload } from "/static/js/viewer/payload.js";
import { Rasters } from "/static/js/viewer/rasters.js";
import { Scene } from "/static/js/viewer/scene.js";
import { State } from "/static/js/viewer/state.js";
import { DEFAULTS } from "/static/js/viewer/url.js";

const ANALYSIS = { id: "a", status: "completed", model_name: "yolo_v8", model_version: "1" };
const EVERYTHING = new Set(["shapes", "ink"]);
const NEVER = { has: () => false }; // a class is never hidden

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const nextFrame = () => new Promise(requestAnimationFrame);

async function bytesOf(url) {
  return (await fetch(url)).arrayBuffer();
}

/**
 * Seconds that one payload takes: {first, pan, near, hit, hover}.
 *
 * `first` is from the bytes to the first picture of them; `pan` a frame of moving about with everything in view, `near`
 * the same at `zoom` times that scale; `hit` finding what lies under the pointer; `hover` that and marking it.
 */
window.measure = async (name, picture, { frames, zoom }) => {
  const [content, ids] = [await bytesOf(`/payloads/${name}`), await bytesOf(`/payloads/${name}.ids`)];
  const camera = new Camera(picture);
  const state = new State({ ...DEFAULTS, hiddenClasses: NEVER, hovered: null, peek: false, held: false });
  let sheet = null;
  const store = { analyses: [ANALYSIS], find: () => ANALYSIS, loadOf: () => ({ sheet }), artifactsOf: () => undefined };
  const scene = new Scene(store, state, picture);
  const parts = { picture, camera, state, scene: scene.of([ANALYSIS.id]), rasters: new Rasters(), raster: new Raster(() => {}) };
  const pane = new Pane(document.body, parts, { ready() {}, arrived() {} });
  camera.resize(1280, 800);

  const begin = performance.now();
  sheet = new Sheet(ANALYSIS.id, decodePayload(content), picture);
  scene.refresh();
  pane.draw(EVERYTHING);
  const first = performance.now() - begin;
  sheet.setIds(decodePayload(ids));

  const pan = await panned(pane, camera, frames);
  const pointed = await hovered(pane, state, frames);
  camera.zoomBy(zoom);
  const near = await panned(pane, camera, frames);
  const seconds = (value) => value / 1000;
  window.kept = { sheet, scene, pane }; // so that memory is asked with all of it alive
  return { first: seconds(first), pan: seconds(pan), near: seconds(near), hit: seconds(pointed.hit), hover: seconds(pointed.hover) };
};

/** The median milliseconds of script a frame while moving to and fro. */
async function panned(pane, camera, frames) {
  const times = [];
  for (let i = 0; i < frames; i += 1) {
    await nextFrame();
    const begin = performance.now();
    camera.panBy(i % 20 < 10 ? 3 : -3, i % 14 < 7 ? 2 : -2);
    pane.draw(EVERYTHING);
    times.push(performance.now() - begin);
  }
  return median(times);
}

async function hovered(pane, state, frames) {
  const [hits, all] = [[], []];
  for (let i = 0; i < frames; i += 1) {
    await nextFrame();
    const begin = performance.now();
    const { objects } = pane.under({ x: 100 + ((i * 37) % 1080), y: 100 + ((i * 53) % 600) });
    hits.push(performance.now() - begin);
    state.set({ hovered: objects[0]?.id ?? null });
    pane.draw(new Set(["ink"]));
    all.push(performance.now() - begin);
  }
  return { hit: median(hits), hover: median(all) };
}

document.body.dataset.ready = "";
