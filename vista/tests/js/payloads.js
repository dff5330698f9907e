/** Payloads for tests, made of annotations as a person would write them. */

import { Sheet } from "../../../static/js/viewer/engine/sheet.js";

export const PICTURE = { width: 100, height: 80 };
const KINDS = ["box", "polygon", "mask", "keypoints", "scores", "heatmap"];
const SCORE = { divisor: 60_000, null: 65_535 };

export const box = (x, y, width, height, more) => ({ kind: "box", bounds: [x, y, x + width, y + height], ...more });

/** Rings are [[x, y], …] each. */
export const polygon = (rings, more) => ({ kind: "polygon", rings, bounds: around(rings.flat()), ...more });

export const keypoints = (points, skeleton, more) => ({ kind: "keypoints", points, skeleton, bounds: around(points), ...more });

/** A mask drawn with # and . in the corner (x, y) of its grid of [height, width]. */
export const mask = (rows, { at: [x, y] = [0, 0], size = [PICTURE.height, PICTURE.width], ...more } = {}) => ({
  kind: "mask",
  size,
  x,
  y,
  rows,
  bounds: [x, y, x + rows[0].length, y + rows.length],
  ...more,
});

function around(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** What decodePayload gives; annotations come best first, each with `className` and `score` (null for none). */
export function payloadOf(annotations) {
  const classes = [...new Set(annotations.map(({ className = "person" }) => className))];
  const of = (kind) => annotations.filter((annotation) => annotation.kind === kind);
  const columns = {
    kind: Uint8Array.from(annotations, ({ kind }) => KINDS.indexOf(kind)),
    class: Uint8Array.from(annotations, ({ className = "person" }) => classes.indexOf(className)),
    score: Uint16Array.from(annotations, ({ score = 0.9 }) => (score === null ? SCORE.null : score * SCORE.divisor)),
  };
  ["x_min", "y_min", "x_max", "y_max"].forEach((name, edge) => {
    columns[name] = Float32Array.from(annotations, ({ bounds }) => bounds?.[edge] ?? NaN);
  });
  Object.assign(columns, polygonColumns(of("polygon")), maskColumns(of("mask")), poseColumns(of("keypoints")));
  const skeletons = of("keypoints").map(({ skeleton }) => skeleton ?? null);
  const header = { count: annotations.length, kinds: KINDS, classes, skeletons, names: [], version: "1" };
  const meanings = Object.fromEntries(Object.keys(columns).map((name) => [name, name.endsWith("score") ? SCORE : {}]));
  return { header, columns, meanings };
}

export function sheetOf(annotations, { picture = PICTURE, analysisId = "analysis" } = {}) {
  return new Sheet(analysisId, payloadOf(annotations), picture);
}

const offsets = (lists) => Uint32Array.from([0, ...lists].map((_, i) => lists.slice(0, i).reduce((sum, { length }) => sum + length, 0)));

function polygonColumns(polygons) {
  const rings = polygons.flatMap((one) => one.rings);
  const corners = rings.flat();
  return {
    polygon_rings: offsets(polygons.map((one) => one.rings)),
    ring_corners: offsets(rings),
    corner_x: Float32Array.from(corners, ([x]) => x),
    corner_y: Float32Array.from(corners, ([, y]) => y),
  };
}

function maskColumns(masks) {
  const runs = masks.map(({ rows }) => runsOf(rows.join("")));
  return {
    mask_height: Uint16Array.from(masks, ({ size }) => size[0]),
    mask_width: Uint16Array.from(masks, ({ size }) => size[1]),
    mask_x: Uint16Array.from(masks, ({ x }) => x),
    mask_y: Uint16Array.from(masks, ({ y }) => y),
    mask_columns: Uint16Array.from(masks, ({ rows }) => rows[0].length),
    mask_rows: Uint16Array.from(masks, ({ rows }) => rows.length),
    mask_order: new Uint8Array(masks.length),
    mask_runs: offsets(runs),
    run: Uint32Array.from(runs.flat()),
  };
}

function runsOf(pixels) {
  const runs = [0];
  let last = ".";
  for (const pixel of pixels) {
    if (pixel !== last) {
      runs.push(0);
      last = pixel;
    }
    runs[runs.length - 1] += 1;
  }
  return runs;
}

function poseColumns(poses) {
  const points = poses.flatMap((one) => one.points);
  return {
    pose_points: offsets(poses.map((one) => one.points)),
    pose_skeleton: Uint8Array.from(poses, (_, i) => poses.slice(0, i).length),
    point_x: Float32Array.from(points, ([x]) => x),
    point_y: Float32Array.from(points, ([, y]) => y),
    point_name: Uint8Array.from(points, () => 255),
    point_score: Uint16Array.from(points, () => SCORE.null),
    point_visibility: Uint8Array.from(points, () => 255),
  };
}
