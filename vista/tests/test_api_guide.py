"""The API guide keeps its word: its clients run, its samples are answered as it says, its numbers are ours."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from accounts.tests.factories import ApiKeyFactory, StaffFactory, UserFactory
from analyses import exports, formats, signing
from analyses.models import Analysis, Annotation, Artifact, Status
from analyses.tests.factories import SECRET, signed
from images.tests.factories import ImageFactory, picture_bytes

GUIDE = (Path(settings.BASE_DIR) / "docs" / "api-guide.md").read_text(encoding="utf-8")
FENCE = re.compile(r"((?:^<!-- [^\n]+ -->\n)*)^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- ([\w ]+)(?:: ([^\n]+))? -->")


def marked(kind: str) -> dict[str, str]:
    """The code blocks under `<!-- kind: name -->`, by name; one block may have several names."""
    found = {
        name: code
        for marks, _, code in FENCE.findall(GUIDE)
        for its_kind, name in MARK.findall(marks)
        if its_kind == kind
    }
    assert found, f"the guide marks no {kind}"
    return found


PROGRAMS = marked("run")
REQUESTS = {name: json.loads(code) for name, code in marked("request").items()}
ANSWERS = {name: json.loads(code) for name, code in marked("answer").items()}
SENT = {name: json.loads(code) for name, code in marked("sent").items()}
STORED = {name: json.loads(code) for name, code in marked("stored").items()}


# --- what is written down ---------------------------------------------------------------------------------
@pytest.mark.parametrize("sample", [code for _, language, code in FENCE.findall(GUIDE) if language == "json"])
def test_a_json_sample_is_json(sample: str) -> None:
    assert json.loads(sample)


def test_every_link_inside_the_guide_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", re.sub(FENCE, "", GUIDE), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors


def test_the_samples_cover_every_annotation_type() -> None:
    assert {sample["annotation_type"] for sample in SENT.values()} == set(formats.ANNOTATION_TYPES)


@pytest.mark.parametrize("name", SENT)
def test_an_annotation_is_stored_as_the_guide_says(name: str) -> None:
    stored = formats.read_annotation(SENT[name]).data
    assert list(map(json.dumps, stored.values())) == list(map(json.dumps, STORED[name].values()))
    assert list(stored) == list(STORED[name])


@pytest.mark.parametrize("data", re.findall(r"^\| `(\{.*?\})` \|", GUIDE, re.MULTILINE))
def test_every_way_to_say_a_box_is_stored_alike(data: str) -> None:
    box = SENT["xywh"] | {"data": json.loads(data)}
    assert formats.read_annotation(box).data == STORED["xywh"]


def test_a_refused_batch_answers_as_the_guide_says() -> None:
    box = SENT["xywh"]
    bad_box, bad_confidence = box | {"data": {"bbox": [1, 2, -5, 3]}}, box | {"confidence": 95}
    with pytest.raises(formats.BatchError) as refused:
        formats.read_batch([bad_box, box, box, bad_confidence])
    said = json.loads(marked("refusal")["of annotations"])
    assert [(fault["field"], fault["message"]) for fault in said["errors"]] == refused.value.errors


def test_the_guide_lists_the_content_types() -> None:
    listed = marked("list")["content types"].split()
    assert sorted(listed) == sorted(formats.ALLOWED_CONTENT_TYPES)


def test_the_guide_lists_the_columns_of_the_csv() -> None:
    assert marked("list")["columns"].strip().split(",") == exports.CSV_COLUMNS


SETTING = {
    "VISTA_MAX_IMAGE_BYTES": "MAX_IMAGE_BYTES",
    "VISTA_MAX_IMAGE_PIXELS": "MAX_IMAGE_PIXELS",
    "ML_STALLED_AFTER": "ML_STALLED_AFTER_SECONDS",
}
LIMITS = re.findall(r"^\| [^|]+ \| ([\d,]+)[^|]* \| `(\w+)` \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(("number", "name"), LIMITS)
def test_a_limit_is_the_default_of_its_setting(number: str, name: str) -> None:
    assert getattr(settings, SETTING.get(name, name)) == int(number.replace(",", ""))


# --- signatures -------------------------------------------------------------------------------------------
VECTOR = {name: code.removesuffix("\n").encode() for name, code in marked("vector").items()}
SIGNED_FORM = {"as sent": "raw", "canonical": "canonical"}
VECTOR_ROWS = re.findall(r"^\| `(\w+)` \| (as sent|canonical) \| `([^`]+)` \|$", GUIDE, re.MULTILINE)
TIMESTAMP = re.search(r"^\| timestamp \| `(\d+)` \|$", GUIDE, re.MULTILINE)[1]
VECTOR_SECRET = re.search(r"^\| secret \| `(\w+)` \|$", GUIDE, re.MULTILINE)[1]


def test_the_vector_has_both_forms_in_both_schemes() -> None:
    assert {row[:2] for row in VECTOR_ROWS} == {(s, f) for s in signing.SCHEMES for f in SIGNED_FORM}


def test_the_canonical_form_of_the_vector_is_pythons() -> None:
    assert signing.canonical(json.loads(VECTOR["raw"])) == VECTOR["canonical"]


@pytest.mark.parametrize("form", VECTOR)
def test_the_guide_counts_the_bytes_of_the_vector(form: str) -> None:
    assert f"{len(VECTOR[form])} bytes of" in GUIDE


@pytest.mark.parametrize(("scheme", "form", "signature"), VECTOR_ROWS)
def test_a_signature_of_the_vector(scheme: str, form: str, signature: str) -> None:
    assert signing.sign(VECTOR[SIGNED_FORM[form]], VECTOR_SECRET, TIMESTAMP, scheme) == signature
    verified = signing.verify(
        VECTOR["raw"], signature, TIMESTAMP, secrets=[VECTOR_SECRET], now=int(TIMESTAMP)
    )
    assert (verified.scheme, verified.candidate) == (scheme, SIGNED_FORM[form])


# --- requests and answers ---------------------------------------------------------------------------------
FREE = {"parameters", "summary", "data", "headers"}  # whatever the caller put in


def shape(value: Any) -> Any:
    """The keys of an answer, all the way down; a list by its first entry."""
    if isinstance(value, dict):
        return {key: None if key in FREE else shape(inner) for key, inner in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else None


@pytest.fixture
def answers(db: None) -> dict[str, Any]:
    """What VISTA answers to the guide's own requests, sent in the order of the six steps."""
    group = Group.objects.create(name=REQUESTS["create_project"]["group"])
    image = ImageFactory(project__group=group)
    staff, nobody, got = Client(), Client(), {}
    staff.force_login(StaffFactory())

    def user(name: str, method: str, path: str) -> Any:
        got[name] = staff.generic(method, path, json.dumps(REQUESTS.get(name, {})), "application/json")
        return got[name]

    def pipeline(name: str, method: str, path: str) -> Any:
        raw = json.dumps(REQUESTS[name]).encode()
        got[name] = nobody.generic(method, path, raw, "application/json", headers=signed(raw))
        return got[name]

    user("create_project", "POST", "/api/projects")
    user("list_projects", "GET", "/api/projects")
    user("read_image", "GET", f"/api/images/{image.pk}")
    made = user("create_analysis", "POST", f"/api/images/{image.pk}/analyses")
    base = f"/api/analyses/{made.json()['id']}"
    pipeline("update_status", "PATCH", f"{base}/status")
    urls = pipeline("presign_artifacts", "POST", f"{base}/artifacts/presign").json()["presigned_urls"]
    for url in urls:
        address, content_type = url["upload_url"].partition("testserver")[2], url["headers"]["Content-Type"]
        got["upload_artifact"] = nobody.put(address, b"class,score\nperson,0.95", content_type)
    pipeline("submit_annotations", "POST", f"{base}/annotations:bulk")
    pipeline("finalize_analysis", "POST", f"{base}/finalize")
    user("list_annotations", "GET", f"{base}/annotations")
    user("list_artifacts", "GET", f"{base}/artifacts")
    user("mark_reference", "PUT", f"/api/projects/{image.project_id}/references")
    got["export_json"] = staff.get(f"{base}/export?format=json")
    return {name: json.loads(response.getvalue()) for name, response in got.items()}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_sample_has_the_keys_of_the_answer(answers: dict[str, Any], name: str) -> None:
    assert shape(answers[name]) == shape(ANSWERS[name])


