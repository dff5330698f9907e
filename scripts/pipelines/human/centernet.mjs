// CenterNet (80 COCO classes) on a MobileNetV3: boxes and a heatmap as `centernet`, scores of the whole picture as
// `centernet_scores`.
import { network, round, sharp, tf, versionOf } from './network.mjs';

const SIZE = 512; // the network's input
const CELLS = 128; // its maps
const MIN_SCORE = 0.15;
const MAX_OVERLAP = 0.5; // between two boxes of one class
const RANKED = 10; // classes in the scores

const CLASSES = `person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,
parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,
frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,
wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,
couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,
refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush`.replaceAll('\n', '').split(',');

const version = `human ${versionOf('@vladmandic/human')}, tfjs-wasm ${versionOf('@tensorflow/tfjs-backend-wasm')}`;
export const detector = {
  name: 'centernet',
  version,
  parameters: { input_size: [SIZE, SIZE], confidence_threshold: MIN_SCORE, iou_threshold: MAX_OVERLAP },
  description: 'CenterNet on a MobileNetV3, 80 COCO classes: boxes, and the heatmap of the most prominent class straight from the network.',
};
export const scorer = {
  name: 'centernet_scores',
  version,
  parameters: { input_size: [SIZE, SIZE], scores: 'highest cell of each class heatmap', classes_kept: RANKED },
  description: 'Scores of the whole picture: for each class the highest value in CenterNet\'s heatmap. A detector read as a classifier, so they do not add up to 1.',
};

function overlap(a, b) {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const area = (box) => (box.x2 - box.x1) * (box.y2 - box.y1);
  return (width * height) / (area(a) + area(b) - width * height);
}

// VISTA takes no box without one.
const hasArea = (box) => Math.min(box.x2 - box.x1, box.y2 - box.y1) >= 0.01;

// Loads the network; gives a function that looks at an upright picture and tells what the network said.
export async function load() {
  const net = await network('centernet');
  // The picture is stretched to the square input, so the maps cover the whole picture as well.
  return async ({ data, raw }) => {
    const square = await sharp(data, { raw }).resize(SIZE, SIZE, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
    const input = tf.tensor4d(Float32Array.from(square), [1, SIZE, SIZE, 3]);
    const started = performance.now();
    const [heat, found] = net.execute(input, ['tower_0/keypoints', 'tower_0/detections']);
    const said = { heat: await heat.data(), found: (await found.array())[0], seconds: (performance.now() - started) / 1000 };
    tf.dispose([input, heat, found]);
    return said;
  };
}

// Every class with the highest value of its heatmap, the highest first.
function ranked(heat) {
  return CLASSES.map((label, index) => {
    let score = 0;
    for (let cell = index; cell < heat.length; cell += CLASSES.length) score = Math.max(score, heat[cell]);
    return { label, score, index };
  }).sort((a, b) => b.score - a.score);
}

// The boxes in the picture's pixels, the heatmap of the most prominent class, and all peaks as a table.
export async function detected({ heat, found }, { width, height }) {
  const [across, down] = [width / SIZE, height / SIZE];
  const all = found.map(([x1, y1, x2, y2, score, index]) => (
    { x1: x1 * across, y1: y1 * down, x2: x2 * across, y2: y2 * down, score, label: CLASSES[index] }));
  const kept = [];
  for (const box of all.filter(hasArea).filter((one) => one.score >= MIN_SCORE).sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => other.label === box.label && overlap(other, box) > MAX_OVERLAP)) kept.push(box);
  }
  const annotations = kept.map((box) => ({
    annotation_type: 'bounding_box',
    class_name: box.label,
    confidence: round(box.score, 4),
    data: { bbox: [box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1].map((v) => round(v, 2)), format: 'xywh' },
  }));

  const [top] = ranked(heat);
  const map = new Uint8Array(CELLS * CELLS);
  for (let cell = 0; cell < map.length; cell++) map[cell] = Math.round(255 * heat[cell * CLASSES.length + top.index]);
  const grey = { raw: { width: CELLS, height: CELLS, channels: 1 } };
  const png = await sharp(map, grey).toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer();
  annotations.push({
    annotation_type: 'heatmap',
    class_name: top.label,
    confidence: round(top.score, 4),
    data: { artifact_name: 'heatmap.png', value_range: [0, 1], unit: 'probability' },
  });

  const csv = ['class_name,confidence,x_min,y_min,x_max,y_max', ...all.map((box) =>
    [box.label, round(box.score, 5), ...[box.x1, box.y1, box.x2, box.y2].map((v) => round(v, 2))].join(','))].join('\n');
  const files = [
    { name: 'heatmap.png', type: 'image/png', bytes: png },
    { name: 'peaks.csv', type: 'text/csv', bytes: Buffer.from(csv + '\n') },
  ];
  return { annotations, files };
}

// The scores of the whole picture.
export function scored({ heat }) {
  const ranking = ranked(heat);
  const scores = Object.fromEntries(ranking.slice(0, RANKED).map(({ label, score }) => [label, round(score, 4)]));
  const [top] = ranking;
  return [{ annotation_type: 'classification', class_name: top.label, confidence: round(top.score, 4), data: { scores } }];
}
