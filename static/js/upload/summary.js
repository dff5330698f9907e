/** The one sentence above the list of uploads. */

function files(count) {
  return count === 1 ? "1 file" : `${count} files`;
}

export function summary({ added, refused, left }, isFirstPage) {
  const parts = [];
  if (left) {
    parts.push(`${files(left)} to go`);
  }
  if (added) {
    parts.push(`${added} added${left || isFirstPage ? "" : " to the first page"}`);
  }
  if (refused) {
    parts.push(`${refused} not added`);
  }
  return parts.join(" · ");
}
