/** What a person has chosen, in one frozen object; a change is told with the names of what changed. */

export class State extends EventTarget {
  #now;

  constructor(initial) {
    super();
    this.#now = Object.freeze({ ...initial });
  }

  /** Everything as it is now; a new object after each change. */
  get now() {
    return this.#now;
  }

  /** Change some values; "change" carries the Set of their names, and nothing happens when all are the same. */
  set(patch) {
    const names = Object.keys(patch).filter((name) => patch[name] !== this.#now[name]);
    if (names.length) {
      this.#now = Object.freeze({ ...this.#now, ...patch });
      this.dispatchEvent(new CustomEvent("change", { detail: new Set(names) }));
    }
  }
}
