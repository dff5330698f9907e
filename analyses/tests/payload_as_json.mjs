/** What a payload says, in the form in which VISTA stores it; `node payload_as_json.mjs FILE` prints it as JSON. */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import * as reader from "../../static/js/viewer/payload.js";

const TYPES = {
  box: "bounding_box",
  polygon: "segmentation",
  mask: "segmentation",
  keypoints: "keypoint",
  scores: "classification",
  heatmap: "heatmap",
};

const DATA = {
  box: (payload, rank, [x0, y0, x1, y1]) => ({ bbox: [x0, y0, x1 - x0, y1 - y0], format: "xywh" }),
  polygon: (payload, rank) => ({ points: reader.polygonAt(payload, rank).map(pairs), format: "polygon" }),
  mask: (payload, rank) => ({ rle: cocoOf(reader.maskAt(payload, rank)), format: "rle" }),
  keypoints(payload, rank) {
    const { points, skeleton } = reader.poseAt(payload, rank);
    const keypoints = points.map(({ name, x, y, score, visibility }) =>
      withoutNulls({ name, x, y, confidence: score, visibility }),
    );
    return withoutNulls({ keypoints, skeleton });
  },
  scores: (payload, rank) => ({ scores: Object.fromEntries(reader.scoresOf(payload, rank)) }),
  heatmap: (payload, rank) => reader.heatmapAt(payload, rank),
};

export function annotationsOf(payload) {
  const [bounds, ranks] = [reader.boundsIn(payload), reader.ranksIn(payload)];
  return Array.from({ length: payload.header.count }, (_, row) => {
    const kind = reader.kindAt(payload, row);
    const place = [...bounds.subarray(4 * row, 4 * row + 4)];
    return {
      annotation_type: TYPES[kind],
      class_name: reader.classAt(payload, row),
      confidence: reader.scoreAt(payload, row),
      bounds: Number.isNaN(place[0]) ? null : place,
      data: DATA[kind](payload, ranks[row], place),
    };
  });
}

function pairs(ring) {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]);
}

/** COCO's run lengths, a pixel at a time. */
function cocoOf(mask) {
  const { x, y, width, height, size } = mask;
  const bits = reader.maskBits(mask);
  const counts = [0];
  let last = 0;
  for (let column = 0; column < size[1]; column += 1) {
    for (let row = 0; row < size[0]; row += 1) {
      const inside = column >= x && column < x + width && row >= y && row < y + height;
      const bit = inside ? bits[(row - y) * width + column - x] : 0;
      if (bit !== last) {
        counts.push(0);
        last = bit;
      }
      counts[counts.length - 1] += 1;
    }
  }
  return { size, counts };
}

function withoutNulls(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const bytes = readFileSync(process.argv[2]);
  const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  process.stdout.write(JSON.stringify(annotationsOf(reader.decodePayload(content))));
}
