/** Page: models compared; follows the report that is being made, copies the link, keeps addresses short. */
import { api } from "../api.js";
import { find, findAll } from "../dom.js";
import { Walk } from "../gallery/walk.js";
import { JobCard } from "../jobs/card.js";
import { leaveOutEmpty } from "../tidy.js";

for (const root of findAll("[data-job]")) {
  const card = new JobCard(root, api);
  card.addEventListener("over", ({ detail: job }) => {
    if (job.status === "completed") {
      location.reload();
    } else {
      findAll("[data-again]").forEach((link) => { link.hidden = false; });
    }
  });
  card.followWritten();
}
findAll("[data-gallery]").forEach((pictures) => new Walk(pictures));
findAll("form[data-filters]").forEach(leaveOutEmpty);
if (navigator.clipboard) { // only on HTTPS and on localhost; elsewhere people copy the address
  for (const button of findAll("[data-copy-link]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(new URL(button.dataset.copyLink, location).href);
      find("span", button).textContent = "Copied";
    });
  }
}
// A drawing that does not come leaves the picture as it is.
for (const drawing of findAll(".tile__overlay")) {
  drawing.addEventListener("error", () => drawing.remove());
}
