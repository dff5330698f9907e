/** How far a piece of background work is, in words. */

const WAITING = "Waiting for the worker …";

/**
 * {text, value, isLive, isRefusal} of a job as the API reads it: one sentence, a share from 0 to 1 or null while nobody
 * knows, whether it still goes on, whether the sentence tells of something gone wrong.
 */
export function wordsOf({ status, done, total, doing, error_message: error }) {
  const share = total ? Math.min(done / total, 1) : null;
  switch (status) {
    case "waiting":
      return { text: WAITING, value: null, isLive: true, isRefusal: false };
    case "running":
      return { text: progress(doing || "Working", done, total, share), value: share, isLive: true, isRefusal: false };
    case "completed":
      return { text: "Done.", value: 1, isLive: false, isRefusal: false };
    case "cancelled":
      return { text: "Cancelled.", value: null, isLive: false, isRefusal: false };
    default:
      return { text: error || "It failed.", value: null, isLive: false, isRefusal: true };
  }
}

function progress(doing, done, total, share) {
  const number = (value) => value.toLocaleString("en-GB");
  return share === null ? `${doing} …` : `${doing}: ${number(done)} of ${number(total)} (${Math.floor(share * 100)} %)`;
}
