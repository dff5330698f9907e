"""The way in for annotations: a whole batch or nothing, stored once however often it is sent."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from analyses import formats
from analyses.models import Analysis, Annotation, Receipt
from vista.errors import Invalid, KeyReused, TooLarge
from vista.fields import new_id

MODES = ("append", "replace")


class InvalidBatch(Invalid):
    """At least one item of the batch is not an annotation; nothing was stored."""

    def __init__(self, errors: list[tuple[str, str]], error_count: int | None = None) -> None:
        super().__init__(formats.INVALID_FORMAT, errors, error_count)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stored batch: the annotations in order, the ids counted up from `first_id`."""

    first_id: uuid.UUID
    annotations: list[formats.Annotation]
    replayed: bool

    def ids(self) -> list[uuid.UUID]:
        return [uuid.UUID(int=self.first_id.int + i) for i in range(len(self.annotations))]


def receipt_key(raw: bytes, idempotency_key: str | None) -> tuple[str, str]:
    """The name a batch is remembered by, and the digest of its body."""
    digest = hashlib.sha256(raw).hexdigest()
    return (f"body:{digest}" if idempotency_key is None else f"key:{idempotency_key}"), digest


def find_receipt(analysis: Analysis, key: str, digest: str) -> Receipt | None:
    """The receipt of this batch, if it was accepted before. Raises KeyReused when the key had another body."""
    receipt = Receipt.objects.filter(analysis=analysis, key=key).first()
    if receipt and receipt.body_digest != digest:
        raise KeyReused("This Idempotency-Key was used with another body.")
    return receipt


def submit(analysis: Analysis, payload: dict[str, Any], key: str, digest: str) -> Accepted:
    """Store one batch, or answer it as the first time when `key` was accepted before.

    Raises InvalidBatch (400), TooLarge (413), KeyReused (422) and AnalysisIsFinal (409); then nothing is stored.
    """
    annotations = read(payload)
    receipt = find_receipt(analysis, key, digest)
    if receipt:
        return Accepted(receipt.first_id, annotations, replayed=True)
    check_references(analysis, annotations)
    return _store(analysis, annotations, key, digest, replace=payload.get("mode") == "replace")


def read(payload: dict[str, Any]) -> list[formats.Annotation]:
    """The batch in its stored form."""
    items = payload.get("annotations")
    if not isinstance(items, list):
        raise InvalidBatch([("annotations", "a list of annotations is needed")])
    if len(items) > settings.ML_MAX_BULK_ANNOTATIONS:
        limit = settings.ML_MAX_BULK_ANNOTATIONS
        raise TooLarge(f"The batch has {len(items):,} annotations; at most {limit:,} are accepted in one.")
    mode = payload.get("mode", "append")
    if mode not in MODES:
        raise InvalidBatch([("mode", f"expected append or replace, got {mode!r:.40}")])
    try:
        return formats.read_batch(items)
    except formats.BatchError as error:
        raise InvalidBatch(error.errors, error.error_count) from error


def check_references(analysis: Analysis, annotations: list[formats.Annotation]) -> None:
    """Every heatmap must name an artifact that was announced in this analysis."""
    wanted = [
        (i, reference) for i, a in enumerate(annotations) if (reference := formats.artifact_reference(a))
    ]
    if not wanted:
        return
    artifacts = list(analysis.artifacts.all())
    known = {("artifact_name", a.artifact_name) for a in artifacts}
    known |= {("storage_path", a.storage_path) for a in artifacts}
    faults = [
        (f"annotations[{i}].data.{field}", f"no artifact {value!r:.100} was announced in this analysis")
        for i, (field, value) in wanted
        if (field, value) not in known
    ]
    if faults:
        raise InvalidBatch(faults)


@transaction.atomic
def _store(
    analysis: Analysis, annotations: list[formats.Annotation], key: str, digest: str, *, replace: bool
) -> Accepted:
    analysis = analysis.locked()  # the same batch at once waits here and then finds the receipt
    receipt = find_receipt(analysis, key, digest)
    if receipt:
        return Accepted(receipt.first_id, annotations, replayed=True)
    analysis.require_open("annotations")
    if replace:
        Annotation.objects.filter(analysis=analysis).delete()
        analysis.receipts.all().delete()
        analysis.annotation_count = 0
    accepted = Accepted(first_id_after(analysis.last_annotation_id), annotations, replayed=False)
    ids = accepted.ids()
    Annotation.objects.bulk_create(
        (
            Annotation(
                id=id_,
                analysis_id=analysis.pk,
                annotation_type=a.annotation_type,
                class_name=a.class_name,
                confidence=a.confidence,
                **dict(zip(("x_min", "y_min", "x_max", "y_max"), a.bounds or (None,) * 4, strict=True)),
                data=a.data,
            )
            for id_, a in zip(ids, annotations, strict=True)
        ),
        batch_size=5000,
    )
    Receipt.objects.create(
        analysis=analysis, key=key, body_digest=digest, first_id=accepted.first_id, count=len(annotations)
    )
    analysis.remember_batch(ids)
    return accepted


def first_id_after(last: uuid.UUID | None) -> uuid.UUID:
    """A time-ordered id with room to count up, after `last` even where another server's clock is ahead."""
    fresh = new_id().int & ~(1 << 61)  # the top bit of the 62 random ones: a batch cannot run over
    return uuid.UUID(int=max(fresh, last.int + 1 if last else 0))
