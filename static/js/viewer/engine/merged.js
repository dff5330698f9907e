/** Lists that are sorted by confidence as one; those without a confidence last, equal ones in the order of the lists. */

export function merged(lists) {
  const [first = [], ...others] = lists.filter(({ length }) => length);
  return others.reduce(two, first);
}

function two(a, b) {
  const both = new Array(a.length + b.length);
  for (let i = 0, j = 0, at = 0; at < both.length; at += 1) {
    const takesFirst = j >= b.length || (i < a.length && (a[i].confidence ?? -1) >= (b[j].confidence ?? -1));
    both[at] = takesFirst ? a[i] : b[j];
    i += takesFirst ? 1 : 0;
    j += takesFirst ? 0 : 1;
  }
  return both;
}
