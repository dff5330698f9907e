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

  /** See that an overlay is there, coloured with or without fading. */
  want(overlay, fade) {
    const kept = this.get(overlay.key);
    if (kept.status === "none") {
      this.#load(overlay, fade);
    } else if (kept.scalar && kept.fade !== fade) {
      this.#kept.set(overlay.key, { ...kept, fade, image: painted(kept.scalar, fade) });
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

  async #load({ key, kind, url, range }, fade) {
    this.#kept.set(key, { status: "loading" });
    try {
      const buffer = await this.#fetchBytes(url);
      const { scalar } = kind === "heatmap" ? await readRaster(buffer, range) : {};
      const image = scalar ? painted(scalar, fade) : await createImageBitmap(new Blob([buffer])).catch(unreadable);
      this.#kept.set(key, { status: "ready", image, scalar, fade });
    } catch (error) {
      this.#kept.set(key, { status: "failed", error: error.message });
    }
    this.dispatchEvent(new Event("change"));
  }
}

function painted(scalar, fade) {
  const canvas = new OffscreenCanvas(scalar.width, scalar.height);
  const rgba = colourise(scalar.values, scalar.range, { fade });
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
