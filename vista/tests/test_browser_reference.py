"""Ground truth in the browser: a file goes in, its report appears by itself; an analysis is marked behind “about”."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from analyses.models import Analysis
from images.models import Image
from vista.tests.viewer import BOX, Viewer, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(image: Image, tmp_path: Path) -> Path:
    document = {
        "images": [{"id": 1, "file_name": image.filename}, {"id": 2, "file_name": "nowhere.jpg"}],
        "categories": [{"id": 3, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "iscrowd": 0}],
    }
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(document))
    return path


def test_a_file_is_imported_and_its_report_appears(
    page: Page, live_server: Any, member: User, image: Image, file: Path
) -> None:
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/projects/{image.project_id}/")
    page.get_by_role("link", name="Ground truth").click()
    page.get_by_label("COCO file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    call_command("work", once=True)
    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    expect(page.get_by_text("nowhere.jpg")).to_be_visible()
    assert Analysis.objects.reference_of(image).annotation_count == 1


def test_an_analysis_is_marked_and_unmarked_behind_about(viewer: Viewer, image: Image) -> None:
    analysis = analysed(image, BOX)
    viewer.open("#tab=info")
    page = viewer.page
    page.get_by_role("button", name="Mark as reference on this picture").click()
    card = page.locator(f"[data-analysis='{analysis.pk}']")
    expect(card.get_by_text("Reference", exact=True)).to_be_visible()
    assert page.url.endswith("tab=info")
    page.get_by_role("button", name="No longer a reference").click()
    expect(card.get_by_text("Reference", exact=True)).to_be_hidden()
    assert not Analysis.objects.marked().exists()
