/** The picture itself, from tiles: finer ones over coarser ones, in the place of the image element. */

const PIXELS = 4; // device pixels an image pixel from which on pixels are shown as squares

/** `pile` is [{bounds, bitmap, step}], lowest first; a pixel of the bitmap covers `step` pixels of the picture each way. */
export function drawTiles(ctx, { camera, ratio, picture, pile }) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(...camera.deviceRect([0, 0, picture.width, picture.height], ratio));
  ctx.clip();
  ctx.imageSmoothingEnabled = camera.scale * ratio < PIXELS;
  for (const { bounds: [x0, y0], bitmap, step } of pile) {
    // Whole device pixels: tiles that touch share an edge, and nothing shines through between them.
    const place = camera.deviceRect([x0, y0, x0 + bitmap.width * step, y0 + bitmap.height * step], ratio);
    ctx.clearRect(...place); // what lies under a transparent picture must not show through it
    ctx.drawImage(bitmap, ...place);
  }
  ctx.restore();
}
