/** Grey PNG files with their full 16 bits, which a canvas would cut to 8; other PNGs are left to the browser. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GREY = 0;
const GREY_ALPHA = 4;
const MOST_PIXELS = 100_000_000;

/** {width, height, depth, isGrey, interlaced} of a PNG in an ArrayBuffer, or null when it is none. */
export function pngHeader(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 33 || !SIGNATURE.every((byte, index) => bytes[index] === byte)) {
    return null;
  }
  const view = new DataView(buffer);
  const colourType = bytes[25];
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: bytes[24],
    hasAlpha: colourType === GREY_ALPHA,
    isGrey: colourType === GREY || colourType === GREY_ALPHA,
    interlaced: bytes[28] !== 0,
  };
}

/**
 * {width, height, values, levels} of a grey PNG that is not interlaced: values run from 0 to `levels`.
 *
 * An alpha channel is left out. Throws an Error whose message says what is wrong with the file.
 */
export async function decodeGrey(buffer) {
  const { width, height, depth, hasAlpha } = pngHeader(buffer);
  if (width * height > MOST_PIXELS) {
    throw new Error(`The heatmap has ${width} × ${height} pixels; at most 100 million are drawn.`);
  }
  const channels = hasAlpha ? 2 : 1;
  const rowBytes = Math.ceil((width * depth * channels) / 8);
  const raw = await inflate(dataChunks(buffer), height * (rowBytes + 1));
  const rows = unfilter(raw, rowBytes, height, Math.max(1, (depth * channels) / 8));
  const values = depth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      values[y * width + x] = sample(rows, y * rowBytes, x * channels, depth);
    }
  }
  return { width, height, values, levels: 2 ** depth - 1 };
}

function dataChunks(buffer) {
  const view = new DataView(buffer);
  const parts = [];
  for (let at = SIGNATURE.length; at + 12 <= buffer.byteLength; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === 0x49444154 /* IDAT */) {
      parts.push(new Uint8Array(buffer, at + 8, Math.min(length, buffer.byteLength - at - 8)));
    }
    at += 12 + length;
  }
  return parts;
}

async function inflate(parts, size) {
  const out = new Uint8Array(size);
  const reader = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let filled = 0;
  try {
    while (filled < size) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      out.set(value.subarray(0, size - filled), filled);
      filled += value.length;
    }
  } catch {
    throw new Error("The PNG file is damaged: its data cannot be unpacked.");
  } finally {
    reader.cancel().catch(() => {});
  }
  if (filled < size) {
    throw new Error("The PNG file is cut short.");
  }
  return out;
}

/** Undo the five filters of PNG: each byte was stored as its difference to a guess from its neighbours. */
function unfilter(raw, rowBytes, height, step) {
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (rowBytes + 1)];
    const from = y * (rowBytes + 1) + 1;
    const to = y * rowBytes;
    for (let i = 0; i < rowBytes; i += 1) {
      const left = i >= step ? rows[to + i - step] : 0;
      const above = y > 0 ? rows[to + i - rowBytes] : 0;
      const corner = y > 0 && i >= step ? rows[to + i - rowBytes - step] : 0;
      rows[to + i] = raw[from + i] + guess(filter, left, above, corner);
    }
  }
  return rows;
}

function guess(filter, left, above, corner) {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
      if (a <= b && a <= c) {
        return left;
      }
      return b <= c ? above : corner;
    }
    default:
      return 0;
  }
}

function sample(rows, row, index, depth) {
  if (depth === 8) {
    return rows[row + index];
  }
  if (depth === 16) {
    return (rows[row + 2 * index] << 8) | rows[row + 2 * index + 1];
  }
  const bit = index * depth;
  return (rows[row + (bit >> 3)] >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}
