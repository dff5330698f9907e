/** What several analyses hold, ready to be compared: class numbers of one table for all. */

/**
 * {sides, classes}: a {bounds, classes, scores} for each {bounds, classOf, classes, scores}, whose class numbers are
 * those of its own table; and the names that the new numbers stand for.
 */
export function sidesOf(analyses) {
  const classes = [...new Set(analyses.flatMap((analysis) => analysis.classes))].sort();
  const numbers = new Map(classes.map((name, number) => [name, number]));
  const sides = analyses.map(({ bounds, classOf, classes: own, scores }) => {
    const shared = Uint32Array.from(own, (name) => numbers.get(name));
    return { bounds, scores, classes: Uint32Array.from(classOf, (number) => shared[number]) };
  });
  return { sides, classes };
}
