// MoveNet Lightning: the 17 COCO keypoints of one figure in a square cut-out, as `movenet`.
// The cut-outs are the people CenterNet found (run centernet.mjs first); where it found none, the whole picture.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { network, round, sharp, tf, versionOf } from '../../scripts/pipelines/human/network.mjs';
import { outputs, pictures, upright, write } from './common.mjs';

const SIZE = 192; // the network's input
const PERSON = 0.25; // least CenterNet score of a person to look at
const PEOPLE = 6;
const MARGIN = 1.25; // side of the cut-out, relative to the longer side of the box
const VISIBLE = 0.3; // a keypoint of at least this score counts as seen
const SEEN = 5; // a figure needs as many
const OVERLAP = 0.5; // of the smaller box: two boxes of one person

const NAMES = ['nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder', 'left_elbow',
  'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle', 'right_ankle'];
const SKELETON = [['nose', 'left_eye'], ['nose', 'right_eye'], ['left_eye', 'left_ear'], ['right_eye', 'right_ear'],
  ['left_shoulder', 'right_shoulder'], ['left_shoulder', 'left_elbow'], ['left_elbow', 'left_wrist'],
  ['right_shoulder', 'right_elbow'], ['right_elbow', 'right_wrist'], ['left_shoulder', 'left_hip'],
  ['right_shoulder', 'right_hip'], ['left_hip', 'right_hip'], ['left_hip', 'left_knee'], ['left_knee', 'left_ankle'],
  ['right_hip', 'right_knee'], ['right_knee', 'right_ankle']].map((pair) => pair.map((name) => NAMES.indexOf(name)));

const model = {
  name: 'movenet',
  version: `lightning, human ${versionOf('@vladmandic/human')}, tfjs-wasm ${versionOf('@tensorflow/tfjs-backend-wasm')}`,
  parameters: {
    input_size: [SIZE, SIZE], cut_outs: 'people found by centernet, else the whole picture', person_threshold: PERSON,
    cut_out_margin: MARGIN, keypoint_threshold: VISIBLE, min_keypoints: SEEN,
  },
  description: '17 body keypoints of each person, found in a square cut-out around the boxes of CenterNet.',
};

const net = await network('movenet-lightning');

function people(picture) {
  const file = path.join(outputs, 'centernet', `${path.parse(picture).name}.json`);
  const boxes = JSON.parse(readFileSync(file, 'utf8')).annotations
    .filter((one) => one.annotation_type === 'bounding_box' && one.class_name === 'person' && one.confidence >= PERSON)
    .map((one) => one.data.bbox);
  const kept = [];
  for (const [x, y, w, h] of boxes) { // most certain first
    const same = kept.some(([x2, y2, w2, h2]) => {
      const width = Math.min(x + w, x2 + w2) - Math.max(x, x2);
      const height = Math.min(y + h, y2 + h2) - Math.max(y, y2);
      return width > 0 && height > 0 && width * height > OVERLAP * Math.min(w * h, w2 * h2);
    });
    if (!same) kept.push([x, y, w, h]);
  }
  return kept.slice(0, PEOPLE);
}

// A square with the middle and the side given, black where it leaves the picture.
async function square({ data, raw, width, height }, middleX, middleY, side) {
  const [left, top] = [Math.round(middleX - side / 2), Math.round(middleY - side / 2)];
  side = Math.round(side);
  const inside = {
    left: Math.max(left, 0), top: Math.max(top, 0),
    width: Math.min(left + side, width) - Math.max(left, 0), height: Math.min(top + side, height) - Math.max(top, 0),
  };
  const padded = await sharp(data, { raw }).extract(inside).extend({
    left: inside.left - left, top: inside.top - top,
    right: left + side - inside.left - inside.width, bottom: top + side - inside.top - inside.height, background: 'black',
  }).png().toBuffer();
  const pixels = await sharp(padded).resize(SIZE, SIZE, { kernel: 'linear' }).removeAlpha().raw().toBuffer();
  return { pixels, left, top, side };
}

async function figure(image, ...where) {
  const { pixels, left, top, side } = await square(image, ...where);
  const input = tf.tensor4d(Int32Array.from(pixels), [1, SIZE, SIZE, 3], 'int32');
  const output = net.execute(input);
  const found = (await output.array())[0][0];
  tf.dispose([input, output]);
  return found.map(([y, x, confidence], index) => ({
    name: NAMES[index], x: round(left + x * side, 2), y: round(top + y * side, 2), confidence: round(confidence, 4),
  }));
}

await figure(await upright(pictures()[0]), 100, 100, 200); // the first run pays for setting up
for (const picture of pictures()) {
  const image = await upright(picture);
  const boxes = people(picture);
  const places = boxes.length
    ? boxes.map(([x, y, w, h]) => [x + w / 2, y + h / 2, MARGIN * Math.max(w, h)])
    : [[image.width / 2, image.height / 2, Math.max(image.width, image.height)]];
  const annotations = [];
  const started = performance.now();
  for (const place of places) {
    const keypoints = await figure(image, ...place);
    if (keypoints.filter((one) => one.confidence >= VISIBLE).length < SEEN) continue;
    const mean = keypoints.reduce((sum, one) => sum + one.confidence, 0) / keypoints.length;
    annotations.push({
      annotation_type: 'keypoint', class_name: 'person', confidence: round(mean, 4), data: { keypoints, skeleton: SKELETON },
    });
  }
  write(picture, model, annotations, (performance.now() - started) / 1000);
}
