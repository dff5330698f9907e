/** The line between the two sides of a swipe, moved by pointer and by keys. */

const STEP = 0.02; // of the width, a press of an arrow
const STRIDE = 0.1; // the same with Shift

const KEYS = new Map([
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["Home", -Infinity],
  ["End", Infinity],
]);

/** Where the divider goes by a key, from `share`, 0 to 1; null for keys that do not move it. */
export function movedBy({ key, shiftKey }, share) {
  const direction = KEYS.get(key);
  return direction === undefined ? null : within(share + direction * (shiftKey ? STRIDE : STEP));
}

const within = (share) => Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 1000;

export class Divider {
  #element;
  #state;
  #scene;
  #store;
  #placeOf;

  /** `placeOf` gives {x, y, width, height} of what it divides, in CSS pixels of the stage. */
  constructor(element, { state, scene, store }, placeOf) {
    this.#element = element;
    this.#state = state;
    this.#scene = scene;
    this.#store = store;
    this.#placeOf = placeOf;
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("dblclick", () => state.set({ divider: 0.5 }));
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0) {
        element.setPointerCapture(event.pointerId);
        element.focus({ preventScroll: true });
        event.preventDefault(); // nothing is to be selected on the way
      }
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) {
        this.#drag(event);
      }
    });
  }

  #key(event) {
    const share = event.ctrlKey || event.metaKey || event.altKey ? null : movedBy(event, this.#state.now.divider);
    if (share !== null) {
      event.preventDefault();
      event.stopPropagation(); // else the arrow would go to the next picture
      this.#state.set({ divider: share });
    }
  }

  #drag({ clientX }) {
    const { x, width } = this.#placeOf();
    const { left } = this.#element.parentElement.getBoundingClientRect();
    this.#state.set({ divider: within((clientX - left - x) / width) });
  }

  get isThere() {
    return !this.#element.hidden;
  }

  /** CSS pixels from the left of the stage. */
  get x() {
    const { x, width } = this.#placeOf();
    return x + Math.round(this.#state.now.divider * width);
  }

  /** It is there, or is not; and so is what it stands for. */
  place(isThere) {
    this.#element.hidden = !isThere;
    if (isThere) {
      this.show();
    }
  }

  /** It has moved, or divides others than before. */
  show() {
    if (!this.isThere) {
      return;
    }
    const percent = Math.round(this.#state.now.divider * 100);
    const [a, b] = this.#scene.lineup.map((id) => this.#store.find(id)?.model_name);
    this.#element.parentElement.style.setProperty("--divider", `${this.x}px`);
    this.#element.setAttribute("aria-valuenow", percent);
    this.#element.setAttribute("aria-valuetext", `${percent} % from the left`);
    this.#element.setAttribute("aria-label", `Divider: A, ${a}, on the left; B, ${b}, on the right`);
  }
}
