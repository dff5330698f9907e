/** The whole picture in a corner, with a frame around the part that is in view; a press there goes there. */

const LONGEST = 144; // CSS pixels

/** {width, height} of the map of a picture in CSS pixels. */
export function mapSize({ width, height }) {
  const scale = LONGEST / Math.max(width, height);
  return { width: Math.max(Math.round(width * scale), 1), height: Math.max(Math.round(height * scale), 1) };
}

/** The part of the map [x, y, width, height] that shows a view [x0, y0, x1, y1] of the picture, cut at its edges. */
export function partOf(view, picture, map) {
  const [sx, sy] = [map.width / picture.width, map.height / picture.height];
  const within = (value, most) => Math.min(Math.max(value, 0), most);
  const [x0, x1] = [view[0], view[2]].map((x) => within(x * sx, map.width));
  const [y0, y1] = [view[1], view[3]].map((y) => within(y * sy, map.height));
  return [x0, y0, x1 - x0, y1 - y0];
}

export class Minimap {
  #camera;
  #map;
  #box = document.createElement("div");
  #canvas = document.createElement("canvas");
  #view = document.createElement("div");

  /** Puts itself on `stage`; `moved` is called when it has moved the camera. */
  constructor(stage, camera, moved) {
    this.#camera = camera;
    this.#map = mapSize(camera.image);
    this.#box.className = "minimap";
    this.#box.dataset.minimap = "";
    this.#box.setAttribute("aria-hidden", "true"); // keys and the table do what it does
    this.#canvas.className = "minimap__picture";
    this.#view.className = "minimap__view";
    this.#box.append(this.#canvas, this.#view);
    this.#box.hidden = true;
    stage.append(this.#box);
    const go = (event) => {
      if (event.buttons & 1) {
        this.#goTo(event);
        moved();
      }
    };
    this.#box.addEventListener("pointerdown", (event) => {
      this.#box.setPointerCapture(event.pointerId);
      go(event);
    });
    this.#box.addEventListener("pointermove", go);
  }

  #goTo({ clientX, clientY }) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const { width, height } = this.#camera.image;
    const at = { x: ((clientX - left) / this.#map.width) * width, y: ((clientY - top) / this.#map.height) * height };
    this.#camera.look(at, this.#camera.scale);
  }

  /** The picture has come. */
  show(picture) {
    const ratio = globalThis.devicePixelRatio || 1;
    const { width, height } = this.#map;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#canvas.getContext("2d").drawImage(picture, 0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** The camera has moved; where all of the picture is in view there is nothing to say. */
  draw() {
    const [x, y, width, height] = partOf(this.#camera.view, this.#camera.image, this.#map);
    this.#box.hidden = width >= this.#map.width && height >= this.#map.height;
    const { style } = this.#view;
    style.width = `${Math.max(width, 4)}px`;
    style.height = `${Math.max(height, 4)}px`;
    style.transform = `translate(${x}px, ${y}px)`;
  }
}
