/** Page: what a download will be, and the archives that are being made. */
import { api } from "../api.js";
import { find, findAll } from "../dom.js";
import { Estimate } from "../exports/estimate.js";
import { JobCard } from "../jobs/card.js";

const form = find("[data-export]");
if (form.querySelector("[data-count]")) { // what cannot be understood is told instead
  new Estimate(form, api);
}
for (const root of findAll("[data-job]")) {
  const card = new JobCard(root, api);
  if (["waiting", "running"].includes(root.dataset.status)) {
    card.addEventListener("over", () => location.reload()); // its name and size stand beside it then
    card.followWritten();
  }
}
