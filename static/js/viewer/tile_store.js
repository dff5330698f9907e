/** Fetches tiles in the order of need, keeps those that were needed last, and lets go of what left the view. */

const AT_ONCE = 6; // requests; browsers queue more anyway, and what is queued cannot be put in another order
const KEPT = 192; // tiles: of 512 pixels a side a megabyte each
const TRIES = 3; // for a tile, once others have come
const WAIT = 1000; // milliseconds until the server is asked again for tiles that it is making
const PATIENCE = 300; // times

/** Tells "change" when a tile has come, "settled" when nothing is awaited any more, "failure" when none will come. */
export class TileStore extends EventTarget {
  #fetchTile;
  #later;
  #kept = new Map();
  #wanted = [];
  #asked = new Map();
  #failures = new Map();
  #hasAny = false;
  #isPaused = false;
  #isOver = false;
  #answersWithout = 0;

  /**
   * `fetchTile` is an async function from a key and an AbortSignal to a bitmap, or to null while tiles are being made;
   * it throws where there will be none. `later` is setTimeout.
   */
  constructor(fetchTile, later = (act, wait) => setTimeout(act, wait)) {
    super();
    this.#fetchTile = fetchTile;
    this.#later = later;
  }

  has(key) {
    return this.#kept.has(key);
  }

  get(key) {
    return this.#kept.get(key);
  }

  /** Whether something that is wanted now has yet to come. */
  get isWaiting() {
    return !this.#isOver && this.#missing().length > 0;
  }

  /** What is needed now, a list of {key}, most needed first; what else was asked for is not any more. */
  want(tiles) {
    this.#wanted = tiles.map(({ key }) => key);
    const needed = new Set(this.#wanted);
    for (const [key, controller] of [...this.#asked]) {
      if (!needed.has(key)) {
        this.#asked.delete(key);
        controller.abort();
      }
    }
    for (const key of this.#wanted.filter((each) => this.#kept.has(each))) {
      const bitmap = this.#kept.get(key); // used last: to the end
      this.#kept.delete(key);
      this.#kept.set(key, bitmap);
    }
    this.#ask();
  }

  #missing() {
    return this.#wanted.filter((key) => !this.#kept.has(key) && (this.#failures.get(key) ?? 0) < TRIES);
  }

  /** Until the first has come one request at a time: they may have to be made first, or there may be none. */
  #ask() {
    if (this.#isPaused || this.#isOver) {
      return;
    }
    const most = this.#hasAny ? AT_ONCE : 1;
    for (const key of this.#missing()) {
      if (this.#asked.size >= most) {
        return;
      }
      if (!this.#asked.has(key)) {
        this.#fetch(key);
      }
    }
  }

  async #fetch(key) {
    const controller = new AbortController();
    this.#asked.set(key, controller);
    const outcome = await this.#fetchTile(key, controller.signal).then(
      (bitmap) => ({ bitmap }),
      (error) => ({ error }),
    );
    if (this.#asked.get(key) !== controller) {
      outcome.bitmap?.close(); // nobody waits for it any more
      return;
    }
    this.#asked.delete(key);
    if (outcome.error) {
      this.#failed(key);
    } else if (outcome.bitmap) {
      this.#keep(key, outcome.bitmap);
    } else {
      this.#pause();
    }
    this.#ask();
    if (!this.isWaiting) {
      this.dispatchEvent(new Event("settled"));
    }
  }

  #keep(key, bitmap) {
    this.#hasAny = true;
    this.#answersWithout = 0;
    this.#failures.clear(); // what is between us works again
    this.#kept.set(key, bitmap);
    const needed = new Set(this.#wanted);
    for (const old of [...this.#kept.keys()]) {
      if (this.#kept.size <= KEPT) {
        break;
      }
      if (!needed.has(old)) {
        this.#kept.get(old).close();
        this.#kept.delete(old);
      }
    }
    this.dispatchEvent(new Event("change"));
  }

  #failed(key) {
    if (this.#hasAny) {
      this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    } else {
      this.#giveUp();
    }
  }

  #pause() {
    this.#answersWithout += 1;
    if (this.#answersWithout > PATIENCE) {
      this.#giveUp();
      return;
    }
    this.#isPaused = true;
    this.#later(() => {
      this.#isPaused = false;
      this.#ask();
    }, WAIT);
  }

  #giveUp() {
    this.#isOver = true;
    this.dispatchEvent(new Event("failure"));
  }
}
