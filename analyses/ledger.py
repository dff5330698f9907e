"""What a batch leaves beside its annotations: its receipt, and what the row of its analysis says. No rules here.

In SQL, because the ORM takes as long to write these statements as PostgreSQL to store a thousand boxes.
"""

import uuid
from typing import Any

from django.db import connection
from django.utils import timezone

from vista.errors import Gone

LOCK = "SELECT status, last_annotation_id FROM analyses_analysis WHERE id = %s"
LEAVE_RECEIPT = """
    INSERT INTO analyses_receipt (analysis_id, "key", body_digest, first_id, count, created_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (analysis_id, "key") DO NOTHING
"""
COUNT = """
    UPDATE analyses_analysis
    SET annotation_count = annotation_count + %s, last_annotation_id = COALESCE(%s, last_annotation_id), updated_at = %s
    WHERE id = %s
"""


def lock(analysis_id: uuid.UUID) -> tuple[str, uuid.UUID | None]:
    """Status and last annotation of an analysis, whose row is locked until the transaction ends.

    Batches at once wait in line here. Raises Gone where there is no such analysis.
    """
    with connection.cursor() as cursor:
        # SQLite has no row locks: its transactions that write stand in line from their beginning.
        for_update = " FOR UPDATE" if connection.features.has_select_for_update else ""
        cursor.execute(LOCK + for_update, [stored(analysis_id)])
        row = cursor.fetchone()
    if row is None:
        raise Gone
    status, last_id = row
    return status, uuid.UUID(last_id) if isinstance(last_id, str) else last_id


def leave_receipt(analysis_id: uuid.UUID, key: str, digest: str, first_id: uuid.UUID, count: int) -> bool:
    """Note that a batch was accepted; False where one with this key was before."""
    with connection.cursor() as cursor:
        values = [stored(analysis_id), key, digest, stored(first_id), count, now()]
        cursor.execute(LEAVE_RECEIPT, values)
        return bool(cursor.rowcount)


def count_batch(analysis_id: uuid.UUID, count: int, last_id: uuid.UUID | None) -> None:
    """Say in the row of the analysis that so many annotations were added; `last_id` of none is None."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [count, stored(last_id), now(), stored(analysis_id)])


def stored(id_: uuid.UUID | None) -> Any:
    """An id as this database keeps it."""
    return id_ if id_ is None or connection.features.has_native_uuid_field else id_.hex


def now() -> Any:
    """This moment as this database keeps it."""
    return connection.ops.adapt_datetimefield_value(timezone.now())
