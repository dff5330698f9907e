"""The payload's endpoints: what they select, what browsers may keep, and what final analyses cost."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analyses.api import selection
from analyses.api.views import payload as views
from analyses.models import Analysis, Annotation, Status
from analyses.payload import MEDIA_TYPE, decode
from analyses.tests.factories import AnalysisFactory, ArtifactFactory, add_annotations
from analyses.tests.test_payload_sample import SENT

FOR_EVER = "private, max-age=31536000, immutable"
READER = Path(__file__).with_name("payload_as_json.mjs")
Get = Callable[..., Any]


def box(confidence: float | None, x: float = 0, name: str = "car") -> dict[str, Any]:
    return {
        "annotation_type": "bounding_box",
        "class_name": name,
        "confidence": confidence,
        "data": {"bbox": [x, 0, 10, 10]},
    }


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "payloads"


@pytest.fixture
def get(member_client: Client, analysis: Analysis) -> Get:
    """`get("payload", limit=3)`; `headers` go along."""

    def call(what: str = "payload", headers: dict[str, str] | None = None, **params: Any) -> Any:
        return member_client.get(f"/api/analyses/{analysis.pk}/{what}", params, headers=headers or {})

    return call


def finish(analysis: Analysis) -> None:
    analysis.move_to(Status.COMPLETED)
    analysis.refresh_from_db()


def scores(response: Any) -> list[float | None]:
    assert response.status_code == 200, response.content
    return decode(response.content).scores()


def stored(analysis: Analysis) -> list[dict[str, Any]]:
    """The database's rows in the order of a payload."""
    rows = sorted(
        analysis.annotations.order_by("id"), key=lambda a: (a.confidence is None, -(a.confidence or 0))
    )
    return [
        {
            "annotation_type": a.annotation_type,
            "class_name": a.class_name,
            "confidence": a.confidence,
            "bounds": None if a.x_min is None else (a.x_min, a.y_min, a.x_max, a.y_max),
            "data": a.data,
        }
        for a in rows
    ]


@pytest.fixture
def everything(analysis: Analysis) -> Analysis:
    """An analysis with an annotation of every kind."""
    artifact = ArtifactFactory(analysis=analysis, artifact_name="heat.png")
    where = {"storage_path": artifact.storage_path}
    sent = [one | {"data": where} if "storage_path" in one["data"] else one for one in SENT]
    add_annotations(analysis, *sent)
    return analysis


# --- what is in it ----------------------------------------------------------------------------------------
def test_pythons_decoder_gives_what_the_database_has(get: Get, everything: Analysis) -> None:
    assert list(decode(get().content).annotations()) == stored(everything)


@pytest.mark.node
def test_javascripts_decoder_gives_what_the_database_has(
    get: Get, everything: Analysis, tmp_path: Path
) -> None:
    node = shutil.which("node")
    assert node
    file = tmp_path / "payload.bin"
    file.write_bytes(get().content)
    printed = subprocess.run([node, str(READER), str(file)], check=True, capture_output=True).stdout
    assert json.loads(printed) == json.loads(json.dumps(stored(everything)))


@pytest.mark.parametrize("names", [["a\x01b", "c"], ["a\nb", "é", "a\nb"], []], ids=repr)
def test_boxes_alone_keep_their_classes(get: Get, analysis: Analysis, names: list[str]) -> None:
    add_annotations(analysis, *(box(0.5, name=name) for name in names))
    assert [a["class_name"] for a in decode(get().content).annotations()] == names


def test_the_ids_are_those_of_the_rows(get: Get, everything: Analysis) -> None:
    rows = sorted(
        everything.annotations.order_by("id"), key=lambda a: (a.confidence is None, -(a.confidence or 0))
    )
    assert decode(get("payload/ids").content).ids() == [row.pk for row in rows]


def test_the_header_says_what_it_is_of(get: Get, analysis: Analysis) -> None:
    add_annotations(analysis, box(0.5), box(0.7))
    header = decode(get(limit=1, min_score=0.25).content).header
    assert (header["analysis_id"], header["final"]) == (str(analysis.pk), False)
    assert (header["total"], header["count"]) == (2, 1)
    assert header["selection"] == {"min_score": 0.25, "max_score": None, "window": None, "limit": 1}


def test_an_analysis_without_annotations_is_a_payload_too(get: Get) -> None:
    assert list(decode(get().content).annotations()) == []


def test_both_files_name_the_same_version(get: Get, everything: Analysis) -> None:
    first, second = decode(get().content), decode(get("payload/ids").content)
    assert first.header["version"] == second.header["version"]


