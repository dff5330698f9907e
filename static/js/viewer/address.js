/** Keeps the part of the address behind # in step with what a person sees. */

import { DEFAULTS, decode, encode } from "./url.js";

const PAUSE = 250; // milliseconds without a change before the address is written

export class Address {
  #state;
  #camera;
  #neighbours;
  #timer = null;

  /** `neighbours` are the links to the pictures before and after: they take the filters along. */
  constructor(state, camera, neighbours) {
    this.#state = state;
    this.#camera = camera;
    this.#neighbours = neighbours;
  }

  /** What the address says: values for the state, and the view. */
  static read() {
    const { hiddenClasses, view, ...rest } = decode(location.hash);
    return { values: { ...rest, hiddenClasses: new Set(hiddenClasses) }, view };
  }

  /** Something changed: write it soon. */
  touch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), PAUSE);
  }

  write() {
    clearTimeout(this.#timer);
    const hiddenClasses = [...this.#state.now.hiddenClasses];
    const view = this.#camera.fitted ? null : { ...this.#camera.centre, scale: this.#camera.scale };
    const text = encode({ ...this.#state.now, hiddenClasses, view });
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    const { threshold, colourBy, labels } = this.#state.now;
    for (const link of this.#neighbours) {
      link.hash = encode({ ...DEFAULTS, threshold, hiddenClasses, colourBy, labels });
    }
  }
}
