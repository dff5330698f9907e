/** The colours that people of a project have given to classes; the palette knows the others. */

export class Colours extends EventTarget {
  #api;
  #url;
  #own;

  /** `own` is {class name: #rrggbb} as the server has it. Tells "change", and "failure" with a sentence. */
  constructor(api, projectId, own) {
    super();
    this.#api = api;
    this.#url = `/api/projects/${projectId}/class-colours`;
    this.#own = { ...own };
  }

  /** Whether any class has a colour of its own. */
  get areOwn() {
    return Object.keys(this.#own).length > 0;
  }

  /** {class name: #rrggbb}. */
  get own() {
    return { ...this.#own };
  }

  /** Give a class a colour, for everybody in the project. */
  choose(className, colour) {
    return this.#send({ [className]: colour });
  }

  /** Give every class its usual colour back. */
  forget() {
    return this.#send(Object.fromEntries(Object.keys(this.#own).map((name) => [name, null])));
  }

  async #send(colours) {
    try {
      const { class_colours: own } = await this.#api.patch(this.#url, { class_colours: colours });
      this.#own = own;
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      this.dispatchEvent(new CustomEvent("failure", { detail: error.message }));
    }
  }
}
