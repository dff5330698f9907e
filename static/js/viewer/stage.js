/** The picture, where it is huge from tiles, and two canvases over it: shapes and heatmaps, labels and the few pointed at. */

import { drawArtifacts } from "./layers/artifact.js";
import { drawBoxes } from "./layers/boxes.js";
import { drawHeatmaps } from "./layers/heatmap.js";
import { drawHighlights } from "./layers/highlight.js";
import { drawKeypoints } from "./layers/keypoints.js";
import { drawLabels } from "./layers/labels.js";
import { drawMasks } from "./layers/masks.js";
import { drawPolygons } from "./layers/polygons.js";

const RASTERS = [drawArtifacts, drawHeatmaps];
const SHAPES = [drawMasks, drawPolygons, drawBoxes, drawKeypoints];
const MARKS = [drawHighlights];
const LABELS = [drawLabels];
const EDGE = 4; // CSS pixels around the picture into which a line on its edge may reach
const PIXELS = 4; // device pixels an image pixel from which on pixels are shown as squares

export class Stage {
  #camera;
  #picture;
  #shapes;
  #ink;
  #raster;
  #tiled;

  /**
   * `picture` is the image element, `shapes` and `ink` the canvases over it, `tiled` a huge picture or null; `raster`
   * may serve other stages too. `ready` is called when more can be drawn, `arrived` when more of the picture itself can.
   */
  constructor(camera, { picture, shapes, ink, tiled }, raster, { ready, arrived }) {
    this.#camera = camera;
    this.#raster = raster;
    this.#picture = picture;
    this.#tiled = tiled;
    this.#shapes = shapes.getContext("2d");
    this.#ink = ink.getContext("2d");
    picture.style.width = `${camera.image.width}px`; // whatever resolution the file claims to have
    picture.style.height = `${camera.image.height}px`;
    tiled?.addEventListener("change", arrived);
    tiled?.addEventListener("settled", ready);
    tiled?.addEventListener("failure", () => this.#doWithoutTiles());
  }

  get ratio() {
    return globalThis.devicePixelRatio || 1;
  }

  /** Begin to make what drawing this scene will need. */
  prepare(scene) {
    this.#raster.prepare(scene);
  }

  /** Whether the picture has yet to be seen sharp. */
  get isWaiting() {
    return Boolean(this.#tiled?.isWaiting);
  }

  /** All of the picture in its own pixels: an image element that has come. */
  async whole() {
    if (!this.#tiled) {
      return this.#picture;
    }
    const image = new Image();
    image.src = this.#tiled.whole;
    await image.decode();
    return image;
  }

  /** Draw one frame; `parts` is a Set of "picture", "shapes" and "ink", `scene` what the layers are told besides. */
  draw(parts, scene) {
    const frame = { ...scene, camera: this.#camera, ratio: this.ratio };
    this.#placePicture();
    if (parts.has("picture") && this.#tiled) {
      this.#drawTiles(frame);
    }
    if (parts.has("shapes")) {
      this.#empty(this.#shapes, frame);
      draw(this.#shapes, frame, RASTERS);
      this.#raster.draw(this.#shapes, frame, around(frame));
      if (frame.objects.length) {
        inPicture(this.#shapes, frame, SHAPES);
      }
    }
    if (parts.has("ink")) {
      this.#empty(this.#ink, frame);
      inPicture(this.#ink, frame, MARKS);
      draw(this.#ink, frame, LABELS);
    }
  }

  #placePicture() {
    const { style } = this.#picture;
    const [scale, , , , x, y] = this.#camera.matrix(1);
    style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    style.imageRendering = scale * this.ratio >= PIXELS ? "pixelated" : "auto";
  }

  /** The image element shows the picture, small, until there are tiles. */
  #drawTiles(frame) {
    const { context } = this.#tiled;
    this.#empty(context, frame);
    this.#picture.style.visibility = this.#tiled.draw(frame.ratio) ? "hidden" : "";
    context.canvas.style.filter = this.#picture.style.filter;
  }

  /** There are no tiles: what the browser makes of all of it at once is better than nothing. */
  #doWithoutTiles() {
    const { context, whole } = this.#tiled;
    this.#tiled = null;
    context.canvas.hidden = true;
    this.#picture.style.visibility = "";
    this.#picture.src = whole;
  }

  /** An empty canvas of as many pixels as the device has there. */
  #empty(ctx, { ratio, camera: { viewport } }) {
    const [width, height] = [viewport.width, viewport.height].map((side) => Math.round(side * ratio));
    const { canvas } = ctx;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, width, height);
  }
}

function draw(ctx, frame, layers) {
  for (const layer of layers) {
    layer(ctx, frame);
  }
}

/** The picture and a little more, in device pixels: [x, y, width, height]. */
function around({ camera, ratio, picture }) {
  const [x, y, width, height] = camera.deviceRect([0, 0, picture.width, picture.height], ratio);
  const edge = EDGE * ratio;
  return [x - edge, y - edge, width + 2 * edge, height + 2 * edge];
}

/** What overshoots the picture is cut off at its edge. */
function inPicture(ctx, frame, layers) {
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.beginPath();
  ctx.rect(...around(frame));
  ctx.clip();
  draw(ctx, frame, layers);
  ctx.restore();
}
