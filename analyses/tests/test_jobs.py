"""Background work: asked for once, told, cancelled, given back, done again when its worker died."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from analyses import jobs
from analyses.jobs import asking, kinds, running
from analyses.models import Job, JobIsOver, JobStatus
from images.models import Project
from images.tests.factories import ProjectFactory
from vista.errors import Invalid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    return ProjectFactory()


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`kind(function)`: what jobs called "test" do."""
    monkeypatch.setattr(kinds, "RUNNERS", dict(kinds.RUNNERS))
    return kinds.kind("test")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(running, "PULSE", 0.01)
    yield
    running.ending.clear()


def start(project: Project, parameters: dict[str, Any] | None = None, **more: Any) -> Job:
    return jobs.start("test", project, parameters or {}, by=None, **more)


def work() -> None:
    call_command("work", once=True)


def write(run: jobs.Run) -> jobs.Outcome:
    path = run.folder / "out"
    path.write_bytes(b"all of it")
    run.progress(3, 3)
    return jobs.Outcome({"rows": 3}, path, "all.csv", "text/csv")


def until_stopped(run: jobs.Run) -> jobs.Outcome:
    pause = threading.Event()
    for done in range(10_000):
        pause.wait(0.01)
        run.progress(done, 10_000, "Going on")
    return jobs.Outcome()


