/** Which classes are shown, and how the scores of what is shown are spread. */

/** Which classes are hidden: some by name, or all but some; so what is found later is hidden or not as was meant. */
export class ClassFilter {
  #names;

  static NONE = new ClassFilter([], false);

  static hiding(names) {
    return names.length ? new ClassFilter(names, false) : ClassFilter.NONE;
  }

  static only(names) {
    return new ClassFilter(names, true);
  }

  constructor(names, isOnly) {
    this.#names = new Set(names);
    this.isOnly = isOnly;
  }

  /** The names that are hidden, or with `isOnly` those that are not. */
  get names() {
    return [...this.#names];
  }

  /** Whether a class is hidden. */
  has(name) {
    return this.#names.has(name) !== this.isOnly;
  }

  /** The same with one class shown or hidden. */
  switched(name, shows) {
    const names = new Set(this.#names);
    if (shows === this.isOnly) {
      names.add(name);
    } else {
      names.delete(name);
    }
    return this.isOnly ? ClassFilter.only(names) : ClassFilter.hiding([...names]);
  }
}

/** How many equal parts of 0..1 a histogram has: each is five of the bins that a sheet keeps of its scores. */
export const PARTS = 51;

/** How many scores fall into each part; what has none is left out, as are hidden classes. */
export function histogram(sheets, hiddenClasses) {
  const counts = new Array(PARTS).fill(0);
  for (const { bins, classOf, classes, scored } of sheets) {
    const isHidden = classes.map((name) => hiddenClasses.has(name));
    for (let row = 0; row < scored; row += 1) {
      if (!isHidden[classOf[row]]) {
        counts[Math.floor(bins[row] / 5)] += 1;
      }
    }
  }
  return counts;
}
