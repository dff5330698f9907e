"""The client in scripts/: what it sends, when it tries again, what it says, and what it never shows."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses import signing
from vista.tests.fake_vista import CLIENT_FILE, Answer, FakeVista, load_client, serving

SECRET, API_KEY, TOKEN = "the-hmac-secret", "vista_the-api-key", "the-token-of-an-upload"
module = load_client()


@pytest.fixture
def vista() -> Iterator[FakeVista]:
    with serving() as server:
        yield server


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of the client, which take no time here."""
    seconds: list[float] = []
    monkeypatch.setattr(module, "time", SimpleNamespace(time=time.time, sleep=seconds.append))
    return seconds


@pytest.fixture
def client(vista: FakeVista, waits: list[float]) -> Iterator[Any]:
    client = module.MLPipelineClient(vista.url, SECRET, API_KEY)
    yield client
    client.close()


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "heatmap.png"
    path.write_bytes(bytes(range(256)) * 640)
    return path


class TestRequests:
    @pytest.mark.parametrize(
        ("call", "method", "path", "payload"),
        [
            (
                lambda c: c.create_analysis("i1", "yolo_v8", "v8.0.0"),
                "POST",
                "/api/images/i1/analyses",
                {"model_name": "yolo_v8", "model_version": "v8.0.0", "parameters": {}, "description": ""},
            ),
            (
                lambda c: c.create_analysis("i1", "m", "1", {"a": 1}, description="d"),
                "POST",
                "/api/images/i1/analyses",
                {"model_name": "m", "model_version": "1", "parameters": {"a": 1}, "description": "d"},
            ),
            (
                lambda c: c.update_status("a1", "failed", error_message="out of memory"),
                "PATCH",
                "/api/analyses/a1/status",
                {"status": "failed", "error_message": "out of memory"},
            ),
            (
                lambda c: c.request_presigned_urls("a1", [{"artifact_name": "a.png"}]),
                "POST",
                "/api/analyses/a1/artifacts/presign",
                {"artifacts": [{"artifact_name": "a.png"}]},
            ),
            (
                lambda c: c.submit_annotations("a1", [{"class_name": "é"}], mode="replace"),
                "POST",
                "/api/analyses/a1/annotations:bulk",
                {"annotations": [{"class_name": "é"}], "mode": "replace"},
            ),
            (
                lambda c: c.submit_annotations("a1", []),
                "POST",
                "/api/analyses/a1/annotations:bulk",
                {"annotations": []},
            ),
            (
                lambda c: c.finalize_analysis("a1"),
                "POST",
                "/api/analyses/a1/finalize",
                {"status": "completed", "summary": {}},
            ),
            (
                lambda c: c.finalize_analysis("a1", "failed", {"n": 1}, error_message="e"),
                "POST",
                "/api/analyses/a1/finalize",
                {"status": "failed", "summary": {"n": 1}, "error_message": "e"},
            ),
        ],
    )
    def test_calls(
        self, vista: FakeVista, client: Any, call: Any, method: str, path: str, payload: Any
    ) -> None:
        vista.answer(Answer(201, {"id": "x"}))
        assert call(client) == {"id": "x"}
        asked = vista.asked[0]
        assert (asked.method, asked.path, asked.json) == (method, path, payload)
        assert asked.headers["Content-Type"] == "application/json"

    def test_create_carries_the_key_and_no_signature(self, vista: FakeVista, client: Any) -> None:
        client.create_analysis("i1", "m", "1")
        headers = vista.asked[0].headers
        assert (headers["X-API-Key"], headers["X-ML-Signature"]) == (API_KEY, None)

    def test_each_create_has_an_idempotency_key_of_its_own(self, vista: FakeVista, client: Any) -> None:
        client.create_analysis("i1", "m", "1")
        client.create_analysis("i1", "m", "1")
        keys = {asked.headers["Idempotency-Key"] for asked in vista.asked}
        assert len(keys - {None}) == 2

    @pytest.mark.parametrize(
        "call",
        [
            lambda c: c.create_analysis("i1", "m", "1", idempotency_key="job-7"),
            lambda c: c.submit_annotations("a1", [], idempotency_key="job-7"),
        ],
    )
    def test_an_idempotency_key_of_the_caller(self, vista: FakeVista, client: Any, call: Any) -> None:
        call(client)
        assert vista.asked[0].headers["Idempotency-Key"] == "job-7"

    @pytest.mark.parametrize("scheme", signing.SCHEMES)
    def test_vista_accepts_the_signature(self, vista: FakeVista, scheme: str) -> None:
        with module.MLPipelineClient(vista.url, SECRET, API_KEY, scheme=scheme) as client:
            client.submit_annotations(
                "a1", [{"class_name": "é", "confidence": 1.0, "data": {2: 1e-07, 10: 1}}]
            )
        headers, body = vista.asked[0].headers, vista.asked[0].body
        verdict = signing.verify(
            body, headers["X-ML-Signature"], headers["X-ML-Timestamp"], secrets=[SECRET], now=time.time()
        )
        assert (verdict.scheme, verdict.candidate) == (scheme, "raw")

    def test_callbacks_do_not_carry_the_key(self, vista: FakeVista, client: Any) -> None:
        client.update_status("a1", "processing")
        assert API_KEY not in str(vista.asked[0].headers)

    def test_a_slash_behind_the_address(self, vista: FakeVista) -> None:
        with module.MLPipelineClient(vista.url + "/", SECRET) as client:
            client.update_status("a1", "processing")
        assert vista.asked[0].path == "/api/analyses/a1/status"

    def test_nan_is_refused_before_anything_is_sent(self, vista: FakeVista, client: Any) -> None:
        with pytest.raises(ValueError, match="not JSON compliant"):
            client.submit_annotations("a1", [{"confidence": float("nan")}])
        assert vista.asked == []

    def test_read_all_follows_the_pages_on_its_own_host(self, vista: FakeVista, client: Any) -> None:
        vista.answer(
            Answer(
                body={"results": [{"id": 1}, {"id": 2}], "next": "http://elsewhere.example/api/x?cursor=c"}
            ),
            Answer(body={"results": [{"id": 3}], "next": None}),
        )
        assert [item["id"] for item in client.read_all("/api/x", page_size=2)] == [1, 2, 3]
        assert [asked.path for asked in vista.asked] == ["/api/x?page_size=2", "/api/x?cursor=c"]

    def test_download(self, vista: FakeVista, client: Any) -> None:
        vista.answer(Answer(body=b"\x89PNG"))
        assert client.download("/api/analyses/a1/artifacts/a.png") == b"\x89PNG"


