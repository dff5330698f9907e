"""An S3 bucket, or a store that speaks like one, as storage; the only place where S3 appears."""

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.http import content_disposition_header
from s3transfer.exceptions import RetriesExceededError, S3CopyFailedError
from storages.backends import s3

from vista.storage.seam import BadToken, Resting, SignedUpload, StorageUnavailable

logger = logging.getLogger(__name__)
MIB = 2**20

# A dead or frozen storage must not hold a worker for over 10 seconds. A frozen one costs READ_SECONDS for
# each attempt (and one more for an upload, which asks whether it may continue) and the pause between them;
# one that swallows packets costs CONNECT_SECONDS for each of its addresses.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 3, 2
# Large files travel in parts, so that each request is over well before READ_SECONDS.
TRANSFER = TransferConfig(
    multipart_threshold=16 * MIB, multipart_chunksize=16 * MIB, use_threads=False, num_download_attempts=1
)


@contextmanager
def _s3_answers() -> Iterator[None]:
    """What S3 does not have is FileNotFoundError, every other failure StorageUnavailable."""
    try:
        yield
    except ClientError as error:
        if _status(error) == 404 and error.response["Error"].get("Code") != "NoSuchBucket":
            raise FileNotFoundError("There is no such file in the storage.") from error
        logger.error("S3 refuses %s: %s", error.operation_name, error.response["Error"].get("Code"))
        raise StorageUnavailable from error
    except (BotoCoreError, Boto3Error, RetriesExceededError) as error:
        logger.error("S3 does not answer: %s", type(error).__name__)
        raise StorageUnavailable from error


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


class S3File(s3.S3File):
    """A file on S3, fetched when it is first read; a failure then is a StorageUnavailable too."""

    def _get_file(self) -> Any:
        try:
            with _s3_answers():
                return super()._get_file()
        except StorageUnavailable:
            self._file.close()
            self._file = None  # half a file must not be read by the next call
            raise

    file = property(_get_file, s3.S3File._set_file)


class S3Storage(s3.S3Storage):
    """Files in a bucket; credentials come from the environment, as boto3 finds them.

    `public_endpoint_url` is the address under which browsers and pipelines reach the bucket; it is only
    used to sign URLs for them.
    """

    def __init__(self, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",  # boto3 still signs URLs with version 2 in us-east-1
            s3={"addressing_style": "auto"},  # an address of one's own gets the bucket into the path
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            # Not every S3-compatible store knows the checksums that boto3 would add by itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**options, client_config=config, transfer_config=TRANSFER)

    def get_default_settings(self) -> dict[str, Any]:
        # Beyond 16 MiB a file that is read goes to disk; by default it stays in memory, whatever its size.
        return super().get_default_settings() | {"public_endpoint_url": None, "max_memory_size": 16 * MIB}

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    @property
    def _signer(self) -> Any:
        """A client that never connects: it signs URLs for the address the outside world knows."""
        if not self.public_endpoint_url:
            return self._client
        if not hasattr(self._connections, "signer"):
            self._connections.signer = self._create_session().client(
                "s3",
                region_name=self.region_name,
                endpoint_url=self.public_endpoint_url,
                config=self.client_config,
            )
        return self._connections.signer

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}

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
        """A presigned PUT; type, size (bytes) and SHA-256 (hex) are signed. `base_url` means nothing here."""
        headers = {"Content-Type": content_type}
        parameters: dict[str, Any] = self._at(name) | {"ContentType": content_type}
        if size is not None:
            parameters["ContentLength"] = size  # every client sends this header by itself
        if sha256 is not None:
            checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
            parameters["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = checksum
        with _s3_answers():
            url = self._signer.generate_presigned_url("put_object", Params=parameters, ExpiresIn=expires_in)
        return SignedUpload(url, "PUT", headers, expires_in)

    def read_token(self, token: str) -> NoReturn:
        """Uploads go to S3 itself, so no token is VISTA's; raises BadToken."""
        raise BadToken("This is not an upload URL that VISTA made.")

    def signed_download(self, name: str, filename: str, content_type: str, expires_in: int) -> str | None:
        """A presigned GET that answers with this content type, as an attachment of this name."""
        printable = "".join(character for character in filename if character.isprintable())
        parameters = self._at(name) | {
            "ResponseContentDisposition": content_disposition_header(True, printable) or "attachment",
            "ResponseContentType": content_type,
        }
        with _s3_answers():
            return self._signer.generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_in)

    def seal(self, name: str, known_checksum: str = "") -> Resting | None:
        """A copy, made inside the storage, under a key that no upload URL was ever signed for.

        The key holds the ETag, so sealing the same bytes again gives the same copy. The source stays: a
        caller that dies before it has noted the copy can seal again.
        """
        for _ in range(3):  # an upload that lands between look and copy is simply looked at again
            with _s3_answers():
                try:
                    seen = self._client.head_object(**self._at(name), ChecksumMode="ENABLED")
                except ClientError as error:
                    if _status(error) != 404:
                        raise
                    # A HEAD has no body to say which is missing, and without a bucket nothing is known.
                    self._require_bucket()
                    return None
                final = f"{name}.{quote(_etag(seen), safe='')}"
                try:
                    self._client.copy(
                        self._at(name),
                        **self._at(final),
                        ExtraArgs={"CopySourceIfMatch": seen["ETag"]},
                        Config=self.transfer_config,
                    )
                except S3CopyFailedError:  # the same refusal, of a part
                    continue
                except ClientError as error:
                    if _status(error) != 412:
                        raise
                    continue
                copied = self._client.head_object(**self._at(final))
            if copied["ContentLength"] == seen["ContentLength"]:
                return Resting(final, seen["ContentLength"], _checksum(seen))
        logger.error("S3 never gave the same file twice while %s was sealed", name)
        raise StorageUnavailable

    def _require_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self.bucket_name)
        except ClientError as error:
            raise StorageUnavailable from error

    def is_reachable(self) -> bool:
        """Does the bucket answer to our credentials?"""
        try:
            with _s3_answers():
                self._client.head_bucket(Bucket=self.bucket_name)
        except (StorageUnavailable, FileNotFoundError):
            return False
        return True

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _s3_answers():
            return S3File(self._normalize_name(name), mode, self)

    def _save(self, name: str, content: Any) -> str:
        with _s3_answers():
            return super()._save(name, content)

    def exists(self, name: str) -> bool:
        with _s3_answers():
            return super().exists(name)

    def size(self, name: str) -> int:
        with _s3_answers():
            return super().size(name)

    def delete(self, name: str) -> None:
        with _s3_answers():
            super().delete(name)


def _checksum(seen: dict[str, Any]) -> str:
    """The signed SHA-256 where there is one (not the composite of a multipart upload), else the ETag."""
    sha256 = seen.get("ChecksumSHA256", "")
    if sha256 and "-" not in sha256:
        return f"sha256:{base64.b64decode(sha256).hex()}"
    return f"etag:{_etag(seen)}"


def _etag(seen: dict[str, Any]) -> str:
    return str(seen["ETag"]).strip('"')
