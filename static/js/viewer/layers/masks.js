/** Run-length masks: every pixel that is set is covered, none other; the outline follows the pixels' edges. */

import { maskScale } from "../objects.js";
import { withAlpha } from "../palette.js";
import { decode, maskBounds } from "../rle.js";
import { pathOf, strokePath } from "./paths.js";

const WASH = 0.4;
const bitmaps = new WeakMap();

export function drawMasks(ctx, frame) {
  const { camera, ratio, objects, style, picture } = frame;
  ctx.setTransform(...camera.matrix(ratio));
  for (const object of objects) {
    if (object.kind === "mask") {
      const path = pathOf(object, picture);
      const { colour } = style(object);
      if (path) {
        ctx.fillStyle = withAlpha(colour, WASH);
        ctx.fill(path, "evenodd");
        strokePath(ctx, path, style(object), 1.5, frame);
      } else {
        drawBitmap(ctx, object, colour, picture);
      }
    }
  }
}

/** For noise, whose outline would be longer than its inside. */
function drawBitmap(ctx, object, colour, picture) {
  const { rle } = object.data;
  const [x0, y0, x1, y1] = maskBounds(rle);
  const [sx, sy] = maskScale(rle, picture);
  ctx.imageSmoothingEnabled = false;
  ctx.globalAlpha = WASH;
  ctx.drawImage(bitmapOf(object, colour), x0 * sx, y0 * sy, (x1 - x0) * sx, (y1 - y0) * sy);
  ctx.globalAlpha = 1;
}

function bitmapOf(object, colour) {
  const before = bitmaps.get(object);
  if (before?.colour === colour) {
    return before.canvas;
  }
  const { rle } = object.data;
  const { width, height, bits } = decode(rle, maskBounds(rle));
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const image = new ImageData(width, height);
  bits.forEach((bit, index) => bit && image.data.set([...rgb, 255], index * 4));
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  bitmaps.set(object, { colour, canvas });
  return canvas;
}
