/** Short addresses of forms: fields that say nothing, or what is usual, are left out. */

/** `form` is sent by GET; a field whose value is its `data-default` says nothing. */
export function leaveOutEmpty(form) {
  form.addEventListener("submit", () => {
    const isEmpty = ({ value, dataset }) => value.trim() === "" || value === dataset.default;
    const empty = [...form.elements].filter((field) => field.name && isEmpty(field));
    for (const field of empty) {
      field.disabled = true;
    }
    // The form is read right after this event; whoever comes back finds it as it was.
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  });
}
