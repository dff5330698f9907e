/** The list of keys, and whether they do anything: somebody who dictates does not want letters to act. */

import { find } from "../../dom.js";
import { HELP } from "../keys.js";
import { fillFacts } from "./facts.js";

const KEPT = "vista-keys";

export class KeysDialog {
  #dialog;
  #on;

  constructor(dialog) {
    this.#dialog = dialog;
    fillFacts(find("[data-keys-list]", dialog), HELP);
    const box = find("[data-keys-on]", dialog);
    this.#on = kept() !== "off";
    box.checked = this.#on;
    box.addEventListener("change", () => {
      this.#on = box.checked;
      keep(this.#on ? "on" : "off");
    });
  }

  /** Whether keys act. */
  get areOn() {
    return this.#on;
  }

  open() {
    this.#dialog.showModal();
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // the browser keeps nothing for us
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // then it holds until the page is left
  }
}
