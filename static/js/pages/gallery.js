/** Page part: walking through the cards with the keyboard, ticks on them, and short addresses of what was chosen. */
import { find, findAll } from "../dom.js";
import { Ticks } from "../gallery/ticks.js";
import { Walk } from "../gallery/walk.js";
import { leaveOutEmpty } from "../tidy.js";

new Walk(find("[data-gallery]"));
findAll("[data-ticked]").forEach((form) => new Ticks(find("[data-gallery]"), form));
findAll("[data-filters]").forEach(leaveOutEmpty);
// A drawing that does not come leaves the picture as it is.
for (const drawing of findAll(".tile__overlay")) {
  drawing.addEventListener("error", () => drawing.remove());
}
