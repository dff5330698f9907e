/** One annotation of a sheet: nothing of it is kept but its row. */

import { classAt, kindAt, scoreAt } from "../payload.js";

const TYPES = {
  box: "bounding_box",
  polygon: "segmentation",
  mask: "segmentation",
  keypoints: "keypoint",
  scores: "classification",
  heatmap: "heatmap",
};

export class Item {
  #sheet;

  constructor(sheet, row) {
    this.#sheet = sheet;
    this.row = row;
  }

  get sheet() {
    return this.#sheet;
  }

  get id() {
    return this.#sheet.idOf(this.row);
  }

  get analysisId() {
    return this.#sheet.analysisId;
  }

  /** box, polygon, mask, keypoints, scores or heatmap. */
  get kind() {
    return kindAt(this.#sheet.payload, this.row);
  }

  /** The annotation type of the API. */
  get type() {
    return TYPES[this.kind];
  }

  get className() {
    return classAt(this.#sheet.payload, this.row);
  }

  /** 0 to 1, or null. */
  get confidence() {
    return scoreAt(this.#sheet.payload, this.row);
  }

  /** [x0, y0, x1, y1] in pixels of the upright picture, or null for what has no place in it. */
  get bounds() {
    return four(this.#sheet.bounds, this.row);
  }

  /** The part of the bounds that lies in the picture, or null. */
  get inside() {
    return four(this.#sheet.inside, this.row);
  }

  /** Geometry and scores as the API has them, but for the runs of masks; made anew each time. */
  get data() {
    return this.#sheet.dataOf(this.row);
  }

  /** The rings of a polygon: a Float32Array x, y, x, y … each. */
  get rings() {
    return this.#sheet.ringsOf(this.row);
  }

  /** A mask, as payload.js gives it. */
  get mask() {
    return this.#sheet.maskOf(this.row);
  }
}

function four(column, row) {
  const at = row * 4;
  return Number.isNaN(column[at]) ? null : [column[at], column[at + 1], column[at + 2], column[at + 3]];
}
