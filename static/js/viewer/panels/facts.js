/** Names and values as a list of terms. */

/** Fill a <dl> with [[name, value], …]; it is hidden while there are none. */
export function fillFacts(list, pairs) {
  list.hidden = !pairs.length;
  list.replaceChildren(
    ...pairs.flatMap(([name, value]) => {
      const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      meaning.textContent = value;
      return [term, meaning];
    }),
  );
}
