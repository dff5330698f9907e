/** Page part: walking through the cards with the keyboard, and short addresses of what was chosen. */
import { find, findAll } from "../dom.js";
import { Walk } from "../gallery/walk.js";

function leaveOutEmpty(form) {
  const isEmpty = ({ value, dataset }) => value.trim() === "" || value === dataset.default;
  const empty = [...form.elements].filter((field) => field.name && isEmpty(field));
  for (const field of empty) {
    field.disabled = true;
  }
  // The form is read right after this event; whoever comes back finds it as it was.
  setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
}

new Walk(find("[data-gallery]"));
for (const form of findAll("[data-filters]")) {
  form.addEventListener("submit", () => leaveOutEmpty(form));
}
// A drawing that does not come leaves the picture as it is.
for (const drawing of findAll(".tile__overlay")) {
  drawing.addEventListener("error", () => drawing.remove());
}
