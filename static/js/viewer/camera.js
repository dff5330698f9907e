/** Where the picture lies on the screen: the one place that turns image pixels into screen pixels and back. */

const MARGIN = 16; // CSS pixels around a fitted picture, so that boxes on its edge can be seen
const LARGEST = 64; // CSS pixels an image pixel
const KEEP = 48; // CSS pixels of the picture that stay in view, however far it is dragged

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class Camera {
  #scale = 1;
  #x = 0;
  #y = 0;
  #viewport = { width: 1, height: 1 };
  #fitted = true;

  /** `image` is {width, height} in pixels of the upright picture. */
  constructor(image) {
    this.image = { width: image.width, height: image.height };
  }

  /** CSS pixels an image pixel. */
  get scale() {
    return this.#scale;
  }

  /** Whether the whole picture is shown and follows the size of the window. */
  get fitted() {
    return this.#fitted;
  }

  get viewport() {
    return { ...this.#viewport };
  }

  get #fitScale() {
    const { width, height } = this.#viewport;
    const margin = Math.min(MARGIN, width / 10, height / 10);
    const scale = Math.min(
      (width - 2 * margin) / this.image.width,
      (height - 2 * margin) / this.image.height,
    );
    return Math.min(scale, LARGEST);
  }

  get #smallest() {
    return Math.min(this.#fitScale, 1) / 4;
  }

  /** The window has a new size, in CSS pixels: a fitted picture is fitted again, any other keeps its centre. */
  resize(width, height) {
    const centre = this.centre;
    this.#viewport = { width: Math.max(width, 1), height: Math.max(height, 1) };
    if (this.#fitted) {
      this.fit();
    } else {
      this.look(centre, this.#scale);
    }
  }

  fit() {
    const { width, height } = this.#viewport;
    this.#scale = this.#fitScale;
    this.#x = (width - this.image.width * this.#scale) / 2;
    this.#y = (height - this.image.height * this.#scale) / 2;
    this.#fitted = true;
  }

  /** The image point in the middle of the window. */
  get centre() {
    return this.toImage(this.#viewport.width / 2, this.#viewport.height / 2);
  }

  /** Put an image point into the middle of the window. */
  look(centre, scale) {
    this.#scale = clamp(scale, this.#smallest, LARGEST);
    this.#x = this.#viewport.width / 2 - centre.x * this.#scale;
    this.#y = this.#viewport.height / 2 - centre.y * this.#scale;
    this.#fitted = false;
    this.#keepInView();
  }

  /** Zoom by a factor; the image point under the screen point (x, y) stays where it is. */
  zoomAt(x, y, factor) {
    const scale = clamp(this.#scale * factor, this.#smallest, LARGEST);
    const ratio = scale / this.#scale;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#scale = scale;
    this.#fitted = false;
    this.#keepInView();
  }

  zoomBy(factor) {
    this.zoomAt(this.#viewport.width / 2, this.#viewport.height / 2, factor);
  }

  /** One image pixel becomes one pixel of the device. */
  oneToOne(deviceRatio) {
    this.zoomBy(1 / deviceRatio / this.#scale);
  }

  panBy(dx, dy) {
    this.#x += dx;
    this.#y += dy;
    this.#fitted = false;
    this.#keepInView();
  }

  /** Move as little as needed to bring bounds [x0, y0, x1, y1] into view; true when something moved. */
  reveal(bounds) {
    const { width, height } = this.#viewport;
    const [left, top] = this.toScreen(bounds[0], bounds[1]);
    const [right, bottom] = this.toScreen(bounds[2], bounds[3]);
    const dx = shift(left, right, width);
    const dy = shift(top, bottom, height);
    if (dx || dy) {
      this.panBy(dx, dy);
    }
    return Boolean(dx || dy);
  }

  /** Fill the window with bounds [x0, y0, x1, y1], leaving some air around them. */
  zoomTo(bounds) {
    const { width, height } = this.#viewport;
    const across = Math.max(bounds[2] - bounds[0], 1);
    const down = Math.max(bounds[3] - bounds[1], 1);
    const centre = { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 };
    this.look(centre, Math.min((width * 0.6) / across, (height * 0.6) / down));
  }

  /** Screen point [x, y] in CSS pixels of an image point. */
  toScreen(x, y) {
    return [this.#x + x * this.#scale, this.#y + y * this.#scale];
  }

  /** Image point {x, y} under a screen point in CSS pixels. */
  toImage(x, y) {
    return { x: (x - this.#x) / this.#scale, y: (y - this.#y) / this.#scale };
  }

  /** The part of the picture's plane that the window shows: [x0, y0, x1, y1] in image pixels. */
  get view() {
    const { width, height } = this.#viewport;
    const a = this.toImage(0, 0);
    const b = this.toImage(width, height);
    return [a.x, a.y, b.x, b.y];
  }

  /** Bounds [x0, y0, x1, y1] as [x, y, width, height] in whole device pixels, so that straight lines are sharp. */
  deviceRect(bounds, deviceRatio) {
    const scale = this.#scale * deviceRatio;
    const x = Math.round(bounds[0] * scale + this.#x * deviceRatio);
    const y = Math.round(bounds[1] * scale + this.#y * deviceRatio);
    const right = Math.round(bounds[2] * scale + this.#x * deviceRatio);
    const bottom = Math.round(bounds[3] * scale + this.#y * deviceRatio);
    return [x, y, right - x, bottom - y];
  }

  /** What a canvas with `deviceRatio` device pixels a CSS pixel takes as setTransform(…): draws in image pixels. */
  matrix(deviceRatio) {
    const scale = this.#scale * deviceRatio;
    return [scale, 0, 0, scale, this.#x * deviceRatio, this.#y * deviceRatio];
  }

  #keepInView() {
    const { width, height } = this.#viewport;
    const keepX = Math.min(KEEP, width / 4);
    const keepY = Math.min(KEEP, height / 4);
    this.#x = clamp(this.#x, keepX - this.image.width * this.#scale, width - keepX);
    this.#y = clamp(this.#y, keepY - this.image.height * this.#scale, height - keepY);
  }
}

function shift(low, high, size) {
  if (low >= 0 && high <= size) {
    return 0;
  }
  if (high - low > size) {
    return high < MARGIN || low > size - MARGIN ? size / 2 - (low + high) / 2 : 0;
  }
  return low < 0 ? MARGIN - low : size - MARGIN - high;
}
