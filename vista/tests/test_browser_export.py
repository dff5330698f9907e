"""Taking results away in a real browser: counted as one chooses, streamed, or made in the background and followed."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from images.models import Image
from vista.tests.viewer import BOX, SILENT_BOX, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def export(page: Page, live_server: Any, image: Image, member: User, complaints: list[str]) -> Page:
    """The page of downloads of a project with a person and a cup; what the browser complains of fails the test."""
    analysed(image, BOX, SILENT_BOX)
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/projects/{image.project_id}/export")
    return page


def test_the_count_follows_the_choice(export: Page) -> None:
    expect(export.locator("[data-count=annotations]")).to_have_text("2")
    expect(export.locator(".export__count")).to_contain_text("2 annotations")
    export.get_by_label("Class").fill("cup")
    expect(export.locator("[data-count=annotations]")).to_have_text("1")
    expect(export.locator("[data-plural=annotations]")).to_have_text("annotation")


def test_what_cannot_be_is_told_while_one_chooses(export: Page, complaints: list[str]) -> None:
    export.get_by_label("Score at least").fill("2")
    expect(export.locator("[data-estimate-failed]")).to_have_text(
        "min_confidence must be a number from 0 to 1."
    )
    assert "400 (Bad Request)" in complaints.pop()  # browsers tell of every refusal


def test_what_cannot_be_is_not_offered(export: Page, complaints: list[str]) -> None:
    expect(export.locator("[data-count=annotations]")).to_have_text("2")
    export.get_by_label("Score at least").fill("2")
    expect(export.get_by_role("link", name="Download the file")).to_be_hidden()
    expect(export.locator("[data-count=annotations]")).to_be_hidden()
    complaints.clear()  # browsers tell of every refusal


def test_who_comes_with_a_faulty_choice_is_told_how_much_when_it_is_mended(
    export: Page, complaints: list[str]
) -> None:
    export.goto(f"{export.url}?min_confidence=2")
    expect(export.locator("[data-count=annotations]")).to_be_hidden()
    export.get_by_label("Score at least").fill("0")
    expect(export.locator("[data-count=annotations]")).to_have_text("1")
    expect(export.locator("[data-estimate-failed]")).to_be_hidden()
    expect(export.get_by_role("link", name="Download the file")).to_be_visible()
    complaints.clear()  # browsers tell of every refusal


def test_what_the_format_cannot_hold_is_told(export: Page) -> None:
    expect(export.locator("[data-no-place]")).to_be_hidden()
    export.get_by_label("YOLO, poses").check()
    expect(export.locator("[data-no-place]")).to_have_text("2 × bounding_box")


def test_the_chosen_file_comes_at_once(export: Page) -> None:
    export.get_by_label("CSV").check()
    export.get_by_label("Class").fill("cup")
    expect(export.locator("[data-count=annotations]")).to_have_text("1")
    with export.expect_download() as download:
        export.get_by_role("link", name="Download the file").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 2
    assert "cup" in lines[1]


def test_pictures_need_an_archive(export: Page) -> None:
    export.get_by_label("the pictures as they were uploaded").check()
    expect(export.get_by_role("link", name="Download the file")).to_be_hidden()


def test_an_archive_is_made_followed_and_fetched(export: Page, image: Image) -> None:
    export.get_by_label("the pictures as they were uploaded").check()
    export.get_by_role("button", name="Make an archive").click()
    expect(export.locator("[data-job-text]")).to_have_text("Waiting for the worker …")
    call_command("work", once=True)
    link = export.locator("[data-job-file]")
    expect(link).to_be_visible()
    with export.expect_download() as download:
        link.click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert sorted(archive.namelist()) == ["annotations.json", "manifest.json", f"pictures/{image.filename}"]


def test_an_archive_that_nobody_wants_is_cancelled(export: Page) -> None:
    export.get_by_role("button", name="Make an archive").click()
    export.get_by_role("button", name="Cancel").click()
    expect(export.locator("[data-job-text]")).to_have_text("Cancelled.")
