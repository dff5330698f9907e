"""Both storages keep one promise: LocalStorage on a disk, S3Storage over HTTP against moto's server."""

import base64
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.files.base import ContentFile
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from vista.storage import LocalStorage, Resting, S3Storage, StaticStorage, StorageUnavailable, s3

NAME = "artifacts/0192f0c1/0192f0c2"
BYTES = bytes(range(256)) * 300  # more than one chunk
SHA256 = hashlib.sha256(BYTES).hexdigest()
MD5 = hashlib.md5(BYTES, usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module", autouse=True)
def credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key-id-of-the-tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret-access-key-of-the-tests")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield


class S3Server:
    """moto behind a real socket; `stop` closes the port."""

    def __init__(self) -> None:
        application = DomainDispatcherApplication(create_backend_app)
        self.server = make_server("127.0.0.1", 0, application, threaded=True)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def s3_storage_of_all(s3_server: S3Server, credentials: None) -> S3Storage:
    return S3Storage(bucket_name="pictures", endpoint_url=s3_server.url, region_name="us-east-1")


@pytest.fixture
def s3_storage(s3_server: S3Server, s3_storage_of_all: S3Storage) -> S3Storage:
    requests.post(f"{s3_server.url}/moto-api/reset", timeout=60).raise_for_status()
    s3_storage_of_all.bucket.create()
    return s3_storage_of_all  # making boto3's client is the slow part


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(location=tmp_path / "files")


@pytest.fixture(params=["local", "s3_storage"])
def storage(request: pytest.FixtureRequest) -> LocalStorage | S3Storage:
    return request.getfixturevalue(request.param)


@pytest.fixture
def dead_s3() -> S3Storage:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return S3Storage(bucket_name="pictures", endpoint_url=f"http://127.0.0.1:{port}")


# --- what both promise ------------------------------------------------------------------------------------
class TestBoth:
    def test_saved_bytes_read_back(self, storage: Any) -> None:
        assert storage.save(NAME, ContentFile(BYTES)) == NAME
        with storage.open(NAME) as file:
            assert file.read() == BYTES

    def test_a_name_saved_again_holds_the_new_bytes(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(b"old and longer"))
        assert storage.save(NAME, ContentFile(b"new")) == NAME
        with storage.open(NAME) as file:
            assert file.read() == b"new"

    def test_size_is_in_bytes(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(BYTES))
        assert storage.size(NAME) == len(BYTES)

    def test_what_was_saved_exists(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(BYTES))
        assert storage.exists(NAME)

    def test_what_was_never_saved_does_not_exist(self, storage: Any) -> None:
        assert not storage.exists(NAME)

    def test_what_was_deleted_does_not_exist(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(BYTES))
        storage.delete(NAME)
        assert not storage.exists(NAME)

    def test_deleting_nothing_is_fine(self, storage: Any) -> None:
        storage.delete(NAME)
        assert not storage.exists(NAME)

    def test_opening_nothing_is_file_not_found(self, storage: Any) -> None:
        with pytest.raises(FileNotFoundError):
            storage.open(NAME)

    def test_size_of_nothing_is_file_not_found(self, storage: Any) -> None:
        with pytest.raises(FileNotFoundError):
            storage.size(NAME)

    def test_sealing_nothing_is_none(self, storage: Any) -> None:
        assert storage.seal(NAME) is None

    def test_what_is_sealed_reads_back(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(BYTES))
        with storage.open(storage.seal(NAME).path) as file:
            assert file.read() == BYTES

    def test_sealing_again_gives_the_same(self, storage: Any) -> None:
        storage.save(NAME, ContentFile(BYTES))
        assert storage.seal(NAME) == storage.seal(NAME)

    def test_it_is_reachable(self, storage: Any) -> None:
        assert storage.is_reachable()

    def test_a_signed_upload_says_how_to_send_it(self, storage: Any) -> None:
        upload = storage.signed_upload(NAME, "image/png", 600)
        assert (upload.method, upload.headers, upload.expires_in) == (
            "PUT",
            {"Content-Type": "image/png"},
            600,
        )

    def test_a_signed_upload_does_not_print_its_url(self, storage: Any) -> None:
        upload = storage.signed_upload(NAME, "image/png", 600)
        assert upload.url not in repr(upload)


# --- S3 ---------------------------------------------------------------------------------------------------
def query_of(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


class TestS3SignedUpload:
    def test_what_is_put_there_reads_back(self, s3_storage: S3Storage) -> None:
        upload = s3_storage.signed_upload(NAME, "image/png", 600)
        requests.put(upload.url, data=BYTES, headers=upload.headers, timeout=60).raise_for_status()
        with s3_storage.open(NAME) as file:
            assert file.read() == BYTES

    def test_signs_the_content_type(self, s3_storage: S3Storage) -> None:
        query = query_of(s3_storage.signed_upload(NAME, "image/png", 600).url)
        assert query["X-Amz-SignedHeaders"] == "content-type;host"

    def test_signs_size_and_checksum(self, s3_storage: S3Storage) -> None:
        upload = s3_storage.signed_upload(NAME, "image/png", 600, size=len(BYTES), sha256=SHA256)
        assert query_of(upload.url)["X-Amz-SignedHeaders"] == (
            "content-length;content-type;host;x-amz-checksum-sha256"
        )

    def test_names_the_checksum_among_the_headers(self, s3_storage: S3Storage) -> None:
        upload = s3_storage.signed_upload(NAME, "image/png", 600, sha256=SHA256)
        assert base64.b64decode(upload.headers["x-amz-checksum-sha256"]).hex() == SHA256

    def test_signs_with_version_4(self, s3_storage: S3Storage) -> None:
        query = query_of(s3_storage.signed_upload(NAME, "image/png", 600).url)
        assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"

    def test_signs_with_version_4_for_amazon_itself(self) -> None:
        storage = S3Storage(bucket_name="pictures", region_name="us-east-1")
        query = query_of(storage.signed_upload(NAME, "image/png", 600).url)
        assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"

    def test_signs_the_expiry(self, s3_storage: S3Storage) -> None:
        assert query_of(s3_storage.signed_upload(NAME, "image/png", 600).url)["X-Amz-Expires"] == "600"

    def test_adds_no_checksum_of_its_own(self, s3_storage: S3Storage) -> None:
        assert "checksum" not in s3_storage.signed_upload(NAME, "image/png", 600).url.lower()

    def test_saving_sends_no_checksum_of_its_own(self, s3_storage: S3Storage) -> None:
        s3_storage.save(NAME, ContentFile(BYTES))  # not every S3-compatible store knows them
        seen = s3_storage.connection.meta.client.head_object(
            Bucket="pictures", Key=NAME, ChecksumMode="ENABLED"
        )
        assert [key for key in seen if key.startswith("Checksum")] == []

    def test_is_for_the_public_address(self, s3_server: S3Server) -> None:
        storage = S3Storage(
            bucket_name="pictures",
            endpoint_url=s3_server.url,
            public_endpoint_url="https://files.example.org",
        )
        url = storage.signed_upload(NAME, "image/png", 600).url
        assert url.startswith(f"https://files.example.org/pictures/{NAME}?")

    def test_without_credentials_is_unavailable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(StorageUnavailable):
            S3Storage(bucket_name="pictures").signed_upload(NAME, "image/png", 600)


class TestS3SignedDownload:
    def test_answers_as_an_attachment_of_our_type(self, s3_storage: S3Storage) -> None:
        s3_storage.save(NAME, ContentFile(BYTES))
        answer = requests.get(s3_storage.signed_download(NAME, "Größe.csv", "text/csv", 60), timeout=60)
        assert (answer.content, answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (
            BYTES,
            "text/csv",
            "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.csv",
        )

    def test_a_name_cannot_break_out_of_the_header(self, s3_storage: S3Storage) -> None:
        url = s3_storage.signed_download(NAME, 'a"\r\nX-Evil: 1', "text/csv", 60)
        assert query_of(url)["response-content-disposition"] == 'attachment; filename="a\\"X-Evil: 1"'

    def test_is_for_the_public_address(self) -> None:
        storage = S3Storage(bucket_name="pictures", public_endpoint_url="https://files.example.org")
        url = storage.signed_download(NAME, "a.csv", "text/csv", 60)
        assert url.startswith(f"https://files.example.org/pictures/{NAME}?")


class TestS3Seal:
    def test_names_the_copy_by_its_etag(self, s3_storage: S3Storage) -> None:
        s3_storage.save(NAME, ContentFile(BYTES))
        assert s3_storage.seal(NAME) == Resting(f"{NAME}.{MD5}", len(BYTES), f"etag:{MD5}")

    def test_a_later_upload_does_not_change_what_is_sealed(self, s3_storage: S3Storage) -> None:
        upload = s3_storage.signed_upload(NAME, "image/png", 600)
        requests.put(upload.url, data=BYTES, headers=upload.headers, timeout=60).raise_for_status()
        resting = s3_storage.seal(NAME)
        requests.put(upload.url, data=b"other", headers=upload.headers, timeout=60).raise_for_status()
        with s3_storage.open(resting.path) as file:
            assert file.read() == BYTES

    def test_takes_the_checksum_that_was_signed(self, s3_storage: S3Storage) -> None:
        upload = s3_storage.signed_upload(NAME, "image/png", 600, sha256=SHA256)
        # S3 keeps the checksum it was sent; moto does so only when told the algorithm once more.
        headers = upload.headers | {"x-amz-sdk-checksum-algorithm": "SHA256"}
        requests.put(upload.url, data=BYTES, headers=headers, timeout=60).raise_for_status()
        assert s3_storage.seal(NAME).checksum == f"sha256:{SHA256}"

    def test_copies_an_upload_that_lands_meanwhile(
        self, s3_storage: S3Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        s3_storage.save(NAME, ContentFile(bytes(len(BYTES))))
        client = s3_storage.connection.meta.client
        copy = client.copy

        def overtaken(*args: Any, **kwargs: Any) -> None:
            monkeypatch.setattr(client, "copy", copy)
            s3_storage.save(NAME, ContentFile(BYTES))
            copy(*args, **kwargs)

        monkeypatch.setattr(client, "copy", overtaken)
        assert s3_storage.seal(NAME) == Resting(f"{NAME}.{MD5}", len(BYTES), f"etag:{MD5}")

    def test_large_files_are_copied_in_parts(
        self, s3_storage: S3Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(s3_storage.transfer_config, "multipart_threshold", 5 * s3.MIB)
        monkeypatch.setattr(s3_storage.transfer_config, "multipart_chunksize", 5 * s3.MIB)
        content = os.urandom(6 * s3.MIB)
        upload = s3_storage.signed_upload(NAME, "image/png", 600)
        requests.put(upload.url, data=content, headers=upload.headers, timeout=60).raise_for_status()
        with s3_storage.open(s3_storage.seal(NAME).path) as file:
            assert (file.read(), file.obj.content_type) == (content, "image/png")

    def test_without_a_bucket_nothing_is_called_missing(self, s3_server: S3Server) -> None:
        requests.post(f"{s3_server.url}/moto-api/reset", timeout=60).raise_for_status()
        with pytest.raises(StorageUnavailable):
            S3Storage(bucket_name="pictures", endpoint_url=s3_server.url).seal(NAME)


class TestS3Dead:
    @pytest.mark.parametrize(
        "act",
        [
            lambda storage: storage.save(NAME, ContentFile(BYTES)),
            lambda storage: storage.open(NAME),
            lambda storage: storage.exists(NAME),
            lambda storage: storage.size(NAME),
            lambda storage: storage.delete(NAME),
            lambda storage: storage.seal(NAME),
        ],
        ids=["save", "open", "exists", "size", "delete", "seal"],
    )
    def test_everything_is_unavailable(self, dead_s3: S3Storage, act: Any) -> None:
        with pytest.raises(StorageUnavailable):
            act(dead_s3)

    def test_it_is_not_reachable(self, dead_s3: S3Storage) -> None:
        assert not dead_s3.is_reachable()

    def test_a_missing_bucket_is_not_reachable(self, s3_server: S3Server) -> None:
        storage = S3Storage(bucket_name="no-such-bucket", endpoint_url=s3_server.url)
        assert not storage.is_reachable()

    def test_saving_into_a_missing_bucket_is_unavailable(self, s3_server: S3Server) -> None:
        storage = S3Storage(bucket_name="no-such-bucket", endpoint_url=s3_server.url)
        with pytest.raises(StorageUnavailable):
            storage.save(NAME, ContentFile(BYTES))

    def test_it_is_not_reachable_once_the_server_has_stopped(self) -> None:
        server = S3Server()
        storage = S3Storage(bucket_name="pictures", endpoint_url=server.url, region_name="us-east-1")
        storage.bucket.create()
        assert storage.is_reachable()
        server.stop()
        assert not storage.is_reachable()

    def test_a_server_that_dies_after_open_is_unavailable(self) -> None:
        server = S3Server()
        storage = S3Storage(bucket_name="pictures", endpoint_url=server.url, region_name="us-east-1")
        storage.bucket.create()
        storage.save(NAME, ContentFile(BYTES))
        file = storage.open(NAME)
        server.stop()
        with pytest.raises(StorageUnavailable):
            file.read()

    def test_a_frozen_server_is_unavailable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(s3, "READ_SECONDS", 0.1)
        with socket.create_server(("127.0.0.1", 0)) as frozen:
            port = frozen.getsockname()[1]
            storage = S3Storage(bucket_name="pictures", endpoint_url=f"http://127.0.0.1:{port}")
            with pytest.raises(StorageUnavailable):
                storage.seal(NAME)

    def test_no_worker_waits_over_ten_seconds(self) -> None:
        pause, question = 1, 1  # botocore's longest before the second attempt; its wait for "100 Continue"
        attempt = max(s3.READ_SECONDS + question, 2 * s3.CONNECT_SECONDS)
        waiting = s3.ATTEMPTS * attempt + pause
        assert waiting < 10

    def test_the_sentence_gives_nothing_away(self, dead_s3: S3Storage) -> None:
        with pytest.raises(StorageUnavailable) as caught:
            dead_s3.seal(NAME)
        assert caught.value.as_dict() == {
            "detail": "The file storage does not answer; try again in a moment."
        }

    def test_the_log_gives_nothing_away(self, dead_s3: S3Storage, caplog: pytest.LogCaptureFixture) -> None:
        dead_s3.is_reachable()
        assert caplog.messages == ["S3 does not answer: EndpointConnectionError"]


# --- static files -----------------------------------------------------------------------------------------
def test_imports_of_modules_name_the_hashed_file(tmp_path: Path) -> None:
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    (tmp_path / "page.js").write_text('import { camera } from "./camera.js";\n')
    (tmp_path / "camera.js").write_text("export const camera = 1;\n")
    processed = storage.post_process({name: (storage, name) for name in ("page.js", "camera.js")})
    hashed = {name: hashed for name, hashed, _ in processed if hashed.endswith(".js")}
    assert (
        tmp_path / hashed["page.js"]
    ).read_text() == f'import {{ camera }} from "./{hashed["camera.js"]}";\n'
