/** The picture with what is drawn on it, as one PNG. */

const MOST = 8192; // pixels a side; browsers refuse much larger canvases
const GAP = 4; // pixels between panes and of the divider
const TITLE = 28; // pixels above a pane that has to be told from others, and more on a large picture
const TITLES = 1 / 45; // of the picture's width
const [GROUND, TEXT, LINE] = ["#171b21", "#e6edf3", "#e6edf3"];

/** How many pixels of the file one pixel of the picture becomes: 1, or less where the picture is huge. */
export function exportScale({ width, height }) {
  return Math.min(1, MOST / width, MOST / height);
}

/** street.jpg -> street-annotated.png. */
export function exportName(filename) {
  return `${filename.replace(/\.[^.]*$/, "") || "picture"}-annotated.png`;
}

/**
 * {scale, width, height, title, pane: {width, height}, places: [[x, y], …]} of a file of so many panes, in its pixels.
 *
 * `title` is the height of the line of words above each pane, 0 where there is but one.
 */
export function sheetOf(image, count) {
  const columns = Math.min(count, 2);
  const rows = Math.ceil(count / columns);
  const titleOf = (width) => (count > 1 ? Math.max(TITLE, Math.round(width * TITLES)) : 0);
  const whole = { width: image.width * columns + GAP * (columns - 1), height: (image.height + titleOf(image.width)) * rows + GAP * (rows - 1) };
  const scale = exportScale(whole);
  const pane = { width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
  const title = titleOf(pane.width);
  return {
    scale,
    title,
    pane,
    width: pane.width * columns + GAP * (columns - 1),
    height: (pane.height + title) * rows + GAP * (rows - 1),
    places: Array.from({ length: count }, (_, i) => [(i % columns) * (pane.width + GAP), Math.floor(i / columns) * (pane.height + title + GAP)]),
  };
}

/**
 * A Blob of the picture as it is drawn now, at its own size: all panes beside each other, or both sides of a divider.
 *
 * `picture` is all of it, `views` are {title, canvases, draw()} of each pane, `dividedAt` is where on the picture the
 * second view begins, or null. The camera looks at all of the picture while the views draw, and as before afterwards,
 * within one turn, so nobody sees it.
 */
export async function annotated({ camera, ratio, filter, picture, views, dividedAt }) {
  const isDivided = dividedAt !== null;
  const { scale, title, pane, width, height, places } = isDivided ? divided(camera.image) : sheetOf(camera.image, views.length);
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext("2d");
  if (views.length > 1) {
    ctx.fillStyle = GROUND;
    ctx.fillRect(0, 0, width, height);
  }
  const seam = isDivided ? Math.round(Math.min(Math.max(dividedAt * scale, 0), pane.width)) : 0;
  views.forEach(({ title: words, canvases, draw }, index) => {
    const [x, y] = isDivided ? places[0] : places[index];
    const [from, to] = isDivided ? [[0, seam], [seam, pane.width]][index] : [0, pane.width];
    writeTitle(ctx, words, [x + (isDivided ? index * (pane.width / 2) : 0), y, isDivided ? pane.width / 2 : pane.width, title]);
    lookingAtAll(camera, pane, scale, ratio, draw, () => {
      ctx.save();
      ctx.beginPath();
      ctx.rect(x + from, y + title, to - from, pane.height);
      ctx.clip();
      ctx.filter = filter;
      ctx.drawImage(picture, x, y + title, pane.width, pane.height);
      ctx.filter = "none";
      for (const each of canvases) {
        ctx.drawImage(each, x, y + title, pane.width, pane.height);
      }
      ctx.restore();
    });
  });
  if (isDivided && seam > 0 && seam < pane.width) {
    ctx.fillStyle = LINE;
    ctx.fillRect(seam - GAP / 4, title, GAP / 2, pane.height);
  }
  return canvas.convertToBlob({ type: "image/png" });
}

/** One picture with room for both titles above it. */
function divided(image) {
  const { title } = sheetOf(image, 2);
  const scale = exportScale({ width: image.width, height: image.height + title });
  const pane = { width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
  return { scale, title, pane, width: pane.width, height: pane.height + title, places: [[0, 0]] };
}

function lookingAtAll(camera, pane, scale, ratio, draw, take) {
  const { image } = camera;
  const before = { ...camera.viewport, fitted: camera.fitted, centre: camera.centre, scale: camera.scale };
  camera.resize(pane.width / ratio, pane.height / ratio);
  camera.look({ x: image.width / 2, y: image.height / 2 }, scale / ratio);
  draw();
  take();
  camera.resize(before.width, before.height);
  if (before.fitted) {
    camera.fit();
  } else {
    camera.look(before.centre, before.scale);
  }
  draw();
}

function writeTitle(ctx, words, [x, y, width, height]) {
  if (height) {
    ctx.fillStyle = TEXT;
    ctx.font = `${Math.round(height / 2)}px system-ui, sans-serif`;
    ctx.textBaseline = "middle";
    ctx.fillText(fitted(ctx, words, width - height / 1.5), x + height / 3, y + height / 2);
  }
}

/** As much of a text as has room. */
function fitted(ctx, text, width) {
  let length = text.length;
  while (length > 0 && ctx.measureText(`${text.slice(0, length)}…`).width > width) {
    length -= 1;
  }
  return ctx.measureText(text).width <= width ? text : `${text.slice(0, length).trimEnd()}…`;
}