# --- which annotations ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, [0.9, 0.5, 0.5, 0.1, None]),
        ({"min_score": 0.5}, [0.9, 0.5, 0.5]),
        ({"max_score": 0.5}, [0.5, 0.5, 0.1]),
        ({"min_score": 0.2, "max_score": 0.6}, [0.5, 0.5]),
        ({"min_score": 0}, [0.9, 0.5, 0.5, 0.1]),
        ({"limit": 2}, [0.9, 0.5]),
        ({"limit": 2, "max_score": 0.5}, [0.5, 0.5]),
        ({"limit": 5}, [0.9, 0.5, 0.5, 0.1, None]),
        ({"window": "100,0,105,5"}, [0.9, None]),
        ({"window": "110,-5,120,0"}, [0.9, None]),
        ({"window": "50,0,60,5"}, []),
        ({"format": 1}, [0.9, 0.5, 0.5, 0.1, None]),
    ],
    ids=str,
)
def test_what_is_selected(get: Get, analysis: Analysis, params: dict[str, Any], wanted: list[float]) -> None:
    add_annotations(analysis, box(0.5), box(0.9, 100), box(None, 100), box(0.1), box(0.5))
    assert scores(get(**params)) == wanted
    assert len(decode(get("payload/ids", **params).content).ids()) == len(wanted)


def test_a_limit_keeps_the_first_of_equals(get: Get, analysis: Analysis) -> None:
    add_annotations(analysis, box(0.5, name="first"), box(0.5, name="second"))
    payload = decode(get(limit=1).content)
    assert payload.values("class", "classes") == ["first"]


def test_more_than_fit_leaves_the_lowest_out(analysis: Analysis) -> None:
    add_annotations(analysis, box(0.2), box(0.8))
    few = selection.Selection(limit=1)
    assert decode(views.columns_of(analysis, few)).scores() == [0.8]
    assert decode(views.columns_of(analysis, few)).header["total"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("min_score", "high"),
        ("min_score", "nan"),
        ("min_score", "-0.1"),
        ("min_score", ""),
        ("max_score", "1.01"),
        ("max_score", "inf"),
        ("window", "1,2,3"),
        ("window", "1,2,3,4,5"),
        ("window", "1,2,,4"),
        ("window", "5,0,5,9"),
        ("window", "0,9,5,8"),
        ("window", "0,0,nan,8"),
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "1.5"),
        ("limit", "500001"),
        ("limit", "٣"),
        ("format", "2"),
        ("format", "json"),
    ],
)
@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_a_bad_parameter_is_named(get: Get, what: str, name: str, text: str) -> None:
    response = get(what, **{name: text})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [name]
    assert response.json()["detail"].startswith(f"{name} must ")


def test_a_range_that_is_upside_down_is_a_400(get: Get) -> None:
    response = get(min_score=0.6, max_score=0.5)
    assert response.status_code == 400
    assert response.json()["detail"] == "min_score must not be above max_score."


