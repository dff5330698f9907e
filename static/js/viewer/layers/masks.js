/** Run-length masks: every pixel that is set is covered, none other; the outline follows the pixels' edges. */

import { withAlpha } from "../palette.js";
import { maskBits } from "../payload.js";
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
  const { mask } = object;
  const [sx, sy] = [picture.width / mask.size[1], picture.height / mask.size[0]];
  ctx.imageSmoothingEnabled = false;
  ctx.globalAlpha = WASH;
  ctx.drawImage(bitmapOf(object, colour), mask.x * sx, mask.y * sy, mask.width * sx, mask.height * sy);
  ctx.globalAlpha = 1;
}

function bitmapOf(object, colour) {
  const before = bitmaps.get(object);
  if (before?.colour === colour) {
    return before.canvas;
  }
  const { mask } = object;
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const image = new ImageData(mask.width, mask.height);
  maskBits(mask).forEach((bit, index) => bit && image.data.set([...rgb, 255], index * 4));
  const canvas = new OffscreenCanvas(mask.width, mask.height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  bitmaps.set(object, { colour, canvas });
  return canvas;
}
