/** Heatmaps, stretched over the whole picture. */

/** `rasters` of a frame is [{kind, image, opacity}], lowest first. */
export function drawHeatmaps(ctx, { camera, ratio, picture, rasters }) {
  ctx.setTransform(...camera.matrix(ratio));
  ctx.imageSmoothingEnabled = true;
  for (const { kind, image, opacity } of rasters) {
    if (kind === "heatmap") {
      ctx.globalAlpha = opacity;
      ctx.drawImage(image, 0, 0, picture.width, picture.height);
    }
  }
  ctx.globalAlpha = 1;
}
