/** Classification: what the picture shows as a whole, as bars in the panel and in a word on the picture. */

import { find, stamp } from "../../dom.js";
import { score } from "../format.js";

const READ_OUT = 4;
const BARS = 5; // the others can be opened

export class ScoresPanel {
  #panel;
  #readout;
  #scene;
  #store;

  constructor(root, scene, store) {
    this.#panel = find("[data-scores]", root);
    this.#readout = find("[data-scores-readout]", root);
    this.#scene = scene;
    this.#store = store;
  }

  render() {
    const found = this.#scene.ofKind("scores");
    this.#panel.hidden = this.#readout.hidden = !found.length;
    find("[data-scores-list]", this.#panel).replaceChildren(...found.map((object) => this.#list(object)));
    this.#readout.replaceChildren(
      ...found.slice(0, READ_OUT).map(({ className, confidence, analysisId }) => {
        const item = document.createElement("li");
        const words = [this.#model(analysisId), className, confidence === null ? "" : score(confidence)];
        item.textContent = words.filter(Boolean).join(" ");
        return item;
      }),
    );
  }

  #model(analysisId) {
    return this.#store.find(analysisId)?.model_name ?? "";
  }

  #list({ analysisId, className, confidence, data }) {
    const list = stamp("score-list");
    find("[data-model]", list).textContent = this.#model(analysisId);
    const scores = Object.entries(data.scores ?? (confidence === null ? {} : { [className]: confidence }));
    find("[data-items]", list).replaceChildren(...scores.slice(0, BARS).map(bar));
    const more = scores.slice(BARS);
    find("[data-more]", list).hidden = !more.length;
    find("[data-more-text]", list).textContent = `${more.length} more`;
    find("[data-more-items]", list).replaceChildren(...more.map(bar));
    return list;
  }
}

function bar([className, value]) {
  const item = stamp("score-item");
  find("[data-name]", item).textContent = className;
  find("[data-value]", item).textContent = score(value);
  find("[data-bar]", item).style.setProperty("--share", value);
  return item;
}
