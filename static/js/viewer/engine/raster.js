/** One array of pixels, drawn anew each frame and put on a canvas at once: masks, many outlines, density. */

import { Density } from "./density.js";
import { drawIdMap } from "./idmap.js";
import { MaskPlanes } from "./masks.js";
import { surfaceOf } from "./outlines.js";
import { drawShapes } from "./shapes.js";

const MOST_WITH_HALO = 6000; // with more shapes in view dark edges would cover the picture

export class Raster {
  #image = null;
  #pixels = null;
  #between = null;
  #density = new Density();
  #planes;

  /** `ready` is called when masks that took longer can be drawn. */
  constructor(ready) {
    this.#planes = new MaskPlanes(ready);
  }

  /** Begin to make what drawing this frame will need. */
  prepare(frame) {
    this.#planes.wanted({ ...frame });
  }

  /** Whether masks are still being made. */
  get isWaiting() {
    return this.#planes.isWaiting;
  }

  /**
   * Draw what is not drawn by paths; `frame` is frameOf's with camera, ratio and picture, `clip` [x, y, width, height]
   * in device pixels. Draws nothing, at no cost, where paths do it all.
   */
  draw(ctx, frame, clip) {
    const masks = this.#planes.wanted(frame);
    if (frame.mode === "ink" && !masks.length && !frame.boxes.length) {
      return;
    }
    const surface = this.#surface(ctx.canvas, clip);
    const { camera, ratio, picture, layers, boxes, mode, count } = frame;
    const [scale, , , , x, y] = camera.matrix(ratio);
    const place = { scale, x, y, ratio };
    if (mode === "density") {
      this.#density.draw(surface, layers, place);
    } else {
      for (const { plane, table } of masks) {
        drawIdMap(surface, plane, table, place, picture);
      }
    }
    if (mode === "outlines") {
      for (const layer of layers) {
        drawShapes(surface, layer, place, { halo: count <= MOST_WITH_HALO });
      }
    }
    for (const layer of boxes) {
      drawShapes(surface, layer, place, { halo: true, boxesOnly: true });
    }
    this.#put(ctx, frame.rasters.length > 0);
  }

  /** An empty surface as large as the canvas. */
  #surface({ width, height }, [x, y, across, down]) {
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    } else {
      this.#pixels.fill(0);
    }
    return surfaceOf(this.#pixels, width, height, [x, y, x + across, y + down].map(Math.round));
  }

  /** Putting replaces what is there; over heatmaps it has to go by another canvas. */
  #put(ctx, isOverSomething) {
    if (!isOverSomething) {
      ctx.putImageData(this.#image, 0, 0);
      return;
    }
    const { width, height } = this.#image;
    if (this.#between?.width !== width || this.#between.height !== height) {
      this.#between = new OffscreenCanvas(width, height);
    }
    this.#between.getContext("2d").putImageData(this.#image, 0, 0);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.#between, 0, 0);
  }
}
