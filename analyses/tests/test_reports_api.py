"""The comparison across a project by API: what it answers, to whom, in how many queries, and when it is made."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from analyses.comparison import gate
from analyses.models import Job
from analyses.reports import asking, build, overlaps
from analyses.tests.report_projects import A, B, analysed, box, picture, tiny
from images.models import Project

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def project() -> Project:
    return tiny()


@pytest.fixture
def member(project: Project) -> Client:
    user = User.objects.create_user("member@example.org")
    user.groups.add(project.group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ask(project: Project, member: Client) -> Ask:
    """`ask(verdict="a_only")` the report; `ask("/pictures", …)` its pictures."""

    def call(path: str = "", **params: Any) -> Any:
        query = {"a": "yolo@1", "b": "resnet@2", "threshold_a": "0.3"} | params
        query = {name: value for name, value in query.items() if value is not None}
        return member.get(f"/api/projects/{project.pk}/compare{path}", query)

    return call


def rows_of(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))


# --- the report -------------------------------------------------------------------------------------------------
def test_a_small_project_is_compared_at_once(ask: Ask, project: Project) -> None:
    report = ask().json()
    assert report["project"] == {"id": str(project.pk), "name": "Tiny"}
    assert report["peers"]["overall"]["agree"] == 2
    assert report["coverage"] == {
        "pictures": 5,
        "compared": 3,
        "only": {"a": 1, "b": 0},
        "some": 0,
        "neither": 1,
        "empty": 1,
    }
    assert not report["stale"]
    assert not Job.objects.exists()


def test_classes_as_csv(ask: Ask) -> None:
    header, whole, *classes = rows_of(ask(format="csv"))
    assert header[:4] == ["class_name", "objects_a", "objects_b", "agree"]
    assert whole[:8] == ["(all)", "4", "4", "2", "1", "1", "1", "1"]
    assert [row[0] for row in classes] == ["dog", "horse", "zebra"]


def test_classes_against_a_reference_as_csv(ask: Ask) -> None:
    header, *rows = rows_of(ask(format="csv", reference="a"))
    assert header[:3] == ["model", "class_name", "objects"]
    assert [row[:3] for row in rows] == [
        ["resnet 2", "(all)", "4"],
        ["resnet 2", "dog", "3"],
        ["resnet 2", "horse", "1"],
        ["resnet 2", "zebra", "0"],
    ]


def test_a_name_that_looks_like_a_formula_is_harmless_in_csv(ask: Ask, project: Project) -> None:
    other = picture(project, "=1+1.jpg")
    analysed(other, A, box(0, "=cmd()"))
    analysed(other, B)
    assert "'=cmd()" in [row[0] for row in rows_of(ask(format="csv"))]
    assert "'=1+1.jpg" in [row[2] for row in rows_of(ask("/pictures", format="csv"))]


# --- the pictures behind the numbers ------------------------------------------------------------------------------
def names(response: Any) -> list[tuple[str, int | None]]:
    return [(one["filename"].removesuffix(".jpg"), one["matching"]) for one in response.json()["results"]]


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, [("street", None), ("yard", None), ("sky", None)]),
        ({"verdict": "agree"}, [("street", 1), ("yard", 1)]),
        ({"verdict": "a_only"}, [("street", 1)]),
        ({"verdict": "b_only"}, [("yard", 1)]),
        ({"verdict": "class_differs"}, [("street", 1)]),
        ({"verdict": "class_differs", "class": "zebra"}, [("street", 1)]),
        ({"verdict": "class_differs", "class": "dog"}, []),
        ({"class": "dog"}, [("street", 2), ("yard", 2)]),
        ({"class_a": "horse", "class_b": "zebra"}, [("street", 1)]),
        ({"class_a": "zebra", "class_b": "horse"}, []),
        ({"class_a": "dog", "class_b": ""}, [("street", 1)]),
        ({"class_b": "dog"}, [("yard", 1)]),
        ({"threshold": "0.65"}, [("street", 1), ("yard", 1)]),
        ({"threshold": "0.65", "verdict": "b_only"}, [("yard", 1)]),
        ({"first_a": "town", "first_b": "town"}, [("street", 1)]),
        ({"first_a": "town", "first_b": "farm"}, []),
        ({"empty": "a"}, [("sky", 1)]),
        ({"only": "a"}, [("alone", None)]),
        ({"only": "b"}, []),
    ],
    ids=str,
)
def test_the_pictures_of_peers(ask: Ask, params: dict[str, str], wanted: list[Any]) -> None:
    response = ask("/pictures", **params)
    assert names(response) == wanted
    assert response.json()["total"] == len(wanted)


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({"verdict": "true_positive"}, [("street", 1), ("yard", 1)]),
        ({"verdict": "false_positive"}, [("street", 1), ("yard", 1)]),
        ({"verdict": "false_positive", "class": "zebra"}, [("street", 1)]),
        ({"verdict": "false_negative", "class": "horse"}, [("street", 1)]),
        ({"verdict": "false_positive", "threshold": "0.5"}, [("street", 1)]),
        ({"threshold": "0.75"}, [("street", 3)]),
        ({"score_from": "0.3", "score_to": "0.4"}, [("yard", 1)]),
        ({"score_from": "0.3", "score_to": "0.4", "class": "zebra"}, []),
        ({"score_from": "0.8", "score_to": "1"}, [("yard", 1)]),
        ({"class_a": "horse", "class_b": "zebra"}, [("street", 1)]),
        ({"class_a": "", "class_b": "dog"}, [("yard", 1)]),
    ],
    ids=str,
)
def test_the_pictures_of_a_reference(ask: Ask, params: dict[str, str], wanted: list[Any]) -> None:
    assert names(ask("/pictures", reference="a", **params)) == wanted


def test_pictures_come_in_pages(ask: Ask, member: Client) -> None:
    first = ask("/pictures", page_size=2).json()
    second = member.get(first["next"]).json()
    assert [one["rank"] for one in first["results"]] == [1, 2]
    assert [one["rank"] for one in second["results"]] == [3]
    assert (first["previous"], second["next"]) == (None, None)
    assert member.get(second["previous"]).json()["results"] == first["results"]


def test_pictures_as_csv_are_all_of_them(ask: Ask) -> None:
    header, *rows = rows_of(ask("/pictures", format="csv", page_size=1))
    assert header[:8] == [
        "rank",
        "picture_id",
        "filename",
        "disagreement",
        "agree",
        "class_differs",
        "a_only",
        "b_only",
    ]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("1", "street.jpg", "2"),
        ("2", "yard.jpg", "2"),
        ("3", "sky.jpg", "0"),
    ]


# --- what it refuses ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a", None),
        ("a", "yolo"),
        ("a", "@1"),
        ("a", "yolo@9"),
        ("a", "marked"),
        ("b", "marked"),
        ("b", "yolo@1"),
        ("c", "resnet@2"),
        ("d", "third@3"),
        ("iou", "0"),
        ("iou", "half"),
        ("threshold_a", "2"),
        ("types", "circles"),
        ("reference", "b"),
        ("class_agnostic", "perhaps"),
        ("format", "xml"),
    ],
)
def test_a_bad_parameter_is_named(ask: Ask, name: str, text: str | None) -> None:
    response = ask(**{name: text})
    assert response.status_code == 400
    assert name in response.json()["detail"] or "named twice" in response.json()["detail"] or name == "d"


@pytest.mark.parametrize(
    "params",
    [
        {"verdict": "true_positive"},
        {"class": "cow"},
        {"class_a": "", "class_b": ""},
        {"class_a": "dog", "verdict": "agree"},
        {"threshold": "0.33"},
        {"threshold": "0.5", "class": "dog"},
        {"score_from": "0.3"},
        {"empty": "c"},
        {"only": "c"},
        {"of": "a"},
        {"first_a": "town"},
        {"cursor": "rubbish"},
        {"page_size": "0"},
    ],
    ids=str,
)
def test_pictures_that_cannot_be_asked_for(ask: Ask, params: dict[str, str]) -> None:
    response = ask("/pictures", **params)
    assert response.status_code == 400
    assert response.json()["detail"].endswith((".", "!"))


# --- by the worker --------------------------------------------------------------------------------------------------
@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every project is too large for a request."""
    monkeypatch.setattr(asking, "AT_ONCE", 0)


