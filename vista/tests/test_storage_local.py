"""What LocalStorage promises beside what both storages do: tokens, and uploads that come to VISTA itself."""

import hashlib
import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.test import override_settings

from vista.errors import Invalid, TooLarge
from vista.storage import BadToken, LocalStorage, Resting, StorageUnavailable

NAME = "artifacts/0192f0c1/0192f0c2"
BYTES = bytes(range(256)) * 300  # more than one chunk
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(location=tmp_path / "files")


def files_of(storage: LocalStorage) -> list[str]:
    root = Path(storage.location)
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())


def token_of(storage: LocalStorage, **options: Any) -> str:
    return storage.signed_upload(NAME, "image/png", 600, **options).url.rpartition("/")[2]


class TestToken:
    def test_holds_what_was_granted(self, local: LocalStorage) -> None:
        with time_machine.travel(1_767_225_600, tick=False):
            grant = local.read_token(token_of(local, size=7, sha256=SHA256))
        assert (grant.name, grant.content_type, grant.expires_at, grant.size, grant.sha256) == (
            NAME,
            "image/png",
            1_767_226_200,
            7,
            SHA256,
        )

    def test_altered_in_any_character_is_refused(self, local: LocalStorage) -> None:
        token = token_of(local)
        altered = [
            token[:place] + other + token[place + 1 :]
            for place, character in enumerate(token)
            for other in "Aa0_:é"
            if other != character
        ]
        assert len(altered) > 5 * 100
        sentences = set()
        for text in altered:
            with pytest.raises(BadToken) as caught:
                local.read_token(text)
            sentences.add(caught.value.detail)
        assert sentences == {"This is not an upload URL that VISTA made."}

    @pytest.mark.parametrize("change", [lambda t: t + "=", lambda t: t[:-1], lambda t: " " + t, lambda t: ""])
    def test_longer_or_shorter_is_refused(self, local: LocalStorage, change: Any) -> None:
        with pytest.raises(BadToken, match="not an upload URL"):
            local.read_token(change(token_of(local)))

    def test_of_another_secret_key_is_refused(self, local: LocalStorage) -> None:
        with override_settings(SECRET_KEY="another" * 10):
            token = token_of(local)
        with pytest.raises(BadToken, match="not an upload URL"):
            local.read_token(token)

    def test_good_to_the_last_second(self, local: LocalStorage) -> None:
        with time_machine.travel(1_767_225_600, tick=False) as traveller:
            token = token_of(local)
            traveller.shift(timedelta(seconds=599))
            assert local.read_token(token).name == NAME

    def test_expired_is_refused(self, local: LocalStorage) -> None:
        with time_machine.travel(1_767_225_600, tick=False) as traveller:
            token = token_of(local)
            traveller.shift(timedelta(seconds=600))
            with pytest.raises(BadToken, match=r"has expired; ask for a new one\.$"):
                local.read_token(token)

    def test_is_a_403(self) -> None:
        assert BadToken.status_code == 403

    def test_survives_a_url(self, local: LocalStorage) -> None:
        token = token_of(local, size=7, sha256=SHA256)
        assert unquote(token) == token

    def test_url_is_below_the_base_of_the_settings(self, local: LocalStorage) -> None:
        url = local.signed_upload(NAME, "image/png", 600).url
        assert url.startswith("http://localhost:8000/api/uploads/")

    def test_url_is_below_the_base_that_is_given(self, local: LocalStorage) -> None:
        url = local.signed_upload(NAME, "image/png", 600, base_url="http://127.0.0.1:8101/").url
        assert url.startswith("http://127.0.0.1:8101/api/uploads/")


class BrokenStream:
    """A connection that breaks after its first bytes."""

    def __init__(self, first: bytes) -> None:
        self.parts = [first]

    def read(self, size: int) -> bytes:
        if not self.parts:
            raise ConnectionResetError
        return self.parts.pop()


