"""References and imports by API: who may, what is answered, what is refused."""

import io
import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from analyses.imports import background
from analyses.models import Analysis, Job, ReferenceMark
from analyses.tests.factories import AnalysisFactory
from images.models import Project

MODEL = {"model_name": "yolo_v8", "model_version": "v8.0.0"}


@pytest.fixture
def project(analysis: Analysis) -> Project:
    return analysis.image.project


def mark(client: Client, project: Project, body: Any) -> Any:
    return client.put(f"/api/projects/{project.pk}/references", body, "application/json")


# --- marks ----------------------------------------------------------------------------------------------------
def test_a_member_marks_a_model(member_client: Client, project: Project, member: User) -> None:
    response = mark(member_client, project, MODEL)
    body = response.json()
    assert response.status_code == 201
    assert body.pop("created_at").endswith("Z")
    assert body == MODEL | {
        "id": str(ReferenceMark.objects.get().pk),
        "project_id": str(project.pk),
        "analysis_id": None,
    }
    assert ReferenceMark.objects.get().created_by == member


def test_a_member_marks_every_version_of_a_model(member_client: Client, project: Project) -> None:
    body = mark(member_client, project, {"model_name": "yolo_v8"}).json()
    assert (body["model_name"], body["model_version"]) == ("yolo_v8", None)


def test_a_member_marks_an_analysis(member_client: Client, project: Project, analysis: Analysis) -> None:
    body = mark(member_client, project, {"analysis_id": str(analysis.pk)}).json()
    assert (body["analysis_id"], body["model_name"]) == (str(analysis.pk), None)


def test_marking_twice_is_200(member_client: Client, project: Project) -> None:
    first = mark(member_client, project, MODEL)
    again = mark(member_client, project, MODEL)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "analysis_id"),
        ({"analysis_id": str(uuid.uuid4())} | MODEL, "analysis_id"),
        ({"analysis_id": str(uuid.uuid4()), "model_version": "1"}, "model_version"),
        ({"analysis_id": "x"}, "analysis_id"),
        ({"model_name": ""}, "model_name"),
        ({"model_name": 5}, "model_name"),
        ({"model_name": "m" * 101}, "model_name"),
    ],
)
def test_a_mark_of_nothing_is_400(
    member_client: Client, project: Project, body: dict[str, Any], field: str
) -> None:
    response = mark(member_client, project, body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)


def test_an_analysis_of_another_project_is_404(member_client: Client, project: Project) -> None:
    body = {"analysis_id": str(AnalysisFactory().pk)}
    assert mark(member_client, project, body).status_code == 404


def test_a_stranger_marks_nothing(stranger_client: Client, project: Project) -> None:
    assert mark(stranger_client, project, MODEL).status_code == 404
    assert not ReferenceMark.objects.exists()


def test_the_list_has_the_newest_first(member_client: Client, project: Project) -> None:
    for version in ("1", "2"):
        mark(member_client, project, MODEL | {"model_version": version})
    listed = member_client.get(f"/api/projects/{project.pk}/references").json()["results"]
    assert [one["model_version"] for one in listed] == ["2", "1"]


def test_a_member_takes_a_mark_away(member_client: Client, project: Project) -> None:
    path = f"/api/projects/{project.pk}/references/{mark(member_client, project, MODEL).json()['id']}"
    assert member_client.delete(path).status_code == 204
    assert member_client.delete(path).status_code == 404
    assert not ReferenceMark.objects.exists()


def test_a_mark_of_another_project_stays(member_client: Client, project: Project, member: User) -> None:
    elsewhere = AnalysisFactory().image.project
    theirs, _ = ReferenceMark.objects.mark_model(elsewhere, "truth", "", None)
    assert member_client.delete(f"/api/projects/{project.pk}/references/{theirs.pk}").status_code == 404


def test_analyses_say_that_they_are_references(
    member_client: Client, project: Project, analysis: Analysis
) -> None:
    AnalysisFactory(image=analysis.image, model_name="other")
    mark(member_client, project, MODEL)
    listed = member_client.get(f"/api/images/{analysis.image_id}/analyses").json()["results"]
    assert [one["is_reference"] for one in listed] == [False, True]
    assert member_client.get(f"/api/analyses/{analysis.pk}").json()["is_reference"]


def test_the_list_asks_no_more_for_more_analyses(
    member_client: Client, analysis: Analysis, member: User
) -> None:
    path = f"/api/images/{analysis.image_id}/analyses"
    with CaptureQueriesContext(connection) as one:
        member_client.get(path)
    AnalysisFactory.create_batch(5, image=analysis.image)
    with CaptureQueriesContext(connection) as many:
        member_client.get(path)
    assert len(many) == len(one)


# --- imports --------------------------------------------------------------------------------------------------
def coco(analysis: Analysis, **more: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": analysis.image.filename}],
        "categories": [{"id": 3, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4]}],
    } | more


def upload(document: Any, name: str = "truth.json") -> SimpleUploadedFile:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return SimpleUploadedFile(name, content, "application/json")


def send(client: Client, project: Project, **fields: Any) -> Any:
    return client.post(f"/api/projects/{project.pk}/imports", fields)


