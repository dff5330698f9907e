/** Which key does what; nothing while somebody types or holds Ctrl, Alt or Meta. */

/** [keys as people read them, what they do], for the list behind `?`. */
export const HELP = [
  ["wheel, + −", "zoom in and out"],
  ["drag", "move the picture"],
  ["f", "fit the whole picture"],
  ["0", "one picture pixel for one screen pixel"],
  ["z", "zoom to the selected object"],
  ["1 2 3 4", "one analysis (again: the next), over each other, side by side, swipe"],
  ["5 (hold)", "blink: B while it is held, A otherwise"],
  ["↑ ↓", "previous and next object, or through those under the pointer"],
  ["n p", "next and previous difference of the two that are compared"],
  ["← →", "previous and next picture"],
  ["Shift (hold)", "hide everything that lies over the picture"],
  ["l", "labels on and off"],
  ["h", "heatmap on and off"],
  ["[ ]", "lower and raise the least confidence"],
  ["/", "search the classes"],
  ["Esc", "one step back: close, let go of the object, fit"],
  ["?", "this list"],
];

const ACTIONS = new Map([
  ["+", "zoom-in"],
  ["=", "zoom-in"],
  ["-", "zoom-out"],
  ["_", "zoom-out"],
  ["f", "fit"],
  ["0", "one-to-one"],
  ["z", "zoom-to-selection"],
  ["1", "single"],
  ["2", "overlay"],
  ["3", "side"],
  ["4", "swipe"],
  ["5", "blink"],
  ["l", "labels"],
  ["h", "heatmap"],
  ["[", "lower"],
  ["]", "raise"],
  ["/", "search-classes"],
  ["?", "help"],
  ["Escape", "back"],
  ["ArrowUp", "previous-object"],
  ["ArrowDown", "next-object"],
  ["n", "next-difference"],
  ["p", "previous-difference"],
  ["ArrowLeft", "previous-picture"],
  ["ArrowRight", "next-picture"],
]);

/**
 * The name of the action for a keydown, or null.
 *
 * `event` is {key, ctrlKey, metaKey, altKey}; `field` is the type of the form control that has the focus
 * ("text", "range", "checkbox", "select", …) or null.
 */
export function actionFor({ key, ctrlKey, metaKey, altKey }, field) {
  if (ctrlKey || metaKey || altKey) {
    return null;
  }
  const action = ACTIONS.get(key.length === 1 ? key.toLowerCase() : key) ?? null;
  if (field === null || field === "checkbox") {
    return action;
  }
  if ((field === "range" || field === "radio") && key.length === 1) {
    return action; // a slider wants arrows and the like, but no letters
  }
  return action === "back" ? action : null; // arrows and letters belong to the control
}
