/** The four things that can be said of an object when two analyses are compared: their codes, words, signs and colours. */

/** What the matching says of a row of either side. */
export const [LEFT_OUT, AGREE, CLASS_DIFFERS, ONLY_HERE] = [0, 1, 2, 3];

/** In the order in which people are told; css/tokens.css has the same colours. */
export const VERDICTS = [
  { name: "agree", sign: "=", word: "agree", colour: "#2dd4a7" },
  { name: "a", sign: "A", word: "A only", colour: "#ff7a59" },
  { name: "b", sign: "B", word: "B only", colour: "#8aa8ff" },
  { name: "differs", sign: "≠", word: "class differs", colour: "#f0e442" },
];

/** Of what was not compared: another analysis, or what has no place. */
export const SILENT = "#9aa6b2";

/** All verdicts are shown. */
export const ALL = VERDICTS.map(({ name }) => name).join();

const byName = new Map(VERDICTS.map((verdict) => [verdict.name, verdict]));

/** The verdict of a code on side 0 (A) or 1 (B); null where nothing is said. */
export function verdictOf(code, side) {
  const name = [null, "agree", "differs", side === 0 ? "a" : "b"][code];
  return byName.get(name) ?? null;
}

/** The verdict with this name. */
export function verdictNamed(name) {
  return byName.get(name);
}

/** The text with one verdict shown or hidden; texts are names with commas, in the order of VERDICTS. */
export function switchedVerdict(text, name) {
  const shown = new Set(text.split(","));
  if (!shown.delete(name)) {
    shown.add(name);
  }
  return VERDICTS.filter((verdict) => shown.has(verdict.name)).map((verdict) => verdict.name).join();
}

/** A text as an address may have it, in our order; null where it names anything else. */
export function readVerdicts(text) {
  const names = text === "" ? [] : text.split(",");
  return names.every((name) => byName.has(name)) ? VERDICTS.filter(({ name }) => names.includes(name)).map(({ name }) => name).join() : null;
}
