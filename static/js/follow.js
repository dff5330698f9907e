/** Asks again and again how running analyses are doing, less often while nothing happens, never in a hidden tab. */

const FIRST = 2000; // milliseconds
const LONGEST = 10_000;

/** The next pause in milliseconds: back to the shortest when something changed, longer and longer otherwise. */
export function nextPause(pause, changed) {
  return changed ? FIRST : Math.min(pause * 1.5, LONGEST);
}

export class Follower {
  #ask;
  #page;
  #later;
  #never;
  #pause = FIRST;
  #timer = null;
  #looking = false;

  /**
   * `ask` is an async function that looks once and gives {running, changed}; `page` is the document (its
   * `hidden` and `visibilitychange`); `later` and `never` are setTimeout and clearTimeout.
   */
  constructor(ask, page, { later = setTimeout, never = clearTimeout } = {}) {
    this.#ask = ask;
    this.#page = page;
    this.#later = (...all) => later(...all); // setTimeout must not be called as a method of ours
    this.#never = (timer) => never(timer);
    page.addEventListener("visibilitychange", () => this.#turn());
  }

  /** Follow until nothing runs any more; whoever comes back to the tab gets one more look anyway. */
  start() {
    this.#pause = FIRST;
    this.#plan();
  }

  #turn() {
    if (this.#page.hidden) {
      this.#never(this.#timer);
      this.#timer = null;
    } else if (this.#timer === null && !this.#looking) {
      this.#pause = FIRST;
      this.#look();
    }
  }

  #plan() {
    this.#never(this.#timer);
    this.#timer = this.#page.hidden ? null : this.#later(() => this.#look(), this.#pause);
  }

  async #look() {
    this.#timer = null;
    this.#looking = true;
    const { running, changed } = await this.#ask();
    this.#looking = false;
    this.#pause = nextPause(this.#pause, changed);
    if (running) {
      this.#plan();
    }
  }
}
