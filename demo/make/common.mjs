// What the Node scripts share: the upright picture in, JSON out.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { round, upright as turned } from '../../scripts/pipelines/human/network.mjs';

const demo = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const outputs = path.join(demo, 'outputs');

export const pictures = () =>
  readdirSync(path.join(demo, 'pictures')).filter((name) => /\.(jpg|png)$/.test(name)).sort();

export const upright = (name) => turned(path.join(demo, 'pictures', name));

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
