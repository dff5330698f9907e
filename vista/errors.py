"""What a refusal is: an HTTP status, one sentence and, where there is more to say, a list of fields.

Plain Python, so that models may raise them; `vista/api.py` turns them into answers.
"""

from collections.abc import Sequence

MAX_ERRORS = 20


class Refusal(Exception):
    """A request that cannot be done.

    `detail` is one sentence for people; `errors` holds (field, message) pairs, at most MAX_ERRORS are shown;
    `error_count` counts all of them, also those not kept; `retry_after` is in seconds.
    """

    status_code = 400
    retry_after: int | None = None

    def __init__(
        self, detail: str, errors: Sequence[tuple[str, str]] = (), error_count: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)[:MAX_ERRORS]
        self.error_count = len(errors) if error_count is None else error_count

    def as_dict(self) -> dict[str, object]:
        """The answer's JSON: `{"detail": …}`, with `errors` and `error_count` where there are any."""
        body: dict[str, object] = {"detail": self.detail}
        if self.errors:
            body["errors"] = [{"field": field, "message": message} for field, message in self.errors]
            body["error_count"] = self.error_count
        return body


class Invalid(Refusal):
    """The request says something that cannot be."""


class Gone(Refusal):
    """What the request is about was deleted while it waited."""

    status_code = 404

    def __init__(self) -> None:
        super().__init__("There is nothing here, or it is not yours to see.")


class Conflict(Refusal):
    """The request is fine, the state of things forbids it."""

    status_code = 409


class LengthRequired(Refusal):
    """A body without Content-Length; Django would read a chunked one as empty."""

    status_code = 411


class TooLarge(Refusal):
    """More bytes or items than the settings allow."""

    status_code = 413


class NotJSON(Refusal):
    """A Content-Type, charset or encoding that is not plain UTF-8 JSON."""

    status_code = 415


class KeyReused(Refusal):
    """An Idempotency-Key that was used for another request."""

    status_code = 422


class Unavailable(Refusal):
    """Something VISTA needs is missing or does not answer."""

    status_code = 503
    retry_after = 30
