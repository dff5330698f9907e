"""Rules of the models that hold whoever calls them."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from analyses import ingest
from analyses.models import Analysis, Annotation
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations


def test_the_times_follow_the_status(analysis: Analysis) -> None:
    analysis = analysis.move_to("processing").move_to("completed")
    assert analysis.created_at <= analysis.started_at <= analysis.completed_at == analysis.updated_at


def test_a_running_analysis_that_is_silent_is_stalled(db: None) -> None:
    AnalysisFactory(status="processing")
    silent = AnalysisFactory(status="processing", updated_at=timezone.now() - timedelta(hours=7))
    assert list(Analysis.objects.stalled()) == [silent]


def test_a_final_analysis_is_never_stalled(db: None) -> None:
    long_ago = timezone.now() - timedelta(days=7)
    assert not AnalysisFactory(status="failed", updated_at=long_ago, completed_at=long_ago).is_stalled


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "lost"},
        {"status": "completed", "completed_at": None},
        {"status": "queued", "completed_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
def test_the_database_refuses_an_impossible_status(db: None, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        AnalysisFactory(**fields)


def test_the_database_refuses_a_confidence_above_1(analysis: Analysis) -> None:
    with pytest.raises(IntegrityError):
        Annotation.objects.create(
            analysis=analysis, annotation_type="classification", class_name="a", confidence=1.1, data={}
        )


def test_the_database_refuses_two_artifacts_of_one_name(analysis: Analysis) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="a.png")
    with pytest.raises(IntegrityError):
        ArtifactFactory(analysis=analysis, artifact_name="a.png")


def test_the_id_tells_when(analysis: Analysis) -> None:
    accepted = add_annotations(analysis, BOX)
    moment = Annotation.objects.get(pk=accepted.first_id).created_at
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_a_later_batch_has_later_ids_whatever_the_clock_says() -> None:
    ahead = uuid.UUID("ffffffff-0000-7000-8000-000000000000")
    assert ingest.first_id_after(ahead) > ahead


def test_deleting_a_picture_leaves_no_annotation_behind(analysis: Analysis) -> None:
    add_annotations(analysis, BOX, BOX)
    analysis.image.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM analyses_annotation")
        assert cursor.fetchone() == (0,)
