/** What to look at next: [length, kind, number], the least first; equally long ones by kind, then by number. */

export class Heap {
  #entries = [];

  push(entry) {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, entries[parent])) {
        break;
      }
      entries[at] = entries[parent];
      at = parent;
    }
    entries[at] = entry;
  }

  pop() {
    const entries = this.#entries;
    const [least] = entries;
    const entry = entries.pop();
    if (entries.length) {
      let at = 0;
      for (let child = 1; child < entries.length; child = at * 2 + 1) {
        if (child + 1 < entries.length && isBefore(entries[child + 1], entries[child])) {
          child += 1;
        }
        if (!isBefore(entries[child], entry)) {
          break;
        }
        entries[at] = entries[child];
        at = child;
      }
      entries[at] = entry;
    }
    return least;
  }
}

function isBefore(a, b) {
  return a[0] < b[0] || (a[0] === b[0] && (a[1] < b[1] || (a[1] === b[1] && a[2] < b[2])));
}
