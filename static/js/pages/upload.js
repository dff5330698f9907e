/** Page part: pictures are added where one stands, by choosing or dropping files. */
import { find, findAll } from "../dom.js";
import { DropTarget } from "../upload/drop-target.js";
import { Gallery } from "../upload/gallery.js";
import { UploadPanel } from "../upload/panel.js";
import { UploadQueue } from "../upload/queue.js";
import { sender } from "../upload/send.js";

const root = find("[data-upload]");
const chooser = find("[data-files]", root);
const panel = new UploadPanel(root, new Gallery(find("[data-gallery]")));
const queue = new UploadQueue(sender(root.dataset.url, Number(root.dataset.maxBytes)), panel);

for (const button of findAll("[data-upload-button]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault(); // without JavaScript it is a link to the form
    chooser.click();
  });
}
chooser.addEventListener("change", () => {
  queue.add([...chooser.files]);
  chooser.value = ""; // choosing the same file again is a change too
});
new DropTarget(find("[data-drop-cover]"), (files) => queue.add(files));
find("[data-stop]", root).addEventListener("click", () => queue.stop());
find("[data-retry]", root).addEventListener("click", () => queue.retry());
find("[data-close]", root).addEventListener("click", () => {
  queue.forget();
  panel.close();
});
window.addEventListener("beforeunload", (event) => {
  if (queue.isBusy) {
    event.preventDefault();
  }
});
