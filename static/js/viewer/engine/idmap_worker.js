/** Makes planes of masks beside the page: {key, masks, picture} in, {key, plane} out. */

import { idMap } from "./idmap.js";

addEventListener("message", ({ data: { key, masks, picture } }) => {
  const plane = idMap(masks, picture);
  postMessage({ key, plane }, [plane.ids.buffer]);
});
