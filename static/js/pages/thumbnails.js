/** Page part: a thumbnail that cannot be shown says so instead of leaving a hole. */
import { findAll, stamp } from "../dom.js";

function replace(image) {
  const sign = stamp("broken-thumbnail");
  sign.classList.add(...image.classList); // it takes the picture's place in every layout
  image.replaceWith(sign);
}

function isBroken(image) {
  return image.complete && image.currentSrc !== "" && image.naturalWidth === 0;
}

document.addEventListener(
  "error",
  (event) => {
    if (event.target.matches?.("img.thumbnail")) {
      replace(event.target);
    }
  },
  true, // errors of pictures do not bubble
);
findAll("img.thumbnail").filter(isBroken).forEach(replace);
