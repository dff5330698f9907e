/** The outline of a bitmap along its pixels' edges, as closed rings. */

// Directions east, south, west, north; the foreground is on the right-hand side of every edge.
const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/**
 * Rings of corner points [[x, y], …] around the set pixels of {x, y, width, height, bits}.
 *
 * Pixels that touch at a corner only belong to different rings. Gives null when the rings would have more than
 * `most` corners: noise has no outline worth drawing.
 */
export function contour({ x: left, y: top, width, height, bits }, most = 50_000) {
  const edges = edgesOf(width, height, bits);
  const across = width + 1;
  const rings = [];
  let corners = 0;
  for (let start = 0; start < edges.length; start += 1) {
    while (edges[start] & 1) {
      const ring = follow(edges, across, start, left, top);
      corners += ring.length;
      if (corners > most) {
        return null;
      }
      rings.push(ring);
    }
  }
  return rings;
}

/** For each corner of the grid, one bit for each direction in which an edge leaves it. */
function edgesOf(width, height, bits) {
  const across = width + 1;
  const edges = new Uint8Array(across * (height + 1));
  const isSet = (x, y) => x >= 0 && y >= 0 && x < width && y < height && bits[y * width + x];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (bits[y * width + x]) {
        const corner = y * across + x;
        if (!isSet(x, y - 1)) edges[corner] |= 1;
        if (!isSet(x + 1, y)) edges[corner + 1] |= 2;
        if (!isSet(x, y + 1)) edges[corner + across + 1] |= 4;
        if (!isSet(x - 1, y)) edges[corner + across] |= 8;
      }
    }
  }
  return edges;
}

/** Walk one ring, taking its edges away; at a crossing the right turn keeps to the same pixel. */
function follow(edges, across, start, left, top) {
  const ring = [];
  let at = start;
  let came = -1;
  for (let direction = 0; ; ) {
    if (direction !== came) {
      ring.push([left + (at % across), top + Math.floor(at / across)]);
    }
    edges[at] &= ~(1 << direction);
    at += DX[direction] + DY[direction] * across;
    came = direction;
    const turns = [1, 0, 3].map((turn) => (came + turn) % 4);
    direction = turns.find((d) => edges[at] & (1 << d) || (at === start && d === 0));
    if (at === start && direction === 0) {
      return came === 0 ? ring.slice(1) : ring;
    }
  }
}
