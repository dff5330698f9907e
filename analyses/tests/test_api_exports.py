"""Downloads across a project by the API: how much, streamed, or as an archive made in the background."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from analyses.exports import FORMATS
from analyses.models import Analysis, Job, ReferenceMark
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations
from images.models import Project

pytestmark = pytest.mark.django_db(transaction=True)
CAT = BOX | {"class_name": "cat", "confidence": 0.25}


@pytest.fixture
def exports(analysis: Analysis) -> str:
    """The address of the project's exports; it has two analyses of one picture, of three boxes."""
    add_annotations(analysis, BOX, CAT)
    analysis.move_to("completed")
    other = AnalysisFactory(image=analysis.image, model_name="resnet50")
    add_annotations(other, BOX)
    return f"/api/projects/{analysis.image.project_id}/export"


def lines(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode().splitlines()


def test_everything_is_streamed(member_client: Client, exports: str) -> None:
    assert len(lines(member_client.get(f"{exports}?format=csv"))) == 1 + 3


def test_the_file_is_called_like_the_project(member_client: Client, exports: str, analysis: Analysis) -> None:
    response = member_client.get(f"{exports}?format=jsonl")
    response.close()
    assert response["Content-Disposition"] == f'attachment; filename="{analysis.image.project.name}.jsonl"'


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("model_name=resnet50", 1),
        ("class_name=cat", 1),
        ("class_name=cat&class_name=person", 3),
        ("min_confidence=0.5", 2),
        ("status=completed", 2),
        ("created_to=2020-01-01", 0),
    ],
)
def test_filters_choose(query: str, count: int, member_client: Client, exports: str) -> None:
    assert len(lines(member_client.get(f"{exports}?format=csv&{query}"))) == 1 + count


def test_a_filter_that_cannot_be_is_told(member_client: Client, exports: str) -> None:
    response = member_client.get(f"{exports}?min_confidence=2")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"field": "min_confidence", "message": "min_confidence must be a number from 0 to 1."}
    ]


def test_an_unknown_format_is_told(member_client: Client, exports: str) -> None:
    response = member_client.get(f"{exports}?format=xml")
    assert response.json()["detail"].startswith("Unknown format 'xml'; the formats are json, ")


def test_files_beside_the_annotations_need_an_archive(member_client: Client, exports: str) -> None:
    response = member_client.get(f"{exports}?artifacts=true")
    assert response.status_code == 400
    assert "POST" in response.json()["detail"]


def test_the_estimate_counts_what_will_come(member_client: Client, exports: str) -> None:
    body = member_client.get(f"{exports}/estimate?format=csv&class_name=person").json()
    assert body.pop("bytes") > 0
    assert body == {
        "pictures": 1,
        "analyses": 2,
        "annotations": 2,
        "exact": True,
        "by_type": {"bounding_box": 2},
        "no_place": {},
    }


@pytest.mark.parametrize(
    ("query", "no_place"),
    [
        ("format=json", {}),
        ("format=coco", {"heatmap": 1}),
        ("format=coco_results", {"heatmap": 1}),
        ("format=yolo", {"heatmap": 1, "keypoint": 1}),
        ("format=yolo_pose&class_name=person", {"bounding_box": 2}),
        ("format=yolo&format=yolo_pose", {"heatmap": 1}),
        ("format=yolo&format=csv", {}),
    ],
)
def test_the_estimate_tells_what_the_format_cannot_hold(
    member_client: Client, exports: str, analysis: Analysis, query: str, no_place: dict[str, int]
) -> None:
    third = AnalysisFactory(image=analysis.image, model_name="heat")
    ArtifactFactory(analysis=third, artifact_name="heat.png")
    add_annotations(
        third,
        {"annotation_type": "heatmap", "class_name": "", "data": {"artifact_name": "heat.png"}},
        {"annotation_type": "keypoint", "class_name": "pose", "data": {"keypoints": [{"x": 1, "y": 2}]}},
    )
    assert member_client.get(f"{exports}/estimate?{query}").json()["no_place"] == no_place


def test_pictures_count_for_the_size(member_client: Client, exports: str, analysis: Analysis) -> None:
    alone = member_client.get(f"{exports}/estimate").json()["bytes"]
    with_pictures = member_client.get(f"{exports}/estimate?pictures=true").json()["bytes"]
    assert with_pictures - alone == analysis.image.size


