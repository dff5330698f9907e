/** Planes of masks, made at once where that is quick and in a worker where it is not. */

import { idMap } from "./idmap.js";

const AT_ONCE = 8_000_000; // pixels of masks that take some tens of milliseconds

/** Gives planes by promise or at once; `workerOf` makes a worker that runs idmap_worker.js. */
export class PlaneMaker {
  #workerOf;
  #worker = null;
  #waiting = new Map();
  #last = 0;

  constructor(workerOf = () => new Worker(new URL("./idmap_worker.js", import.meta.url), { type: "module" })) {
    this.#workerOf = workerOf;
  }

  /** A plane of `masks`, [[row, mask], …], or the promise of one. */
  make(masks, picture) {
    return pixelsOf(masks) > AT_ONCE ? this.#later(masks, picture) : idMap(masks, picture);
  }

  #later(masks, picture) {
    this.#worker ??= this.#begun();
    this.#last += 1;
    const key = this.#last;
    return new Promise((done) => {
      this.#waiting.set(key, { done, masks, picture });
      this.#worker.postMessage({ key, masks, picture });
    });
  }

  #begun() {
    const worker = this.#workerOf();
    worker.addEventListener("message", ({ data: { key, plane } }) => this.#settle(key, plane));
    worker.addEventListener("error", () => {
      this.#worker = null;
      for (const [key, { masks, picture }] of [...this.#waiting]) {
        this.#settle(key, idMap(masks, picture)); // slower, but there
      }
    });
    return worker;
  }

  #settle(key, plane) {
    this.#waiting.get(key)?.done(plane);
    this.#waiting.delete(key);
  }
}

function pixelsOf(masks) {
  return masks.reduce((sum, [, { width, height }]) => sum + width * height, 0);
}
