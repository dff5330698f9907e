"""Test data of analyses."""

import json
import time
from typing import Any

import factory
from factory.django import DjangoModelFactory

from analyses import ingest, signing
from analyses.models import AllowedModel, Analysis, Artifact
from images.tests.factories import ImageFactory

SECRET = "test-secret-of-the-pipelines"
BOX = {
    "annotation_type": "bounding_box",
    "class_name": "person",
    "confidence": 0.95,
    "data": {"bbox": [100, 150, 50, 100], "format": "xywh"},
}


class AllowedModelFactory(DjangoModelFactory):
    class Meta:
        model = AllowedModel

    name = factory.Sequence("model_{}".format)


class AnalysisFactory(DjangoModelFactory):
    class Meta:
        model = Analysis

    image = factory.SubFactory(ImageFactory)
    model_name = "yolo_v8"
    model_version = "v8.0.0"


class ArtifactFactory(DjangoModelFactory):
    class Meta:
        model = Artifact

    analysis = factory.SubFactory(AnalysisFactory)
    artifact_name = factory.Sequence("artifact-{}.png".format)
    content_type = "image/png"


def add_annotations(analysis: Analysis, *items: dict[str, Any]) -> ingest.Accepted:
    """Store a batch as a pipeline's would be; each call is a batch of its own."""
    raw = json.dumps({"annotations": items}).encode()
    accepted = ingest.submit(analysis, raw, idempotency_key=f"batch {time.perf_counter_ns()}")
    analysis.refresh_from_db()
    return accepted


def signed(
    raw: bytes, *, secret: str = SECRET, scheme: str = "body", at: float | None = None
) -> dict[str, str]:
    """The headers of a signed callback with this body."""
    timestamp = str(int(time.time() if at is None else at))
    return {"X-ML-Signature": signing.sign(raw, secret, timestamp, scheme), "X-ML-Timestamp": timestamp}
