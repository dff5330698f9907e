"""The pages of ground truth: marks set and unset, a file imported, its report."""

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analyses.imports.background import KIND
from analyses.models import AllowedModel, Analysis, Job, ReferenceMark
from analyses.tests.factories import AnalysisFactory
from images.models import Project

MODEL = {"model_name": "yolo_v8", "model_version": "v8.0.0"}
FIELDS = {"model_name": "ground_truth", "model_version": "1", "shapes": "one"}


@pytest.fixture
def project(analysis: Analysis) -> Project:
    return analysis.image.project


def text_of(response: Any) -> str:
    """What the page says, its tags left out."""
    main = response.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def coco(analysis: Analysis, *annotations: Any) -> SimpleUploadedFile:
    document = {
        "images": [{"id": 1, "file_name": analysis.image.filename}, {"id": 2, "file_name": "nowhere.jpg"}],
        "categories": [{"id": 3, "name": "dog"}],
        "annotations": list(annotations),
    }
    return SimpleUploadedFile("truth.json", json.dumps(document).encode(), "application/json")


BOX = {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4]}


def send(client: Client, project: Project, **fields: Any) -> Any:
    return client.post(f"/projects/{project.pk}/imports", FIELDS | fields)


# --- marks ----------------------------------------------------------------------------------------------------
def test_a_project_leads_to_its_ground_truth(member_client: Client, project: Project) -> None:
    page = member_client.get(f"/projects/{project.pk}/").content.decode()
    assert f'href="/projects/{project.pk}/reference"' in page


def test_without_marks_the_page_says_so(member_client: Client, project: Project) -> None:
    assert "Nothing is marked yet." in text_of(member_client.get(f"/projects/{project.pk}/reference"))


def test_a_model_is_marked_and_listed(member_client: Client, project: Project) -> None:
    path = f"/projects/{project.pk}/reference"
    said = text_of(member_client.post(path, MODEL | {"model_version": ""}, follow=True))
    assert "yolo_v8 every version Unmark" in said
    assert str(ReferenceMark.objects.get()) == "yolo_v8, any version"


def test_a_mark_without_a_name_is_refused(member_client: Client, project: Project) -> None:
    response = member_client.post(f"/projects/{project.pk}/reference", {"model_name": ""})
    assert response.status_code == 400
    assert "This field is required." in text_of(response)


def test_a_mark_is_taken_away(member_client: Client, project: Project) -> None:
    mark, _ = ReferenceMark.objects.mark_model(project, "yolo_v8", "", None)
    path = f"/projects/{project.pk}/reference/{mark.pk}/unmark"
    assert member_client.post(path).status_code == 302
    assert not ReferenceMark.objects.exists()
    assert member_client.post(path).status_code == 404


def test_a_marked_analysis_leads_to_its_picture(
    member_client: Client, project: Project, analysis: Analysis
) -> None:
    ReferenceMark.objects.mark_analysis(analysis, None)
    page = member_client.get(f"/projects/{project.pk}/reference").content.decode()
    assert f'href="/images/{analysis.image_id}/#a={analysis.pk}"' in page


@pytest.mark.parametrize(
    ("what", "name"), [("analysis", "analysis {0}"), ("model", "yolo_v8 v8.0.0"), ("nonsense", "")]
)
def test_the_page_of_a_picture_marks(
    member_client: Client, member: User, analysis: Analysis, what: str, name: str
) -> None:
    response = member_client.post(f"/analyses/{analysis.pk}/reference", {"what": what})
    assert response["Location"] == f"/images/{analysis.image_id}/"
    wanted = [(name.format(analysis.pk), member)] if name else []
    assert [(str(mark), mark.created_by) for mark in ReferenceMark.objects.all()] == wanted


def test_the_page_of_a_picture_takes_every_mark_of_an_analysis_away(
    member_client: Client, project: Project, analysis: Analysis
) -> None:
    ReferenceMark.objects.mark_analysis(analysis, None)
    ReferenceMark.objects.mark_model(project, "yolo_v8", "", None)
    ReferenceMark.objects.mark_model(project, "yolo_v8", "v8.0.0", None)
    others, _ = ReferenceMark.objects.mark_model(project, "resnet50", "", None)
    member_client.post(f"/analyses/{analysis.pk}/reference", {"what": "none"})
    assert list(ReferenceMark.objects.all()) == [others]


def test_a_reference_carries_a_badge(member_client: Client, analysis: Analysis) -> None:
    AnalysisFactory(image=analysis.image)
    ReferenceMark.objects.mark_analysis(analysis, None)
    page = member_client.get(f"/images/{analysis.image_id}/").content.decode()
    badges = re.findall(r"data-reference-badge[^>]*>", page)
    assert ["hidden" in badge for badge in badges] == [True, False, True, True, False, True]


