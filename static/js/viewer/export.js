/** The picture with what is drawn on it, as one PNG. */

const MOST = 8192; // pixels a side; browsers refuse much larger canvases

/** How many pixels of the file one pixel of the picture becomes: 1, or less where the picture is huge. */
export function exportScale({ width, height }) {
  return Math.min(1, MOST / width, MOST / height);
}

/** street.jpg -> street-annotated.png. */
export function exportName(filename) {
  return `${filename.replace(/\.[^.]*$/, "") || "picture"}-annotated.png`;
}

/**
 * A Blob of the picture as it is drawn now, at its own size.
 *
 * `layers` are what to draw in this order; the camera looks at all of the picture while `draw` draws, and as before
 * afterwards, within one turn, so nobody sees it.
 */
export async function annotated({ camera, ratio, filter, layers, draw }) {
  const { image } = camera;
  const scale = exportScale(image);
  const before = { ...camera.viewport, fitted: camera.fitted, centre: camera.centre, scale: camera.scale };
  const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext("2d");
  const [picture, ...canvases] = layers;
  camera.resize(width / ratio, height / ratio);
  camera.look({ x: image.width / 2, y: image.height / 2 }, scale / ratio);
  draw();
  ctx.filter = filter;
  ctx.drawImage(picture, 0, 0, width, height);
  ctx.filter = "none";
  for (const each of canvases) {
    ctx.drawImage(each, 0, 0, width, height);
  }
  camera.resize(before.width, before.height);
  if (before.fitted) {
    camera.fit();
  } else {
    camera.look(before.centre, before.scale);
  }
  draw();
  return canvas.convertToBlob({ type: "image/png" });
}
