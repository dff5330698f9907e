"""Archives take only so much room: the oldest go, and what is too large by itself is refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analyses import jobs
from analyses.exports.background import DiskFull, make
from analyses.models import Analysis, Job, JobStatus
from images.models import Image, Project
from vista.storage import LocalStorage, StorageUnavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(analysis: Analysis) -> Project:
    return analysis.image.project


@pytest.fixture
def ask(member_client: Client, project: Project) -> Any:
    """`ask(pictures=True)`: the answer to somebody who wants an archive."""

    def post(**body: Any) -> Any:
        return member_client.post(f"/api/projects/{project.pk}/exports", body, "application/json")

    return post


def kept(project: Project, size: int, age: int, kind: str = "export") -> Job:
    """A job that was done so many hours ago, with a file."""
    now = timezone.now()
    job = Job.objects.create(
        project=project,
        kind=kind,
        key=str(age),
        status=JobStatus.COMPLETED,
        filename="x.zip",
        size=size,
        finished_at=now - timedelta(hours=age),
        expires_at=now + timedelta(hours=24),
    )
    default_storage.save(job.output_path, ContentFile(b"x"))
    return job


def done(answer: Any) -> Job:
    assert answer.status_code == 202, answer.content
    call_command("work", once=True)
    return Job.objects.get(pk=answer.json()["id"])


def test_the_oldest_make_room_for_a_new_one(ask: Any, project: Project, settings: Any) -> None:
    settings.MAX_ARCHIVE_BYTES = 100_000
    new, old, older = kept(project, 50_000, 1), kept(project, 49_900, 5), kept(project, 50, 9)
    elsewhere = kept(project, 90_000, 20, kind="import")
    job = done(ask())
    assert (job.status, 1_000 < job.size < 50_000) == ("completed", True)
    assert set(Job.objects.all()) == {job, new, elsewhere}
    there = [default_storage.exists(one.output_path) for one in (job, new, old, older)]
    assert there == [True, True, False, False]


def test_who_has_room_keeps_all(ask: Any, project: Project, settings: Any) -> None:
    settings.MAX_ARCHIVE_BYTES = 100_000
    others = {kept(project, 40_000, 1), kept(project, 40_000, 2)}
    assert {done(ask()), *others} == set(Job.objects.all())


def test_nothing_goes_for_an_archive_that_does_not_come(
    ask: Any, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_ARCHIVE_BYTES = 100_000
    other = kept(project, 99_900, 1)
    answer = ask()
    monkeypatch.setattr(LocalStorage, "save", refuse)
    assert done(answer).status == "failed"
    assert Job.objects.filter(pk=other.pk).exists()


def refuse(*_args: Any, **_options: Any) -> str:
    raise StorageUnavailable


def test_those_that_others_made_meanwhile_count_too(
    ask: Any, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_ARCHIVE_BYTES = 100_000
    answer, save, meanwhile = ask(), LocalStorage.save, []

    def slowly(self: Any, *args: Any, **options: Any) -> Any:
        monkeypatch.setattr(LocalStorage, "save", save)
        meanwhile.append(kept(project, 99_900, 0))
        return save(self, *args, **options)

    monkeypatch.setattr(LocalStorage, "save", slowly)
    assert done(answer).status == "completed"
    assert not Job.objects.filter(pk=meanwhile[0].pk).exists()


def test_an_archive_that_grows_too_large_is_given_up(ask: Any, project: Project, settings: Any) -> None:
    settings.MAX_ARCHIVE_BYTES = 1_000
    other = kept(project, 900, 1)
    job = done(ask(format=["json", "csv", "coco"]))
    said = "VISTA keeps at most 1000\xa0bytes of archives, and this one has more: "
    assert (job.status, job.filename) == ("failed", "")
    assert job.error_message == f"{said}choose fewer pictures, or make several archives."
    assert Job.objects.filter(pk=other.pk).exists()  # nothing had to go for what did not come


def test_what_cannot_fit_is_not_begun(ask: Any, settings: Any) -> None:
    settings.MAX_ARCHIVE_BYTES = 20 * 2**30
    Image.objects.update(size=31 * 2**30)
    answer = ask(pictures=True)
    assert (answer.status_code, answer.json()["detail"]) == (
        413,
        "VISTA keeps at most 20.0\xa0GB of archives, and the pictures alone have 31.0\xa0GB: "
        "choose fewer pictures, or make several archives.",
    )
    assert ask(annotated=True).status_code == 202


def test_the_page_says_so_too(member_client: Client, project: Project) -> None:
    Image.objects.update(size=31 * 2**30)
    answer = member_client.post(reverse("export", args=[project.pk]), {"format": "csv", "pictures": "true"})
    assert answer.status_code == 413
    assert "the pictures alone have 31.0\xa0GB" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_full_disk_is_told(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "archive.zip").symlink_to("/dev/full")
    run = jobs.Run(Job.objects.get(pk=ask().json()["id"]), tmp_path)
    with pytest.raises(DiskFull, match="The disk of the worker is full"):
        make(run)
