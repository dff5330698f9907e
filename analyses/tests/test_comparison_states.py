"""The page that compares models: what it says where there is nothing to show yet, the way there, what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analyses.comparison import gate
from analyses.models import Analysis, Job
from analyses.reports import asking, overlaps
from analyses.tests.comparison_pages import AB, ABC, Look, chosen, links
from analyses.tests.report_projects import A, B, C, analysed, box, picture, tiny, top
from images.models import Image, Project
from images.tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return tiny()


@pytest.fixture
def look(project: Project) -> Look:
    return Look(project)


# --- states -----------------------------------------------------------------------------------------------
@pytest.fixture
def bare() -> Look:
    """A project with a picture that nobody has analysed."""
    project = ProjectFactory()
    picture(project, "one.jpg")
    return Look(project)


@pytest.mark.parametrize(
    ("page", "said"), [("compare", "No analyses yet"), ("compare-pictures", "cannot be shown")]
)
def test_without_analyses_there_is_nothing_to_compare(bare: Look, page: str, said: str) -> None:
    assert said in bare(page)


def test_with_one_model_there_is_nothing_to_compare(bare: Look) -> None:
    analysed(bare.project.images.get(), A)
    assert "Only one model so far yolo 1 has processed 1 picture." in bare()


def test_nothing_in_common_is_said_with_the_coverage(bare: Look) -> None:
    analysed(bare.project.images.get(), A, box(0))
    analysed(picture(bare.project, "two.jpg"), B, box(0))
    text = bare()
    assert "Nothing in common" in text
    assert "Only A: resnet 2 1 of 2 pictures Only B: yolo 1 1 of 2 pictures" in text


def test_two_that_found_nothing_have_nothing_to_draw(bare: Look) -> None:
    for model in (A, B):
        analysed(bare.project.images.get(), model)
    text = bare()
    assert "They disagree on none of 1 picture." in text
    assert "Curves" not in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"iou": "7"}, "The overlap of pairs must be a number above 0, at most 1."),
        ({"threshold_b": "x"}, "Threshold B must be a number from 0 to 1."),
        ({"b": "yolo@1"}, "The models must differ: one is named twice."),
        ({"b": "nobody@1"}, "Model B names nobody 1, which has no analysis in this project."),
    ],
)
def test_what_cannot_be_compared_is_said_and_kept(look: Look, query: dict[str, str], said: str) -> None:
    assert said in look(**AB | query)
    assert look.status == 400
    assert query.items() <= chosen(look.html).items()
    assert f'aria-invalid="true" aria-describedby="fault-{next(iter(query))}"' in look.html


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every project is too large for a request."""
    monkeypatch.setattr(asking, "AT_ONCE", 0)


def work() -> None:
    for job in Job.objects.filter(status="waiting"):
        asking.jobs.perform.func(str(job.pk))


@pytest.mark.usefixtures("large")
def test_a_report_in_the_making_shows_its_job(look: Look) -> None:
    assert "made in the background" in look(**AB)
    assert f'data-job="{Job.objects.get().pk}"' in look.html


@pytest.mark.usefixtures("large")
def test_a_report_that_was_made_is_shown(look: Look) -> None:
    look(**AB)
    work()
    assert "Object agreement 0.750" in look(**AB)
    assert "data-job=" not in look.html


@pytest.mark.usefixtures("large")
def test_an_older_report_is_shown_as_such(look: Look, project: Project) -> None:
    look(**AB)
    work()
    analysed(project.images.get(filename="alone.jpg"), B, box(0))
    text = look(**AB)
    assert "Computed from older results; a new one is being made." in text
    assert "Object agreement 0.750" in text
    assert f'data-job="{Job.objects.get(status="waiting").pk}"' in look.html


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("page", "status"), [("compare", 409), ("compare-pictures", 400)])
def test_a_failure_is_told(look: Look, page: str, status: int) -> None:
    look(**AB)
    Job.objects.update(status="failed", error_message="Too dense.", finished_at=timezone.now())
    assert "These models could not be compared: Too dense." in look(page, **AB)
    assert look.status == status


def test_what_is_too_much_to_compare_is_said(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "FEW", 0)
    monkeypatch.setattr(gate, "MOST", 0)
    assert "In street.jpg more than 0 pairs overlap. Ask for a higher iou." in look(**AB)
    assert look.status == 400


@pytest.mark.parametrize("page", ["compare", "compare-pictures"])
def test_strangers_cannot_tell_it_from_nothing(stranger_client: Client, project: Project, page: str) -> None:
    assert stranger_client.get(reverse(page, args=[project.pk])).status_code == 404


@pytest.mark.parametrize("page", ["compare", "compare-pictures"])
def test_without_the_feature_there_is_no_page(look: Look, settings: Any, page: str) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    look(page)
    assert look.status == 404


# --- the way there, and what it costs ---------------------------------------------------------------------
def test_the_project_leads_to_its_comparison(look: Look, project: Project) -> None:
    look("project")
    assert reverse("compare", args=[project.pk]) in links(look.html)


def test_a_project_with_one_model_leads_to_none(bare: Look) -> None:
    analysed(bare.project.images.get(), A)
    assert "Compare models" not in bare("project")


def more(project: Project) -> None:
    for number in range(10):
        image: Image = picture(project, f"more {number}.jpg")
        for model in (A, B, C):
            analysed(image, model, *(box(20 * place) for place in range(5)), top("town"))


@pytest.mark.parametrize(
    ("page", "query", "count"),
    [
        (
            "compare",
            ABC | {"reference": "a"},
            7,
        ),  # session, user, project, versions, marks, analyses, annotations
        ("compare", {}, 9),  # and for what is usual: what was processed, classes
        ("compare-pictures", AB | {"verdict": "agree"}, 7),
    ],
    ids=str,
)
def test_a_page_asks_a_constant_number_of_queries(
    look: Look, project: Project, page: str, query: dict[str, str], count: int
) -> None:
    more(project)
    assert Analysis.objects.count() > 30
    with CaptureQueriesContext(connection) as queries:
        look(page, **query)
    assert look.status == 200
    assert len(queries) == count
