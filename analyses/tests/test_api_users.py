"""What users read and do: queue, list, filter, cancel, export; and who may not."""

import csv
import io
import json
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from analyses.models import AllowedModel, Analysis
from analyses.tests.factories import (
    BOX,
    AllowedModelFactory,
    AnalysisFactory,
    ArtifactFactory,
    add_annotations,
)

POSTED = {"model_name": "yolo_v8", "model_version": "v8.0.0", "parameters": {"iou": 0.45}, "description": "x"}


def post(client: Client, analysis: Analysis, payload: Any = POSTED, **headers: str) -> Any:
    return client.post(
        f"/api/images/{analysis.image_id}/analyses", payload, "application/json", headers=headers
    )


def ids(response: Any) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


# --- who may ----------------------------------------------------------------------------------------------
PATHS = [
    "/api/images/{image}/analyses",
    "/api/analyses/{analysis}",
    "/api/analyses/{analysis}/annotations",
    "/api/analyses/{analysis}/artifacts",
    "/api/analyses/{analysis}/artifacts/a.png",
    "/api/analyses/{analysis}/export",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_404(stranger_client: Client, analysis: Analysis, path: str) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="a.png")
    url = path.format(image=analysis.image_id, analysis=analysis.pk)
    assert stranger_client.get(url).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_nobody_gets_401(analysis: Analysis, path: str) -> None:
    response = Client().get(path.format(image=analysis.image_id, analysis=analysis.pk))
    assert response.status_code == 401
    assert response["WWW-Authenticate"]


@pytest.mark.parametrize("path", PATHS)
def test_the_feature_can_be_switched_off(
    member_client: Client, analysis: Analysis, settings: Any, path: str
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert member_client.get(path.format(image=analysis.image_id, analysis=analysis.pk)).status_code == 404


@pytest.mark.parametrize("verb", ["analyses", "cancel"])
def test_a_stranger_changes_nothing(stranger_client: Client, analysis: Analysis, verb: str) -> None:
    paths = {
        "analyses": f"/api/images/{analysis.image_id}/analyses",
        "cancel": f"/api/analyses/{analysis.pk}/cancel",
    }
    assert stranger_client.post(paths[verb], POSTED, "application/json").status_code == 404
    assert list(Analysis.objects.values_list("status", flat=True)) == ["queued"]


# --- create -----------------------------------------------------------------------------------------------
def test_the_answer_to_create(member_client: Client, analysis: Analysis) -> None:
    response = post(member_client, analysis)
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/analyses/{body['id']}"
    times = {name: body.pop(name) for name in ("created_at", "updated_at")}
    assert all(moment.endswith("Z") for moment in times.values())
    assert uuid.UUID(body.pop("id"))
    assert body == POSTED | {
        "image_id": str(analysis.image_id),
        "status": "queued",
        "is_stalled": False,
        "is_reference": False,
        "summary": {},
        "error_message": "",
        "annotation_count": 0,
        "started_at": None,
        "completed_at": None,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model_name": None}, "model_name"),
        ({"model_name": 5}, "model_name"),
        ({"model_name": ""}, "model_name"),
        ({"model_name": "never_heard_of"}, "model_name"),
        ({"model_version": True}, "model_version"),
        ({"model_version": "v" * 101}, "model_version"),
        ({"parameters": []}, "parameters"),
        ({"description": 1.5}, "description"),
        ({"image_id": "00000000-0000-7000-8000-000000000000"}, "image_id"),
    ],
    ids=str,
)
def test_a_fault_names_its_field(
    member_client: Client, analysis: Analysis, change: dict[str, Any], field: str
) -> None:
    response = post(member_client, analysis, POSTED | change)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["model_name", "model_version"])
def test_a_missing_field_is_named(member_client: Client, analysis: Analysis, field: str) -> None:
    response = post(member_client, analysis, {k: v for k, v in POSTED.items() if k != field})
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("raw", ["{", "[]", "NaN", '{"a": 1, "a": 2}', '{"a": "\\u0000"}'])
def test_a_malformed_body_is_400(member_client: Client, analysis: Analysis, raw: str) -> None:
    response = member_client.post(f"/api/images/{analysis.image_id}/analyses", raw, "application/json")
    assert response.status_code == 400


def test_a_model_that_is_not_allowed_has_the_guides_sentence(
    member_client: Client, analysis: Analysis
) -> None:
    response = post(member_client, analysis, POSTED | {"model_name": "never_heard_of"})
    assert response.json()["detail"] == "Model not in allowed list"


def test_an_active_row_allows(member_client: Client, analysis: Analysis) -> None:
    AllowedModelFactory(name="new_model")
    assert post(member_client, analysis, POSTED | {"model_name": "new_model"}).status_code == 201


