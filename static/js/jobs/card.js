/** A job on a page: follows it, shows how far it is, lets it be cancelled, says when it is over. */

import { find } from "../dom.js";
import { Follower } from "../follow.js";
import { wordsOf } from "./words.js";

export class JobCard extends EventTarget {
  #root;
  #api;
  #job = null;

  /** `root` is the element of templates/components/_job.html; "over" carries the job once it is. */
  constructor(root, api) {
    super();
    this.#root = root;
    this.#api = api;
    find("[data-job-cancel]", root).addEventListener("click", () => this.#cancel());
  }

  /** Show this job from now on; `job` as the API reads it. */
  follow(job) {
    this.#root.hidden = false;
    this.#show(job);
    if (wordsOf(job).isLive) {
      this.#again();
    }
  }

  /** Follow the job that the server wrote into the page. */
  followWritten() {
    this.#job = { id: this.#root.dataset.job };
    this.#again();
  }

  #again() {
    const follower = new Follower(() => this.#look(), document);
    this.#look().then(({ running }) => running && follower.start());
  }

  async #look() {
    const before = this.#job;
    try {
      const job = await this.#api.get(`/api/jobs/${before.id}`);
      if (this.#job.id !== before.id) {
        return { running: false, changed: false }; // another one is shown by now
      }
      this.#show(job);
      return { running: wordsOf(job).isLive, changed: job.done !== before.done || job.status !== before.status };
    } catch (error) {
      const isGone = error.status === 404;
      this.#tell(isGone ? "It is not there any more." : error.message, null, isGone);
      return { running: !isGone, changed: false };
    }
  }

  async #cancel() {
    try {
      this.#show(await this.#api.post(`/api/jobs/${this.#job.id}/cancel`));
    } catch (error) {
      this.#tell(error.message, null, true);
    }
  }

  #show(job) {
    const wasLive = this.#job === null || wordsOf({ status: "waiting", ...this.#job }).isLive;
    this.#job = job;
    const { text, value, isLive, isRefusal } = wordsOf(job);
    this.#root.dataset.status = job.status;
    this.#tell(text, value, isRefusal);
    find("[data-job-cancel]", this.#root).hidden = !isLive;
    find("[data-job-bar]", this.#root).hidden = !isLive;
    const link = find("[data-job-file]", this.#root);
    link.hidden = !job.file;
    if (job.file) {
      link.href = job.file;
    }
    if (wasLive && !isLive) {
      this.dispatchEvent(new CustomEvent("over", { detail: job }));
    }
  }

  #tell(text, value, isRefusal) {
    const bar = find("[data-job-bar]", this.#root);
    if (value === null) {
      bar.removeAttribute("value"); // it goes on, nobody knows how long
    } else {
      bar.value = value;
    }
    const said = find("[data-job-text]", this.#root);
    if (said.textContent !== text) {
      said.textContent = text;
    }
    this.#root.classList.toggle("job--failed", isRefusal);
  }
}
