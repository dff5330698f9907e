import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { test } from "node:test";

import { colourAt, colourise, MAPS, rangeOf, viridis } from "../../../static/js/viewer/colourmap.js";
import { parseNpy } from "../../../static/js/viewer/npy.js";
import { decodeGrey, pngHeader } from "../../../static/js/viewer/png.js";
import { readRaster, readableRange, valueAt } from "../../../static/js/viewer/raster.js";

// --- .npy -------------------------------------------------------------------------------------------------
function npy({ descr, shape, data, fortran = "False", version = 1 }) {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }\n`;
  const header = Buffer.from(text);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  const file = Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0]), length, header, data]);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
}

const bytesOf = (array) => Buffer.from(array.buffer);

for (const [descr, array] of [
  ["|u1", Uint8Array.of(0, 1, 2, 253, 254, 255)],
  ["<u2", Uint16Array.of(0, 1, 256, 1000, 65534, 65535)],
  ["<f4", Float32Array.of(0, -1.5, 0.25, 1e9, Infinity, 3)],
  ["<f8", Float64Array.of(0, -1.5, 0.1, 1e300, 2, 3)],
  ["<i2", Int16Array.of(0, -1, 2, 3, -32768, 32767)],
]) {
  test(`reads numbers of the type ${descr}`, () => {
    const { width, height, values } = parseNpy(npy({ descr, shape: [2, 3], data: bytesOf(array) }));
    assert.deepEqual([width, height, [...values]], [3, 2, [...array]]);
  });
}

test("reads numbers with the large end first", () => {
  const { values } = parseNpy(npy({ descr: ">u2", shape: [1, 2], data: Buffer.from([1, 0, 0, 2]) }));
  assert.deepEqual([...values], [256, 2]);
});

test("reads the second version, whose header is longer", () => {
  const { values } = parseNpy(npy({ descr: "|u1", shape: [1, 2], data: Buffer.from([7, 8]), version: 2 }));
  assert.deepEqual([...values], [7, 8]);
});

test("turns an array that lies by columns", () => {
  const file = npy({ descr: "|u1", shape: [2, 3], data: Buffer.from([1, 4, 2, 5, 3, 6]), fortran: "True" });
  assert.deepEqual([...parseNpy(file).values], [1, 2, 3, 4, 5, 6]);
});

for (const [what, file, sentence] of [
  ["something else", new TextEncoder().encode("<!doctype html> and so on").buffer, /not a \.npy file/],
  ["an empty file", new ArrayBuffer(0), /not a \.npy file/],
  ["complex numbers", npy({ descr: "<c8", shape: [1, 1], data: Buffer.alloc(8) }), /type is not one of/],
  ["Python objects", npy({ descr: "|O", shape: [1, 1], data: Buffer.alloc(8) }), /type is not one of/],
  ["three sides", npy({ descr: "|u1", shape: [1, 2, 3], data: Buffer.alloc(6) }), /shape \(1, 2, 3\)/],
  ["one side", npy({ descr: "|u1", shape: [6], data: Buffer.alloc(6) }), /shape \(6\)/],
  ["no numbers", npy({ descr: "|u1", shape: [0, 5], data: Buffer.alloc(0) }), /two sides/],
  ["too few numbers", npy({ descr: "<f4", shape: [2, 2], data: Buffer.alloc(12) }), /12 of 16 bytes/],
]) {
  test(`says what is wrong with ${what}`, () => {
    assert.throws(() => parseNpy(file), { message: sentence });
  });
}

// --- .png -------------------------------------------------------------------------------------------------
/** A PNG out of rows that begin with their filter byte; the checksums are left at 0, which nobody reads. */
function png({ width, height, depth = 8, type = 0, interlace = 0, rows, data = deflateSync(Buffer.from(rows.flat())) }) {
  const chunk = (name, body) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  const half = data.length >> 1; // in two pieces, as encoders may cut it
  const file = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("IDAT", data.subarray(0, half)),
    chunk("IDAT", data.subarray(half)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
}

test("a header tells size, depth and colour", () => {
  assert.deepEqual(pngHeader(png({ width: 5, height: 3, depth: 16, type: 4, rows: [[0]] })), {
    width: 5,
    height: 3,
    depth: 16,
    hasAlpha: true,
    isGrey: true,
    interlaced: false,
  });
});

test("what is no PNG has no header", () => {
  assert.equal(pngHeader(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]).buffer), null);
});

test("all five filters are undone", async () => {
  const rows = [
    [0, 10, 20, 30],
    [1, 10, 10, 10], // 10, 20, 30
    [2, 1, 2, 3], // 11, 22, 33
    [3, 1, 1, 1], // 1+5, 1+(6+22)/2, 1+(15+33)/2
    [4, 4, 5, 6],
  ];
  const { width, height, values, levels } = await decodeGrey(png({ width: 3, height: 5, rows }));
  assert.deepEqual([width, height, levels], [3, 5, 255]);
  assert.deepEqual([...values], [10, 20, 30, 10, 20, 30, 11, 22, 33, 6, 15, 25, 10, 20, 31]);
});

test("sixteen bits stay sixteen bits", async () => {
  const { values, levels } = await decodeGrey(png({ width: 2, height: 1, depth: 16, rows: [[0, 0x12, 0x34, 0xff, 0xfe]] }));
  assert.deepEqual([[...values], levels], [[0x1234, 0xfffe], 65535]);
});

test("an alpha channel is left out", async () => {
  const { values } = await decodeGrey(png({ width: 2, height: 1, type: 4, rows: [[0, 100, 255, 200, 0]] }));
  assert.deepEqual([...values], [100, 200]);
});

test("pixels of one bit are unpacked", async () => {
  const { values, levels } = await decodeGrey(png({ width: 10, height: 1, depth: 1, rows: [[0, 0b10110000, 0b01000000]] }));
  assert.deepEqual([[...values], levels], [[1, 0, 1, 1, 0, 0, 0, 0, 0, 1], 1]);
});

test("a damaged file is said to be damaged", async () => {
  const file = png({ width: 2, height: 1, rows: [[0, 1, 2]], data: Buffer.from("this is not deflated") });
  await assert.rejects(decodeGrey(file), { message: /damaged/ });
});

test("a file with too few rows is said to be cut short", async () => {
  await assert.rejects(decodeGrey(png({ width: 2, height: 9, rows: [[0, 1, 2]] })), { message: /cut short/ });
});

test("a file that claims to be gigantic is refused before it is unpacked", async () => {
  await assert.rejects(decodeGrey(png({ width: 100_000, height: 100_000, rows: [[0]] })), { message: /100 million/ });
});

// --- colours ----------------------------------------------------------------------------------------------
test("viridis goes from dark purple to yellow", () => {
  assert.deepEqual([viridis(0), viridis(1), viridis(-5), viridis(5)], [
    [68, 1, 84],
    [253, 231, 37],
    [68, 1, 84],
    [253, 231, 37],
  ]);
});

test("there are four maps", () => {
  assert.deepEqual(MAPS, ["viridis", "magma", "cividis", "grey"]);
});

for (const name of MAPS) {
  test(`${name} gets brighter all the way`, () => {
    const brightness = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
    const steps = Array.from({ length: 51 }, (_, index) => brightness(colourAt(name, index / 50)));
    assert.ok(steps.every((value, index) => index === 0 || value > steps[index - 1]));
  });
}

test("numbers become the colours of the map that was named, viridis for one that is unknown", () => {
  assert.deepEqual([...colourise([0, 1], [0, 1], { map: "grey" })], [0, 0, 0, 255, 255, 255, 255, 255]);
  assert.deepEqual(colourise([0.3], [0, 1], { map: "jet" }), colourise([0.3], [0, 1], {}));
});

test("numbers become colours between the ends of their range", () => {
  const rgba = colourise([-1, 0, 10, 99], [0, 10]);
  const low = [68, 1, 84, 255];
  const high = [253, 231, 37, 255];
  assert.deepEqual([...rgba], [...low, ...low, ...high, ...high]);
});

test("what is no number stays transparent", () => {
  assert.deepEqual([...colourise([NaN], [0, 1])], [0, 0, 0, 0]);
});

test("with fading the low end is transparent and the high end opaque", () => {
  const rgba = colourise([0, 0.25, 1], [0, 1], { fade: true });
  assert.deepEqual([rgba[3], rgba[7], rgba[11]], [0, 128, 255]);
});

test("a flat map is as high as its range", () => {
  assert.deepEqual([...colourise([5, 4], [5, 5])], [253, 231, 37, 255, 68, 1, 84, 255]);
});

test("the range leaves out what is not finite", () => {
  assert.deepEqual([rangeOf([3, NaN, -2, Infinity]), rangeOf([NaN])], [[-2, 3], [0, 1]]);
});

// --- files ------------------------------------------------------------------------------------------------
test("in a grey PNG black and white are the ends of the value range", async () => {
  const { scalar } = await readRaster(png({ width: 3, height: 1, rows: [[0, 0, 51, 255]] }), [10, 20]);
  assert.deepEqual(readableRange(scalar), [10, 20]);
  assert.equal(scalar.valueOf(scalar.values[1]), 12);
});

test("without a value range a grey PNG is read in its own levels", async () => {
  const { scalar } = await readRaster(png({ width: 3, height: 1, rows: [[0, 0, 51, 255]] }), null);
  assert.deepEqual([readableRange(scalar), scalar.valueOf(51)], [[0, 255], 51]);
});

test("in an array the numbers are what they are", async () => {
  const file = npy({ descr: "<f4", shape: [1, 2], data: bytesOf(Float32Array.of(-1, 3)) });
  const [own, given] = [await readRaster(file, null), await readRaster(file, [0, 1])];
  assert.deepEqual([own.scalar.range, given.scalar.range, given.scalar.valueOf(3)], [[-1, 3], [0, 1], 3]);
});

test("a coloured PNG is left to the browser", async () => {
  assert.deepEqual(await readRaster(png({ width: 1, height: 1, type: 2, rows: [[0, 1, 2, 3]] }), null), { coloured: true });
});

test("a JPEG is left to the browser", async () => {
  assert.deepEqual(await readRaster(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]).buffer, null), { coloured: true });
});

test("a value is read where the map is stretched over the picture", async () => {
  const { scalar } = await readRaster(npy({ descr: "|u1", shape: [2, 2], data: Buffer.from([1, 2, 3, 4]) }), null);
  const picture = { width: 100, height: 40 };
  const at = [[0, 0], [99.9, 0], [0, 20], [50, 39.9], [-1, 0], [100, 0]].map(([x, y]) => valueAt(scalar, x, y, picture));
  assert.deepEqual(at, [1, 2, 3, 4, null, null]);
});
