/** Single annotations as the API has them, with everything that the drawing does without; fetched when asked for. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEPT = 50; // of those asked for last

/** Tells "change" when one has come. */
export class Stored extends EventTarget {
  #api;
  #known = new Map();

  constructor(api) {
    super();
    this.#api = api;
  }

  /** {annotation, error} of an object {id, analysisId}; both are null while it is awaited. */
  of({ id, analysisId }) {
    if (!this.#known.has(id) && UUID.test(id)) {
      this.#fetch(id, `/api/analyses/${analysisId}/annotations/${id}`);
    }
    return this.#known.get(id) ?? { annotation: null, error: null };
  }

  async #fetch(id, url) {
    const put = (annotation, error) => this.#known.set(id, { annotation, error });
    put(null, null);
    if (this.#known.size > KEPT) {
      this.#known.delete(this.#known.keys().next().value);
    }
    try {
      put(await this.#api.get(url), null);
    } catch (error) {
      put(null, error.message);
    }
    this.dispatchEvent(new Event("change"));
  }
}
