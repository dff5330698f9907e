/** The grid of pictures as far as uploads change it: new ones come first. */
import { find, findAll, stamp } from "../dom.js";

const NIL = "00000000-0000-0000-0000-000000000000";

/** The address that the server wrote for no picture, for this one. */
function addressOf(element, image) {
  return element.dataset.url.replace(NIL, image.id);
}

export class Gallery {
  #root;

  constructor(root) {
    this.#root = root;
  }

  get isFirstPage() {
    return this.#root.dataset.isFirstPage === "true";
  }

  add(image) {
    this.#count();
    if (!this.isFirstPage) {
      return;
    }
    const tile = stamp("tile");
    const link = find(".tile__link", tile);
    link.href = addressOf(link, image);
    link.textContent = link.title = image.filename;
    const picture = find("img", tile);
    picture.src = addressOf(picture, image);
    this.#root.prepend(tile);
    this.#root.hidden = false;
    findAll("[data-gallery-empty]").forEach((empty) => empty.remove());
  }

  #count() {
    for (const element of findAll("[data-image-count]")) {
      const count = Number(element.dataset.imageCount) + 1;
      element.dataset.imageCount = count;
      element.textContent = `${count.toLocaleString("en-GB")} picture${count === 1 ? "" : "s"}`;
    }
  }
}
