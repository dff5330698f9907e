/** The panel that shows uploads: what goes on, what was refused and why. */
import { find, stamp } from "../dom.js";
import { summary } from "./summary.js";

export class UploadPanel {
  #root;
  #rows = new Map(); // file -> its row
  #gallery;

  constructor(root, gallery) {
    this.#root = root;
    this.#gallery = gallery;
  }

  started(file) {
    this.#drop(file);
    const row = stamp("upload-row");
    find("[data-name]", row).textContent = file.name;
    find("[data-progress]", row).setAttribute("aria-label", file.name);
    find("[data-rows]", this.#root).append(row);
    this.#rows.set(file, row);
    this.#root.hidden = false;
  }

  progressed(file, share) {
    const bar = find("[data-progress]", this.#rows.get(file));
    if (share < 1) {
      bar.value = share;
    } else {
      bar.removeAttribute("value"); // all is sent; the server is reading it
    }
  }

  added(file, image) {
    this.#drop(file);
    this.#gallery.add(image);
  }

  refused(file, error) {
    const row = this.#rows.get(file);
    row.classList.add("upload-row--refused");
    find("[data-progress]", row).hidden = true;
    const fault = find("[data-fault]", row);
    fault.textContent = error.detail ?? String(error);
    fault.hidden = false;
    find("[data-name]", row).hidden = fault.textContent.startsWith(file.name);
  }

  changed(counts) {
    const busy = counts.left > 0;
    find("[data-summary]", this.#root).textContent = summary(counts, this.#gallery.isFirstPage);
    find("[data-total]", this.#root).value = counts.share;
    find("[data-total]", this.#root).hidden = !busy;
    find("[data-stop]", this.#root).hidden = !busy;
    find("[data-close]", this.#root).hidden = busy;
    find("[data-retry]", this.#root).hidden = busy || counts.retryable === 0;
  }

  close() {
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.#root.hidden = true;
  }

  #drop(file) {
    this.#rows.get(file)?.remove();
    this.#rows.delete(file);
  }
}