def test_an_inactive_row_wins_over_the_environment(member_client: Client, analysis: Analysis) -> None:
    AllowedModelFactory(name="yolo_v8", is_active=False)
    assert post(member_client, analysis).status_code == 400


def test_no_list_and_no_row_allow_nothing(db: None, settings: Any) -> None:
    settings.ML_ALLOWED_MODELS = []
    assert not AllowedModel.objects.allows("yolo_v8")


def test_the_same_key_makes_one_analysis(member_client: Client, analysis: Analysis) -> None:
    first = post(member_client, analysis, **{"Idempotency-Key": "once"})
    again = post(member_client, analysis, **{"Idempotency-Key": "once"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_422(member_client: Client, analysis: Analysis) -> None:
    post(member_client, analysis, **{"Idempotency-Key": "once"})
    response = post(member_client, analysis, POSTED | {"description": "y"}, **{"Idempotency-Key": "once"})
    assert response.status_code == 422


def test_a_body_without_a_length_is_411(member_client: Client, analysis: Analysis) -> None:
    response = member_client.generic(
        "POST", f"/api/images/{analysis.image_id}/analyses", "", CONTENT_TYPE="application/json"
    )
    assert response.status_code == 411


def test_a_form_is_415(member_client: Client, analysis: Analysis) -> None:
    response = member_client.post(f"/api/images/{analysis.image_id}/analyses", POSTED)
    assert response.status_code == 415


# --- read -------------------------------------------------------------------------------------------------
def test_analyses_come_newest_first(member_client: Client, analysis: Analysis) -> None:
    newer = AnalysisFactory(image=analysis.image)
    response = member_client.get(f"/api/images/{analysis.image_id}/analyses")
    assert ids(response) == [str(newer.pk), str(analysis.pk)]


def test_an_annotation_reads_in_its_stored_form(member_client: Client, analysis: Analysis) -> None:
    sent = BOX | {"data": {"bbox": [1, 2, 4, 6], "format": "xyxy", "track": 7}}
    accepted = add_annotations(analysis, sent)
    body = member_client.get(f"/api/analyses/{analysis.pk}/annotations").json()["results"]
    assert [row.pop("created_at")[:2] for row in body] == ["20"]
    assert body == [
        {
            "id": str(accepted.first_id),
            "annotation_type": "bounding_box",
            "class_name": "person",
            "confidence": 0.95,
            "data": {"bbox": [1, 2, 3, 4], "format": "xywh", "track": 7},
        }
    ]


def test_pages_walk_every_annotation_once_and_in_order(member_client: Client, analysis: Analysis) -> None:
    accepted = add_annotations(analysis, *[BOX] * 7)
    url, seen = f"/api/analyses/{analysis.pk}/annotations?page_size=3", []
    while url:
        body = member_client.get(url).json()
        seen += [row["id"] for row in body["results"]]
        url = body["next"]
    assert seen == list(accepted.ids())


def test_next_is_an_absolute_address(member_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, BOX, BOX)
    body = member_client.get(f"/api/analyses/{analysis.pk}/annotations?page_size=1").json()
    assert body["next"].startswith("http://testserver/api/analyses/")


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1ub3QtYW4taWQ=", "bz0tMQ==", "cj0x", "é"])
def test_a_cursor_of_somebody_elses_is_no_500(member_client: Client, analysis: Analysis, cursor: str) -> None:
    response = member_client.get(f"/api/analyses/{analysis.pk}/annotations?cursor={cursor}")
    assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("annotation_type=bounding_box", ["a", "b", "c"]),
        ("annotation_type=keypoint", []),
        ("class_name=a", ["a"]),
        ("min_confidence=0.5", ["a"]),
        ("bbox=0,0,15,15", ["a"]),
        ("bbox=15,15,100,100", ["a", "b"]),
        ("class_name=a&bbox=200,200,5,5", []),
    ],
)
def test_filters(member_client: Client, analysis: Analysis, query: str, expected: list[str]) -> None:
    box = {"annotation_type": "bounding_box"}
    add_annotations(
        analysis,
        box | {"class_name": "a", "confidence": 0.5, "data": {"bbox": [10, 10, 20, 20]}},
        box | {"class_name": "b", "confidence": 0.4, "data": {"bbox": [50, 50, 20, 20]}},
        box | {"class_name": "c", "confidence": None, "data": {"bbox": [500, 500, 20, 20]}},
    )
    response = member_client.get(f"/api/analyses/{analysis.pk}/annotations?{query}")
    assert [row["class_name"] for row in response.json()["results"]] == expected


