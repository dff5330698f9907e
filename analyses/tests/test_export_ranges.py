"""Downloads that were cut off go on where they were: a part of a job's file or of an artifact."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from analyses.models import Analysis, ArtifactStatus, Job, JobStatus, Status
from analyses.tests.factories import ArtifactFactory

CONTENT = bytes(range(100)) * 2_000  # more than is read at once


@pytest.fixture
def job(analysis: Analysis) -> Job:
    job = Job.objects.create(
        project=analysis.image.project,
        kind="export",
        status=JobStatus.COMPLETED,
        filename="all.zip",
        content_type="application/zip",
        size=len(CONTENT),
        expires_at=timezone.now() + timedelta(days=1),
    )
    default_storage.save(job.output_path, ContentFile(CONTENT))
    return job


def fetch(client: Client, address: str, **headers: str) -> tuple[Any, bytes]:
    """The answer and its bytes; Django's client closes what was read to its end."""
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return response, response.getvalue()


def test_the_whole_file_says_that_parts_of_it_may_be_fetched(member_client: Client, job: Job) -> None:
    response, content = fetch(member_client, f"/api/jobs/{job.pk}/file")
    assert (response.status_code, content) == (200, CONTENT)
    assert (response["Accept-Ranges"], response["Content-Length"]) == ("bytes", str(len(CONTENT)))


@pytest.mark.parametrize(
    ("said", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-149999", 5, 150_000),
        ("Bytes=150000-", 150_000, 200_000),
        ("bytes=199999-999999999999999999", 199_999, 200_000),
        ("bytes=-7", 199_993, 200_000),
        ("bytes=-999999", 0, 200_000),
    ],
)
def test_a_part(said: str, begin: int, end: int, member_client: Client, job: Job) -> None:
    response, content = fetch(member_client, f"/api/jobs/{job.pk}/file", range=said)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {begin}-{end - 1}/200000"
    assert response["Content-Length"] == str(end - begin)
    assert content == CONTENT[begin:end]


def test_a_part_is_as_harmless_as_the_whole(member_client: Client, job: Job) -> None:
    whole, _ = fetch(member_client, f"/api/jobs/{job.pk}/file")
    part, _ = fetch(member_client, f"/api/jobs/{job.pk}/file", range="bytes=0-9")
    names = ["Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control", "ETag"]
    names.append("Content-Security-Policy")
    assert [part[name] for name in names] == [whole[name] for name in names]


@pytest.mark.parametrize(
    "said", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", "bytes=٣-٤", "bytes 0-1", ""]
)
def test_what_is_no_part_is_the_whole(said: str, member_client: Client, job: Job) -> None:
    response, content = fetch(member_client, f"/api/jobs/{job.pk}/file", range=said)
    assert (response.status_code, content) == (200, CONTENT)


@pytest.mark.parametrize("said", ["bytes=200000-", "bytes=300000-300001", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(said: str, member_client: Client, job: Job) -> None:
    response, content = fetch(member_client, f"/api/jobs/{job.pk}/file", range=said)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */200000")
    assert content == b'{"detail":"The file has 200,000 bytes; the range begins behind them."}'


def test_a_part_of_what_is_another_file_now_is_the_whole(member_client: Client, job: Job) -> None:
    response, _ = fetch(member_client, f"/api/jobs/{job.pk}/file", range="bytes=9-", if_range='"another"')
    assert response.status_code == 200
    same = response["ETag"]
    response, _ = fetch(member_client, f"/api/jobs/{job.pk}/file", range="bytes=9-", if_range=same)
    assert response.status_code == 206


def test_what_is_there_already_is_not_sent_again(member_client: Client, job: Job) -> None:
    response, _ = fetch(member_client, f"/api/jobs/{job.pk}/file")
    response, content = fetch(member_client, f"/api/jobs/{job.pk}/file", if_none_match=response["ETag"])
    assert (response.status_code, content) == (304, b"")


def test_head_tells_the_size_of_the_whole(member_client: Client, job: Job) -> None:
    response = member_client.head(f"/api/jobs/{job.pk}/file", headers={"range": "bytes=0-9"})
    response.close()
    assert (response.status_code, response["Content-Length"]) == (200, str(len(CONTENT)))


def test_a_stranger_gets_no_part(stranger_client: Client, job: Job) -> None:
    assert fetch(stranger_client, f"/api/jobs/{job.pk}/file", range="bytes=0-9")[0].status_code == 404


# --- artifacts ------------------------------------------------------------------------------------------------
@pytest.fixture
def artifact(analysis: Analysis) -> str:
    """Its address."""
    artifact = ArtifactFactory(
        analysis=analysis,
        artifact_name="a.npy",
        content_type="application/x-npy",
        status=ArtifactStatus.STORED,
    )
    default_storage.save(artifact.storage_path, ContentFile(CONTENT))
    return artifact.get_absolute_url()


def test_a_part_of_an_artifact(member_client: Client, artifact: str) -> None:
    response, content = fetch(member_client, artifact, range="bytes=100000-")
    assert (response.status_code, content) == (206, CONTENT[100_000:])


def test_only_what_cannot_change_any_more_has_an_etag(
    member_client: Client, artifact: str, analysis: Analysis
) -> None:
    assert not fetch(member_client, artifact)[0].has_header("ETag")
    analysis.move_to(Status.COMPLETED)
    assert fetch(member_client, artifact)[0].has_header("ETag")


def test_a_part_of_an_artifact_that_may_change_is_the_whole_for_who_asks_if(
    member_client: Client, artifact: str
) -> None:
    response, _ = fetch(member_client, artifact, range="bytes=100000-", if_range='"old"')
    assert response.status_code == 200
