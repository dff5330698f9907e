/** Image artifacts laid over the picture, stretched over the whole of it; below everything else that is drawn. */

export function drawArtifacts(ctx, { camera, ratio, picture, rasters }) {
  ctx.setTransform(...camera.matrix(ratio));
  ctx.imageSmoothingEnabled = camera.scale * ratio < 2; // the artifact's own pixels, once they can be seen
  for (const { kind, image, opacity } of rasters) {
    if (kind === "artifact") {
      ctx.globalAlpha = opacity;
      ctx.drawImage(image, 0, 0, picture.width, picture.height);
    }
  }
  ctx.globalAlpha = 1;
}
