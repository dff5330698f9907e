/** At most one animation frame at a time, told what has to be drawn anew in it. */

export class Frames {
  #draw;
  #later;
  #dirty = new Set();

  /** `draw` is called with a Set of parts; `later` is requestAnimationFrame. */
  constructor(draw, later = requestAnimationFrame) {
    this.#draw = draw;
    this.#later = (act) => later(act);
  }

  /** Ask for a frame that redraws `part`. */
  ask(part) {
    if (!this.#dirty.size) {
      this.#later(() => this.#frame());
    }
    this.#dirty.add(part);
  }

  #frame() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    this.#draw(dirty);
  }
}