# --- archives ---------------------------------------------------------------------------------------------
def made(client: Client, exports: str, body: Any) -> zipfile.ZipFile:
    """The archive that was asked for."""
    response = client.post(f"{exports}s", json.dumps(body), "application/json")
    assert response.status_code == 202, response.content
    call_command("work", once=True)
    job = client.get(response["Location"]).json()
    assert job["status"] == "completed", job
    content = b"".join(client.get(job["file"]).streaming_content)
    assert len(content) == job["size"]
    return zipfile.ZipFile(io.BytesIO(content))


def test_an_archive_holds_the_file_and_a_manifest(member_client: Client, exports: str) -> None:
    archive = made(member_client, exports, {"format": "csv", "class_name": ["cat"]})
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    [table] = [name for name in archive.namelist() if name.endswith(".csv")]
    assert len(archive.read(table).splitlines()) == 2
    assert manifest["selection"]["class_names"] == ["cat"]


def test_an_archive_holds_the_pictures(member_client: Client, exports: str, analysis: Analysis) -> None:
    archive = made(member_client, exports, {"pictures": True})
    with analysis.image.file.open() as file:
        original = file.read()
    assert original in [archive.read(name) for name in archive.namelist()]


def test_an_archive_of_a_long_name_can_be_kept(
    member_client: Client, exports: str, analysis: Analysis
) -> None:
    Project.objects.update(name="ö" * 200)
    made(member_client, exports, {"format": [name for name in FORMATS if name != "parquet"]})
    name = Job.objects.get().filename
    assert name.endswith("-manifest.zip")
    assert len(name.encode()) <= 255  # what a file may be called


def test_the_same_archive_is_made_once(member_client: Client, exports: str) -> None:
    body = json.dumps({"format": "jsonl"})
    jobs = [member_client.post(f"{exports}s", body, "application/json").json()["id"] for _ in range(2)]
    assert jobs[0] == jobs[1]


def test_what_has_changed_is_made_anew(member_client: Client, exports: str, analysis: Analysis) -> None:
    made(member_client, exports, {})
    add_annotations(AnalysisFactory(image=analysis.image), BOX)
    made(member_client, exports, {})
    assert Job.objects.count() == 2


def test_other_colours_make_other_drawings(member_client: Client, exports: str) -> None:
    made(member_client, exports, {"annotated": True})
    made(member_client, exports, {})
    Project.objects.update(class_colours={"person": "#ff0000"})
    made(member_client, exports, {"annotated": True})
    made(member_client, exports, {})  # has no colours
    assert Job.objects.count() == 3


def test_another_reference_makes_another_manifest(
    member_client: Client, exports: str, analysis: Analysis
) -> None:
    made(member_client, exports, {})
    ReferenceMark.objects.mark_analysis(analysis, None)
    made(member_client, exports, {})
    assert Job.objects.count() == 2


def test_a_number_of_the_body_is_understood(member_client: Client, exports: str) -> None:
    archive = made(member_client, exports, {"format": "csv", "min_confidence": 0.5})
    [table] = [name for name in archive.namelist() if name.endswith(".csv")]
    assert len(archive.read(table).splitlines()) == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"pictures": "all"}, "pictures must be true or false."),
        ({"artifacts": "yes"}, "artifacts must be true or false."),
        ({"class_name": {"a": 1}}, "class_name must be a text, a number or a list of such."),
        ({"format": "xml"}, "Unknown format 'xml'; the formats are "),
    ],
)
def test_a_bad_order_is_told(body: Any, said: str, member_client: Client, exports: str) -> None:
    response = member_client.post(f"{exports}s", json.dumps(body), "application/json")
    assert response.status_code == 400
    assert response.json()["detail"].startswith(said)


@pytest.mark.parametrize("path", ["", "/estimate"])
def test_a_stranger_finds_no_project(path: str, stranger_client: Client, exports: str) -> None:
    assert stranger_client.get(exports + path).status_code == 404


def test_a_stranger_has_nothing_made(stranger_client: Client, exports: str) -> None:
    assert stranger_client.post(f"{exports}s", "{}", "application/json").status_code == 404
