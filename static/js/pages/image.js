/** The page of a picture: server HTML with the viewer on top. */

import { api } from "../api.js";
import { Viewer } from "../viewer/viewer.js";

customElements.define(
  "vista-viewer",
  class extends HTMLElement {
    #viewer = null;

    connectedCallback() {
      this.#viewer ??= new Viewer(this, api);
      this.#viewer.start();
    }
  },
);