def done(response: Any) -> Job:
    """The job after the worker had it."""
    assert response.status_code == 202, response.content
    call_command("work", once=True)
    return Job.objects.get(pk=response.json()["id"])


background_work = pytest.mark.django_db(transaction=True)


@background_work
def test_a_member_imports_a_file(member_client: Client, analysis: Analysis, project: Project) -> None:
    response = send(member_client, project, file=upload(coco(analysis)), model_version="2026")
    job = done(response)
    assert response["Location"] == f"/api/jobs/{job.pk}"
    assert (job.status, job.result["imported"], job.result["annotations"]) == ("completed", 1, 1)
    reference = Analysis.objects.reference_of(analysis.image)
    assert (reference.model_name, reference.model_version) == ("ground_truth", "2026")
    assert reference.description == "Imported from truth.json."
    assert not job.has_file


@background_work
def test_a_members_import_is_the_members(
    member_client: Client, analysis: Analysis, project: Project, member: User
) -> None:
    done(send(member_client, project, file=upload(coco(analysis))))
    assert Analysis.objects.reference_of(analysis.image).created_by == member


@background_work
def test_faults_come_as_a_file(member_client: Client, analysis: Analysis, project: Project) -> None:
    bad = {"image_id": 1, "category_id": 3, "bbox": [1, 2, "=1+1", 4]}
    job = done(send(member_client, project, file=upload(coco(analysis, annotations=[bad]))))
    assert job.result["annotation_refused"]["count"] == 1
    with job.open() as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        lines = text.read().split("\r\n")
    assert lines[0] == "fault,picture,where,reason"
    said = '"must be a number, got ""=1+1"""'
    assert lines[1] == f"annotation_refused,{analysis.image.filename},annotations[0].bbox[2],{said}"


@background_work
def test_no_spreadsheet_runs_the_name_of_a_picture(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    images = [{"id": 1, "file_name": "=1+1.jpg"}]
    job = done(send(member_client, project, file=upload(coco(analysis, images=images))))
    with job.open() as file:
        assert b"not_in_project,'=1+1.jpg," in file.read()


@background_work
def test_results_are_imported_with_their_categories(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    stem = analysis.image.filename.partition(".")[0]
    results = [{"image_id": stem, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}]
    categories = upload([{"id": 3, "name": "dog"}], "categories.json")
    fields = {"model_name": "yolo_v8", "model_version": "9", "is_reference": "false"}
    job = done(send(member_client, project, file=upload(results), categories=categories, **fields))
    assert (job.result["imported"], job.result["is_reference"]) == (1, False)
    assert analysis.image.analyses.get(model_version="9").annotations.get().confidence == 0.5


@background_work
def test_the_same_file_again_stores_nothing(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    first, again = (done(send(member_client, project, file=upload(coco(analysis)))) for _ in range(2))
    assert first.pk != again.pk
    assert (again.result["imported"], again.result["unchanged"]) == (0, 1)


@background_work
def test_a_file_that_is_none_fails_with_its_sentence(
    member_client: Client, analysis: Analysis, project: Project
) -> None:
    job = done(send(member_client, project, file=upload(b"{")))
    assert (job.status, job.error_message) == ("failed", "The file is not JSON: Input data was truncated.")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "file"),
        ({"file": b""}, "file"),
        ({"file": b"{}", "model_name": "unheard_of"}, "model_name"),
        ({"file": b"{}", "model_version": "a\tb"}, "model_version"),
        ({"file": b"{}", "scale": "perhaps"}, "scale"),
        ({"file": b"{}", "shapes": "circles"}, "shapes"),
        ({"file": b"{}", "categories": b"[5]"}, "categories[0]"),
    ],
)
def test_what_can_be_seen_at_once_is_400(
    member_client: Client, project: Project, fields: dict[str, Any], field: str
) -> None:
    files = {name: upload(value) if isinstance(value, bytes) else value for name, value in fields.items()}
    response = send(member_client, project, **files)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)
    assert not Job.objects.exists()


def test_a_large_file_is_413(member_client: Client, project: Project, settings: Any) -> None:
    settings.ML_MAX_BODY_BYTES = 10
    response = send(member_client, project, file=upload(b" " * 11))
    assert response.status_code == 413
    assert response.json()["detail"] == "truth.json has 11 bytes; at most 10 are accepted."


def test_a_body_that_is_far_too_large_is_not_read(
    member_client: Client, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ML_MAX_BODY_BYTES = -(10**9)
    monkeypatch.setattr(background, "start_import", None)
    assert send(member_client, project, file=upload(b"{}")).json()["detail"].startswith("The upload has ")


def test_many_categories_are_413(
    member_client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MAX_CATEGORIES_BYTES", 1)
    response = send(member_client, project, file=upload(b"{}"), categories=upload(b"[]"))
    assert response.status_code == 413


def test_json_is_415(member_client: Client, project: Project) -> None:
    path = f"/api/projects/{project.pk}/imports"
    response = member_client.post(path, "{}", "application/json")
    assert response.status_code == 415
    assert response.json()["detail"] == 'Send the file as multipart/form-data, in the field "file".'


def test_a_stranger_imports_nothing(stranger_client: Client, project: Project) -> None:
    assert send(stranger_client, project, file=upload(b"{}")).status_code == 404
