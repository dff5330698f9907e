"""The four signed callbacks: what they answer, what they refuse, and that a refusal changes nothing."""

import json
import time
import uuid
from typing import Any

import pytest
from django.test import Client

from analyses.models import MAY_FOLLOW, Analysis, Annotation, Artifact, Status
from analyses.tests.conftest import STATEMENTS_A_BATCH, VERBS, Callback
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations, signed

GOOD = {
    "status": {"status": "processing"},
    "presign": {"artifacts": [{"artifact_name": "heatmap.png", "content_type": "image/png"}]},
    "bulk": {"annotations": [BOX]},
    "finalize": {"status": "completed", "summary": {"total_detections": 1}},
}
MESSAGE = "Invalid HMAC signature"


def state(analysis: Analysis) -> tuple[Any, ...]:
    """All that a callback could have changed."""
    analysis.refresh_from_db()
    return analysis.status, analysis.updated_at, Annotation.objects.count(), Artifact.objects.count()


# --- what is refused before anything is looked at ---------------------------------------------------------
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "headers",
    [
        {"X-ML-Signature": "0" * 64},
        {"X-ML-Signature": "sha256=" + "0" * 64},
        {"X-ML-Signature": ""},
        {"X-ML-Signature": "A" * 64},
        {"X-ML-Signature": "md5=" + "0" * 32},
        {"X-ML-Timestamp": ""},
        {"X-ML-Timestamp": "now"},
        {"X-ML-Timestamp": "1" * 30},
    ],
    ids=str,
)
def test_a_callback_that_is_not_signed_as_it_must_be_is_401(
    callback: Callback, analysis: Analysis, verb: str, headers: dict[str, str]
) -> None:
    before = state(analysis)
    response = callback(verb, GOOD[verb], headers=headers)
    assert (response.status_code, response.json()) == (401, {"detail": MESSAGE})
    assert response["WWW-Authenticate"] == "HMAC-SHA256"
    assert state(analysis) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("seconds", [-400, 4000])
def test_a_stale_or_future_call_is_401(
    callback: Callback, analysis: Analysis, verb: str, seconds: int
) -> None:
    before = state(analysis)
    assert callback(verb, GOOD[verb], at=time.time() + seconds).status_code == 401
    assert state(analysis) == before


@pytest.mark.parametrize("verb", VERBS)
def test_another_secret_is_401(callback: Callback, analysis: Analysis, verb: str) -> None:
    before = state(analysis)
    assert callback(verb, GOOD[verb], secret="not-the-secret").status_code == 401
    assert state(analysis) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_user_is_no_pipeline(member_client: Client, analysis: Analysis, verb: str) -> None:
    method, path = VERBS[verb]
    response = member_client.generic(
        method, f"/api/analyses/{analysis.pk}/{path}", json.dumps(GOOD[verb]), "application/json"
    )
    assert response.status_code == 401


def test_an_unknown_analysis_and_a_wrong_signature_answer_alike(callback: Callback) -> None:
    known = callback("status", GOOD["status"], secret="wrong")
    unknown = callback("status", GOOD["status"], secret="wrong", to=uuid.uuid4())
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


def test_a_right_signature_may_see_that_the_analysis_is_unknown(callback: Callback) -> None:
    assert callback("status", GOOD["status"], to=uuid.uuid4()).status_code == 404


def test_the_secret_before_the_rotation_is_taken(callback: Callback) -> None:
    response = callback("status", GOOD["status"], secret="test-secret-before-the-rotation")
    assert response.status_code == 200


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_secret_callbacks_are_503(callback: Callback, settings: Any, verb: str) -> None:
    settings.ML_CALLBACK_HMAC_SECRETS = []
    response = callback(verb, GOOD[verb])
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_scheme_that_is_switched_off_is_401(callback: Callback, settings: Any) -> None:
    settings.ML_SIGNATURE_SCHEMES = ["timestamped"]
    assert callback("status", GOOD["status"]).status_code == 401


def test_the_timestamped_scheme_is_taken(callback: Callback) -> None:
    assert callback("status", GOOD["status"], scheme="timestamped").status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""],
)
def test_a_body_that_is_not_json_by_its_type_is_415(callback: Callback, content_type: str) -> None:
    assert callback("status", GOOD["status"], content_type=content_type).status_code == 415


def test_a_compressed_body_is_415(callback: Callback) -> None:
    assert callback("status", GOOD["status"], headers={"Content-Encoding": "gzip"}).status_code == 415


def test_no_content_length_is_411(analysis: Analysis) -> None:
    response = Client().generic("PATCH", f"/api/analyses/{analysis.pk}/status", b"", "application/json")
    assert response.status_code == 411


