/** The order of the rows of the table. */

/** How the table is found: best first. */
export const BEST_FIRST = "-score";

const area = ({ bounds }) => (bounds ? (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) : -1);

const KEYS = {
  class: ({ className }) => className,
  score: ({ confidence }) => confidence ?? -1,
  size: area,
};

/** Whether an order is one of ours: "class", "score" or "size", with a minus the other way round. */
export function isOrder(text) {
  return Object.hasOwn(KEYS, text.replace(/^-/, ""));
}

/** The objects, which come best first, in another order; equal ones stay best first. */
export function ordered(objects, order) {
  if (order === BEST_FIRST) {
    return objects;
  }
  const key = KEYS[order.replace(/^-/, "")];
  const way = order.startsWith("-") ? -1 : 1;
  const keys = objects.map(key);
  return objects
    .map((_, index) => index)
    .sort((a, b) => (keys[a] === keys[b] ? a - b : (keys[a] < keys[b] ? -1 : 1) * way))
    .map((index) => objects[index]);
}

/** The order after a press on a column's head: the other way round, or what that column is most asked for. */
export function turned(order, column) {
  if (order.replace(/^-/, "") === column) {
    return order.startsWith("-") ? column : `-${column}`;
  }
  return column === "class" ? column : `-${column}`;
}
