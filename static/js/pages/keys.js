/** Page: copies the new API key, which is shown this once. */
import { findAll, find } from "../dom.js";

function offerToCopy(button) {
  const text = find(button.dataset.copy).textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    find("span", button).textContent = "Copied";
  });
}

if (navigator.clipboard) { // only on HTTPS and on localhost; elsewhere people select the text
  findAll("[data-copy]").forEach(offerToCopy);
}
