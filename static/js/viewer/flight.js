/** Moves the camera to a place in a moment that the eye can follow; at once for who wants less motion. */

const LASTS = 260; // milliseconds
const LEAST = 56; // CSS pixels: a smaller object is seen better from nearer
const MOST = 0.6; // of the window: a larger one from further away
const WANTED = 0.3; // of the window
const NEAREST = 8; // CSS pixels an image pixel
const AIR = 8; // CSS pixels between an object that is seen and the window's edge

export class Flight {
  #camera;
  #moved;
  #later;
  #isStill;
  #flying = null;

  /** `moved` is called when the camera has moved; `later` is requestAnimationFrame, `isStill` says whether motion is unwanted. */
  constructor(camera, moved, { later = (act) => requestAnimationFrame(act), isStill = wantsNoMotion } = {}) {
    this.#camera = camera;
    this.#moved = moved;
    this.#later = later;
    this.#isStill = isStill;
  }

  /** Fly until bounds [x0, y0, x1, y1] are seen well; stays where they are already. */
  to(bounds) {
    const goal = goalFor(bounds, this.#camera);
    this.#flying = null;
    if (!goal) {
      return;
    }
    if (this.#isStill()) {
      this.#look(goal);
      return;
    }
    const flight = { from: { ...this.#camera.centre, scale: this.#camera.scale }, goal, begun: null, last: null };
    this.#flying = flight;
    this.#later((now) => this.#step(flight, now));
  }

  #step(flight, now) {
    if (this.#flying !== flight || (flight.last && !isAt(this.#camera, flight.last))) {
      return; // another flight, or somebody has moved the picture: theirs now
    }
    flight.begun ??= now;
    const part = Math.min((now - flight.begun) / LASTS, 1);
    this.#look(between(flight.from, flight.goal, part * part * (3 - 2 * part)));
    if (part < 1) {
      flight.last = { ...this.#camera.centre, scale: this.#camera.scale };
      this.#later((next) => this.#step(flight, next));
    } else {
      this.#flying = null;
    }
  }

  #look({ x, y, scale }) {
    this.#camera.look({ x, y }, scale);
    this.#moved();
  }
}

/** Where to look, {x, y, scale}, or null where the bounds are in sight and neither too small nor too large. */
export function goalFor([x0, y0, x1, y1], camera) {
  const { width, height } = camera.viewport;
  const [across, down] = [Math.max(x1 - x0, 1), Math.max(y1 - y0, 1)];
  const [left, top] = camera.toScreen(x0, y0);
  const [right, foot] = camera.toScreen(x1, y1);
  const isInSight = left >= AIR && top >= AIR && right <= width - AIR && foot <= height - AIR;
  const share = Math.max((across * camera.scale) / width, (down * camera.scale) / height);
  const isLarge = Math.max(across, down) * camera.scale >= LEAST;
  if (isInSight && isLarge) {
    return null;
  }
  const middle = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
  if (isLarge && share <= MOST) {
    return { ...middle, scale: camera.scale };
  }
  const scale = Math.min((width * WANTED) / across, (height * WANTED) / down, NEAREST);
  return { ...middle, scale: isLarge ? Math.min((width * MOST) / across, (height * MOST) / down) : Math.max(scale, camera.scale) };
}

/** On the way: the scale grows by the same factor in the same time, and what is looked at keeps pace with it. */
function between(from, goal, part) {
  const scale = from.scale * (goal.scale / from.scale) ** part;
  const reach = 1 / goal.scale - 1 / from.scale;
  const along = Math.abs(reach) < 1e-12 ? part : (1 / scale - 1 / from.scale) / reach;
  return { x: from.x + (goal.x - from.x) * along, y: from.y + (goal.y - from.y) * along, scale };
}

function isAt({ centre, scale }, place) {
  return centre.x === place.x && centre.y === place.y && scale === place.scale;
}

function wantsNoMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