def test_a_job_that_is_done_has_its_file_and_its_words(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    work()
    job.refresh_from_db()
    assert (job.status, job.result, job.done, job.total) == ("completed", {"rows": 3}, 3, 3)
    with job.open() as file:
        assert file.read() == b"all of it"
    assert (job.filename, job.content_type, job.size) == ("all.csv", "text/csv", 9)


def test_the_function_reads_what_came_in(project: Project, kind: Any) -> None:
    @kind
    def read(run: jobs.Run) -> jobs.Outcome:
        with run.open_input() as file:
            return jobs.Outcome({"read": file.read().decode()})

    job = start(project, file=ContentFile(b"coco"))
    work()
    job.refresh_from_db()
    assert job.result == {"read": "coco"}
    assert not default_storage.exists(job.input_path)


def test_the_same_work_is_asked_for_once(project: Project, kind: Any) -> None:
    kind(write)
    assert start(project, {"a": 1}) == start(project, {"a": 1})
    assert start(project, {"a": 1}) != start(project, {"a": 2})


def test_what_is_completed_is_found_again(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    work()
    assert start(project) == job


def test_what_has_expired_is_done_anew(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project, kept=timedelta(0))
    work()
    assert start(project) != job


def test_what_failed_is_done_anew(project: Project, kind: Any) -> None:
    job = start(project)
    Job.objects.update(status=JobStatus.FAILED)
    assert start(project) != job


def test_a_refusal_is_told_in_its_own_words(project: Project, kind: Any) -> None:
    @kind
    def refuse(run: jobs.Run) -> jobs.Outcome:
        raise Invalid("The file is empty.", [("file", "is empty")])

    job = start(project)
    work()
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "The file is empty.")
    assert job.result["errors"] == [{"field": "file", "message": "is empty"}]


def test_a_mistake_of_ours_is_told_without_its_details(project: Project, kind: Any) -> None:
    @kind
    def stumble(run: jobs.Run) -> jobs.Outcome:
        raise RuntimeError("password=hunter2")

    job = start(project)
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert job.error_message == f"VISTA made a mistake; its log tells more of job {job.pk}."


def test_a_kind_that_nobody_knows_fails(project: Project) -> None:
    job = start(project)
    work()
    job.refresh_from_db()
    assert job.error_message == "This version of VISTA knows no work called 'test'."


def test_a_cancelled_job_never_begins(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    job.cancel()
    work()
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("cancelled", 0)


def test_a_running_job_hears_of_its_cancel(project: Project, kind: Any) -> None:
    @kind
    def cancelled_midway(run: jobs.Run) -> jobs.Outcome:
        run.job.cancel()
        return until_stopped(run)

    job = start(project)
    work()
    job.refresh_from_db()
    assert (job.status, job.filename) == ("cancelled", "")


def test_progress_is_told_while_it_runs(project: Project, kind: Any) -> None:
    seen = []

    @kind
    def watched(run: jobs.Run) -> jobs.Outcome:
        pause = threading.Event()
        while not seen:
            run.progress(2, 5, "Reading")
            pause.wait(0.01)
            seen.extend(Job.objects.filter(done=2).values_list("done", "total", "doing"))
        return jobs.Outcome()

    start(project)
    work()
    assert seen == [(2, 5, "Reading")]


def test_a_worker_that_ends_gives_its_job_back(project: Project, kind: Any) -> None:
    @kind
    def ended_midway(run: jobs.Run) -> jobs.Outcome:
        running.ending.set()
        return until_stopped(run)

    job = start(project)
    jobs.perform.call(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("waiting", 0)
    running.ending.clear()
    kind(write)
    work()
    job.refresh_from_db()
    assert job.status == "completed"


def abandon(job: Job, attempts: int = 1) -> None:
    """As a worker leaves it that is killed."""
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(status="running", attempts=attempts, touched_at=long_ago)
    DBTaskResult.objects.all().delete()


def test_a_worker_finds_what_another_one_leaves_later(
    project: Project, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LOOK", 0.01)
    job = start(project)
    abandon(job)
    pause = threading.Event()
    with asking.lookout():
        while not DBTaskResult.objects.ready().exists():
            pause.wait(0.01)
    job.refresh_from_db()
    assert job.status == "waiting"


def test_a_job_whose_worker_died_before_it_began_is_queued_again(project: Project, kind: Any) -> None:
    kind(write)
    lost, queued = start(project), start(project, {"another": 1})
    DBTaskResult.objects.filter(args_kwargs__args=[str(lost.pk)]).update(status="RUNNING")
    work()
    assert {job.status for job in Job.objects.all()} == {"completed"}
    assert DBTaskResult.objects.filter(args_kwargs__args=[str(queued.pk)]).count() == 1


def test_what_a_dead_worker_left_is_done_by_the_next(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    abandon(job)
    work()
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("completed", 2)


def test_what_killed_three_workers_is_not_tried_again(project: Project, kind: Any) -> None:
    job = start(project)
    abandon(job, attempts=3)
    work()
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "Its worker died 3 times.")


def test_an_attempt_that_was_given_up_changes_nothing_any_more(project: Project, kind: Any) -> None:
    @kind
    def overtaken(run: jobs.Run) -> jobs.Outcome:
        Job.objects.update(attempts=2)  # another worker took it for abandoned
        return jobs.Outcome({"by": "the first"})

    job = start(project)
    work()
    job.refresh_from_db()
    assert (job.status, job.result) == ("running", {})


def test_expired_jobs_go_with_their_files(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project, kept=timedelta(0))
    work()
    assert not Job.objects.exists()
    assert not default_storage.exists(job.output_path)


def test_a_job_that_is_over_cannot_be_cancelled(project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    work()
    with pytest.raises(JobIsOver, match="The job is completed"):
        job.cancel()


def test_a_project_has_only_so_many_jobs_under_way(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_LIVE", 2)
    known = [start(project, {"n": number}) for number in range(2)]
    with pytest.raises(asking.TooManyJobs):
        start(project, {"n": 2})
    assert start(project, {"n": 1}) == known[1]
    known[0].cancel()
    assert start(project, {"n": 2}).status == "waiting"


def test_what_the_queue_remembers_of_dead_workers_goes_too(project: Project) -> None:
    start(project)
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - timedelta(days=2))
    jobs.sweep()
    assert not DBTaskResult.objects.exists()


# --- the API ----------------------------------------------------------------------------------------------
@pytest.fixture
def client(project: Project) -> Client:
    user = User.objects.create_user("member@example.org")
    user.groups.add(project.group)
    client = Client()
    client.force_login(user)
    return client


def test_a_member_reads_how_far_a_job_is(client: Client, project: Project) -> None:
    job = start(project, {"format": "coco"})
    body = client.get(f"/api/jobs/{job.pk}").json()
    created, expires = body.pop("created_at"), body.pop("expires_at")
    assert created < expires
    assert body == {
        "id": str(job.pk),
        "project_id": str(project.pk),
        "kind": "test",
        "status": "waiting",
        "parameters": {"format": "coco"},
        "done": 0,
        "total": None,
        "doing": "",
        "result": {},
        "error_message": "",
        "file": None,
        "filename": "",
        "content_type": "",
        "size": None,
        "finished_at": None,
    }


def test_reading_a_job_revives_it(client: Client, project: Project) -> None:
    job = start(project)
    abandon(job)
    assert client.get(f"/api/jobs/{job.pk}").json()["status"] == "waiting"


def test_a_member_fetches_the_file(client: Client, project: Project, kind: Any) -> None:
    kind(write)
    job = start(project)
    work()
    response = client.get(client.get(f"/api/jobs/{job.pk}").json()["file"])
    assert b"".join(response.streaming_content) == b"all of it"
    assert response["Content-Disposition"] == 'attachment; filename="all.csv"'
    assert response["Content-Type"] == "text/csv"


def test_there_is_no_file_before_the_end(client: Client, project: Project) -> None:
    response = client.get(f"/api/jobs/{start(project).pk}/file")
    assert (response.status_code, response.json()) == (
        409,
        {"detail": "The job is waiting; there is no file."},
    )


def test_a_member_cancels(client: Client, project: Project) -> None:
    job = start(project)
    assert client.post(f"/api/jobs/{job.pk}/cancel").json()["status"] == "cancelled"
    assert client.post(f"/api/jobs/{job.pk}/cancel").status_code == 409


@pytest.mark.parametrize("path", ["", "/file", "/cancel"])
def test_a_stranger_sees_no_job(path: str, project: Project) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger@example.org"))
    address = f"/api/jobs/{start(project).pk}{path}"
    response = stranger.post(address) if path == "/cancel" else stranger.get(address)
    assert response.status_code == 404


def test_the_jobs_of_a_project_newest_first_by_kind(client: Client, project: Project) -> None:
    first, second = start(project, {"n": 1}), start(project, {"n": 2})
    jobs.start("other", project, {}, by=None)
    answer = client.get(f"/api/projects/{project.pk}/jobs?kind=test").json()
    assert [job["id"] for job in answer["results"]] == [str(second.pk), str(first.pk)]


def test_a_list_of_jobs_does_not_grow_with_their_parameters(client: Client, project: Project) -> None:
    job = start(project, {"images": ["0192f0c1-dddd-7d4e-8f50-61728394a5b6"] * 10_000})
    answer = client.get(f"/api/projects/{project.pk}/jobs")
    assert len(answer.content) < 1_000
    [listed] = answer.json()["results"]
    whole = client.get(f"/api/jobs/{job.pk}").json()
    assert len(whole.pop("parameters")["images"]) == 10_000
    assert listed == whole


def test_a_list_of_jobs_takes_as_many_queries_as_one_job(
    client: Client, project: Project, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        start(project, {"n": number})
    with django_assert_num_queries(4):
        client.get(f"/api/projects/{project.pk}/jobs")
