/** Which colour a class has and which line a model has; both are stable from picture to picture. */

/** Told apart on the dark canvas, under colour-blindness too; css/tokens.css names the same eight. */
export const CLASS_COLOURS = [
  "#54b4e4",
  "#f0fc60",
  "#fc0c6c",
  "#84fcfc",
  "#d89c00",
  "#b454fc",
  "#0c909c",
  "#b4d890",
];

/** Colour and dashes (CSS pixels on and off) of the first, second, third and fourth analysis drawn. */
export const LINES = [
  { name: "solid", colour: "#56b4e9", dash: [] },
  { name: "dashed", colour: "#e69f00", dash: [8, 5] },
  { name: "dotted", colour: "#cc79a7", dash: [2, 4] },
  { name: "dash-dot", colour: "#f0e442", dash: [10, 4, 2, 4] },
];

/** The dark edge around every outline, so that it shows on bright pictures too. */
export const HALO = "rgba(11, 13, 16, 0.75)";

const SEED = 388733; // with it the classes that often meet, such as person, car and bicycle, differ of themselves
const PRIME = 16777619;

/** A number from 0 to 2³²−1 for a text: FNV-1a (with a seed of ours) over its UTF-16 units, then mixed so that the low bits differ too. */
export function hash(text) {
  let value = SEED;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), PRIME);
  }
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return (value ^ (value >>> 15)) >>> 0;
}

/** The place in CLASS_COLOURS that a class name asks for. */
export function preferred(className) {
  return hash(className) % CLASS_COLOURS.length;
}

/**
 * Colours of the classes of one picture.
 *
 * A class has the colour its name asks for. Only where two classes of one picture would look alike, the later
 * one in the alphabet takes the next free colour; a colour once given is never taken back while the page lives.
 */
export class ClassPalette {
  #places = new Map();
  #own = new Map();

  /** Colours {class name: #rrggbb} that people have chosen; they go before those of the palette. */
  override(colours) {
    this.#own = new Map(Object.entries(colours));
  }

  /** Make sure that these classes have colours. */
  add(classNames) {
    for (const name of [...new Set(classNames)].sort()) {
      if (!this.#places.has(name)) {
        this.#places.set(name, this.#freePlace(preferred(name)));
      }
    }
  }

  #freePlace(wish) {
    const taken = new Set(this.#places.values());
    for (let step = 0; step < CLASS_COLOURS.length; step += 1) {
      const place = (wish + step) % CLASS_COLOURS.length;
      if (!taken.has(place)) {
        return place;
      }
    }
    return wish;
  }

  /** The place of a class in CLASS_COLOURS; css/tokens.css calls it --class-<place>. */
  placeOf(className) {
    return this.#places.get(className) ?? preferred(className);
  }

  colourOf(className) {
    return this.#own.get(className) ?? CLASS_COLOURS[this.placeOf(className)];
  }
}

/** Black or white, whichever reads better on a colour #rrggbb (WCAG's relative luminance). */
export function textOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#0b0d10" : "#ffffff";
}

/** A colour #rrggbb with an opacity of 0 to 1. */
export function withAlpha(colour, alpha) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}
