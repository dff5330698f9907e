/** NumPy's .npy files with one plane of numbers, read as https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html says. */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const TYPES = {
  b1: { bytes: 1, array: Uint8Array, read: "getUint8" },
  u1: { bytes: 1, array: Uint8Array, read: "getUint8" },
  i1: { bytes: 1, array: Int8Array, read: "getInt8" },
  u2: { bytes: 2, array: Uint16Array, read: "getUint16" },
  i2: { bytes: 2, array: Int16Array, read: "getInt16" },
  u4: { bytes: 4, array: Uint32Array, read: "getUint32" },
  i4: { bytes: 4, array: Int32Array, read: "getInt32" },
  f4: { bytes: 4, array: Float32Array, read: "getFloat32" },
  f8: { bytes: 8, array: Float64Array, read: "getFloat64" },
};

/**
 * {width, height, values} of a two-dimensional array, row by row.
 *
 * Takes an ArrayBuffer; throws an Error whose message says what is wrong with the file.
 */
export function parseNpy(buffer) {
  const { header, offset } = readHeader(buffer);
  const [height, width] = shapeOf(header);
  const descr = /['"]descr['"]\s*:\s*['"]([<>|=]?)([a-z]\d+)['"]/.exec(header);
  const type = descr && TYPES[descr[2]];
  if (!type) {
    const known = Object.keys(TYPES).join(", ");
    throw new Error(`The array's type is not one of ${known}.`);
  }
  const need = width * height * type.bytes;
  if (buffer.byteLength - offset < need) {
    const have = buffer.byteLength - offset;
    throw new Error(`The file is cut short: ${have} of ${need} bytes of numbers are there.`);
  }
  const values = readNumbers(buffer, offset, width * height, type, descr[1] !== ">");
  const byColumns = /['"]fortran_order['"]\s*:\s*True/.test(header);
  return { width, height, values: byColumns ? toRows(values, width, height, type) : values };
}

function readHeader(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 12 || !MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new Error("This is not a .npy file: its first bytes are others.");
  }
  const view = new DataView(buffer);
  const long = bytes[6] > 1; // version 1 has a length of two bytes, later ones have four
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = long ? 12 : 10;
  if (start + length > bytes.length) {
    throw new Error("The file is cut short: it ends inside its header.");
  }
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  return { header, offset: start + length };
}

function shapeOf(header) {
  const match = /['"]shape['"]\s*:\s*\(([\d,\sL]*)\)/.exec(header);
  const shape = match ? match[1].split(",").filter((part) => part.trim()).map((part) => Number.parseInt(part, 10)) : [];
  if (shape.length !== 2 || shape.some((side) => side < 1)) {
    throw new Error(`The array has the shape (${shape.join(", ")}); a heatmap has two sides, height and width.`);
  }
  return shape;
}

function readNumbers(buffer, offset, count, type, littleEndian) {
  const values = new type.array(count);
  const view = new DataView(buffer, offset);
  for (let i = 0; i < count; i += 1) {
    values[i] = view[type.read](i * type.bytes, littleEndian);
  }
  return values;
}

function toRows(values, width, height, type) {
  const rows = new type.array(values.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * width + x] = values[x * height + y];
    }
  }
  return rows;
}