def test_too_many_bytes_are_413_before_the_signature_is_looked_at(callback: Callback, settings: Any) -> None:
    settings.ML_MAX_BODY_BYTES = 10
    response = callback("status", GOOD["status"], secret="wrong")
    assert response.status_code == 413


def test_the_feature_can_be_switched_off(callback: Callback, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert callback("status", GOOD["status"]).status_code == 404


# --- signed, but not JSON as VISTA takes it ---------------------------------------------------------------
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"status": NaN}',
        b'{"status": Infinity}',
        b'{"status": 1e400}',
        b'{"status": "a\\u0000b"}',
        b'{"status": "\\ud800"}',
        b'{"status": ' + b"1" * 500 + b"}",
        b'{"status": "processing", "status": "failed"}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b'{"status": "\xff"}',
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_signed_but_malformed_is_400(callback: Callback, analysis: Analysis, verb: str, raw: bytes) -> None:
    before = state(analysis)
    response = callback(verb, raw=raw)
    assert response.status_code == 400
    assert response.json()["detail"]
    assert state(analysis) == before


@pytest.mark.parametrize(
    ("verb", "payload", "field"),
    [
        ("status", {}, "status"),
        ("status", {"status": "done"}, "status"),
        ("status", {"status": 1}, "status"),
        ("status", {"status": ["queued"]}, "status"),
        ("status", {"status": "failed", "error_message": 5}, "error_message"),
        ("presign", {}, "artifacts"),
        ("presign", {"artifacts": {}}, "artifacts"),
        ("presign", {"artifacts": []}, "artifacts"),
        ("presign", {"artifacts": ["a.png"]}, "artifacts[0]"),
        ("presign", {"artifacts": [{"artifact_name": "a.png"}]}, "artifacts[0].content_type"),
        (
            "presign",
            {"artifacts": [{"artifact_name": "../a.png", "content_type": "image/png"}]},
            "artifacts[0].artifact_name",
        ),
        (
            "presign",
            {"artifacts": [{"artifact_name": "presign", "content_type": "image/png"}]},
            "artifacts[0].artifact_name",
        ),
        (
            "presign",
            {"artifacts": [{"artifact_name": "a.svg", "content_type": "image/svg+xml"}]},
            "artifacts[0].content_type",
        ),
        (
            "presign",
            {"artifacts": [{"artifact_name": "a", "content_type": "text/html"}]},
            "artifacts[0].content_type",
        ),
        (
            "presign",
            {"artifacts": [{"artifact_name": "a", "content_type": "image/png", "size": "9"}]},
            "artifacts[0].size",
        ),
        (
            "presign",
            {"artifacts": [{"artifact_name": "a.png", "content_type": "image/png"}] * 2},
            "artifacts[1].artifact_name",
        ),
        ("bulk", {}, "annotations"),
        ("bulk", {"annotations": {}}, "annotations"),
        ("bulk", {"annotations": [BOX], "mode": "merge"}, "mode"),
        ("bulk", {"annotations": [BOX, 5]}, "annotations[1]"),
        ("bulk", {"annotations": [BOX, BOX | {"confidence": 1.5}]}, "annotations[1].confidence"),
        ("bulk", {"annotations": [BOX | {"data": {"bbox": [1, 2, 3]}}]}, "annotations[0].data.bbox"),
        (
            "bulk",
            {"annotations": [{"annotation_type": "heatmap", "data": {"artifact_name": "never.png"}}]},
            "annotations[0].data.artifact_name",
        ),
        ("finalize", {}, "status"),
        ("finalize", {"status": "processing"}, "status"),
        ("finalize", {"status": "completed", "summary": []}, "summary"),
        ("finalize", {"status": "completed", "summary": "text"}, "summary"),
    ],
    ids=str,
)
def test_a_fault_names_its_field(
    callback: Callback, analysis: Analysis, verb: str, payload: Any, field: str
) -> None:
    before = state(analysis)
    response = callback(verb, payload)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert state(analysis) == before


def test_an_invalid_batch_has_the_guides_sentence(callback: Callback) -> None:
    response = callback("bulk", {"annotations": [5] * 30})
    body = response.json()
    assert (body["detail"], len(body["errors"]), body["error_count"]) == ("Invalid annotation format", 20, 30)


def test_more_than_100_artifacts_are_413(callback: Callback) -> None:
    wanted = [{"artifact_name": f"{i}.png", "content_type": "image/png"} for i in range(101)]
    assert callback("presign", {"artifacts": wanted}).status_code == 413


