"""What a picture is sent, as bytes and in parts: a part is what the API takes at once, and a picture has an end."""

import hashlib
from typing import Any

import msgspec
from django.conf import settings

from vista.errors import TooLarge

encode = msgspec.json.Encoder(order="deterministic").encode
BATCHES = (
    10  # of what the API takes at once; more of one picture nobody draws, and all of them are one transaction
)
BODIES = 2  # as above, in bytes: our form has more words than COCO's
PART_BYTES = 8 * 2**20


def most_annotations() -> int:
    """How many annotations a picture may have in a file."""
    return BATCHES * settings.ML_MAX_BULK_ANNOTATIONS


def most_bytes() -> int:
    """How many bytes they may be, as they would be sent to the API."""
    return BODIES * settings.ML_MAX_BODY_BYTES


def check_count(count: int) -> None:
    """Raises TooLarge."""
    if count > most_annotations():
        raise TooLarge(
            f"has {count:,} annotations; at most {most_annotations():,} of one picture are accepted"
        )


class Parts:
    """The annotations of one picture. They are bytes as soon as they are added: those are a tenth of the objects."""

    def __init__(self, *about: Any, has_end: bool = True) -> None:
        """`about` is what else decides whether this was imported before; `has_end`: refuse too many."""
        self.bodies: list[bytes] = []
        self.count = 0
        self._has_end = has_end
        self._size = self._waiting_size = 0
        self._waiting: list[bytes] = []
        self._digest = hashlib.sha256(encode(about)[:-1] + b",[")

    def add(self, item: Any, *, is_sent: bool = True) -> None:
        """One more. Raises TooLarge when a picture cannot have so much."""
        text = encode(item)
        self._digest.update(b"," + text if self._size else text)
        self._size += len(text)
        if not is_sent:
            return
        self.count += 1
        if self._has_end:
            self._check()
        self._waiting.append(text)
        self._waiting_size += len(text)
        if len(self._waiting) == settings.ML_MAX_BULK_ANNOTATIONS or self._waiting_size > PART_BYTES:
            self._close()

    def _check(self) -> None:
        if self.count > most_annotations():
            raise TooLarge(
                f"becomes more than {most_annotations():,} annotations; that is the most of one picture"
            )
        if self._size > most_bytes():
            raise TooLarge(
                f"has annotations of more than {most_bytes():,} bytes, as the API would be sent them; "
                "that is the most of one picture"
            )

    def key(self) -> str:
        """After the last one: the same for the same content, so that what was imported is not imported again."""
        if self._waiting:
            self._close()
        digest = self._digest.copy()
        digest.update(b"]]")
        return f"import:{digest.hexdigest()}"

    def _close(self) -> None:
        self.bodies.append(b'{"annotations":[' + b",".join(self._waiting) + b"]}")
        self._waiting, self._waiting_size = [], 0
