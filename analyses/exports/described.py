"""Analyses and pictures as JSON, in the keys that the API has for them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from analyses.exports.walk import is_processed
from analyses.models import Analysis
from images.models import Image


def described(analysis: Analysis) -> dict[str, Any]:
    """What the API's `GET /api/analyses/{id}` answers, to the byte; a test compares them."""
    return {
        "id": str(analysis.pk),
        "image_id": str(analysis.image_id),
        "model_name": analysis.model_name,
        "model_version": analysis.model_version,
        "status": analysis.status,
        "is_stalled": analysis.is_stalled,
        "is_reference": analysis.is_reference,
        "parameters": analysis.parameters,
        "description": analysis.description,
        "summary": analysis.summary,
        "error_message": analysis.error_message,
        "annotation_count": analysis.annotation_count,
        "created_at": time(analysis.created_at),
        "updated_at": time(analysis.updated_at),
        "started_at": time(analysis.started_at),
        "completed_at": time(analysis.completed_at),
    }


def picture(image: Image, analyses: Sequence[Analysis]) -> dict[str, Any]:
    """A picture, and whether any of its analyses has looked at all of it."""
    return {
        "id": str(image.pk),
        "filename": image.filename,
        "width": image.width,
        "height": image.height,
        "processed": is_processed(analyses),
    }


def time(moment: datetime | None) -> str | None:
    """As the API writes times."""
    return moment and moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def as_text(value: Any) -> str:
    """As compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
