/** Numbers, times and values as people read them; the server's pages print them alike. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 12345 -> 12,345. */
export function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A score of 0..1 with two digits; none is a dash. */
export function score(value) {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

/** A coordinate or a measured value, as short as it is true to about three digits behind the point. */
export function number(value) {
  if (!Number.isFinite(value)) {
    return "no number";
  }
  return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2)
    : String(Math.round(value * 1000) / 1000);
}

/** The top left corner of bounds [x0, y0, x1, y1] in whole pixels; a dash for what has no place. */
export function corner(bounds) {
  return bounds ? `${Math.round(bounds[0])}, ${Math.round(bounds[1])}` : "–";
}

/** Width and height of bounds in whole pixels. */
export function size(bounds) {
  return bounds ? `${Math.round(bounds[2] - bounds[0])} × ${Math.round(bounds[3] - bounds[1])}` : "";
}

/** 2024-01-15T10:30:00Z -> 15 Jan 2024, 10:30 UTC. */
export function moment(iso) {
  const date = new Date(iso);
  const two = (part) => String(part).padStart(2, "0");
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** The time between two moments: 850 ms, 3.4 s, 12 min, 3 h 5 min. */
export function duration(from, to) {
  const milliseconds = Math.max(0, new Date(to) - new Date(from));
  if (milliseconds < 1000) {
    return `${milliseconds} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 1536 -> 1.5 kB. */
export function bytes(size) {
  if (size === null || size === undefined) {
    return "";
  }
  const units = ["bytes", "kB", "MB", "GB"];
  let [value, unit] = [size, 0];
  while (value >= 1000 && unit < units.length - 1) {
    [value, unit] = [value / 1000, unit + 1];
  }
  return unit === 0 ? `${value} ${units[0]}` : `${value.toFixed(1)} ${units[unit]}`;
}

/** [[name, text], …] of a JSON object such as summary or parameters; nested values are JSON. */
export function facts(object) {
  return Object.entries(object ?? {}).map(([name, value]) => [name.replaceAll("_", " "), text(value)]);
}

function text(value) {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return value.map(text).join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
