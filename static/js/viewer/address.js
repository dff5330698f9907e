/** Keeps the part of the address behind # in step with what a person sees. */

import { DEFAULTS, decode, encode } from "./url.js";

const PAUSE = 250; // milliseconds without a change before the address is written

export class Address {
  #state;
  #camera;
  #neighbours;
  #timer = null;

  /**
   * `neighbours` are the links to the pictures before and after: they take filters and view along. Where the pictures were
   * chosen in the gallery, each link names the analysis that it was chosen for.
   */
  constructor(state, camera, neighbours) {
    this.#state = state;
    this.#camera = camera;
    this.#neighbours = neighbours.map((link) => ({ link, chosen: decode(link.hash).slots }));
  }

  /** What an address says behind its #: values for the state, and the view. */
  static read(hash = location.hash) {
    const { view, ...values } = decode(hash);
    return { values, view };
  }

  /** Something changed: write it soon. */
  touch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), PAUSE);
  }

  write() {
    clearTimeout(this.#timer);
    const view = this.#camera.fitted ? null : { ...this.#camera.centre, scale: this.#camera.scale };
    const text = encode({ ...this.#state.now, view });
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    // The next picture has other analyses and objects; all else is looked at in the same way.
    const { one, overlays, selected } = DEFAULTS;
    const several = this.#state.now.slots?.filter(Boolean).length > 1; // of several, one alone is not the same way
    for (const { link, chosen } of this.#neighbours) {
      const slots = several ? DEFAULTS.slots : chosen;
      link.hash = encode({ ...this.#state.now, slots, one, overlays, selected, view });
    }
  }
}
