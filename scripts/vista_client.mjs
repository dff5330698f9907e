// A client for pipelines that send results to VISTA: Node 20 or newer, nothing to install. The twin of vista_client.py.
// The file stands alone, so that it can be copied next to a pipeline.
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ENV_FILE = fileURLToPath(new URL('../.env', import.meta.url)); // of the checkout
const TRY_AGAIN = new Set([429, 502, 503, 504]); // answers that another attempt may change
const LONGEST_WAIT = 120; // seconds between two attempts; a server that asks for more gets no other one
const BATCH = 20_000; // annotations in one request

// A call that failed for good. `status` is null when no answer came; neither keys nor upload URLs are in it.
export class VistaError extends Error {
  constructor(call, status, detail, errors = []) {
    const first = status === null ? `${call}: ${detail}` : `${call}: ${status} ${detail}`;
    super([first, ...errors.map((fault) => `${fault.field}: ${fault.message}`)].join('\n  '));
    this.status = status;
    this.detail = detail;
    this.errors = errors;
  }
}

// The header X-ML-Signature over the text that is sent; the timestamp is the header X-ML-Timestamp.
export function sign(body, secret, timestamp) {
  return 'sha256=' + createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

// BASE_URL, API_KEY and ML_CALLBACK_HMAC_SECRET from the environment, else from .env; throws where one is missing.
export function settings(file = ENV_FILE) {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // there need not be one
  }
  const lines = [...text.matchAll(/^(?:export )?([A-Za-z_]\w*)=(.*)$/gm)];
  const inFile = Object.fromEntries(lines.map(([, name, value]) => [name, value.trim().replace(/^["']+|["']+$/g, '')]));
  const found = (name) => process.env[name] || inFile[name] || '';
  const missing = ['API_KEY', 'ML_CALLBACK_HMAC_SECRET'].filter((name) => !found(name));
  if (missing.length) throw new Error(`${missing.join(' and ')} must be set, in the environment or in ${file}.`);
  return {
    baseUrl: found('BASE_URL') || 'http://localhost:8000',
    apiKey: found('API_KEY'),
    secret: found('ML_CALLBACK_HMAC_SECRET').split(',')[0].trim(), // several while they are rotated: the first signs
  };
}

// The six steps of an analysis, and what is read beside them.
export class Vista {
  #base;
  #key;
  #secret;
  #attempts;

  constructor({ baseUrl, apiKey, secret, attempts = 6 }) {
    this.#base = baseUrl.replace(/\/+$/, '');
    this.#key = apiKey;
    this.#secret = secret;
    this.#attempts = attempts;
  }

  // Step 1. `more` may hold parameters and description.
  async createAnalysis(imageId, modelName, modelVersion, more = {}) {
    const body = JSON.stringify({ model_name: modelName, model_version: modelVersion, ...more });
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
    return (await this.#asUser('POST', `/api/images/${imageId}/analyses`, headers, body)).json();
  }

  // Step 2.
  updateStatus(analysisId, status) {
    return this.#signed('PATCH', analysisId, 'status', { status });
  }

  // Steps 3 and 4. `files` are { name, type, bytes }.
  async upload(analysisId, files) {
    const artifacts = files.map(({ name, type }) => ({ artifact_name: name, content_type: type }));
    const { presigned_urls: targets } = await this.#signed('POST', analysisId, 'artifacts/presign', { artifacts });
    for (const [index, { upload_url: url, method, headers }] of targets.entries()) {
      const { name, bytes } = files[index];
      await this.#untilAnswered(`PUT ${name}`, () => fetch(url, { method, headers, body: bytes, redirect: 'manual' }));
    }
  }

  // Step 5, in batches, each of them all or nothing.
  async annotate(analysisId, annotations) {
    for (let start = 0; start < annotations.length; start += BATCH) {
      const batch = { annotations: annotations.slice(start, start + BATCH) };
      await this.#signed('POST', analysisId, 'annotations:bulk', batch, { 'Idempotency-Key': `from-${start}` });
    }
  }

  // Step 6. `more` may hold summary and error_message.
  finalize(analysisId, status = 'completed', more = {}) {
    return this.#signed('POST', analysisId, 'finalize', { status, ...more });
  }

  // Give an analysis up, as its user.
  async cancel(analysisId) {
    return (await this.#asUser('POST', `/api/analyses/${analysisId}/cancel`)).json();
  }

  async read(path) {
    return (await this.#asUser('GET', path)).json();
  }

  // Each item of a list, page after page.
  async *readAll(path) {
    for (let page = await this.read(path); ; ) {
      yield* page.results;
      if (!page.next) return;
      const { pathname, search } = new URL(page.next); // only its path: the key goes to no other host
      page = await this.read(pathname + search);
    }
  }

  async download(path) {
    return Buffer.from(await (await this.#asUser('GET', path)).arrayBuffer());
  }

  #asUser(method, path, headers = {}, body = undefined) {
    const send = () => this.#fetch(path, { method, body, headers: { ...headers, 'X-API-Key': this.#key } });
    return this.#untilAnswered(`${method} ${path}`, send);
  }

  async #signed(method, analysisId, path, payload, more = {}) {
    const body = JSON.stringify(payload); // this text is signed, and this text is sent
    const response = await this.#untilAnswered(`${method} ${path}`, () => {
      const timestamp = String(Math.floor(Date.now() / 1000)); // anew each time: it must not grow old while waiting
      const headers = {
        'Content-Type': 'application/json',
        'X-ML-Timestamp': timestamp,
        'X-ML-Signature': sign(body, this.#secret, timestamp),
        ...more,
      };
      return this.#fetch(`/api/analyses/${analysisId}/${path}`, { method, body, headers });
    });
    return response.json();
  }

  // A redirect would carry the key to another host.
  #fetch(path, options) {
    return fetch(this.#base + path, { redirect: 'manual', ...options });
  }

  async #untilAnswered(call, send) {
    for (let attempt = 1; ; attempt += 1) {
      let wait = 2 ** (attempt - 2) * (1 + Math.random()); // not all pipelines at once
      let fault;
      try {
        const response = await send();
        if (response.ok) return response;
        fault = await refusal(call, response);
        wait = Math.max(wait, Number(response.headers.get('Retry-After')) || 0);
      } catch (error) {
        fault = new VistaError(call, null, `no answer: ${error.cause?.code ?? error.message}`);
      }
      const again = fault.status === null || TRY_AGAIN.has(fault.status);
      if (!again || attempt >= this.#attempts || wait > LONGEST_WAIT) throw fault;
      await sleep(1000 * wait);
    }
  }
}

async function refusal(call, response) {
  const text = await response.text();
  try {
    const { detail = response.statusText, errors = [] } = JSON.parse(text);
    return new VistaError(call, response.status, detail, errors);
  } catch {
    // S3 repeats the signed request in its errors: only its sentence is shown.
    const sentence = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1];
    return new VistaError(call, response.status, sentence ?? response.statusText);
  }
}