class TestReceive:
    def test_placed_bytes_read_back(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
            received.place(NAME)
        assert Path(local.path(NAME)).read_bytes() == BYTES

    def test_tells_size_and_checksum(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
            assert received.place(NAME) == Resting(NAME, len(BYTES), f"sha256:{SHA256}")

    def test_an_empty_file_is_a_file(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(), 0, 10) as received:
            assert received.place(NAME).size == 0

    def test_nothing_is_visible_before_it_is_placed(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6):
            assert not local.exists(NAME)

    def test_replaces_an_earlier_upload(self, local: LocalStorage) -> None:
        local.save(NAME, ContentFile(b"earlier"))
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
            received.place(NAME)
        assert Path(local.path(NAME)).read_bytes() == BYTES

    def test_a_reader_of_the_earlier_upload_is_not_disturbed(self, local: LocalStorage) -> None:
        local.save(NAME, ContentFile(b"earlier"))
        with local.open(NAME) as reader:
            with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
                received.place(NAME)
            assert reader.read() == b"earlier"

    def test_placed_files_have_the_permissions_of_the_settings(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
            received.place(NAME)
        assert Path(local.path(NAME)).stat().st_mode & 0o777 == 0o640

    def test_leaves_nothing_when_not_placed(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6):
            pass
        assert files_of(local) == []

    def test_leaves_only_the_file_when_placed(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6) as received:
            received.place(NAME)
        assert files_of(local) == [NAME]

    def test_stops_at_the_announced_length(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), 100, 10**6) as received:
            assert received.size == 100

    def test_too_long_is_refused_by_its_length(self, local: LocalStorage) -> None:
        stream = io.BytesIO(BYTES)
        with pytest.raises(TooLarge, match=r"^The file has 1,001 bytes; at most 1,000 are accepted\.$"):
            local.receive(stream, 1001, 1000)
        assert stream.tell() == 0

    def test_cut_short_is_refused(self, local: LocalStorage) -> None:
        with pytest.raises(Invalid, match=r"^The body ended after 76,800 of 80,000 bytes\.$"):
            local.receive(io.BytesIO(BYTES), 80_000, 10**6)

    def test_a_broken_connection_is_a_body_cut_short(self, local: LocalStorage) -> None:
        with pytest.raises(Invalid, match=r"^The body ended after 3 of 10 bytes\.$"):
            local.receive(BrokenStream(b"abc"), 10, 100)

    def test_cut_short_leaves_nothing(self, local: LocalStorage) -> None:
        with pytest.raises(Invalid):
            local.receive(io.BytesIO(BYTES), 80_000, 10**6)
        assert files_of(local) == []

    def test_another_checksum_than_signed_is_refused(self, local: LocalStorage) -> None:
        with pytest.raises(
            Invalid, match=f"^The file has SHA-256 {SHA256}; the URL was signed for {'0' * 64}"
        ):
            local.receive(io.BytesIO(BYTES), len(BYTES), 10**6, sha256="0" * 64)
        assert files_of(local) == []

    def test_the_signed_checksum_is_accepted(self, local: LocalStorage) -> None:
        with local.receive(io.BytesIO(BYTES), len(BYTES), 10**6, sha256=SHA256.upper()) as received:
            assert received.sha256 == SHA256

    def test_what_a_killed_process_left_is_swept_after_a_day(self, local: LocalStorage) -> None:
        left = local.incoming() / "left"
        left.write_bytes(b"half")
        os.utime(left, (time.time() - 90_000,) * 2)
        with local.receive(io.BytesIO(), 0, 10):
            assert not left.exists()

    def test_an_upload_of_today_is_not_swept(self, local: LocalStorage) -> None:
        running = local.incoming() / "running"
        running.write_bytes(b"half")
        os.utime(running, (time.time() - 80_000,) * 2)
        with local.receive(io.BytesIO(), 0, 10):
            assert running.exists()

    def test_a_full_disk_is_unavailable(self, local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageUnavailable):
            local.receive(io.BytesIO(BYTES), len(BYTES), 10**6)
        assert files_of(local) == []


class TestLocal:
    def test_names_that_leave_the_folder_are_refused(self, local: LocalStorage) -> None:
        with pytest.raises(SuspiciousFileOperation):
            local.open("../outside")

    def test_seal_reads_the_checksum_from_the_bytes(self, local: LocalStorage) -> None:
        local.save(NAME, ContentFile(BYTES))
        assert local.seal(NAME) == Resting(NAME, len(BYTES), f"sha256:{SHA256}")

    def test_seal_keeps_a_checksum_that_is_known(self, local: LocalStorage) -> None:
        local.save(NAME, ContentFile(BYTES))
        assert local.seal(NAME, "sha256:known") == Resting(NAME, len(BYTES), "sha256:known")

    def test_nobody_else_serves_its_files(self, local: LocalStorage) -> None:
        assert local.signed_download(NAME, "a.csv", "text/csv", 60) is None

    def test_a_folder_that_cannot_be_made_is_not_reachable(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"in the way")
        assert not LocalStorage(location=tmp_path / "file" / "files").is_reachable()

    def test_a_save_that_fails_keeps_the_earlier_bytes(self, local: LocalStorage) -> None:
        local.save(NAME, ContentFile(b"earlier"))

        class Failing(ContentFile):
            def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
                yield b"half"
                raise ValueError("the source broke")

        with pytest.raises(ValueError, match="the source broke"):
            local.save(NAME, Failing(b""))
        assert Path(local.path(NAME)).read_bytes() == b"earlier"
        assert files_of(local) == [NAME]
