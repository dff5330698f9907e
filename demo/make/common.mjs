// What the Node scripts share: networks from the npm package on tfjs-wasm, the upright picture in, JSON out.
import { readdirSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const here = path.dirname(fileURLToPath(import.meta.url));
const demo = path.resolve(here, '..');
const modules = path.join(here, 'node_modules');
const weights = path.join(modules, '@vladmandic/human/models');
const wasm = path.join(modules, '@tensorflow/tfjs-backend-wasm/dist');
export const versionOf = (name) => JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8')).version;

export const outputs = path.join(demo, 'outputs');

export async function network(name) {
  setWasmPaths(wasm + path.sep);
  await tf.setBackend('wasm');
  await tf.ready();
  const model = JSON.parse(readFileSync(path.join(weights, `${name}.json`), 'utf8'));
  const parts = model.weightsManifest.flatMap((group) => group.paths).map((file) => readFileSync(path.join(weights, file)));
  const data = Buffer.concat(parts);
  return loadGraphModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
      format: model.format,
    }),
  });
}

export const pictures = () =>
  readdirSync(path.join(demo, 'pictures')).filter((name) => /\.(jpg|png)$/.test(name)).sort();

// The picture as people see it (EXIF orientation applied): 8-bit RGB, three channels.
export async function upright(name) {
  const { data, info } = await sharp(path.join(demo, 'pictures', name))
    .rotate().toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, raw: { width: info.width, height: info.height, channels: info.channels } };
}

export const round = (value, digits) => Number(value.toFixed(digits));

export function write(picture, model, annotations, seconds, artifacts = []) {
  const stem = path.parse(picture).name;
  const folder = path.join(outputs, model.name);
  mkdirSync(folder, { recursive: true });
  for (const artifact of artifacts) writeFileSync(path.join(folder, `${stem}.${artifact.name}`), artifact.bytes);
  const classes = new Set(annotations.map((one) => one.class_name).filter(Boolean));
  const result = {
    picture,
    model_name: model.name,
    model_version: model.version,
    parameters: model.parameters,
    description: model.description,
    annotations,
    artifacts: artifacts.map(({ name, type }) => ({ artifact_name: name, content_type: type, file: `${stem}.${name}` })),
    summary: {
      total_detections: annotations.filter((one) => one.annotation_type !== 'heatmap').length,
      processing_time_seconds: round(seconds, 3),
      classes_detected: [...classes].sort(),
    },
  };
  writeFileSync(path.join(folder, `${stem}.json`), JSON.stringify(result) + '\n');
  console.log(model.name.padEnd(16), picture.padEnd(22), annotations.length, 'annotations', seconds.toFixed(2), 's');
}
