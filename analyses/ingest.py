"""The way in for annotations: a whole batch or nothing, stored once however often it is sent."""

import hashlib
import uuid

from django.conf import settings
from django.db import transaction

from analyses import formats, ledger
from analyses.accepted import Accepted, Noted
from analyses.insertion import inserting
from analyses.models import FINAL, Analysis, AnalysisIsFinal, Annotation, Receipt, Tally
from vista.api import parse_json
from vista.errors import Gone, Invalid, KeyReused, Refusal, TooLarge
from vista.fields import new_id

MODES = ("append", "replace")


class InvalidBatch(Invalid):
    """At least one item of the batch is not an annotation; nothing was stored."""

    def __init__(self, errors: list[tuple[str, str]], error_count: int | None = None) -> None:
        super().__init__(formats.INVALID_FORMAT, errors, error_count)


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

    Of `analysis` only the key is used. Raises Gone (404), InvalidBatch (400), TooLarge (413), KeyReused (422) and
    AnalysisIsFinal (409); then nothing is stored.
    """
    key, digest = receipt_key(raw, idempotency_key)
    try:
        try:
            return _store(analysis, read_quickly(raw), key, digest)
        except formats.NotPlain:  # whatever was stored is not
            return _store(analysis, read_thoroughly(raw), key, digest)
    except Refusal as refusal:
        # No analysis and a reused key are said before the faults of the body.
        if not Analysis.objects.filter(pk=analysis.pk).exists():
            raise Gone from refusal
        find_receipt(analysis, key, digest)
        raise


def read_quickly(raw: bytes) -> formats.Batch:
    """The batch, if it is of the usual forms; raises NotPlain otherwise, also while its rows are read."""
    batch = formats.read_plain(raw)
    check_size(batch.size)
    if batch.mode not in MODES:
        raise formats.NotPlain
    return batch


def read_thoroughly(raw: bytes) -> formats.Batch:
    """The batch, by the way that knows every form and every fault."""
    payload = parse_json(raw)
    items, mode = payload.get("annotations"), payload.get("mode", "append")
    if not isinstance(items, list):
        raise InvalidBatch([("annotations", "a list of annotations is needed")])
    check_size(len(items))
    if mode not in MODES:
        raise InvalidBatch([("mode", f"expected append or replace, got {mode!r:.40}")])
    try:
        annotations = formats.read_batch(items)
    except formats.BatchError as error:
        raise InvalidBatch(error.errors, error.error_count) from error
    references = {i: found for i, a in enumerate(annotations) if (found := a.references())}
    heads = formats.Heads()
    blocks = formats.in_blocks((a.row() for a in annotations), heads)
    return formats.Batch(len(annotations), mode, heads, blocks, references)


def check_size(count: int) -> None:
    """Raises TooLarge beyond ML_MAX_BULK_ANNOTATIONS."""
    limit = settings.ML_MAX_BULK_ANNOTATIONS
    if count > limit:
        raise TooLarge(f"The batch has {count:,} annotations; at most {limit:,} are accepted in one.")


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
def _store(analysis: Analysis, batch: formats.Batch, key: str, digest: str) -> Accepted:
    """Lock the analysis and store the batch, whose rows are read while the database takes those before them."""
    status, last_id = ledger.lock(analysis.pk)  # the same batch at once waits here and then finds the receipt
    first_id = first_id_after(last_id)
    noted = Noted(batch)
    if not ledger.leave_receipt(analysis.pk, key, digest, first_id, batch.size):
        noted.read()
        return noted.accepted(find_receipt(analysis, key, digest).first_id, replayed=True)
    if status in FINAL:  # the faults of the body are said first
        noted.read()
        check_references(analysis, batch.references)
        raise AnalysisIsFinal(status, "annotations")
    if batch.mode == "replace":
        Annotation.objects.filter(analysis=analysis).delete()
        analysis.receipts.exclude(key=key).delete()
        analysis.tallies.all().delete()
        Analysis.objects.filter(pk=analysis.pk).update(annotation_count=0)
    with inserting(analysis.pk, first_id, batch.heads) as insert:
        noted.read(insert)
        accepted = noted.accepted(first_id, replayed=False)
        rows = Tally.rows_of(accepted.heads, accepted.head_of, accepted.confidences)
    check_references(analysis, batch.references)
    Tally.objects.add(analysis.pk, rows)
    ledger.count_batch(analysis.pk, batch.size, accepted.last_id if batch.size else None)
    return accepted


def first_id_after(last: uuid.UUID | None) -> uuid.UUID:
    """A time-ordered id with room to count up, after `last` even where another server's clock is ahead."""
    fresh = new_id().int & ~(1 << 61)  # the top bit of the 62 random ones: a batch cannot run over
    return uuid.UUID(int=max(fresh, last.int + 1 if last else 0))
