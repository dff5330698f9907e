/** Page: follows an import and shows its report as soon as it is there. */
import { api } from "../api.js";
import { find } from "../dom.js";
import { JobCard } from "../jobs/card.js";

const card = new JobCard(find("[data-job]"), api);
card.addEventListener("over", () => location.reload());
card.followWritten();
