/** What can be said about a file before it is sent. */

const UNITS = ["bytes", "KB", "MB", "GB"];

/** 1536 -> "1.5 KB". */
export function readableBytes(bytes) {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${UNITS[power]}`;
}

/** A sentence why this file need not be sent at all, or "" – the server looks at the bytes, this only at the size. */
export function whyNot(file, maxBytes) {
  if (file.size === 0) {
    return `${file.name} is empty.`;
  }
  if (file.size > maxBytes) {
    return `${file.name} has ${readableBytes(file.size)}; at most ${readableBytes(maxBytes)} are accepted.`;
  }
  return "";
}