@given(st.binary(), st.text(min_size=1), st.sampled_from(signing.SCHEMES))
def test_the_signature_is_that_of_the_server(body: bytes, secret: str, scheme: str) -> None:
    assert module.sign(body, secret, "1767225600", scheme) == signing.sign(body, secret, "1767225600", scheme)


class TestUploads:
    @pytest.mark.parametrize("progress", [True, False])
    def test_upload(self, vista: FakeVista, upload: Path, progress: bool) -> None:
        with module.MLPipelineClient(vista.url, SECRET, API_KEY, progress=progress) as client:
            client.upload_artifact(f"{vista.url}/api/uploads/{TOKEN}", upload, "image/png")
        asked = vista.asked[0]
        assert (asked.method, asked.path, asked.body) == ("PUT", f"/api/uploads/{TOKEN}", upload.read_bytes())
        assert (asked.headers["Content-Type"], asked.headers["Content-Length"]) == ("image/png", "163840")
        assert API_KEY not in str(asked.headers)

    def test_headers_of_the_presign_answer(self, vista: FakeVista, client: Any, upload: Path) -> None:
        client.upload_artifact(vista.url, upload, "image/png", headers={"x-amz-checksum-sha256": "abc"})
        assert vista.asked[0].headers["x-amz-checksum-sha256"] == "abc"

    def test_an_empty_file_is_not_sent_in_chunks(self, vista: FakeVista, client: Any, tmp_path: Path) -> None:
        (tmp_path / "empty.csv").write_bytes(b"")
        client.upload_artifact(vista.url, tmp_path / "empty.csv", "text/csv")
        headers = vista.asked[0].headers
        assert (headers["Content-Length"], headers["Transfer-Encoding"]) == ("0", None)

    def test_another_attempt_sends_the_whole_file(self, vista: FakeVista, client: Any, upload: Path) -> None:
        vista.answer(Answer(503), Answer())
        client.upload_artifact(vista.url, upload, "image/png")
        assert [asked.body for asked in vista.asked] == [upload.read_bytes()] * 2

    @pytest.mark.parametrize(("terminal", "shown"), [(True, True), (False, False)])
    def test_a_bar_on_a_terminal_only(
        self,
        vista: FakeVista,
        client: Any,
        upload: Path,
        capsys: Any,
        monkeypatch: pytest.MonkeyPatch,
        terminal: bool,
        shown: bool,
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
        monkeypatch.setattr(module, "tqdm", partial(module.tqdm, mininterval=0))
        client.upload_artifact(vista.url, upload, "image/png")
        assert ("heatmap.png: 100%" in capsys.readouterr().err) == shown

    def test_a_file_that_is_not_there(self, client: Any, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            client.upload_artifact("http://127.0.0.1:9", tmp_path / "none.png", "image/png")

    def test_no_progress_where_tqdm_is_missing(self, vista: FakeVista, upload: Path) -> None:
        program = (
            "import sys; sys.modules['tqdm'] = None\n"
            "from vista_client import MLPipelineClient\n"
            f"MLPipelineClient({vista.url!r}, 's').upload_artifact({vista.url!r}, {str(upload)!r}, 'image/png')"
        )
        environment = {**os.environ, "PYTHONPATH": str(CLIENT_FILE.parent)}
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
        assert vista.asked[0].body == upload.read_bytes()


class TestRetries:
    @pytest.mark.parametrize(
        "first", [*(Answer(status) for status in (429, 502, 503, 504)), Answer(dropped=True)], ids=str
    )
    def test_another_attempt(self, vista: FakeVista, client: Any, waits: list[float], first: Answer) -> None:
        vista.answer(first, Answer(body={"status": "processing"}))
        assert client.update_status("a1", "processing") == {"status": "processing"}
        assert (len(vista.asked), len(waits)) == (2, 1)

    @pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 411, 413, 415, 422, 500])
    def test_no_other_attempt(self, vista: FakeVista, client: Any, waits: list[float], status: int) -> None:
        vista.answer(Answer(status))
        with pytest.raises(module.VistaError) as caught:
            client.update_status("a1", "processing")
        assert (caught.value.status, len(vista.asked), waits) == (status, 1, [])

    def test_it_gives_up(self, vista: FakeVista, client: Any, waits: list[float]) -> None:
        vista.answer(Answer(503, {"detail": "Storage is down"}))
        with pytest.raises(module.VistaError, match=": 503 Storage is down"):
            client.update_status("a1", "processing")
        assert (len(vista.asked), len(waits)) == (6, 5)

    @pytest.mark.parametrize(
        ("draw", "pauses"), [(min, [0.25, 0.5, 1, 2, 4]), (max, [0.5, 1, 2, 4, 8])], ids=["low", "high"]
    )
    def test_pauses_double_and_vary(
        self,
        vista: FakeVista,
        client: Any,
        waits: list[float],
        monkeypatch: pytest.MonkeyPatch,
        draw: Any,
        pauses: list[float],
    ) -> None:
        monkeypatch.setattr(module.random, "uniform", draw)
        vista.answer(Answer(503))
        with pytest.raises(module.VistaError):
            client.update_status("a1", "processing")
        assert waits == pauses

    @pytest.mark.parametrize(
        ("value", "low", "high"),
        [("7", 7, 7), ("0", 0.25, 0.5), ("soon", 0.25, 0.5), ("-5", 0.25, 0.5), ("²", 0.25, 0.5)],
    )
    def test_retry_after_in_seconds(
        self, vista: FakeVista, client: Any, waits: list[float], value: str, low: float, high: float
    ) -> None:
        vista.answer(Answer(429, headers={"Retry-After": value}), Answer())
        client.update_status("a1", "processing")
        assert low <= waits[0] <= high

    def test_retry_after_as_a_date(self, vista: FakeVista, client: Any, waits: list[float]) -> None:
        date = formatdate(time.time() + 30, usegmt=True)
        vista.answer(Answer(503, headers={"Retry-After": date}), Answer())
        client.update_status("a1", "processing")
        assert 20 < waits[0] <= 30

    def test_nobody_waits_for_an_hour(self, vista: FakeVista, client: Any, waits: list[float]) -> None:
        vista.answer(Answer(503, headers={"Retry-After": "3600"}))
        with pytest.raises(module.VistaError):
            client.update_status("a1", "processing")
        assert (len(vista.asked), waits) == (1, [])

    def test_each_attempt_is_signed_anew(self, vista: FakeVista, client: Any) -> None:
        module.time.time = iter([1767225600.9, 1767225660.0]).__next__
        vista.answer(Answer(503), Answer())
        client.update_status("a1", "processing")
        stamps = [asked.headers["X-ML-Timestamp"] for asked in vista.asked]
        assert stamps == ["1767225600", "1767225660"]

    def test_each_attempt_has_the_same_idempotency_key(self, vista: FakeVista, client: Any) -> None:
        vista.answer(Answer(dropped=True), Answer())
        client.create_analysis("i1", "m", "1")
        first, second = (asked.headers["Idempotency-Key"] for asked in vista.asked)
        assert first == second
