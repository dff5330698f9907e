/** The whole page takes dropped files, folders with all that is in them; `cover` shows that it would. */

export class DropTarget {
  #cover;
  #take;
  #depth = 0; // dragenter and dragleave come for every element on the way

  constructor(cover, take) {
    this.#cover = cover;
    this.#take = take;
    document.addEventListener("dragenter", (event) => this.#enter(event, 1));
    document.addEventListener("dragleave", (event) => this.#enter(event, -1));
    document.addEventListener("dragover", (event) => this.#allow(event));
    document.addEventListener("drop", (event) => this.#drop(event));
  }

  #allow(event) {
    const files = event.dataTransfer.types.includes("Files");
    if (files) {
      event.preventDefault();
    }
    return files;
  }

  #enter(event, step) {
    if (this.#allow(event)) {
      this.#depth = Math.max(0, this.#depth + step);
      this.#cover.hidden = this.#depth === 0;
    }
  }

  async #drop(event) {
    if (this.#allow(event)) {
      this.#depth = 0;
      this.#cover.hidden = true;
      this.#take(await filesOf(event.dataTransfer));
    }
  }
}

async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
  if (!entries.some((entry) => entry?.isDirectory)) {
    return [...transfer.files];
  }
  const found = await Promise.all(entries.filter(Boolean).map(filesBelow));
  return found.flat();
}

async function filesBelow(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  }
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    // a reader gives at most a hundred entries at a time, then an empty list
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) {
      return files;
    }
    for (const child of entries.filter(({ name }) => !name.startsWith("."))) {
      files.push(...(await filesBelow(child)));
    }
  }
}
