/** Planes of masks, one a sheet, and their colours by row; both made once and kept until what they show changes. */

import { PlaneMaker } from "./planes.js";

const SOON = 2_000_000; // pixels of masks in view from which on a plane is quicker than paths
const WASH = 102; // of 255, as in layers/masks.js

export class MaskPlanes {
  #kept = new WeakMap();
  #awaited = 0;
  #maker;
  #ready;

  /** `ready` is called when a plane that took longer is there. */
  constructor(ready, maker = new PlaneMaker()) {
    this.#ready = ready;
    this.#maker = maker;
  }

  /** Whether a plane is on its way. */
  get isWaiting() {
    return this.#awaited > 0;
  }

  /** [{plane, table}] for the layers of a frame whose masks are not drawn by paths; takes those out of `objects`. */
  wanted(frame) {
    const layers = frame.layers.filter(({ sheet }) => sheet.has.has("mask"));
    if (frame.mode === "density" || !layers.length || (frame.mode === "ink" && !isMuch(frame.objects))) {
      return [];
    }
    frame.objects = frame.objects.filter(({ kind }) => kind !== "mask");
    return layers.map((layer) => this.#of(layer, frame.picture)).filter(({ plane }) => plane);
  }

  #of(layer, picture) {
    const { sheet, tones, cut } = layer;
    const kept = this.#kept.get(sheet) ?? { plane: null };
    if (kept.tones === tones && kept.cut === cut) {
      return kept;
    }
    // A threshold hides only what has nothing better over it; a hidden class may have something under it.
    const classes = tones.isShown.join("");
    const { groups } = tones;
    const seen = sheet.rowsOf("mask").filter((row) => tones.isShown[groups[row]]);
    const made = { tones, cut, classes, groups, plane: kept.plane, table: tableOf(layer, seen) };
    this.#kept.set(sheet, made);
    if (kept.classes !== classes || kept.groups !== groups) {
      this.#make(sheet, made, seen, picture);
    }
    return made;
  }

  #make(sheet, { classes, groups }, seen, picture) {
    const plane = this.#maker.make(seen.map((row) => [row, sheet.maskOf(row)]), picture);
    if (!(plane instanceof Promise)) {
      this.#kept.get(sheet).plane = plane;
      return;
    }
    this.#awaited += 1;
    plane.then((made) => {
      this.#awaited -= 1;
      const kept = this.#kept.get(sheet);
      if (kept.classes === classes && kept.groups === groups) {
        kept.plane = made; // else other classes have been chosen since, and their plane is on its way
      }
      this.#ready();
    });
  }
}

function isMuch(objects) {
  let pixels = 0;
  for (const object of objects) {
    if (object.kind === "mask") {
      const { width, height } = object.mask;
      pixels += width * height;
    }
  }
  return pixels > SOON;
}

/** Pixels by row + 1, 0 for what is hidden. */
function tableOf({ sheet, tones: { colours, keys }, cut }, seen) {
  const lines = new Uint32Array(sheet.count + 1);
  const washes = new Uint32Array(sheet.count + 1);
  for (const row of seen) {
    if (row < cut || row >= sheet.scored) {
      lines[row + 1] = colours[keys[row]];
      washes[row + 1] = ((colours[keys[row]] & 0xffffff) | (WASH << 24)) >>> 0;
    }
  }
  return { lines, washes };
}
