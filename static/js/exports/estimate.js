/** How much the chosen download is, asked anew whenever the choice changes. */

import { find, findAll } from "../dom.js";
import { counts, queryOf, size } from "./query.js";

const PAUSE = 250; // milliseconds without another change before VISTA is asked

export class Estimate {
  #form;
  #api;
  #timer = null;
  #asking = null;

  /** `form` is the element of templates/analyses/export.html. */
  constructor(form, api) {
    this.#form = form;
    this.#api = api;
    form.addEventListener("input", () => this.#changed());
    window.addEventListener("pageshow", () => this.#changed()); // who comes back finds the fields as they were
  }

  #changed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const data = new FormData(this.#form);
    const query = queryOf([...data.entries()]);
    const link = find("[data-stream-link]", this.#form);
    link.href = `${this.#form.dataset.stream}?${query}`;
    const onlyInAnArchive = ["artifacts", "pictures", "annotated"].some((name) => data.has(name));
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      this.#show(await this.#api.get(`${this.#form.dataset.estimate}?${query}`, this.#asking), "");
      link.hidden = onlyInAnArchive;
    } catch (error) {
      if (error.name !== "AbortError") {
        this.#show(null, error.message);
        link.hidden = true; // it would lead to the same fault
      }
    }
  }

  #show(estimate, fault) {
    const said = find("[data-estimate-failed]", this.#form);
    said.hidden = fault === "";
    said.textContent = fault;
    find("[data-known]", this.#form).hidden = !estimate;
    if (estimate) {
      for (const element of findAll("[data-count]", this.#form)) {
        element.textContent = estimate[element.dataset.count].toLocaleString("en-GB");
      }
      for (const word of findAll("[data-plural]", this.#form)) {
        const { plural, one, many } = word.dataset;
        word.textContent = estimate[plural] === 1 ? one : many;
      }
      find("[data-inexact]", this.#form).hidden = estimate.exact;
      const noPlace = find("[data-no-place]", this.#form);
      noPlace.textContent = counts(estimate.no_place);
      noPlace.parentElement.hidden = noPlace.textContent === "";
      find("[data-bytes]", this.#form).textContent = size(estimate.bytes);
    }
  }
}
