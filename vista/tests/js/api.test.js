import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { ApiError, api, headersFor, refusal, sameOrigin } from "../../../static/js/api.js";

const realFetch = globalThis.fetch;

/** A server in place of fetch: answers each URL with what `answers` says. */
function serve(answers) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    asked.push({ url, ...options });
    const { status = 200, body } = answers[url];
    return new Response(body === undefined ? null : JSON.stringify(body), { status });
  };
  return asked;
}

afterEach(() => {
  globalThis.fetch = realFetch;
  delete globalThis.document;
});

test("a refusal keeps VISTA's sentence and its fields", () => {
  const errors = [{ field: "name", message: "is needed" }];
  const error = refusal(400, JSON.stringify({ detail: "Not valid.", errors }));
  assert.deepEqual({ ...error, message: error.message }, {
    name: "ApiError",
    status: 400,
    detail: "Not valid.",
    errors,
    message: "Not valid.",
  });
});

for (const text of ["<h1>Bad gateway</h1>", "", "null", '{"detail": 7}', "[]"]) {
  test(`a refusal that is not ours (${text || "nothing"}) still has a sentence`, () => {
    assert.equal(refusal(502, text).detail, "VISTA answered with status 502.");
  });
}

test("an expired session is told as such", () => {
  assert.match(refusal(401, "").detail, /log in/);
});

test("reading sends no token", () => {
  assert.deepEqual(headersFor("GET", "t", false), { Accept: "application/json" });
});

test("changing sends the token", () => {
  assert.equal(headersFor("POST", "t", true)["X-CSRFToken"], "t");
});

test("post sends JSON with the page's token", async () => {
  globalThis.document = { querySelector: () => ({ content: "page-token" }) };
  const asked = serve({ "/api/x": { status: 201, body: { id: 1 } } });
  const answer = await api.post("/api/x", { a: "ü" });
  assert.deepEqual(answer, { id: 1 });
  assert.equal(asked[0].body, '{"a":"ü"}');
  assert.equal(asked[0].headers["X-CSRFToken"], "page-token");
});

test("an answer without a body is null", async () => {
  serve({ "/api/x": { status: 204 } });
  assert.equal(await api.get("/api/x"), null);
});

test("a refused request throws an ApiError", async () => {
  serve({ "/api/x": { status: 404, body: { detail: "Nothing here." } } });
  await assert.rejects(api.get("/api/x"), (error) => error instanceof ApiError && error.status === 404);
});

test("no answer at all is an ApiError with status 0", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(api.get("/api/x"), { status: 0 });
});

test("a request that was called off stays an AbortError", async () => {
  globalThis.fetch = async () => {
    throw new DOMException("called off", "AbortError");
  };
  await assert.rejects(api.get("/api/x"), { name: "AbortError" });
});

test("pages are followed until there is no next one", async () => {
  const asked = serve({
    "/api/list": { body: { results: [1, 2], next: "https://inside.example/api/list?cursor=b" } },
    "/api/list?cursor=b": { body: { results: [3], next: null } },
  });
  const pages = [];
  for await (const page of api.pages("/api/list")) {
    pages.push(page);
  }
  assert.deepEqual(pages, [[1, 2], [3]]);
  assert.equal(asked.length, 2);
});

test("a next page is asked for where the page came from", () => {
  assert.equal(sameOrigin("https://inside.example:8000/api/a?cursor=x%3D"), "/api/a?cursor=x%3D");
});