def test_too_many_annotations_are_413(callback: Callback, settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 2
    assert callback("bulk", {"annotations": [BOX] * 3}).status_code == 413


# --- status -----------------------------------------------------------------------------------------------
AT_REST = {"completed_at": "2026-01-15T10:30:00Z"}


@pytest.mark.parametrize("old", Status.values)
@pytest.mark.parametrize("new", Status.values)
def test_each_move_of_the_status(callback: Callback, old: str, new: str) -> None:
    final = old in ("completed", "failed", "cancelled")
    analysis = AnalysisFactory(status=old, **(AT_REST if final else {}))
    response = callback("status", {"status": new}, to=analysis.pk)
    analysis.refresh_from_db()
    allowed = old == new or new in MAY_FOLLOW.get(Status(old), ())
    assert (response.status_code, analysis.status) == ((200, new) if allowed else (409, old))


def test_a_refused_move_names_both(callback: Callback, analysis: Analysis) -> None:
    analysis.move_to("completed")
    response = callback("status", {"status": "processing"})
    assert response.json() == {"detail": "An analysis that is completed cannot become processing."}


def test_the_status_answer(callback: Callback, analysis: Analysis) -> None:
    response = callback("status", {"status": "processing"})
    analysis.refresh_from_db()
    moment = analysis.updated_at.isoformat().replace("+00:00", "Z")
    assert response.json() == {"id": str(analysis.pk), "status": "processing", "updated_at": moment}


def test_the_same_status_again_changes_nothing(callback: Callback, analysis: Analysis) -> None:
    first = callback("status", {"status": "processing"}).json()
    assert callback("status", {"status": "processing"}).json() == first


def test_a_failure_keeps_its_message(callback: Callback, analysis: Analysis) -> None:
    callback("status", {"status": "failed", "error_message": "out of memory"})
    analysis.refresh_from_db()
    assert analysis.error_message == "out of memory"


# --- annotations ------------------------------------------------------------------------------------------
def test_the_batch_answer(callback: Callback, analysis: Analysis) -> None:
    response = callback("bulk", {"annotations": [BOX, BOX | {"class_name": "car", "confidence": None}]})
    ids = [str(i) for i in Annotation.objects.order_by("id").values_list("id", flat=True)]
    assert response.status_code == 201
    assert response.json() == {
        "created_count": 2,
        "annotations": [
            {"id": ids[0], "annotation_type": "bounding_box", "class_name": "person", "confidence": 0.95},
            {"id": ids[1], "annotation_type": "bounding_box", "class_name": "car", "confidence": None},
        ],
    }


def test_an_empty_batch_is_201(callback: Callback) -> None:
    response = callback("bulk", {"annotations": []})
    assert (response.status_code, response.json()) == (201, {"created_count": 0, "annotations": []})


def test_the_same_batch_again_gets_the_same_answer_and_stores_nothing(callback: Callback) -> None:
    first = callback("bulk", GOOD["bulk"])
    again = callback("bulk", GOOD["bulk"])
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert Annotation.objects.count() == 1


def test_two_keys_store_the_same_batch_twice(callback: Callback) -> None:
    callback("bulk", GOOD["bulk"], headers={"Idempotency-Key": "first"})
    callback("bulk", GOOD["bulk"], headers={"Idempotency-Key": "second"})
    assert Annotation.objects.count() == 2


def test_a_key_with_another_body_is_422(callback: Callback) -> None:
    callback("bulk", GOOD["bulk"], headers={"Idempotency-Key": "first"})
    response = callback("bulk", {"annotations": []}, headers={"Idempotency-Key": "first"})
    assert response.status_code == 422


def test_a_key_that_is_no_header_text_is_400(callback: Callback) -> None:
    assert callback("bulk", GOOD["bulk"], headers={"Idempotency-Key": "a" * 256}).status_code == 400


def test_a_retry_is_answered_when_the_analysis_is_final(callback: Callback) -> None:
    first = callback("bulk", GOOD["bulk"])
    callback("finalize", GOOD["finalize"])
    again = callback("bulk", GOOD["bulk"])
    assert (again.status_code, again.json()) == (201, first.json())


@pytest.mark.parametrize("verb", ["bulk", "presign"])
def test_nothing_is_added_to_a_final_analysis(callback: Callback, analysis: Analysis, verb: str) -> None:
    analysis.move_to("cancelled")
    before = state(analysis)
    assert callback(verb, GOOD[verb]).status_code == 409
    assert state(analysis) == before


def test_an_invalid_batch_to_a_final_analysis_is_400(callback: Callback, analysis: Analysis) -> None:
    analysis.move_to("cancelled")
    assert callback("bulk", {"annotations": [5]}).status_code == 400


def test_replace_forgets_earlier_batches(callback: Callback, analysis: Analysis) -> None:
    callback("bulk", GOOD["bulk"])
    callback("bulk", {"annotations": [BOX | {"class_name": "car"}], "mode": "replace"})
    analysis.refresh_from_db()
    assert [a.class_name for a in analysis.annotations.all()] == ["car"]
    assert analysis.annotation_count == 1


# --- presign ----------------------------------------------------------------------------------------------
def test_the_presign_answer(callback: Callback) -> None:
    response = callback("presign", GOOD["presign"])
    artifact = Artifact.objects.get()
    answer = response.json()["presigned_urls"][0]
    assert answer.pop("upload_url").startswith("http://testserver/api/uploads/")
    assert answer == {
        "artifact_name": "heatmap.png",
        "expires_in": 3600,
        "storage_path": artifact.storage_path,
        "method": "PUT",
        "headers": {"Content-Type": "image/png"},
    }


def test_asking_again_keeps_the_row(callback: Callback) -> None:
    first = callback("presign", GOOD["presign"]).json()["presigned_urls"][0]
    again = callback("presign", GOOD["presign"]).json()["presigned_urls"][0]
    assert first["storage_path"] == again["storage_path"]


def test_presign_takes_a_constant_number_of_queries(
    callback: Callback, django_assert_num_queries: Any
) -> None:
    wanted = [{"artifact_name": f"{i}.png", "content_type": "image/png"} for i in range(100)]
    with django_assert_num_queries(6):
        callback("presign", {"artifacts": wanted})


# --- finalize ---------------------------------------------------------------------------------------------
def test_the_finalize_answer(callback: Callback, analysis: Analysis) -> None:
    response = callback("finalize", GOOD["finalize"])
    analysis.refresh_from_db()
    body = response.json()
    assert (body["id"], body["status"]) == (str(analysis.pk), "completed")
    assert body["completed_at"] == analysis.completed_at.isoformat().replace("+00:00", "Z")
    assert analysis.summary == {"total_detections": 1}


def test_finalize_names_what_was_never_uploaded(callback: Callback, analysis: Analysis) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="never.png")
    assert callback("finalize", GOOD["finalize"]).json()["missing_artifacts"] == ["never.png"]


