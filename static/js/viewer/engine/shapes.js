/** Boxes, polygons and poses of one sheet, drawn into an array of pixels: dark edges first, then lines, the best last. */

import { strokeBox, strokeLine, fillRect } from "./outlines.js";
import { pixelOf } from "./tones.js";

const HALO = pixelOf([11, 13, 16], 191);
const SMALL = 10; // CSS pixels: a box with a shorter side has a thinner line, or nothing of its inside would be seen
const DOT = 2; // CSS pixels from the middle of a keypoint to its edge

/**
 * `rows` are a sheet's rows, best first; `tones` are tonesOf's; `place` is {scale, x, y, ratio}: device pixels an
 * image pixel, where the picture begins, and device pixels a CSS pixel. Without `halo` the dark edges are left out and
 * lines are thin. With `boxesOnly` nothing else is drawn.
 */
export function drawShapes(surface, { sheet, rows, tones }, place, { halo, boxesOnly = false }) {
  const { columns, header } = sheet.payload;
  const of = (kind) => header.kinds.indexOf(kind);
  const [box, polygon, keypoints] = [of("box"), of("polygon"), of("keypoints")];
  const { kind, inside } = sheet;
  const unit = Math.max(Math.round(place.ratio), 1);
  for (let pass = halo ? 0 : 1; pass < 2; pass += 1) {
    const edge = pass === 0 ? unit : 0;
    for (let i = rows.length - 1; i >= 0; i -= 1) {
      const row = rows[i];
      const colour = pass === 0 ? HALO : tones.colours[tones.keys[row]];
      if (kind[row] === box) {
        drawBox(surface, inside, row, place, unit, halo ? 2 * unit : unit, edge, colour);
      } else if (boxesOnly) {
        continue;
      } else if (kind[row] === polygon) {
        drawRings(surface, sheet.places, columns, sheet.rankOf(row), place, (halo ? 2 * unit : unit) + 2 * edge, colour);
      } else if (kind[row] === keypoints) {
        drawPose(surface, sheet, sheet.rankOf(row), place, unit, edge, colour);
      }
    }
  }
}

function drawBox(surface, inside, row, { scale, x, y }, unit, most, edge, colour) {
  const at = row * 4;
  const isSmall = Math.min(inside[at + 2] - inside[at], inside[at + 3] - inside[at + 1]) * scale < SMALL * unit;
  const thick = isSmall ? unit : most;
  const left = x + nudge(thick);
  const top = y + nudge(thick);
  strokeBox(
    surface,
    Math.floor(inside[at] * scale + left),
    Math.floor(inside[at + 1] * scale + top),
    Math.floor(inside[at + 2] * scale + left),
    Math.floor(inside[at + 3] * scale + top),
    (thick >> 1) + edge,
    thick + 2 * edge,
    colour,
  );
}

/** An odd line lies on the pixel in which the edge is, an even one on both sides of the pixels' border next to it. */
function nudge(thick) {
  return thick % 2 ? 0 : 0.5;
}

/** Corners that fall on the same pixel are one. */
function drawRings(surface, { corner_x: xs, corner_y: ys }, columns, rank, { scale, x, y }, thick, colour) {
  const { polygon_rings: rings, ring_corners: corners } = columns;
  const left = x + nudge(thick);
  const top = y + nudge(thick);
  const lastRing = rings[rank + 1];
  for (let ring = rings[rank]; ring < lastRing; ring += 1) {
    const begin = corners[ring];
    const end = corners[ring + 1];
    let fromX = Math.floor(xs[end - 1] * scale + left);
    let fromY = Math.floor(ys[end - 1] * scale + top);
    for (let i = begin; i < end; i += 1) {
      const toX = Math.floor(xs[i] * scale + left);
      const toY = Math.floor(ys[i] * scale + top);
      if (toX !== fromX || toY !== fromY || end - begin === 1) {
        strokeLine(surface, fromX, fromY, toX, toY, thick, colour);
        fromX = toX;
        fromY = toY;
      }
    }
  }
}

function drawPose(surface, { places, payload }, rank, { scale, x, y }, unit, edge, colour) {
  const { pose_points: points, pose_skeleton: skeleton } = payload.columns;
  const { point_x: xs, point_y: ys } = places;
  const [begin, end] = [points[rank], points[rank + 1]];
  const across = (i) => Math.round(xs[begin + i] * scale + x);
  const down = (i) => Math.round(ys[begin + i] * scale + y);
  for (const [from, to] of payload.header.skeletons[skeleton[rank]] ?? []) {
    if (begin + from < end && begin + to < end) {
      strokeLine(surface, across(from), down(from), across(to), down(to), unit + 2 * edge, colour);
    }
  }
  const reach = DOT * unit + edge;
  for (let i = 0; i < end - begin; i += 1) {
    fillRect(surface, across(i) - reach, down(i) - reach, across(i) + reach, down(i) + reach, colour);
  }
}
