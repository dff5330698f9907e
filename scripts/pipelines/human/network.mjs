// Networks that the npm package `human` ships, on tfjs-wasm, and upright pictures for them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules');
const weights = path.join(modules, '@vladmandic/human/models');
const wasm = path.join(modules, '@tensorflow/tfjs-backend-wasm/dist');

// One copy of each, also for whoever imports this from another folder.
export { sharp, tf };

export const versionOf = (name) => JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8')).version;

export const round = (value, digits) => Number(value.toFixed(digits));

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

// The picture as people see it (EXIF orientation applied): 8-bit RGB, three channels. `source` is a path or bytes.
export async function upright(source) {
  const { data, info } = await sharp(source)
    .rotate().toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, raw: { width: info.width, height: info.height, channels: info.channels } };
}
