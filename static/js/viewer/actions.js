/** What keys and buttons do, by the names that keys.js gives. */

import { MODES, needsTwo, nextOne, slotsForTwo } from "./modes/modes.js";
import { laid } from "./overlays.js";

const ZOOM = 1.4; // a press of + or −
const STEP = 0.05; // a press of [ or ]

/** Why a mode for two cannot be had. */
export const NEEDS_TWO = "This needs a second analysis of the picture that is completed.";

/**
 * {name: function}; each gives false when there was nothing to do, so that the key keeps its usual meaning.
 *
 * `viewer` is {camera, state, scene, store, panes, moved(), select(id), open(direction), copyLink(), help(), list(),
 * under(), searchClasses(), closeDrawer(), stepDifference(by), download(), tell(sentence)}; list() gives the objects as the table has them,
 * under() those that lie under the pointer.
 */
export function actionsOf({ camera, state, scene, store, panes, moved, select, open, copyLink, help, list, under, searchClasses, closeDrawer, stepDifference, download, tell }) {
  const move = (act) => () => {
    act();
    moved();
    return true;
  };
  const set = (patch) => {
    state.set(patch());
    return true;
  };
  const raise = (by) => set(() => ({ threshold: Math.round(Math.min(Math.max(state.now.threshold + by, 0), 1) * 100) / 100 }));
  return {
    "zoom-in": move(() => camera.zoomBy(ZOOM)),
    "zoom-out": move(() => camera.zoomBy(1 / ZOOM)),
    fit: move(() => camera.fit()),
    "one-to-one": move(() => camera.oneToOne(panes.ratio)),
    "zoom-to-selection": () => zoomToSelection({ camera, state, scene, moved }),
    "previous-object": () => step(list, under, state, select, -1),
    "next-object": () => step(list, under, state, select, 1),
    "previous-difference": () => stepDifference(-1),
    "next-difference": () => stepDifference(1),
    "previous-picture": () => open("previous"),
    "next-picture": () => open("next"),
    labels: () => set(() => ({ labels: !state.now.labels })),
    heatmap: () => set(() => ({ overlays: withOrWithoutHeatmaps(scene) })),
    lower: () => raise(-STEP),
    raise: () => raise(STEP),
    back: () => closeDrawer() || back({ camera, state, moved }),
    "search-classes": searchClasses,
    "download-annotated": download,
    "copy-link": copyLink,
    help,
    ...Object.fromEntries(MODES.map((mode) => [mode, () => look(mode, { state, scene, store, tell })])),
  };
}

/** Look at the analyses in another way; one that needs two chooses the second itself. */
function look(mode, { state, scene, store, tell }) {
  const { slots } = scene;
  if (mode === "single" && state.now.mode === mode) {
    state.set({ one: nextOne(Math.max(scene.lineup.length, 1), state.now.one) });
    return true;
  }
  const two = needsTwo(mode) ? slotsForTwo(slots, store.analyses) : slots;
  if (!two) {
    tell(NEEDS_TWO);
    return true;
  }
  state.set(two.length === slots.length && two.every((id, slot) => id === slots[slot]) ? { mode, held: false } : { mode, held: false, slots: two });
  return true;
}

function zoomToSelection({ camera, state, scene, moved }) {
  const bounds = scene.find(state.now.selected)?.inside;
  if (bounds) {
    camera.zoomTo(bounds);
    moved();
  }
  return Boolean(bounds);
}

/** Through what lies under the pointer where that is several, else through the table. */
function step(list, under, state, select, by) {
  const several = under();
  if (several.length > 1) {
    const at = several.findIndex(({ id }) => id === state.now.selected);
    const next = at < 0 && by < 0 ? several.length - 1 : at + by;
    select(several[(next + several.length) % several.length].id);
    return true;
  }
  const objects = list();
  if (!objects.length) {
    return false;
  }
  const at = objects.findIndex(({ id }) => id === state.now.selected);
  const next = at < 0 ? (by > 0 ? 0 : objects.length - 1) : Math.min(Math.max(at + by, 0), objects.length - 1);
  select(objects[next].id);
  return true;
}

function withOrWithoutHeatmaps(scene) {
  const now = [...scene.laidOver];
  const heatmaps = new Set(scene.overlays.filter(({ kind }) => kind === "heatmap").map(({ key }) => key));
  const others = now.filter(([key]) => !heatmaps.has(key));
  return others.length < now.length ? others : scene.overlaysAtFirst.reduce((list, [key]) => laid(list, key), others);
}

function back({ camera, state, moved }) {
  if (state.now.selected) {
    state.set({ selected: null });
    return true;
  }
  if (!camera.fitted) {
    camera.fit();
    moved();
    return true;
  }
  return false;
}
