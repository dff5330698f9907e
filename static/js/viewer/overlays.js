/** What could be laid over the picture: heatmaps that annotations name, and image artifacts. */

import { artifactUrl } from "./store.js";

const OPACITY = 0.7;
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp"]);

/** [{key, kind, analysisId, label, url, range, unit}] of the chosen analyses; kind is heatmap or artifact. */
export function overlaysOf(chosen, objects, store) {
  return chosen.flatMap((id) => {
    const files = store.artifactsOf(id)?.items ?? [];
    const heatmaps = objects
      .filter((object) => object.analysisId === id && object.kind === "heatmap")
      .map((object) => heatmapOf(object, nameOf(object.data, files)))
      .filter(({ name }) => name !== undefined);
    const named = new Set(heatmaps.map(({ name }) => name));
    const artifacts = files
      .filter(({ content_type: type, status }) => PICTURES.has(type) && status === "stored")
      .filter(({ artifact_name: name }) => !named.has(name))
      .map(({ artifact_name: name }) => artifactOf(id, name));
    return [...heatmaps, ...artifacts];
  });
}

/** A heatmap names its file, or where it is stored; undefined while the list of files is not there. */
function nameOf({ artifact_name: name, storage_path: path }, files) {
  return name ?? files.find((file) => file.storage_path === path)?.artifact_name;
}

function heatmapOf({ id, analysisId, className, data }, name) {
  const { value_range: range = null, unit = "" } = data;
  const label = className || name;
  return { key: `h:${id}`, kind: "heatmap", analysisId, name, label, url: artifactUrl(analysisId, name), range, unit };
}

function artifactOf(analysisId, name) {
  const key = `a:${analysisId}/${name}`;
  return { key, kind: "artifact", analysisId, name, label: name, url: artifactUrl(analysisId, name), range: null, unit: "" };
}

/** [[key, opacity]] while nobody has chosen: the first heatmap, so that choosing its analysis shows something. */
export function overlaysAtFirst(overlays) {
  const first = overlays.find(({ kind }) => kind === "heatmap");
  return first ? [[first.key, OPACITY]] : [];
}

/** The list with one overlay laid on at an opacity, or taken off where that is null. */
export function laid(overlays, key, opacity = OPACITY) {
  const others = overlays.filter(([other]) => other !== key);
  return opacity === null ? others : [...others, [key, opacity]];
}