def test_every_sample_of_a_request_is_sent_above(answers: dict[str, Any]) -> None:
    assert set(REQUESTS) <= set(answers)


# --- programs ---------------------------------------------------------------------------------------------
Program = Callable[..., str]


@pytest.fixture
def image() -> Any:
    return ImageFactory()


@pytest.fixture
def program(live_server: Any, image: Any, tmp_path: Path) -> Program:
    """`program("pipeline.py", argument, …)` runs a program of the guide as a member; returns what it prints."""
    key = ApiKeyFactory(user=UserFactory(groups=[image.project.group]))
    picture = tmp_path / "picture.png"
    picture.write_bytes(picture_bytes("PNG"))
    environment = {
        "PATH": os.environ["PATH"],
        "BASE_URL": live_server.url,
        "API_KEY": key.secret,
        "ML_CALLBACK_HMAC_SECRET": SECRET,
        "IMAGE_ID": str(image.pk),
        "PICTURE": str(picture),
        "TMPDIR": str(tmp_path),
    }
    interpreters = {".py": [sys.executable], ".mjs": [found("node")], ".sh": [found("bash"), "-eu"]}
    found("curl"), found("python3")

    def run(name: str, *arguments: str, fails: bool = False, **more: str) -> str:
        path = tmp_path / (name if "." in name else f"{name}.sh")
        path.write_text(PROGRAMS[name], encoding="utf-8")
        done = subprocess.run(
            [*interpreters[path.suffix], path, *arguments],
            env=environment | more,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )
        assert (done.returncode != 0, done.stderr != "") == (fails, fails), done.stdout + done.stderr
        return done.stdout

    return run


