/** What the API says about the picture: its analyses, their annotations and artifacts, fetched when wanted. */

import { bytesOf } from "./bytes.js";
import { isRunning } from "./choice.js";
import { Sheet } from "./engine/sheet.js";
import { belongTogether, decodePayload, idsUrl, payloadUrl } from "./payload.js";

const urls = {
  analyses: (imageId) => `/api/images/${imageId}/analyses?page_size=100`,
  artifacts: (id) => `/api/analyses/${id}/artifacts`,
};

/** The address of an artifact's bytes, always on our own origin. */
export function artifactUrl(analysisId, name) {
  return `/api/analyses/${analysisId}/artifacts/${encodeURIComponent(name)}`;
}

/** Tells "analyses", "objects" and "artifacts" when it knows more than before. */
export class Store extends EventTarget {
  #api;
  #fetchBytes;
  #imageId;
  #picture;
  #analyses = [];
  #loads = new Map();
  #artifacts = new Map();

  /** `picture` is {width, height} of the upright picture; `fetchBytes` gives an ArrayBuffer of a URL. */
  constructor(api, imageId, picture, fetchBytes = bytesOf) {
    super();
    this.#api = api;
    this.#fetchBytes = fetchBytes;
    this.#imageId = imageId;
    this.#picture = picture;
  }

  /** The picture's newest hundred, newest first. */
  get analyses() {
    return this.#analyses;
  }

  /**
   * Ask for the analyses again; gives {running, changes}.
   *
   * `changes` are the analyses that are new or stand differently than before; the first time there are none.
   */
  async refresh() {
    const first = !this.#analyses.length;
    const before = new Map(this.#analyses.map((analysis) => [analysis.id, analysis]));
    const { results } = await this.#api.get(urls.analyses(this.#imageId));
    this.#analyses = results;
    const changes = results.filter((analysis) => differs(before.get(analysis.id), analysis));
    if (changes.length) {
      this.#tell("analyses");
    }
    return { running: results.some(isRunning), changes: first ? [] : changes };
  }

  find(analysisId) {
    return this.#analyses.find(({ id }) => id === analysisId);
  }

  /** {sheet, loaded, total, status, error} of an analysis; status is none, loading, ready or failed. */
  loadOf(analysisId) {
    return this.#loads.get(analysisId) ?? { sheet: null, loaded: 0, total: 0, status: "none", error: null };
  }

  /** {items, error} of an analysis, or undefined while nobody asked or no answer came. */
  artifactsOf(analysisId) {
    return this.#artifacts.get(analysisId);
  }

  /** See that the annotations of these analyses are there, and are the newest. */
  want(analysisIds) {
    for (const analysis of analysisIds.map((id) => this.find(id)).filter(Boolean)) {
      const load = this.loadOf(analysis.id);
      if (load.status === "none" || (load.status === "ready" && load.total !== analysis.annotation_count)) {
        this.#loadSheet(analysis);
      }
    }
  }

  /** Try again what failed. */
  retry() {
    for (const [id, load] of [...this.#loads]) {
      if (load.status === "failed") {
        this.#loads.delete(id);
        this.want([id]);
      }
    }
    for (const [id, { error }] of [...this.#artifacts]) {
      if (error) {
        this.#artifacts.delete(id);
        this.wantArtifacts(id);
      }
    }
  }

  /** See that the artifacts of an analysis are there; fetched again when it has changed since. */
  async wantArtifacts(analysisId) {
    const { status, updated_at: updated } = this.find(analysisId) ?? {};
    const version = `${status} ${updated}`;
    const known = this.#artifacts.get(analysisId);
    if (!status || known?.version === version) {
      return;
    }
    const keep = (items, error) => this.#artifacts.set(analysisId, { items, error, version });
    keep(known?.items ?? [], null);
    try {
      keep(await this.#all(urls.artifacts(analysisId)), null);
    } catch (error) {
      keep([], error.message);
    }
    this.#tell("artifacts");
  }

  async #all(url) {
    const items = [];
    for await (const results of this.#api.pages(url)) {
      items.push(...results);
    }
    return items;
  }

  async #loadSheet({ id, annotation_count: total }) {
    const before = this.loadOf(id).sheet; // stays on the screen until all of the new one is there
    const put = (status, sheet, error = null) => {
      this.#loads.set(id, { sheet, loaded: sheet === before ? 0 : sheet.count, total, status, error });
      this.#tell("objects");
    };
    put("loading", before);
    try {
      // The ids are as large as the rest and cannot be compressed; the first look does without them.
      put("ready", await this.#fetchSheet(id, (sheet) => before ?? put("loading", sheet)));
    } catch (error) {
      put("failed", this.loadOf(id).sheet, error.message);
    }
  }

  /** A sheet with its ids; `look` gets it before they are there. */
  async #fetchSheet(id, look, again = true) {
    const ids = this.#fetchBytes(idsUrl(id));
    ids.catch(() => {}); // heard below, once the payload is there
    const payload = decodePayload(await this.#fetchBytes(payloadUrl(id)));
    const sheet = new Sheet(id, payload, this.#picture);
    look(sheet);
    const decoded = decodePayload(await ids);
    if (belongTogether(payload, decoded)) {
      sheet.setIds(decoded);
    } else if (again) {
      return this.#fetchSheet(id, look, false); // a batch came in between
    }
    return sheet;
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

function differs(before, after) {
  return (
    !before ||
    before.updated_at !== after.updated_at ||
    before.status !== after.status ||
    before.is_stalled !== after.is_stalled ||
    before.is_reference !== after.is_reference ||
    before.annotation_count !== after.annotation_count
  );
}
