"""The way in for annotations: a whole batch or nothing, stored once however often it is sent."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from analyses import formats
from analyses.insertion import insert_annotations
from analyses.models import Analysis, Annotation, Receipt, Tally
from vista.api import parse_json
from vista.errors import Invalid, KeyReused, Refusal, TooLarge
from vista.fields import new_id

MODES = ("append", "replace")


class InvalidBatch(Invalid):
    """At least one item of the batch is not an annotation; nothing was stored."""

    def __init__(self, errors: list[tuple[str, str]], error_count: int | None = None) -> None:
        super().__init__(formats.INVALID_FORMAT, errors, error_count)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stored batch: its rows in order, their ids counted up from `first_id`."""

    first_id: uuid.UUID
    rows: list[formats.Row]
    replayed: bool

    @property
    def last_id(self) -> uuid.UUID:
        """Of a batch that is not empty."""
        return uuid.UUID(int=self.first_id.int + len(self.rows) - 1)

    def ids(self) -> Iterator[str]:
        """The ids as text. Only their last 64 bits count up: first_id_after leaves room there."""
        beginning, low = str(self.first_id)[:19], self.first_id.int & (1 << 64) - 1
        for number in range(low, low + len(self.rows)):
            yield f"{beginning}{number >> 48:04x}-{number & (1 << 48) - 1:012x}"


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


def submit(analysis: Analysis, raw: bytes, idempotency_key: str | None = None) -> Accepted:
    """Store the batch in this body, or answer it as the first time when it was accepted before.

    Raises InvalidBatch (400), TooLarge (413), KeyReused (422) and AnalysisIsFinal (409); then nothing is stored.
    """
    key, digest = receipt_key(raw, idempotency_key)
    try:
        batch = read(raw)
        check_references(analysis, batch.references)
    except Refusal:
        find_receipt(analysis, key, digest)  # a reused key is said before the faults of the body
        raise
    return _store(analysis, batch.rows, key, digest, replace=batch.mode == "replace")


def read(raw: bytes) -> formats.Batch:
    """The batch in its stored form: read the quick way, or the way that knows every form and fault."""
    try:
        batch = formats.read_plain(raw)
        check_size(batch.rows)
        if batch.mode in MODES:
            return batch
    except formats.NotPlain:
        pass
    payload = parse_json(raw)
    items, mode = payload.get("annotations"), payload.get("mode", "append")
    if not isinstance(items, list):
        raise InvalidBatch([("annotations", "a list of annotations is needed")])
    check_size(items)
    if mode not in MODES:
        raise InvalidBatch([("mode", f"expected append or replace, got {mode!r:.40}")])
    try:
        annotations = formats.read_batch(items)
    except formats.BatchError as error:
        raise InvalidBatch(error.errors, error.error_count) from error
    references = {i: found for i, a in enumerate(annotations) if (found := a.references())}
    return formats.Batch([a.row() for a in annotations], references, mode)


def check_size(items: list[Any]) -> None:
    """Raises TooLarge beyond ML_MAX_BULK_ANNOTATIONS."""
    if len(items) > settings.ML_MAX_BULK_ANNOTATIONS:
        limit = settings.ML_MAX_BULK_ANNOTATIONS
        raise TooLarge(f"The batch has {len(items):,} annotations; at most {limit:,} are accepted in one.")


def check_references(analysis: Analysis, wanted: dict[int, list[formats.Reference]]) -> None:
    """Every heatmap must name an artifact that was announced in this analysis, and only one."""
    if not wanted:
        return
    artifacts = list(analysis.artifacts.all())
    known = {("artifact_name", a.artifact_name): a.pk for a in artifacts}
    known |= {("storage_path", a.storage_path): a.pk for a in artifacts}
    faults = []
    for i, references in wanted.items():
        field, value = next((r for r in references if r not in known), references[-1])
        if (field, value) not in known:
            message = f"no artifact {value!r:.100} was announced in this analysis"
            faults.append((f"annotations[{i}].data.{field}", message))
        elif len({known[reference] for reference in references}) > 1:
            faults.append((f"annotations[{i}].data.{field}", "is another artifact than artifact_name"))
    if faults:
        raise InvalidBatch(faults)


@transaction.atomic
def _store(analysis: Analysis, rows: list[formats.Row], key: str, digest: str, *, replace: bool) -> Accepted:
    analysis = analysis.locked()  # the same batch at once waits here and then finds the receipt
    receipt = find_receipt(analysis, key, digest)
    if receipt:
        return Accepted(receipt.first_id, rows, replayed=True)
    analysis.require_open("annotations")
    if replace:
        Annotation.objects.filter(analysis=analysis).delete()
        analysis.receipts.all().delete()
        analysis.tallies.all().delete()
        analysis.annotation_count = 0
    accepted = Accepted(first_id_after(analysis.last_annotation_id), rows, replayed=False)
    insert_annotations(analysis.pk, accepted.first_id, rows)
    Tally.objects.add(analysis.pk, rows)
    Receipt.objects.create(
        analysis=analysis, key=key, body_digest=digest, first_id=accepted.first_id, count=len(rows)
    )
    analysis.remember_batch(len(rows), accepted.last_id if rows else None)
    return accepted


def first_id_after(last: uuid.UUID | None) -> uuid.UUID:
    """A time-ordered id with room to count up, after `last` even where another server's clock is ahead."""
    fresh = new_id().int & ~(1 << 61)  # the top bit of the 62 random ones: a batch cannot run over
    return uuid.UUID(int=max(fresh, last.int + 1 if last else 0))
