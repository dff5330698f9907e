/** Has a worker compare; while it does, of all that is asked only the last is kept. */

const start = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

export class Comparer {
  #answered;
  #workerOf;
  #worker = null;
  #sides = null;
  #running = null;
  #waiting = null;
  #last = 0;

  /** `answered` is called with a question and its answer: what worker.js gives, or {fault, isDense}. */
  constructor(answered, workerOf = start) {
    this.#answered = answered;
    this.#workerOf = workerOf;
  }

  /** Whether an answer is awaited. */
  get isBusy() {
    return this.#running !== null;
  }

  /**
   * Ask {sheets: [a, b], sides, options}: `sides()` gives {a, b, classes} as worker.js wants them, and is only called when
   * the sheets are not those of the last question.
   */
  ask(question) {
    if (this.#running) {
      this.#waiting = question;
    } else {
      this.#send(question);
    }
  }

  /** What waits is not wanted any more; what is being compared is still answered. */
  forget() {
    this.#waiting = null;
  }

  #send(question) {
    const { sheets, sides, options } = question;
    try {
      this.#worker ??= this.#begun();
    } catch (error) {
      this.#answered(question, { fault: error.message, isDense: false });
      return;
    }
    this.#last += 1;
    this.#running = question;
    const isKnown = this.#sides?.every((sheet, i) => sheet === sheets[i]);
    this.#sides = sheets;
    this.#worker.postMessage({ key: this.#last, options, ...(isKnown ? {} : sides()) });
  }

  #begun() {
    const worker = this.#workerOf();
    worker.addEventListener("message", ({ data: { key, ...answer } }) => key === this.#last && this.#settle(answer));
    worker.addEventListener("error", () => {
      this.#worker?.terminate();
      this.#worker = this.#sides = null; // the next question begins anew
      this.#settle({ fault: "The part of the page that compares could not be started.", isDense: false });
    });
    return worker;
  }

  #settle(answer) {
    const [question, next] = [this.#running, this.#waiting];
    this.#running = this.#waiting = null;
    if (next) {
      this.#send(next);
    }
    if (question) {
      this.#answered(question, answer);
    }
  }
}