def work() -> None:
    for job in Job.objects.filter(status="waiting"):
        asking.jobs.perform.func(str(job.pk))


def test_a_large_one_is_made_by_the_worker(ask: Ask, large: None) -> None:
    response = ask()
    assert response.status_code == 202
    assert response["Location"] == f"/api/jobs/{response.json()['job']['id']}"
    assert response.json()["stale_report"] is None
    work()
    assert ask().json()["peers"]["overall"]["agree"] == 2
    assert names(ask("/pictures", verdict="a_only")) == [("street", 1)]
    assert Job.objects.count() == 1


def test_asking_again_meanwhile_starts_nothing_new(ask: Ask, large: None) -> None:
    assert ask().json()["job"]["id"] == ask("/pictures").json()["job"]["id"]


def test_it_is_made_anew_when_an_analysis_is_final(ask: Ask, large: None, project: Project) -> None:
    ask()
    work()
    alone = project.images.get(filename="alone.jpg")
    analysed(alone, B, box(0))
    said = ask()
    assert said.status_code == 202
    assert said.json()["stale_report"]["stale"]
    assert said.json()["stale_report"]["coverage"]["compared"] == 3
    work()
    assert ask().json()["coverage"]["compared"] == 4


def test_while_analyses_come_in_one_report_is_made_after_the_other(
    ask: Ask, large: None, project: Project
) -> None:
    first = ask().json()["job"]["id"]
    analysed(project.images.get(filename="alone.jpg"), B, box(0))
    assert ask().json()["job"]["id"] == first
    work()
    assert ask().json()["coverage"]["compared"] == 4


