/** Sends files a few at a time and keeps count; knows neither the page nor the network. */

const RETRYABLE = new Set([0, 429, 500, 502, 503, 504]);

/**
 * `send(file, { signal, onProgress })` resolves to the answer or rejects with an error that has `status` and `detail`.
 * `listener` has started(file), progressed(file, share), added(file, answer), refused(file, error) and changed(counts).
 */
export class UploadQueue {
  #send;
  #listener;
  #atOnce;
  #waiting = [];
  #running = new Map(); // file -> share of it that is sent, 0..1
  #retryable = [];
  #stop = new AbortController();
  #added = 0;
  #refused = 0;

  constructor(send, listener, atOnce = 3) {
    this.#send = send;
    this.#listener = listener;
    this.#atOnce = atOnce;
  }

  add(files) {
    if (!this.isBusy) {
      this.#added = 0; // a new round; what was refused stays in sight
    }
    this.#waiting.push(...files);
    this.#next();
  }

  /** Send those again that failed for no fault of theirs; gives back which. */
  retry() {
    const files = this.#retryable;
    this.#retryable = [];
    this.#refused -= files.length;
    this.add(files);
    return files;
  }

  /** Forget what waits and break off what runs. */
  stop() {
    this.#waiting = [];
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#next();
  }

  /** Forget what was refused, as its list is closed. */
  forget() {
    this.#retryable = [];
    this.#refused = 0;
  }

  get isBusy() {
    return this.#waiting.length + this.#running.size > 0;
  }

  /** `share` of all files of this round that is done, 0..1; the rest are numbers of files. */
  get counts() {
    const left = this.#waiting.length + this.#running.size;
    const total = this.#added + this.#refused + left;
    const sent = [...this.#running.values()].reduce((sum, share) => sum + share, 0);
    return {
      added: this.#added,
      refused: this.#refused,
      left,
      retryable: this.#retryable.length,
      share: total ? (this.#added + this.#refused + sent) / total : 0,
    };
  }

  #next() {
    while (this.#running.size < this.#atOnce && this.#waiting.length) {
      this.#run(this.#waiting.shift());
    }
    this.#listener.changed(this.counts);
  }

  async #run(file) {
    this.#running.set(file, 0);
    this.#listener.started(file);
    const onProgress = (share) => {
      this.#running.set(file, share);
      this.#listener.progressed(file, share);
      this.#listener.changed(this.counts);
    };
    try {
      const answer = await this.#send(file, { signal: this.#stop.signal, onProgress });
      this.#added += 1;
      this.#listener.added(file, answer);
    } catch (error) {
      this.#refuse(file, error);
    } finally {
      this.#running.delete(file);
      this.#next();
    }
  }

  #refuse(file, error) {
    this.#refused += 1;
    if (RETRYABLE.has(error.status)) {
      this.#retryable.push(file);
    }
    this.#listener.refused(file, error);
  }
}
