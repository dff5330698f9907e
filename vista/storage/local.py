"""A local folder as storage: atomic writes, and uploads that come to VISTA itself by a token."""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from django.conf import settings
from django.core import signing
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from vista.errors import Invalid, TooLarge
from vista.storage.seam import BadToken, Resting, SignedUpload, StorageUnavailable

logger = logging.getLogger(__name__)
CHUNK = 64 * 2**10  # bytes of an upload held in memory at a time


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token of an upload URL allows; `expires_at` in seconds since 1970, `sha256` in hex."""

    name: str
    content_type: str
    expires_at: int
    size: int | None
    sha256: str | None


class Received:
    """Bytes written to a temporary file, counted and hashed; `place` makes them visible, whole or not at all.

    A context manager that discards what was not placed. Once made with `receive` the bytes are on disk, so
    that placing them is one rename, quick enough to be done while a row is locked.
    """

    def __init__(self, storage: "LocalStorage") -> None:
        self._storage = storage
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        with _disk():
            handle, name = tempfile.mkstemp(dir=storage.incoming())
            self._path = Path(name)
            self._file = os.fdopen(handle, "wb")
        self.size = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes so far, in hex."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        with _disk():
            self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def settle(self) -> None:
        """Bring the bytes to disk; nothing can be written afterwards."""
        with _disk():
            self._file.flush()
            if self._storage.file_permissions_mode is not None:
                os.fchmod(self._file.fileno(), self._storage.file_permissions_mode)
            os.fsync(self._file.fileno())
            self._file.close()

    def place(self, name: str) -> Resting:
        """Put the file under its name, in place of what was there; readers see the old or the new, whole."""
        target = Path(self._storage.path(name))
        with _disk():
            target.parent.mkdir(parents=True, exist_ok=True)
            self._path.replace(target)
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)  # the rename itself must outlive a power cut
            finally:
                os.close(folder)
        return Resting(name, self.size, f"sha256:{self.sha256}")

    def discard(self) -> None:
        """Forget the bytes; placed ones stay."""
        if self._file is not None:
            with suppress(OSError):  # a full disk refuses the last bytes once more
                self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.discard()


class LocalStorage(FileSystemStorage):
    """Files in a folder of this machine; signed uploads come to VISTA itself.

    A name is always written whole, by a rename, and writing it again replaces what was there, as on S3.
    """

    SALT = "vista.storage.upload"
    STALE_SECONDS = 24 * 3600  # what a killed process left in `.incoming` is removed after this long

    def __init__(self, location: str | Path | None = None, **options: Any) -> None:
        super().__init__(location, allow_overwrite=True, **options)

    def incoming(self) -> Path:
        """The folder of temporary files, inside the location so that a rename stays on one disk."""
        folder = Path(self.location) / ".incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _save(self, name: str, content: Any) -> str:
        with Received(self) as received:
            for chunk in content.chunks():
                received.write(chunk)
            received.settle()
            received.place(name)
        return name

    def signed_upload(
        self,
        name: str,
        content_type: str,
        expires_in: int,
        *,
        size: int | None = None,
        sha256: str | None = None,
        base_url: str | None = None,
    ) -> SignedUpload:
        """A URL of VISTA's own under `base_url` (else VISTA_BASE_URL), its token the last segment."""
        expires_at = int(time.time()) + expires_in
        token = signing.dumps([name, content_type, expires_at, size, sha256], salt=self.SALT)
        url = (base_url or settings.BASE_URL).rstrip("/") + reverse("upload", kwargs={"token": token})
        return SignedUpload(url, "PUT", {"Content-Type": content_type}, expires_in)

    def read_token(self, token: str) -> Grant:
        """What the token allows; raises BadToken when it was altered in any way, or has expired."""
        try:
            grant = Grant(*signing.loads(token, salt=self.SALT))
        except signing.BadSignature as error:
            raise BadToken("This is not an upload URL that VISTA made.") from error
        if time.time() >= grant.expires_at:
            raise BadToken("This upload URL has expired; ask for a new one.")
        return grant

    def receive(self, stream: Any, length: int, limit: int, *, sha256: str | None = None) -> Received:
        """Take `length` bytes from the stream to disk, to be placed or discarded by the caller.

        Raises TooLarge beyond `limit` bytes, Invalid when the body is cut short or has another SHA-256 (hex)
        than promised. Nothing is left behind then.
        """
        if length > limit:
            raise TooLarge(f"The file has {length:,} bytes; at most {limit:,} are accepted.")
        self._sweep()
        received = Received(self)
        try:
            for chunk in _chunks(stream, length):
                received.write(chunk)
            if received.size < length:
                raise Invalid(f"The body ended after {received.size:,} of {length:,} bytes.")
            if sha256 is not None and received.sha256 != sha256.lower():
                raise Invalid(f"The file has SHA-256 {received.sha256}; the URL was signed for {sha256}.")
            received.settle()
        except BaseException:
            received.discard()
            raise
        return received

    def _sweep(self) -> None:
        oldest = time.time() - self.STALE_SECONDS
        with _disk(), os.scandir(self.incoming()) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process placed or swept it meanwhile
                    if entry.stat().st_mtime < oldest:
                        os.unlink(entry)

    def seal(self, name: str, known_checksum: str = "") -> Resting | None:
        """The file itself, since the upload view refuses to write once the analysis is final."""
        try:
            with open(self.path(name), "rb") as file:
                size = os.fstat(file.fileno()).st_size
                checksum = known_checksum or f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable from error
        return Resting(name, size, checksum)

    def signed_download(self, name: str, filename: str, content_type: str, expires_in: int) -> str | None:
        """None: there is nobody else who could serve it, so stream it yourself."""
        return None

    def is_reachable(self) -> bool:
        """Can the folder be written to, or be made?"""
        try:
            return os.access(self.incoming(), os.R_OK | os.W_OK | os.X_OK)
        except OSError:
            return False


def _chunks(stream: Any, length: int) -> Iterator[bytes]:
    """At most `length` bytes; a connection that breaks looks like a body that ends early."""
    while length > 0:
        try:
            chunk = stream.read(min(CHUNK, length))
        except OSError:
            return
        if not chunk:
            return
        length -= len(chunk)
        yield chunk


@contextmanager
def _disk() -> Iterator[None]:
    """A full or broken disk is a storage that does not answer."""
    try:
        yield
    except OSError as error:
        logger.error("the disk refuses: %s", error.strerror)
        raise StorageUnavailable from error
