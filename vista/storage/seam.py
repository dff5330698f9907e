"""What crosses the seam between VISTA and a storage, whichever it is."""

from dataclasses import dataclass, field

from vista.errors import Refusal, Unavailable


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A URL that takes one file without login, until it expires; the headers must be sent as they stand."""

    url: str = field(repr=False)
    method: str
    headers: dict[str, str]
    expires_in: int  # seconds


@dataclass(frozen=True, slots=True)
class Resting:
    """An uploaded file at rest; `checksum` is `sha256:<hex>`, or `etag:<value>` as S3 calls it."""

    path: str
    size: int  # bytes
    checksum: str


class StorageUnavailable(Unavailable):
    """The storage does not answer, or refuses VISTA's own credentials."""

    def __init__(self) -> None:
        super().__init__("The file storage does not answer; try again in a moment.")


class BadToken(Refusal):
    """An upload URL that VISTA did not make, or that is too old."""

    status_code = 403
