/** Pointer, wheel and keys on the stage, turned into moves of the camera and calls of the viewer. */

import { actionFor } from "./keys.js";
import { isMode } from "./modes/modes.js";

const WHEEL = 0.0015; // zoom a wheel unit; lines and pages are turned into units first
const PINCH = 0.01; // a touch pad's pinch comes as a wheel with Ctrl
const CONTROLS = "button, a, input, [data-minimap], [data-pane-head], [data-divider]"; // what lies on the stage and has clicks of its own
const HOLD = "[data-hold]";
const BLINK = "blink";
const STILL = 4; // CSS pixels a pointer may tremble and still click

export class Input {
  #stage;
  #camera;
  #panes;
  #on;
  #origin = null;
  #pointers = new Map();
  #travelled = 0;

  /**
   * `panes` says by at(x, y) in which pane a point of the window is and where that begins, {index, left, top}. `on`
   * holds the answers: moved(), pointed(point | null), clicked(point), action(name), peek(boolean), hold(boolean);
   * points are {x, y, pane}, in CSS pixels of the pane with that index.
   */
  constructor(stage, camera, panes, on) {
    this.#stage = stage;
    this.#camera = camera;
    this.#panes = panes;
    this.#on = on;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.#double(event));
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", (event) => this.#forget(event));
    stage.addEventListener("pointerleave", () => this.#on.pointed(null));
    window.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("keyup", (event) => this.#keyUp(event));
    window.addEventListener("blur", () => {
      this.#on.peek(false);
      this.#on.hold(false);
    });
    stage.addEventListener("pointerdown", ({ target }) => target.closest(HOLD) && this.#on.hold(true));
    stage.addEventListener("click", (event) => this.#switch(event));
    stage.addEventListener("contextmenu", (event) => event.target.closest(HOLD) && event.preventDefault()); // a finger that holds
    for (const name of ["pointerup", "pointercancel"]) {
      window.addEventListener(name, () => this.#on.hold(false));
    }
  }

  /** As long as it is dragged, a picture is held in the pane where it was taken. */
  #point({ clientX, clientY }) {
    const { index, left, top } = this.#origin ?? this.#panes.at(clientX, clientY);
    return { x: clientX - left, y: clientY - top, pane: index };
  }

  #zoomAt({ x, y }, factor) {
    this.#camera.zoomAt(x, y, factor);
    this.#on.moved();
  }

  /** Two presses of a button are two presses of it. */
  #double(event) {
    if (!event.target.closest(CONTROLS)) {
      this.#zoomAt(this.#point(event), event.shiftKey ? 0.5 : 2);
    }
  }

  #wheel(event) {
    event.preventDefault();
    const unit = [1, 16, 400][event.deltaMode];
    const amount = (event.deltaY || event.deltaX) * unit; // Shift turns a wheel sideways
    this.#zoomAt(this.#point(event), Math.exp(-amount * (event.ctrlKey ? PINCH : WHEEL)));
  }

  #down(event) {
    if (event.button > 1 || event.target.closest(CONTROLS)) {
      return;
    }
    if (event.button === 1) {
      event.preventDefault(); // no scrolling by the middle button: it drags
    }
    this.#origin ??= this.#panes.at(event.clientX, event.clientY);
    this.#pointers.set(event.pointerId, this.#point(event));
    this.#travelled = this.#pointers.size > 1 ? STILL + 1 : 0;
    this.#stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const point = this.#point(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.#on.pointed(event.target.closest(CONTROLS) ? null : point);
      return;
    }
    this.#travelled += Math.hypot(point.x - before.x, point.y - before.y);
    if (this.#pointers.size === 2) {
      this.#pinch(event.pointerId, before, point);
    } else if (this.#travelled > STILL) {
      this.#camera.panBy(point.x - before.x, point.y - before.y);
    }
    this.#pointers.set(event.pointerId, point);
    if (this.#travelled > STILL) {
      this.#stage.dataset.dragging = "";
      this.#on.moved();
    }
  }

  #pinch(id, before, now) {
    const other = [...this.#pointers].find(([key]) => key !== id)[1];
    const length = (point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#camera.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.#camera.zoomAt(middle.x, middle.y, length(now) / length(before));
  }

  #up(event) {
    const clicks = this.#pointers.has(event.pointerId) && this.#travelled <= STILL && event.button === 0;
    const point = this.#point(event);
    this.#forget(event);
    if (clicks) {
      this.#on.clicked(point);
    }
  }

  #forget(event) {
    this.#pointers.delete(event.pointerId);
    if (!this.#pointers.size) {
      this.#origin = null;
      delete this.#stage.dataset.dragging;
    }
  }

  #key(event) {
    const control = event.target.closest?.("input, select, textarea, [contenteditable]") ?? null;
    const field = control && (control.type ?? "text");
    const isTaken = event.target.closest?.("[data-divider]"); // there Shift means further
    if (event.key === "Shift" && !isTaken && (field === null || field === "checkbox")) {
      this.#on.peek(true);
    }
    const action = document.querySelector("dialog[open]") ? null : actionFor(event, field);
    if (action && event.repeat && isMode(action)) {
      event.preventDefault(); // a key that is held shows one thing, it does not flicker
    } else if (action && this.#on.action(action)) {
      event.preventDefault();
      if (action === BLINK) {
        this.#on.hold(true);
      }
    }
  }

  #keyUp({ key }) {
    if (key === "Shift") {
      this.#on.peek(false);
    } else if (actionFor({ key }, null) === BLINK) {
      this.#on.hold(false);
    }
  }

  /** Who cannot hold a button, by keys or by voice, switches to the other side and back. */
  #switch({ target, detail }) {
    const button = target.closest(HOLD);
    if (button && detail === 0) {
      this.#on.hold(button.getAttribute("aria-pressed") !== "true");
    }
  }
}