def test_of_the_reports_to_one_question_the_last_two_are_kept(
    ask: Ask, large: None, project: Project
) -> None:
    for number in range(4):
        other = picture(project, f"{number}.jpg")
        analysed(other, A)
        analysed(other, B)
        ask()
        work()
    ask(iou="0.7")
    work()
    assert Job.objects.count() == 3


def test_what_was_there_before_is_made_anew(ask: Ask, large: None, project: Project) -> None:
    """A report is made while something changes, and then that is taken back."""
    ask()
    late = analysed(project.images.get(filename="alone.jpg"), B, box(0))
    work()
    late.delete()
    assert ask().status_code == 202
    work()
    assert ask().json()["coverage"]["compared"] == 3


def test_a_running_analysis_shows_without_a_new_report(ask: Ask, large: None, project: Project) -> None:
    ask()
    work()
    analysed(project.images.get(filename="nobody.jpg"), B, status="processing")
    report = ask()
    assert report.status_code == 200
    assert report.json()["sides"][1]["running"] == 2


def test_other_sums_make_other_keys(ask: Ask, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    work()
    monkeypatch.setattr(build, "VERSION", build.VERSION + 1)
    assert ask().status_code == 202


def test_a_failure_is_told(ask: Ask, large: None) -> None:
    ask()
    Job.objects.update(status="failed", error_message="Too dense.", finished_at=timezone.now())
    response = ask()
    assert response.status_code == 409
    assert "Too dense." in response.json()["detail"]


def test_whoever_asks_for_too_many_at_once_has_to_wait(
    ask: Ask, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_UNDER_WAY", 2)
    for iou in ("0.4", "0.5"):
        assert ask(iou=iou).status_code == 202
    refused = ask(iou="0.6")
    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert "2 comparisons of this project are under way already" in refused.json()["detail"]
    assert Job.objects.count() == 2
    assert ask(iou="0.5").status_code == 202  # this one is
    work()
    assert ask(iou="0.6").status_code == 202


def test_too_many_overlaps_are_told_by_the_worker_too(
    ask: Ask, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlaps, "FEW", 0)
    monkeypatch.setattr(gate, "MOST", 0)
    ask()
    work()
    said = ask().json()["detail"]
    assert said.startswith("These models could not be compared: In street.jpg more than 0 pairs overlap")
    assert said.endswith("Ask for a higher iou.")


def test_a_cancelled_one_is_begun_again_when_somebody_asks(ask: Ask, large: None) -> None:
    ask()
    Job.objects.get().cancel()
    assert ask().json()["job"]["status"] == "waiting"


def test_a_lost_file_is_made_again(ask: Ask, large: None) -> None:
    ask()
    work()
    job = Job.objects.get()
    default_storage.delete(job.output_path)
    assert ask().status_code == 202


# --- what it costs --------------------------------------------------------------------------------------------------
def test_it_takes_the_same_queries_whatever_is_compared(ask: Ask, project: Project) -> None:
    with CaptureQueriesContext(connection) as few:
        ask(reference="a")
    for number in range(10):
        other = picture(project, f"{number}.jpg")
        analysed(other, A, *(box(20 * place) for place in range(5)))
        analysed(other, B, *(box(20 * place) for place in range(5)))
    with CaptureQueriesContext(connection) as many:
        assert ask(reference="a").json()["coverage"]["compared"] == 13
    assert len(few) == len(many) == 5  # session, user, project, analyses, annotations