def found(name: str) -> str:
    path = shutil.which(name)
    assert path, f"{name} is needed: the guide promises that its programs work"
    return path


def outcome() -> list[tuple[Any, ...]]:
    """Status, number of annotations and uploaded artifacts of every analysis, the oldest first."""
    return [
        (a.status, a.annotation_count, [(f.artifact_name, f.status) for f in a.artifacts.all()])
        for a in Analysis.objects.order_by("id")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["pipeline.py", "pipeline.mjs"])
def test_a_pipeline_of_the_guide(program: Program, image: Any, tmp_path: Path, name: str) -> None:
    program(name, str(image.pk), str(tmp_path / "picture.png"))
    assert outcome() == [(Status.COMPLETED, 1, [("input.png", "stored")])]
    assert Annotation.objects.get().data == STORED["xywh"]
    with Artifact.objects.get().open() as uploaded:
        assert uploaded.read() == picture_bytes("PNG")


@pytest.mark.django_db(transaction=True)
def test_a_pipeline_that_is_started_again_goes_on_with_its_analysis(
    program: Program, image: Any, tmp_path: Path
) -> None:
    arguments = (str(image.pk), str(tmp_path / "picture.png"))
    first = program("pipeline.py", *arguments, RUN_ID="night-42")
    Analysis.objects.update(status=Status.PROCESSING, completed_at=None, finalized_at=None)  # killed before
    second = program("pipeline.py", *arguments, RUN_ID="night-42")
    assert first.split()[1] == second.split()[1]
    assert outcome() == [(Status.COMPLETED, 1, [("input.png", "stored")])]


@pytest.mark.django_db(transaction=True)
def test_a_pipeline_of_the_guide_says_why_it_failed(program: Program, image: Any, tmp_path: Path) -> None:
    program("pipeline.py", str(image.pk), str(tmp_path / "nothing.png"), fails=True)
    analysis = Analysis.objects.get()
    assert (analysis.status, "nothing.png" in analysis.error_message) == (Status.FAILED, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "artifact"), [("quickstart", "notes.txt"), ("curl.sh", "scores.csv")], ids=["quickstart", "curl"]
)
def test_the_shell_calls_of_the_guide(program: Program, name: str, artifact: str) -> None:
    program(name)
    assert outcome() == [(Status.COMPLETED, 1, [(artifact, "stored")])]


@pytest.mark.django_db(transaction=True)
def test_the_reader_of_the_guide(program: Program, image: Any, tmp_path: Path) -> None:
    program("pipeline.py", str(image.pk), str(tmp_path / "picture.png"))
    said = program("reader.py", str(image.project.pk), "results")
    place = tmp_path / "results" / str(image.pk) / f"custom_model-{Analysis.objects.get().pk}"
    assert said.split("custom_model ")[1] == "1 with 0.5 or more\n"
    assert (place / "artifacts" / "input.png").read_bytes() == picture_bytes("PNG")
    assert json.loads((place / "export.json").read_text())["annotations"][0]["data"] == STORED["xywh"]
    assert len((place / "export.csv").read_text().splitlines()) == 2


@pytest.mark.django_db(transaction=True)
def test_the_function_that_signs_canonical_json(live_server: Any, image: Any) -> None:
    analysis = image.analyses.create(model_name="yolo_v8", model_version="1")
    names: dict[str, Any] = {}
    exec(compile(PROGRAMS["canonical.py"], "docs/api-guide.md", "exec"), names)  # noqa: S102 - our own guide
    url = f"{live_server.url}/api/analyses/{analysis.pk}/annotations:bulk"
    scores = SENT["classification"] | {"class_name": "Größe", "confidence": 1e-07}
    answer = names["signed_post"](url, {"annotations": [scores]}, SECRET)
    assert (answer.status_code, answer.json()["created_count"]) == (201, 1)


def test_the_axios_functions_are_javascript(tmp_path: Path) -> None:
    path = tmp_path / "axios.mjs"
    path.write_text(marked("syntax")["axios.mjs"], encoding="utf-8")
    checked = subprocess.run(
        [found("node"), "--check", path], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