@pytest.mark.parametrize(
    "query",
    [
        "annotation_type=box",
        "min_confidence=high",
        "min_confidence=2",
        "min_confidence=nan",
        "bbox=1,2,3",
        "bbox=1,2,0,4",
        "bbox=1,2,inf,4",
        "bbox=a,b,c,d",
        "class_name=%00",
        "page_size=0",
        "page_size=²",
    ],
)
def test_a_bad_parameter_is_400(member_client: Client, analysis: Analysis, query: str) -> None:
    assert member_client.get(f"/api/analyses/{analysis.pk}/annotations?{query}").status_code == 400


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/api/images/{image}/analyses", 4),
        ("/api/analyses/{analysis}", 3),
        ("/api/analyses/{analysis}/annotations", 4),
        ("/api/analyses/{analysis}/artifacts", 4),
    ],
)
def test_reads_take_a_constant_number_of_queries(
    member_client: Client,
    analysis: Analysis,
    django_assert_num_queries: Any,
    path: str,
    queries: int,
    count: int,
) -> None:
    AnalysisFactory.create_batch(count, image=analysis.image)
    ArtifactFactory.create_batch(count, analysis=analysis)
    add_annotations(analysis, *[BOX] * count)
    with django_assert_num_queries(queries):
        member_client.get(path.format(image=analysis.image_id, analysis=analysis.pk))


def test_an_artifact_reads_as_promised(member_client: Client, analysis: Analysis) -> None:
    artifact = ArtifactFactory(analysis=analysis, artifact_name="a b.png")
    body = member_client.get(f"/api/analyses/{analysis.pk}/artifacts").json()["results"]
    assert body == [
        {
            "artifact_name": "a b.png",
            "content_type": "image/png",
            "size": None,
            "status": "announced",
            "checksum": "",
            "storage_path": artifact.storage_path,
            "url": f"/api/analyses/{analysis.pk}/artifacts/a%20b.png",
        }
    ]


def test_artifacts_come_newest_first(member_client: Client, analysis: Analysis) -> None:
    for name in ("old.png", "new.png"):
        ArtifactFactory(analysis=analysis, artifact_name=name)
    body = member_client.get(f"/api/analyses/{analysis.pk}/artifacts").json()["results"]
    assert [row["artifact_name"] for row in body] == ["new.png", "old.png"]


def test_an_artifact_that_was_never_uploaded_is_404(member_client: Client, analysis: Analysis) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="a.png")
    assert member_client.get(f"/api/analyses/{analysis.pk}/artifacts/a.png").status_code == 404


def test_a_name_that_no_database_can_hold_is_404(member_client: Client, analysis: Analysis) -> None:
    assert member_client.get(f"/api/analyses/{analysis.pk}/artifacts/%00").status_code == 404


# --- cancel -----------------------------------------------------------------------------------------------
def test_a_member_cancels(member_client: Client, analysis: Analysis, member: User) -> None:
    response = member_client.post(f"/api/analyses/{analysis.pk}/cancel")
    assert (response.status_code, response.json()["status"]) == (200, "cancelled")


def test_what_is_over_cannot_be_cancelled(member_client: Client, analysis: Analysis) -> None:
    analysis.move_to("completed")
    assert member_client.post(f"/api/analyses/{analysis.pk}/cancel").status_code == 409


# --- export -----------------------------------------------------------------------------------------------
def export(client: Client, analysis: Analysis, kind: str) -> Any:
    return client.get(f"/api/analyses/{analysis.pk}/export?format={kind}")


def test_the_json_export_holds_what_the_api_reads(member_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, BOX, BOX | {"class_name": "Größe"})
    response = export(member_client, analysis, "json")
    assert json.loads(response.getvalue()) == {
        "analysis": member_client.get(f"/api/analyses/{analysis.pk}").json(),
        "annotations": member_client.get(f"/api/analyses/{analysis.pk}/annotations").json()["results"],
    }
    assert response["Content-Disposition"].startswith("attachment")


def test_the_csv_export_has_a_row_an_annotation(member_client: Client, analysis: Analysis) -> None:
    accepted = add_annotations(analysis, BOX)
    text = export(member_client, analysis, "csv").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows == [
        {
            "annotation_id": str(accepted.first_id),
            "annotation_type": "bounding_box",
            "class_name": "person",
            "confidence": "0.95",
            "x_min": "100.0",
            "y_min": "150.0",
            "x_max": "150.0",
            "y_max": "250.0",
            "data": '{"bbox":[100.0,150.0,50.0,100.0],"format":"xywh"}',
        }
    ]


def test_an_empty_export_is_whole(member_client: Client, analysis: Analysis) -> None:
    assert json.loads(export(member_client, analysis, "json").getvalue())["annotations"] == []


def test_an_unknown_format_is_400(member_client: Client, analysis: Analysis) -> None:
    assert export(member_client, analysis, "xml").status_code == 400
