/** Deep Zoom tiles as numbers: which of them a view of the picture needs, and in which order to draw those that are there. */

/** The tiles of a picture {width, height}, each `side` pixels; the highest level is the picture, each below it half of that. */
export class Pyramid {
  constructor({ width, height }, side) {
    this.width = width;
    this.height = height;
    this.side = side;
    this.highest = 32 - Math.clz32(Math.max(width, height) - 1);
  }

  /** Pixels of the picture that a pixel of a level covers, each way. */
  step(level) {
    return 2 ** (this.highest - level);
  }

  /** [columns, rows] of a level. */
  grid(level) {
    const across = this.side * this.step(level);
    return [Math.ceil(this.width / across), Math.ceil(this.height / across)];
  }

  /** The highest level that is one tile. */
  get lowest() {
    return Math.min(this.highest, 31 - Math.clz32(this.side));
  }

  /** The lowest level that is sharp at a scale of device pixels a pixel of the picture. */
  levelAt(scale) {
    const halvings = Math.floor(Math.log2(1 / scale) + 1e-9); // a half is a half, however it was reckoned
    return Math.min(Math.max(this.highest - halvings, this.lowest), this.highest);
  }

  /** {key, level, column, row}. */
  tile(level, column, row) {
    return { key: `${level}/${column}_${row}`, level, column, row };
  }

  /** What a tile covers, [x0, y0, x1, y1] in pixels of the picture; the last ones may reach beyond its edge. */
  bounds({ level, column, row }) {
    const across = this.side * this.step(level);
    return [column * across, row * across, (column + 1) * across, (row + 1) * across];
  }

  /** The tiles of a level that a view [x0, y0, x1, y1] touches, those in its middle first. */
  tilesIn(view, level) {
    const across = this.side * this.step(level);
    const [columns, rows] = this.grid(level);
    const [left, top] = [view[0], view[1]].map((at) => Math.max(Math.floor(at / across), 0));
    const [right, bottom] = [Math.min(Math.ceil(view[2] / across), columns), Math.min(Math.ceil(view[3] / across), rows)];
    const tiles = [];
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        tiles.push(this.tile(level, column, row));
      }
    }
    const [x, y] = [(view[0] + view[2]) / 2 / across - 0.5, (view[1] + view[3]) / 2 / across - 0.5];
    const away = ({ column, row }) => (column - x) ** 2 + (row - y) ** 2;
    return tiles.sort((a, b) => away(a) - away(b));
  }

  /** What to fetch for a view, most needed first: the whole picture as one tile, then those that are sharp. */
  wanted(view, scale) {
    const level = this.levelAt(scale);
    const whole = this.tile(this.lowest, 0, 0);
    return level === this.lowest ? [whole] : [whole, ...this.tilesIn(view, level)];
  }

  /**
   * What to draw for a view, the lowest first: the sharp tiles alone where all are there, else over all coarser ones
   * that are. `has` says of a key whether the tile is there.
   */
  pile(view, scale, has) {
    const level = this.levelAt(scale);
    const sharp = this.tilesIn(view, level);
    const isWhole = sharp.every(({ key }) => has(key));
    const tiles = [];
    for (let below = isWhole ? level : this.lowest; below <= level; below += 1) {
      tiles.push(...(below === level ? sharp : this.tilesIn(view, below)).filter(({ key }) => has(key)));
    }
    return tiles;
  }
}
