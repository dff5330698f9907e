"""Artifacts between bucket and table: announce, receive, look; no storage call while a row is locked."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from analyses.models import Analysis, Artifact, ArtifactStatus
from vista.errors import Gone, Invalid, LengthRequired, Refusal, TooLarge
from vista.storage import Resting, SignedUpload

MAX_ARTIFACTS = 100
GONE = "The analysis this upload belongs to does not exist any more."
SIGNATURES: dict[str, Callable[[bytes], bool]] = {
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
}


class UploadForbidden(Refusal):
    """An upload that its URL does not allow."""

    status_code = 403


def presign(
    analysis: Analysis, wanted: list[dict[str, Any]], base_url: str
) -> list[tuple[Artifact, SignedUpload]]:
    """Announce artifacts and sign one upload URL for each.

    `wanted` holds `artifact_name`, `content_type` and optionally `size` (bytes) and `sha256` (hex), which are
    then part of the signature. Raises Invalid, TooLarge and AnalysisIsFinal.
    """
    if len(wanted) > MAX_ARTIFACTS:
        raise TooLarge(f"{len(wanted)} artifacts were asked for; at most {MAX_ARTIFACTS} fit one request.")
    names = [item["artifact_name"] for item in wanted]
    twice = [
        (f"artifacts[{i}].artifact_name", "is named twice") for i, n in enumerate(names) if n in names[:i]
    ]
    if twice:
        raise Invalid("An artifact is named twice in one request.", twice)
    artifacts = analysis.announce([(item["artifact_name"], item["content_type"]) for item in wanted])
    return [
        (
            artifact,
            default_storage.signed_upload(
                artifact.storage_path,
                artifact.content_type,
                settings.ML_UPLOAD_URL_SECONDS,
                size=item.get("size"),
                sha256=item.get("sha256"),
                base_url=base_url,
            ),
        )
        for artifact, item in zip(artifacts, wanted, strict=True)
    ]


def receive(token: str, content_type: str, length: str, stream: Any) -> Artifact:
    """Take the bytes of one upload to VISTA's own storage; nothing is visible before all of them are there.

    Raises BadToken and UploadForbidden (403), LengthRequired (411), TooLarge (413), Invalid (400) and
    AnalysisIsFinal (409).
    """
    grant = default_storage.read_token(token)
    if content_type.partition(";")[0].strip().lower() != grant.content_type:
        raise UploadForbidden(f"The Content-Type must be {grant.content_type}, as the URL was signed for.")
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired("Send a Content-Length; chunked uploads are not accepted.")
    if grant.size is not None and int(length) != grant.size:
        raise UploadForbidden(f"The URL was signed for {grant.size:,} bytes, not {int(length):,}.")
    artifact = Artifact.objects.at(grant.name).select_related("analysis").first()
    if artifact is None:
        raise UploadForbidden(GONE)
    if artifact.content_type != grant.content_type:
        raise UploadForbidden(f"The artifact was announced anew, as {artifact.content_type}; use that URL.")
    artifact.analysis.require_open("artifacts")
    with default_storage.receive(
        stream, int(length), settings.ML_MAX_ARTIFACT_BYTES, sha256=grant.sha256
    ) as received:
        try:
            return _place(artifact, received)
        except Gone as error:
            raise UploadForbidden(GONE) from error


@transaction.atomic
def _place(artifact: Artifact, received: Any) -> Artifact:
    """Rename the finished file under the lock, so that no finalize can come in between."""
    artifact.analysis.locked().require_open("artifacts")
    resting = received.place(artifact.storage_path)
    artifact.status, artifact.size, artifact.checksum = ArtifactStatus.STORED, resting.size, resting.checksum
    artifact.save(update_fields=["status", "size", "checksum"])
    return artifact


def look(analysis: Analysis) -> dict[Any, Resting | None]:
    """What storage holds for the announced artifacts, as something no upload URL can change any more.

    None is a loss: the row says stored and the bytes are gone. What was never uploaded is left out; an upload
    may land after the look, and then the row knows better.
    """
    seen = {}
    for artifact in analysis.artifacts.all():
        resting = default_storage.seal(artifact.storage_path, artifact.checksum)
        if resting or artifact.status == ArtifactStatus.STORED:
            seen[artifact.pk] = resting
    return seen


def may_show_inline(artifact: Artifact, head: bytes) -> bool:
    """Whether a browser may show it: a PNG, JPEG or WebP by its type and by its first bytes."""
    looks_right = SIGNATURES.get(artifact.content_type)
    return bool(looks_right and looks_right(head))