@pytest.mark.parametrize("path", ["projects/{0}/reference", "projects/{0}/imports"])
def test_without_the_feature_there_is_nothing(
    member_client: Client, project: Project, settings: Any, path: str
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert member_client.post(f"/{path.format(project.pk)}", MODEL).status_code == 404


@pytest.mark.parametrize("path", ["reference", "imports"])
def test_a_stranger_marks_and_imports_nothing(stranger_client: Client, project: Project, path: str) -> None:
    assert stranger_client.post(f"/projects/{project.pk}/{path}", MODEL).status_code == 404


def test_a_stranger_marks_no_analysis(stranger_client: Client, analysis: Analysis) -> None:
    response = stranger_client.post(f"/analyses/{analysis.pk}/reference", {"what": "analysis"})
    assert response.status_code == 404


# --- imports --------------------------------------------------------------------------------------------------
background_work = pytest.mark.django_db(transaction=True)


@background_work
def test_an_import_is_followed_and_reported(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    sent = send(member_client, project, file=coco(analysis, BOX), is_reference="on")
    job = Job.objects.get()
    assert sent["Location"] == f"/projects/{project.pk}/imports/{job.pk}"
    waiting = member_client.get(sent["Location"])
    assert f'data-job="{job.pk}"' in waiting.content.decode()
    assert "pages/import" in waiting.content.decode()
    call_command("work", once=True)
    done = member_client.get(sent["Location"])
    said = text_of(done)
    assert "1 picture got an analysis by ground_truth 1, with 1 annotation in all." in said
    assert "It is marked as reference" in said
    assert "1 picture of the file is not in the project nowhere.jpg" in said
    assert f'href="/api/jobs/{job.pk}/file"' in done.content.decode()
    assert f'href="{reverse("compare", args=[project.pk])}"' in done.content.decode()
    assert "pages/import" not in done.content.decode()


@background_work
def test_a_check_stores_nothing(member_client: Client, analysis: Analysis, project: Project) -> None:
    sent = send(member_client, project, file=coco(analysis, BOX), is_reference="on", dry_run="on")
    call_command("work", once=True)
    done = member_client.get(sent["Location"])
    assert "1 picture would get an analysis" in text_of(done)
    assert reverse("compare", args=[project.pk]) not in done.content.decode()
    assert Analysis.objects.get() == analysis
    assert "checked" in text_of(member_client.get(f"/projects/{project.pk}/reference"))


@background_work
def test_an_import_that_failed_says_where(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    sent = send(member_client, project, file=SimpleUploadedFile("truth.json", b'{"annotations": 5}'))
    call_command("work", once=True)
    said = text_of(member_client.get(sent["Location"]))
    assert said.count("annotations must be a list, got 5") == 1


@background_work
def test_an_import_whose_model_was_forbidden_meanwhile_says_which(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    sent = send(member_client, project, file=coco(analysis, BOX))
    AllowedModel.objects.create(name="ground_truth", is_active=False)
    call_command("work", once=True)
    said = text_of(member_client.get(sent["Location"]))
    assert "Model not in allowed list" in said
    assert "model_name 'ground_truth' is not allowed" in said


@background_work
def test_a_cancelled_import_says_what_stays(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    sent = send(member_client, project, file=coco(analysis, BOX))
    Job.objects.get().cancel()
    assert "What was imported before stays" in text_of(member_client.get(sent["Location"]))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "This field is required."),
        ({"file": b""}, "The file is empty."),
        ({"file": b"{}", "model_name": "unheard_of"}, "'unheard_of' is not allowed"),
        ({"file": b"{}", "categories": b"5"}, "The file is neither an object"),
        ({"file": b"{}", "shapes": "circles"}, "Select a valid choice."),
    ],
)
def test_what_can_be_seen_at_once_is_said_in_the_form(
    member_client: Client, project: Project, fields: dict[str, Any], sentence: str
) -> None:
    files = {n: SimpleUploadedFile("x.json", v) if isinstance(v, bytes) else v for n, v in fields.items()}
    response = send(member_client, project, **files)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert not Job.objects.exists()


def test_a_large_file_is_refused_in_the_form(member_client: Client, project: Project, settings: Any) -> None:
    settings.ML_MAX_BODY_BYTES = 1
    response = send(member_client, project, file=SimpleUploadedFile("x.json", b"{}"))
    assert response.status_code == 413
    assert "x.json has 2 bytes; at most 1 are accepted." in text_of(response)


def test_a_project_without_pictures_has_nothing_to_import_for(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    analysis.image.delete()
    said = text_of(member_client.get(f"/projects/{project.pk}/reference"))
    assert "The project has no pictures that a file could be about." in said


def test_a_job_of_another_kind_is_no_import(member_client: Client, project: Project) -> None:
    job = Job(project=project, kind="export", key="x", expires_at="2100-01-01T00:00Z")
    job.save()
    assert KIND != "export"
    assert member_client.get(f"/projects/{project.pk}/imports/{job.pk}").status_code == 404
