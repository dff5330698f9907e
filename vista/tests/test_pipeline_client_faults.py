"""The client in scripts/: what its errors say, what it never shows, and where its settings come from."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from vista.tests.fake_vista import Answer, FakeVista, load_client, serving

SECRET, API_KEY, TOKEN = "the-hmac-secret", "vista_the-api-key", "the-token-of-an-upload"
FAULTS = [{"field": "annotations[3].data.bbox", "message": "bbox needs 4 numbers"}]
S3_ERROR = (
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>"
    b"<StringToSign>the-token-of-an-upload</StringToSign></Error>"
)

module = load_client()


@pytest.fixture
def vista() -> Iterator[FakeVista]:
    with serving() as server:
        yield server


@pytest.fixture
def client(vista: FakeVista, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(module, "time", SimpleNamespace(time=time.time, sleep=lambda seconds: None))
    with module.MLPipelineClient(vista.url, SECRET, API_KEY) as client:
        yield client


def fault(client: Any) -> Any:
    with pytest.raises(module.VistaError) as caught:
        client.submit_annotations("a1", [])
    return caught.value


class TestSentences:
    def test_vistas_own(self, vista: FakeVista, client: Any) -> None:
        vista.answer(Answer(400, {"detail": "Invalid annotation format", "errors": FAULTS, "error_count": 1}))
        error = fault(client)
        assert (error.status, error.detail, error.errors) == (400, "Invalid annotation format", FAULTS)
        assert str(error) == (
            "POST annotations:bulk: 400 Invalid annotation format\n"
            "  annotations[3].data.bbox: bbox needs 4 numbers"
        )

    @pytest.mark.parametrize(
        ("status", "body", "text"),
        [
            (403, S3_ERROR, "403 Request has expired"),
            (500, b"<html><body>the-token-of-an-upload</body></html>", "500 Internal Server Error"),
            (400, ["a list"], "400 Bad Request"),
            (400, {"errors": "nonsense"}, "400 Bad Request"),
        ],
    )
    def test_others(self, vista: FakeVista, client: Any, status: int, body: Any, text: str) -> None:
        vista.answer(Answer(status, body))
        assert str(fault(client)) == f"POST annotations:bulk: {text}"

    @pytest.mark.parametrize("body", [b"<html>", [1], b""])
    def test_a_success_that_is_not_vistas(self, vista: FakeVista, client: Any, body: Any) -> None:
        vista.answer(Answer(200, body))
        assert fault(client).detail == "the answer is not VISTA's; is the address right?"

    def test_a_redirect_is_not_followed(self, vista: FakeVista, client: Any) -> None:
        vista.answer(Answer(301, headers={"Location": "https://vista.example/api/x?token=the-token"}))
        assert fault(client).detail == "redirected to https://vista.example; use that address"
        assert len(vista.asked) == 1

    def test_nobody_is_there(self, client: Any) -> None:
        client.api_url = "http://127.0.0.1:9"
        assert str(fault(client)) == "POST annotations:bulk: no answer: Connection refused"

    def test_a_time_out(self, vista: FakeVista) -> None:
        vista.answer(Answer(delay=30))
        with module.MLPipelineClient(vista.url, SECRET, timeout=0.2, retries=0) as client:
            assert fault(client).detail in ("no answer: timed out", "no answer: ReadTimeout")

    def test_those_who_catch_the_errors_of_requests_catch_these(self) -> None:
        assert issubclass(module.VistaError, requests.RequestException)


class TestNothingIsShown:
    def everything(self, error: BaseException) -> str:
        """The text of an error and of those that it hangs on, as a traceback would print them."""
        assert error.__suppress_context__ or error.__context__ is None
        return f"{error!r} {error}"

    def test_by_repr(self) -> None:
        with module.MLPipelineClient("http://me:the-password@vista.example:8000/", SECRET, API_KEY) as client:
            assert repr(client) == "MLPipelineClient('http://vista.example:8000', scheme='timestamped')"

    @pytest.mark.parametrize("answer", [Answer(dropped=True), Answer(503), Answer(403, S3_ERROR)], ids=str)
    def test_by_errors_and_logs(
        self, vista: FakeVista, client: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: Answer
    ) -> None:
        (tmp_path / "a.png").write_bytes(b"bytes")
        vista.answer(answer)
        with (
            caplog.at_level(logging.DEBUG, logger="vista_client"),
            pytest.raises(module.VistaError) as caught,
        ):
            client.upload_artifact(f"{vista.url}/api/uploads/{TOKEN}", tmp_path / "a.png", "image/png")
        ours = [record.getMessage() for record in caplog.records if record.name == "vista_client"]
        shown = self.everything(caught.value) + "".join(ours)
        assert "PUT a.png" in shown
        assert not [word for word in (SECRET, API_KEY, TOKEN) if word in shown]

    def test_by_a_log_of_another_attempt(
        self, vista: FakeVista, client: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        vista.answer(Answer(503, {"detail": "Busy."}), Answer())
        client.update_status("a1", "processing")
        messages = [record.getMessage() for record in caplog.records if record.name == "vista_client"]
        assert [m.partition("; trying again in ")[0] for m in messages] == ["PATCH status: 503 Busy."]

    @pytest.mark.parametrize("key", [API_KEY + "\n", API_KEY + " x", "schlüssel-" + API_KEY])
    def test_by_a_key_that_no_header_can_carry(self, key: str) -> None:
        with pytest.raises(ValueError, match="api_key has characters that no header can carry") as caught:
            module.MLPipelineClient("http://vista.example", SECRET, key)
        assert API_KEY not in str(caught.value)


class TestConstruction:
    @pytest.mark.parametrize("url", ["", "vista.example", "ftp://vista.example"])
    def test_with_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="api_url must begin with http:// or https://"):
            module.MLPipelineClient(url, SECRET)

    def test_without_a_secret(self) -> None:
        with pytest.raises(ValueError, match="hmac_secret is empty"):
            module.MLPipelineClient("http://vista.example", "")

    def test_with_an_unknown_scheme(self) -> None:
        with pytest.raises(ValueError, match="scheme must be one of timestamped, body, got 'v9'"):
            module.MLPipelineClient("http://vista.example", SECRET, scheme="v9")


class TestSettings:
    @pytest.fixture(autouse=True)
    def empty_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("BASE_URL", "API_KEY", "ML_CALLBACK_HMAC_SECRET"):
            monkeypatch.delenv(name, raising=False)

    @pytest.fixture
    def env_file(self, tmp_path: Path) -> Path:
        return tmp_path / ".env"

    def test_from_the_file(self, env_file: Path) -> None:
        env_file.write_text(
            "# API_KEY=commented\nexport BASE_URL='https://vista.example'\r\nAPI_KEY=\"vista_a=b\"\n\n"
            "ML_CALLBACK_HMAC_SECRET=abc\nMY_API_KEY=other\n"
        )
        assert module.settings_from_env(env_file) == {
            "BASE_URL": "https://vista.example",
            "API_KEY": "vista_a=b",
            "ML_CALLBACK_HMAC_SECRET": "abc",
        }

    def test_the_environment_wins(self, env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        env_file.write_text("API_KEY=of-the-file\n")
        monkeypatch.setenv("API_KEY", "of-the-environment")
        assert module.settings_from_env(env_file)["API_KEY"] == "of-the-environment"

    def test_an_empty_variable_does_not_hide_the_file(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        env_file.write_text("API_KEY=of-the-file\n")
        monkeypatch.setenv("API_KEY", "")
        assert module.settings_from_env(env_file)["API_KEY"] == "of-the-file"

    def test_the_first_of_several_secrets_signs(self, env_file: Path) -> None:
        env_file.write_text("ML_CALLBACK_HMAC_SECRET=new, old\n")
        assert module.settings_from_env(env_file)["ML_CALLBACK_HMAC_SECRET"] == "new"

    def test_from_nowhere(self, env_file: Path) -> None:
        assert module.settings_from_env(env_file) == {
            "BASE_URL": "http://localhost:8000",
            "API_KEY": "",
            "ML_CALLBACK_HMAC_SECRET": "",
        }

    def test_the_file_is_that_of_the_checkout(self) -> None:
        assert Path(__file__).resolve().parents[2] / ".env" == module.ENV_FILE
