"""Marks: which analyses are references, and which one of a picture is the one that counts."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from analyses.models import Analysis, ReferenceMark, Status
from analyses.tests.factories import AnalysisFactory
from images.models import Image
from images.tests.factories import ImageFactory

pytestmark = pytest.mark.django_db
Marks = ReferenceMark.objects


@pytest.fixture
def image() -> Image:
    return ImageFactory()


def completed(image: Image, **fields: Any) -> Analysis:
    return AnalysisFactory(image=image, **fields).move_to(Status.COMPLETED)


def test_without_a_mark_there_is_no_reference(image: Image) -> None:
    completed(image)
    assert Analysis.objects.reference_of(image) is None


def test_a_marked_analysis_is_the_reference(image: Image) -> None:
    truth = completed(image)
    completed(image)
    Marks.mark_analysis(truth, None)
    assert Analysis.objects.reference_of(image) == truth


def test_what_a_marked_model_says_is_the_reference(image: Image) -> None:
    truth = completed(image, model_name="truth", model_version="2")
    completed(image, model_name="other", model_version="2")
    Marks.mark_model(image.project, "truth", "", None)
    assert Analysis.objects.reference_of(image) == truth


def test_a_mark_of_one_version_leaves_the_others_alone(image: Image) -> None:
    first = completed(image, model_name="truth", model_version="1")
    completed(image, model_name="truth", model_version="2")
    Marks.mark_model(image.project, "truth", "1", None)
    assert Analysis.objects.reference_of(image) == first


def test_a_mark_counts_in_its_project_only(image: Image) -> None:
    elsewhere = ImageFactory()
    completed(elsewhere, model_name="truth")
    Marks.mark_model(image.project, "truth", "", None)
    assert Analysis.objects.reference_of(elsewhere) is None


def test_the_newest_completed_one_wins(image: Image) -> None:
    completed(image, model_name="truth", model_version="1")
    second = completed(image, model_name="truth", model_version="2")
    AnalysisFactory(image=image, model_name="truth", model_version="3")
    Marks.mark_model(image.project, "truth", "", None)
    assert Analysis.objects.reference_of(image) == second


def test_an_unfinished_analysis_is_marked_and_yet_no_reference(image: Image) -> None:
    running = AnalysisFactory(image=image)
    Marks.mark_analysis(running, None)
    assert running.is_reference
    assert Analysis.objects.reference_of(image) is None


def test_a_project_has_one_reference_for_each_picture_that_has_any(image: Image) -> None:
    second, without = ImageFactory(project=image.project), ImageFactory(project=image.project)
    completed(image, model_name="truth", model_version="1")
    newest = [completed(picture, model_name="truth", model_version="2") for picture in (image, second)]
    completed(without, model_name="other")
    Marks.mark_model(image.project, "truth", "", None)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert set(Analysis.objects.references_in(image.project)) == set(newest)
    assert len(queries) == 1


def test_sets_know_their_marks_without_asking_again(image: Image) -> None:
    truth, other = completed(image, model_name="truth"), completed(image, model_name="other")
    Marks.mark_model(image.project, "truth", "", None)
    with CaptureQueriesContext(connection) as queries:
        said = {analysis.pk: analysis.is_reference for analysis in Analysis.objects.with_mark()}
    assert said == {truth.pk: True, other.pk: False}
    assert len(queries) == 1


def test_marking_twice_is_marking_once(image: Image) -> None:
    first, made = Marks.mark_model(image.project, "truth", "", None)
    again, made_again = Marks.mark_model(image.project, "truth", "", None)
    assert (first, made, made_again) == (again, True, False)


def test_a_mark_goes_with_its_analysis(image: Image) -> None:
    truth = completed(image)
    Marks.mark_analysis(truth, None)
    truth.delete()
    assert not Marks.exists()


@pytest.mark.parametrize("fields", [{}, {"model_version": "1"}])
def test_a_mark_of_nothing_is_refused(image: Image, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="reference_is_an_analysis_or_a_model"), transaction.atomic():
        Marks.create(project=image.project, **fields)


def test_a_mark_of_both_is_refused(image: Image) -> None:
    with pytest.raises(IntegrityError, match="reference_is_an_analysis_or_a_model"), transaction.atomic():
        Marks.create(project=image.project, analysis=completed(image), model_name="truth")


def test_an_analysis_of_another_project_is_refused(image: Image) -> None:
    mark = ReferenceMark(project=ImageFactory().project, analysis=completed(image))
    with pytest.raises(ValidationError, match="another project"):
        mark.full_clean()
