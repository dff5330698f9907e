/** A form's choice as the query of an address. */

/** Text of a query from [[name, value], …], without what is empty. */
export function queryOf(entries) {
  const said = entries.filter(([name, value]) => value.trim() !== "" && name !== "csrfmiddlewaretoken");
  return new URLSearchParams(said).toString();
}

/** Bytes in the largest unit that leaves a number above 1: 1.4 MB. */
export function size(bytes) {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1) : 0;
  const number = bytes / 1024 ** step;
  return `${step ? number.toFixed(1) : number} ${units[step]}`;
}

/** {"heatmap": 15, …} as words: 15 × heatmap, … */
export function counts(byType) {
  return Object.entries(byType)
    .map(([type, count]) => `${count.toLocaleString("en-GB")} × ${type}`)
    .join(", ");
}
