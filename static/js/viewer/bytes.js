/** Fetching what is not JSON: bytes in an ArrayBuffer, every refusal an ApiError. */

import { ApiError, refusal } from "../api.js";

export async function bytesOf(url) {
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!response) {
    throw refusal(0, "");
  }
  if (!response.ok) {
    throw refusal(response.status, await response.text());
  }
  return response.arrayBuffer().catch(() => {
    throw new ApiError(0, "The connection broke off. Try again.");
  });
}
