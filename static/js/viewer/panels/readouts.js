/** What is said in words around the canvas: zoom, the point under the cursor, progress, changes for screen readers. */

import { find } from "../../dom.js";
import { count, number, score } from "../format.js";

const PAUSE = 600; // milliseconds of quiet before a change is read out
const SEEN = 4000; // milliseconds a note stays

export class Readouts {
  #root;
  #said = "";
  #pending = new Map();
  #timer = null;
  #note = null;

  constructor(root) {
    this.#root = root;
  }

  zoom(scale) {
    const percent = scale * 100;
    find("[data-zoom]", this.#root).textContent = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
  }

  /** `values` are [{label, value, unit}] of the heatmaps at the point; null takes the read-out away. */
  point(point, objects, values) {
    const box = find("[data-readout]", this.#root);
    box.hidden = point === null;
    if (point) {
      const parts = [
        `${Math.floor(point.x)}, ${Math.floor(point.y)}`,
        ...objects.slice(0, 3).map(({ className, confidence }) => `${className} ${score(confidence)}`),
        objects.length > 3 ? `and ${objects.length - 3} more` : "",
        ...values.map(({ label, value, unit }) => `heatmap ${label} ${number(value)} ${unit}`.trim()),
      ];
      box.textContent = parts.filter(Boolean).join("  ·  ");
    }
  }

  /** `loaded` of `total` objects are there; null when nothing is under way. */
  progress(progress) {
    const box = find("[data-loading]", this.#root);
    box.hidden = progress === null;
    if (progress) {
      const bar = find("[data-progress]", box);
      bar.max = Math.max(progress.total, 1);
      bar.value = progress.loaded;
      const text = `Loading objects: ${count(progress.loaded)} of ${count(progress.total)}`;
      find("[data-loading-text]", box).textContent = text;
    }
  }

  /** Words for the canvas, and the same read out once it is quiet. */
  summary(filename, objects, counts, total) {
    const classes = counts.slice(0, 8).map(([name, times]) => `${count(times)} ${name || "without class"}`);
    const text = `${count(objects)} of ${count(total)} objects shown${classes.length ? `: ${classes.join(", ")}` : ""}`;
    find("[data-shapes]", this.#root).setAttribute("aria-label", `${filename}. ${text}. The table of objects says the same.`);
    if (text !== this.#said) {
      this.#said = text;
      this.announce("summary", text);
    }
  }

  /** A sentence that everybody sees for a while. */
  tell(text) {
    const note = find("[data-note]", this.#root);
    note.textContent = text;
    note.hidden = false;
    clearTimeout(this.#note);
    this.#note = setTimeout(() => {
      note.hidden = true;
    }, SEEN);
    this.announce("note", text);
  }

  /** Have a sentence read out; a later one about the same subject takes its place. */
  announce(subject, text) {
    this.#pending.set(subject, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      find("[data-announce]", this.#root).textContent = [...this.#pending.values()].join(". ");
      this.#pending.clear();
    }, PAUSE);
  }
}
