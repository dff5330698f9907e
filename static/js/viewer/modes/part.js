/** A scene for one pane: the same as the whole one, but for the analyses that the pane does not draw. */

export class Part {
  #scene;
  #ids;

  /** `ids` are those of the analyses that this pane draws. */
  constructor(scene, ids) {
    this.#scene = scene;
    this.#ids = new Set(ids);
  }

  /** As Scene's; rows are good until the next call of any part. */
  inView(view) {
    return this.#scene.inView(view, this.#ids);
  }

  at(point, tolerance) {
    return this.#scene.at(point, tolerance, this.#ids);
  }

  /** The shown object with this id, or undefined. */
  find(id) {
    const object = this.#scene.find(id);
    return object && this.#ids.has(object.analysisId) ? object : undefined;
  }

  /** The same where only another pane draws it, or none. */
  findElsewhere(id) {
    const object = this.#scene.find(id) ?? this.#scene.findUndrawn(id);
    return object && !this.#ids.has(object.analysisId) ? object : undefined;
  }

  get overlays() {
    return this.#scene.overlays.filter(({ analysisId }) => this.#ids.has(analysisId));
  }

  get laidOver() {
    return this.#scene.laidOver;
  }

  styles() {
    return this.#scene.styles();
  }
}
