/** The four verdicts as buttons with their counts, and what their signs and colours are. */

import { find, findAll, stamp } from "../../dom.js";
import { switchedVerdict, VERDICTS } from "../comparison/verdicts.js";
import { count } from "../format.js";

/** Give a sign its letter and its colour. */
export function paintSign(element, { name, sign }) {
  element.textContent = sign;
  element.classList.add(`sign--${name}`);
}

export class VerdictButtons {
  #root;
  #state;

  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    root.replaceChildren(...VERDICTS.map(newButton));
    root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-verdict]");
      if (button) {
        state.set({ verdicts: switchedVerdict(state.now.verdicts, button.dataset.verdict) });
      }
    });
  }

  /** `counts` are objects or pairs by the names of the verdicts, `models` the names of A and B. */
  render(counts, [a, b]) {
    const titles = { agree: "A and B have it, with the same class", a: `Only ${a} has it`, b: `Only ${b} has it`, differs: "A and B have it, with different classes" };
    const shown = this.#state.now.verdicts.split(",");
    for (const button of findAll("[data-verdict]", this.#root)) {
      const { verdict } = button.dataset;
      button.setAttribute("aria-pressed", shown.includes(verdict));
      button.title = `${titles[verdict]}. Press to ${shown.includes(verdict) ? "hide" : "show"} these.`;
      find("[data-count]", button).textContent = count(counts[verdict]);
    }
  }
}

function newButton(verdict) {
  const button = stamp("verdict");
  button.dataset.verdict = verdict.name;
  paintSign(find("[data-sign]", button), verdict);
  find("[data-word]", button).textContent = verdict.word;
  return button;
}
