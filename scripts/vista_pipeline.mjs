// Runs models over the pictures of a VISTA project, one analysis each. The twin of vista_pipeline.py.
// A model is { name, version, description, parameters, find }; find takes the bytes of a picture and what VISTA says of it, and
// gives { annotations, files }, files being { name, type, bytes }. Whatever it throws is the reason why the analysis failed.
import { parseArgs } from 'node:util';
import { settings, Vista, VistaError } from './vista_client.mjs';

const HOPELESS = new Set([null, 401, 403, 429, 503]); // no other picture would fare better; null is no answer at all
const LONGEST_MESSAGE = 10_000; // characters that VISTA keeps
const USAGE = `[--limit N] [--skip-existing] [--no-progress] [--base-url URL] PROJECT

  PROJECT          the project's id (in the address of its page) or name
  --limit N        look at N pictures at most, the newest first
  --skip-existing  leave out pictures that this version of the model has completed
  --no-progress    no progress bar
  --base-url URL   where VISTA runs; instead of BASE_URL

API_KEY, ML_CALLBACK_HMAC_SECRET and BASE_URL come from the environment, else from .env.`;

// What would fail for every picture; the message is for the person who started the run.
class Stopped extends Error {}

// Run the models as the command line says; the exit code is 1 where something failed, 2 where the call makes no sense.
export async function run(...models) {
  let options;
  try {
    options = read(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\nnode ${process.argv[1]} ${USAGE}`);
    process.exit(2);
  }
  if (options.help) return console.log(`node ${process.argv[1]} ${USAGE}`);
  try {
    const given = settings();
    const vista = new Vista({ ...given, baseUrl: options['base-url'] ?? given.baseUrl });
    const report = await overProject(vista, options.project, models, options);
    console.log(sentence(report));
    process.exitCode = report.failures.length ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Stopped) && error.status === undefined && !/must be set/.test(error.message)) throw error;
    console.error(error instanceof Stopped || error.status !== undefined ? `Stopped: ${advice(error)}` : error.message);
    process.exitCode = 1;
  }
}

function read(given) {
  const { values, positionals } = parseArgs({
    args: given,
    allowPositionals: true,
    options: {
      limit: { type: 'string' },
      'skip-existing': { type: 'boolean', default: false },
      'no-progress': { type: 'boolean', default: false },
      'base-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (!values.help && positionals.length !== 1) throw new Error('Give one project.');
  if (values.limit !== undefined && !/^[1-9]\d*$/.test(values.limit)) throw new Error('--limit takes a whole number above 0.');
  return { ...values, limit: values.limit === undefined ? Infinity : Number(values.limit), project: positionals[0] };
}

async function overProject(vista, project, models, options) {
  const report = { completed: 0, annotations: 0, skipped: 0, failures: [] };
  const images = [];
  for await (const image of vista.readAll(`/api/projects/${await findProject(vista, project)}/images`)) images.push(image);
  if (!images.length) throw new Stopped(`The project ${project} has no pictures yet.`);
  const bar = new Bar(Math.min(options.limit, images.length), !options['no-progress']);
  let looked = 0;
  for (const image of images) {
    if (looked >= options.limit) break;
    const wanted = options['skip-existing'] ? await missing(vista, image, models) : models;
    report.skipped += models.length - wanted.length;
    if (!wanted.length) continue;
    bar.show(looked, image.filename);
    await lookAt(vista, image, wanted, report, bar);
    looked += 1;
  }
  bar.end(looked);
  return report;
}

async function missing(vista, image, models) {
  const there = new Set();
  for await (const { model_name: name, model_version: version, status } of vista.readAll(`/api/images/${image.id}/analyses`)) {
    if (status === 'completed') there.add(`${name} ${version}`);
  }
  return models.filter(({ name, version }) => !there.has(`${name} ${version}`));
}

async function lookAt(vista, image, models, report, bar) {
  let bytes;
  for (const model of models) {
    const { name, version, parameters = {}, description = '' } = model;
    const { id } = await vista.createAnalysis(image.id, name, version, { parameters, description }).catch((error) => {
      throw new Stopped(advice(error, model));
    });
    try {
      await vista.updateStatus(id, 'processing');
      bytes ??= await vista.download(`/api/images/${image.id}/content`);
      const started = performance.now();
      const { annotations, files = [] } = await model.find(bytes, image);
      const seconds = (performance.now() - started) / 1000;
      if (files.length) await vista.upload(id, files);
      await vista.annotate(id, annotations);
      await vista.finalize(id, 'completed', { summary: summary(annotations, seconds) });
      report.completed += 1;
      report.annotations += annotations.length;
    } catch (error) {
      await fail(vista, id, image, model, error, report, bar);
    }
  }
}

// Tell VISTA and go on, or stop where going on makes no sense.
async function fail(vista, id, image, model, error, report, bar) {
  if (error instanceof VistaError && HOPELESS.has(error.status)) {
    await vista.cancel(id).catch(() => {}); // leave nothing queued behind, if the key still opens that
    throw new Stopped(advice(error, model));
  }
  const reason = error instanceof VistaError ? error.message : String(error);
  report.failures.push([image.filename, model.name, reason]);
  bar.say(`${image.filename}: ${model.name} failed: ${reason}`);
  if (error.status !== 409) { // 409: somebody cancelled it meanwhile
    await vista.finalize(id, 'failed', { error_message: reason.slice(0, LONGEST_MESSAGE) });
  }
}

async function findProject(vista, project) {
  const all = [];
  for await (const one of vista.readAll('/api/projects')) all.push(one);
  const found = all.filter(({ id, name }) => project === id || project === name);
  if (found.length === 1) return found[0].id;
  if (found.length) {
    throw new Stopped(`Several projects are called '${project}'; give the id of one: ${found.map(({ id }) => id).join(', ')}.`);
  }
  const names = all.map(({ name }) => name).sort().join(', ') || 'none';
  throw new Stopped(`There is no project '${project}' that this key may see; there are: ${names}.`);
}

function advice(error, model = undefined) {
  if (error.status === null) return `${error.message} - is VISTA running, and BASE_URL its address?`;
  if (error.detail === 'Invalid HMAC signature') return `${error.message} - is ML_CALLBACK_HMAC_SECRET the server's?`;
  if (model && error.detail === 'Model not in allowed list') {
    return `${error.message}: ${model.name} - add it in the admin under Allowed models, or to ML_ALLOWED_MODELS.`;
  }
  return error.message;
}

function summary(annotations, seconds) {
  const objects = annotations.filter((one) => one.annotation_type !== 'heatmap');
  return {
    total_detections: objects.length,
    processing_time_seconds: Number(seconds.toFixed(3)),
    classes_detected: [...new Set(objects.map((one) => one.class_name))].sort(),
  };
}

function sentence({ completed, annotations, skipped, failures }) {
  const there = skipped ? `, ${skipped} skipped, as they were there` : '';
  return `${completed} analyses completed with ${annotations} annotations${there}, ${failures.length} failed.`;
}

// A progress bar on a terminal, nothing elsewhere.
class Bar {
  static #WIDTH = 30;
  #total;
  #on;

  constructor(total, on) {
    this.#total = total;
    this.#on = on && process.stderr.isTTY;
  }

  show(done, name) {
    if (!this.#on) return;
    const full = Math.round((done / this.#total) * Bar.#WIDTH);
    process.stderr.write(`\r\x1b[K|${'█'.repeat(full).padEnd(Bar.#WIDTH)}| ${done}/${this.#total} ${name}`);
  }

  say(line) {
    process.stderr.write(`${this.#on ? '\r\x1b[K' : ''}${line}\n`);
  }

  end(done) {
    this.show(done, '');
    if (this.#on) process.stderr.write('\n');
  }
}
