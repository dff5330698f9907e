/** Talking to VISTA's API: JSON in, JSON out, every refusal an ApiError. */

/** A refusal: its `status` (0 where no answer came), one sentence and [{field, message}]. */
export class ApiError extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.detail = detail;
    this.errors = errors;
  }
}

const SENTENCES = {
  0: "VISTA does not answer. Check your connection and try again.",
  401: "You are not logged in any more. Reload the page and log in.",
  413: "That is larger than VISTA accepts.",
  429: "That was too much at once. Wait a little and try again.",
  503: "VISTA is busy or being restarted. Try again in a moment.",
};

function parse(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : {};
  } catch {
    return {}; // a proxy's own page instead of our JSON
  }
}

/** The ApiError for an answer's status and body text, whatever is in it. */
export function refusal(status, text) {
  const body = parse(text);
  const detail = typeof body.detail === "string" ? body.detail : SENTENCES[status];
  return new ApiError(
    status,
    detail ?? `VISTA answered with status ${status}.`,
    Array.isArray(body.errors) ? body.errors : [],
  );
}

/** The headers of a request; the token goes along with whatever changes something. */
export function headersFor(method, token, hasBody) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-CSRFToken"] = token;
  }
  if (hasBody) {
    headers["Content-Type"] = "application/json";
  }
  return headers;
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** The path and query of an absolute URL: behind a proxy VISTA may name itself differently than the browser does. */
export function sameOrigin(url) {
  const { pathname, search } = new URL(url, "http://localhost");
  return pathname + search;
}

async function request(method, url, body, signal) {
  const hasBody = body !== undefined;
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: headersFor(method, method === "GET" ? "" : csrfToken(), hasBody),
      body: hasBody ? JSON.stringify(body) : undefined,
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw refusal(0, "");
  }
  if (!response.ok) {
    throw refusal(response.status, await response.text());
  }
  return response.status === 204 ? null : response.json();
}

export const api = {
  /** The JSON behind `url`; `signal` is an AbortController's. */
  get(url, { signal } = {}) {
    return request("GET", url, undefined, signal);
  },

  /** Sends `body` as JSON and gives back the answer's JSON. */
  post(url, body = {}, { signal } = {}) {
    return request("POST", url, body, signal);
  },

  /** Changes what is behind `url` by `body` and gives back the answer's JSON. */
  patch(url, body, { signal } = {}) {
    return request("PATCH", url, body, signal);
  },

  /** Yields the results of each page of a list, one array a page, until there is no next page. */
  async *pages(url, { signal } = {}) {
    for (let next = url; next; ) {
      const page = await request("GET", sameOrigin(next), undefined, signal);
      yield page.results;
      next = page.next;
    }
  },
};