def test_finalize_can_reject_what_is_missing(callback: Callback, analysis: Analysis, settings: Any) -> None:
    settings.ML_FINALIZE_MISSING = "reject"
    ArtifactFactory(analysis=analysis, artifact_name="never.png")
    before = state(analysis)
    assert callback("finalize", GOOD["finalize"]).status_code == 409
    assert state(analysis) == before


def test_finalize_again_repeats_the_answer(callback: Callback, analysis: Analysis) -> None:
    first = callback("finalize", GOOD["finalize"]).json()
    assert callback("finalize", {"status": "completed", "summary": {"other": 1}}).json() == first
    analysis.refresh_from_db()
    assert analysis.summary == {"total_detections": 1}


def test_finalize_after_patch_still_stores_the_summary(callback: Callback, analysis: Analysis) -> None:
    callback("status", {"status": "completed"})
    assert callback("finalize", GOOD["finalize"]).status_code == 200
    analysis.refresh_from_db()
    assert analysis.summary == {"total_detections": 1}


def test_finalize_takes_a_constant_number_of_queries(
    callback: Callback, analysis: Analysis, django_assert_num_queries: Any
) -> None:
    ArtifactFactory.create_batch(20, analysis=analysis)
    with django_assert_num_queries(9):
        callback("finalize", GOOD["finalize"])


def test_finalize_with_another_ending_is_409(callback: Callback, analysis: Analysis) -> None:
    callback("finalize", GOOD["finalize"])
    assert callback("finalize", {"status": "failed"}).status_code == 409


@pytest.mark.parametrize(("verb", "queries"), [("status", 1), ("finalize", 8)])
@pytest.mark.parametrize("count", [0, 50])
def test_callbacks_read_no_annotations(
    callback: Callback,
    analysis: Analysis,
    django_assert_num_queries: Any,
    verb: str,
    queries: int,
    count: int,
) -> None:
    add_annotations(analysis, *[BOX] * count)
    with django_assert_num_queries(queries) as captured:
        callback(verb, GOOD[verb])
    assert not [q["sql"] for q in captured if "analyses_annotation" in q["sql"]]


def test_a_batch_takes_a_constant_number_of_queries(
    callback: Callback, analysis: Analysis, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(STATEMENTS_A_BATCH):
        callback("bulk", {"annotations": [BOX] * 50})


def test_the_signature_is_over_the_body_that_is_processed(analysis: Analysis) -> None:
    headers = signed(b'{"status": "processing"}')
    url = f"/api/analyses/{analysis.pk}/status"
    response = Client().generic("PATCH", url, b'{"status": "failed"}', "application/json", headers=headers)
    assert response.status_code == 401