# --- who may ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_a_stranger_gets_404_even_of_what_is_kept(
    get: Get, stranger_client: Client, everything: Analysis, what: str
) -> None:
    finish(everything)
    etag = get(what)["ETag"]
    url = f"/api/analyses/{everything.pk}/{what}"
    assert stranger_client.get(url, headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_nobody_gets_401(analysis: Analysis, what: str) -> None:
    assert Client().get(f"/api/analyses/{analysis.pk}/{what}").status_code == 401


def test_the_feature_can_be_switched_off(get: Get, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert get().status_code == 404


# --- what browsers may keep -------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_while_it_runs_browsers_ask_again(get: Get, what: str) -> None:
    response = get(what)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Type"] == MEDIA_TYPE


@pytest.mark.parametrize("what", ["payload", "payload/ids"])
@pytest.mark.parametrize("params", [{}, {"limit": 1}], ids=str)
def test_once_final_browsers_keep_it(get: Get, everything: Analysis, what: str, params: Any) -> None:
    finish(everything)
    assert get(what, **params)["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("final", [False, True])
def test_who_has_it_already_gets_304(get: Get, everything: Analysis, final: bool) -> None:
    if final:
        finish(everything)
    first = get()
    again = get(headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]


def test_a_304_reads_no_annotation(get: Get, everything: Analysis) -> None:
    etag = get()["ETag"]
    with CaptureQueriesContext(connection) as queries:
        get(headers={"If-None-Match": etag})
    assert [q["sql"] for q in queries if Annotation._meta.db_table in q["sql"]] == []


def more(analysis: Analysis) -> None:
    add_annotations(analysis, box(0.5))


CHANGES: dict[str, Callable[[Analysis], Any]] = {
    "annotations": more,
    "processing": lambda analysis: analysis.move_to(Status.PROCESSING),
    "the end": finish,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_etag_changes_with(get: Get, everything: Analysis, change: str) -> None:
    before = get()["ETag"]
    CHANGES[change](everything)
    assert get(headers={"If-None-Match": before}).status_code == 200
    assert get()["ETag"] != before


def test_a_finalize_after_the_status_changes_nothing(get: Get, everything: Analysis) -> None:
    finish(everything)
    before = get()
    everything.finalize("completed", {"total_detections": 12}, "", {})
    after = get()
    assert (after["ETag"], after.content) == (before["ETag"], before.content)


def test_head_says_the_same_without_the_bytes(member_client: Client, everything: Analysis, get: Get) -> None:
    response = member_client.head(f"/api/analyses/{everything.pk}/payload")
    assert (response.status_code, response.content, response["ETag"]) == (200, b"", get()["ETag"])


# --- gzip -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("final", [False, True])
def test_it_is_compressed_for_those_who_take_gzip(get: Get, everything: Analysis, final: bool) -> None:
    if final:
        finish(everything)
    plain, packed = get(), get(headers={"Accept-Encoding": "deflate, gzip;q=0.8, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip"])
def test_nobody_gets_gzip_who_did_not_ask(get: Get, accepted: str) -> None:
    assert "Content-Encoding" not in get(headers={"Accept-Encoding": accepted})


# --- what it costs ----------------------------------------------------------------------------------------
def queries_of(get: Get, *args: Any, **params: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert get(*args, **params).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_a_running_one_takes_the_same_queries_whatever_it_holds(
    get: Get, analysis: Analysis, what: str
) -> None:
    empty = queries_of(get, what)
    add_annotations(analysis, *[box(0.5)] * 50)
    assert len(queries_of(get, what)) == len(empty)


def test_what_the_counters_do_not_tell_of_is_there_all_the_same(get: Get, everything: Analysis) -> None:
    expected = get().content
    everything.tallies.exclude(annotation_type="bounding_box").delete()
    assert get().content == expected


@pytest.mark.parametrize("what", ["payload", "payload/ids"])
def test_a_final_one_is_served_without_the_annotations(get: Get, everything: Analysis, what: str) -> None:
    finish(everything)
    first = get(what).content
    with CaptureQueriesContext(connection) as queries:
        assert get(what).content == first
    assert len(queries) == 3  # session, user, analysis
    assert [q["sql"] for q in queries if Annotation._meta.db_table in q["sql"]] == []


def test_a_file_that_was_deleted_is_made_again(get: Get, everything: Analysis, own_folder: Path) -> None:
    finish(everything)
    first = get().content
    kept = list(own_folder.glob("*.gz"))
    assert len(kept) == 1
    kept[0].unlink()
    assert get().content == first
    assert list(own_folder.glob("*.gz")) == kept


def test_only_whole_final_ones_are_kept(get: Get, everything: Analysis, own_folder: Path) -> None:
    get()
    finish(everything)
    get(limit=1)
    get(min_score=0.5)
    assert not own_folder.exists()


def test_a_selection_of_a_final_one_does_not_come_from_the_whole_file(get: Get, everything: Analysis) -> None:
    finish(everything)
    whole = get()
    assert scores(get(limit=2)) == scores(whole)[:2]


def test_the_folder_lies_with_the_data(get: Get, everything: Analysis, own_folder: Path) -> None:
    finish(everything)
    get()
    assert [path.name.startswith(str(everything.pk)) for path in own_folder.glob("*.gz")] == [True]


def test_no_analysis_is_served_anothers_file(everything: Analysis) -> None:
    """Versions may well be the same, ids are not."""
    AnalysisFactory()
    Analysis.objects.update(
        status=Status.COMPLETED,
        completed_at=everything.updated_at,
        annotation_count=0,
        last_annotation_id=None,
    )
    both = Analysis.objects.order_by("pk")
    assert len({views.version_of(one) for one in both}) == 1
    made = [views.gzipped(one, selection.EVERYTHING, "payload", views.columns_of) for one in both]
    said = [decode(gzip.decompress(content)).header["analysis_id"] for content in made]
    assert said == [str(one.pk) for one in both]
