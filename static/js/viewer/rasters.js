/** Fetches what is laid over the picture and keeps it ready to be drawn. */

import { colourise } from "./colourmap.js";
import { readRaster } from "./raster.js";

/** Tells "change" when something has arrived or failed. */
export class Rasters extends EventTarget {
  #kept = new Map();
  #fetchBytes;

  /** `fetchBytes` is an async function from a URL to an ArrayBuffer; it throws an Error with a sentence. */
  constructor(fetchBytes = bytesOf) {
    super();
    this.#fetchBytes = fetchBytes;
  }

  /** {status, image, scalar, error} of an overlay; status is none, loading, ready or failed. */
  get(key) {
    return this.#kept.get(key) ?? { status: "none" };
  }

  /**
   * See that an overlay is there, and looks so: {fade, map, span}, fading or not, by the name of a colour map, whose
   * colours go from span[0] to span[1] of the range (0 to 1 for all of it).
   */
  want(overlay, look) {
    const kept = this.get(overlay.key);
    if (kept.status === "none") {
      this.#load(overlay, look);
    } else if (kept.scalar && isOther(kept.look, look)) {
      this.#kept.set(overlay.key, { ...kept, look, image: painted(kept.scalar, look) });
    }
  }

  /** Forget what failed, so that it is tried again. */
  retry() {
    for (const [key, { status }] of [...this.#kept]) {
      if (status === "failed") {
        this.#kept.delete(key);
      }
    }
  }

  async #load({ key, kind, url, range }, look) {
    this.#kept.set(key, { status: "loading" });
    try {
      const buffer = await this.#fetchBytes(url);
      const { scalar } = kind === "heatmap" ? await readRaster(buffer, range) : {};
      const image = scalar ? painted(scalar, look) : await createImageBitmap(new Blob([buffer])).catch(unreadable);
      this.#kept.set(key, { status: "ready", image, scalar, look });
    } catch (error) {
      this.#kept.set(key, { status: "failed", error: error.message });
    }
    this.dispatchEvent(new Event("change"));
  }
}

function isOther(a, b) {
  return a.fade !== b.fade || a.map !== b.map || a.span?.join() !== b.span?.join();
}

function painted(scalar, { fade, map, span = [0, 1] }) {
  const [low, high] = scalar.range;
  const range = span.map((share) => low + (high - low) * share);
  const canvas = new OffscreenCanvas(scalar.width, scalar.height);
  const rgba = colourise(scalar.values, range, { fade, map });
  canvas.getContext("2d").putImageData(new ImageData(rgba, scalar.width, scalar.height), 0, 0);
  return canvas;
}

function unreadable() {
  throw new Error("The browser cannot read this picture.");
}

async function bytesOf(url) {
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!response) {
    throw new Error("VISTA does not answer. Check your connection and try again.");
  }
  if (!response.ok) {
    throw new Error(response.status === 404 ? "The file was never uploaded." : `VISTA answered with status ${response.status}.`);
  }
  return response.arrayBuffer();
}
