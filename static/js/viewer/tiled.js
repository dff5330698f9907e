/** A huge picture on a canvas of its own, from tiles, instead of in the image element. */

import { drawTiles } from "./layers/tiles.js";
import { Pyramid } from "./tiles.js";
import { TileStore } from "./tile_store.js";

/** Tells "change" when more can be drawn, "settled" when the first view is whole, and "failure" when there are no tiles. */
export class Tiled extends EventTarget {
  #camera;
  #ctx;
  #pyramid;
  #store;
  #isSettled = false;

  /**
   * `canvas` says in its data where tiles are (`tiles`), how large (`side`), and where all is (`whole`); `store` is that
   * of another pane with the same picture, if there is one.
   */
  constructor(camera, canvas, store = new TileStore(fetchFrom(canvas.dataset.tiles))) {
    super();
    this.#camera = camera;
    this.#ctx = canvas.getContext("2d");
    this.#pyramid = new Pyramid(camera.image, Number(canvas.dataset.side));
    this.#store = store;
    this.#store.addEventListener("change", () => this.dispatchEvent(new Event("change")));
    this.#store.addEventListener("settled", () => this.#settle());
    this.#store.addEventListener("failure", () => {
      this.#settle();
      this.dispatchEvent(new Event("failure"));
    });
  }

  /** The address of all of the picture in one. */
  get whole() {
    return this.#ctx.canvas.dataset.whole;
  }

  /** The tiles, for other panes with the same picture. */
  get store() {
    return this.#store;
  }

  get context() {
    return this.#ctx;
  }

  /** Whether the picture has yet to be seen sharp for the first time; moving about later is not waited for. */
  get isWaiting() {
    return !this.#isSettled;
  }

  #settle() {
    if (!this.#isSettled) {
      this.#isSettled = true;
      this.dispatchEvent(new Event("settled"));
    }
  }

  /** Draw what is there on the empty canvas and ask for what is not; false when nothing is there yet. */
  draw(ratio) {
    const pyramid = this.#pyramid;
    const seen = [this.#camera.view, this.#camera.scale * ratio];
    this.#store.want(pyramid.wanted(...seen));
    const pile = pyramid
      .pile(...seen, (key) => this.#store.has(key))
      .map((tile) => ({ bounds: pyramid.bounds(tile), bitmap: this.#store.get(tile.key), step: pyramid.step(tile.level) }));
    if (pile.length && !this.#store.isWaiting) {
      this.#settle(); // another pane may have fetched all of it before
    }
    drawTiles(this.#ctx, { camera: this.#camera, ratio, picture: this.#camera.image, pile });
    return pile.length > 0;
  }
}

function fetchFrom(address) {
  return async (key, signal) => {
    const response = await fetch(`${address}/${key}`, { credentials: "same-origin", signal });
    if (response.status === 202) {
      return null; // being made
    }
    if (!response.ok) {
      throw new Error(`VISTA answered with status ${response.status}.`);
    }
    return createImageBitmap(await response.blob());
  };
}
