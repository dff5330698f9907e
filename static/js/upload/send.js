/** One file to the API. XMLHttpRequest, because fetch does not tell how much has been sent. */
import { ApiError, csrfToken, refusal } from "../api.js";
import { whyNot } from "./limits.js";

/** A function for UploadQueue: sends a file to `url` as the multipart field `file`. */
export function sender(url, maxBytes) {
  return (file, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      const fault = whyNot(file, maxBytes);
      if (fault) {
        reject(new ApiError(413, fault));
        return;
      }
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", file);
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) {
          onProgress(event.loaded / event.total);
        }
      });
      request.addEventListener("load", () => {
        if (request.status === 201) {
          resolve(JSON.parse(request.responseText));
        } else {
          reject(refusal(request.status, request.responseText));
        }
      });
      request.addEventListener("error", () => reject(refusal(0, "")));
      request.addEventListener("abort", () => reject(new ApiError(499, "Stopped before it was sent.")));
      signal.addEventListener("abort", () => request.abort(), { once: true });
      request.send(form);
    });
}
