"""axe finds nothing and nothing juts out sideways: every page of ours, in both themes, on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from playwright.sync_api import Page

from accounts.models import ApiKey, User
from analyses.imports.background import start_import
from analyses.imports.store import Options
from analyses.tests.factories import AnalysisFactory
from images.models import Image, ProjectQuerySet
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.viewer import (
    BOX,
    CLASSIFICATION,
    HEATMAP,
    MASK,
    POSE,
    RING_WITH_HOLE,
    SILENT_BOX,
    Viewer,
    analysed,
    grey_png,
    let_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
  ({id, nodes}) => nodes.map(({target, any}) => `${id}: ${target.join(" ")} ${any[0]?.message ?? ""}`))"""
THEMES = ["light", "dark"]
SIZES = [(1440, 900), (1024, 768), (390, 844)]


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is, in both themes and three sizes."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width} wide: the page scrolls sideways")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found += [f"{theme}, {width} wide: {fault}" for fault in page.evaluate(RUN)]
    return found


@pytest.fixture
def opened(page: Page, live_server: Any, member: User) -> Callable[[str], Page]:
    """Opens a path as a member of the picture's project."""

    def open_path(path: str) -> Page:
        let_in(page, member, live_server.url)
        page.goto(live_server.url + path)
        return page

    return open_path


@pytest.fixture
def shown(viewer: Viewer, image: Image) -> Viewer:
    """The viewer of a picture with every kind of annotation, a failed and a running analysis."""
    files = {"heat.png": ("image/png", grey_png([[0, 65535]])), "drawn.png": ("image/png", picture_bytes())}
    analysed(image, BOX, SILENT_BOX, RING_WITH_HOLE, MASK, POSE, CLASSIFICATION, HEATMAP, files=files)
    analysed(image, *(BOX | {"class_name": f"class {n}"} for n in range(14)), model_name="many")
    AnalysisFactory(image=image, model_name="broken").move_to("failed", "The weights melted.")
    analysed(image, status=None, model_name="slow")
    return viewer


# --- pages ------------------------------------------------------------------------------------------------
def test_axe_sees_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang='en'><title>Wrong</title><main><h1>Wrong</h1><img src='data:,'></main>")
    assert len([fault for fault in faults(page) if "image-alt" in fault]) == len(SIZES) * len(THEMES)


def test_the_login_page(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/login")
    assert faults(page) == []


def test_a_refused_login(page: Page, live_server: Any, db: None) -> None:
    page.goto(f"{live_server.url}/login")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector("[role=alert]")
    assert faults(page) == []


PATHS = [
    "/",
    "/settings/keys",
    "/settings/password",
    "/projects/new",
    "/nowhere",
    "/projects/{0}/",
    "/projects/{0}/upload",
    "/projects/{0}/reference",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page(opened: Callable[[str], Page], image: Image, path: str) -> None:
    """For a member /projects/new is the page of a 403, /nowhere that of a 404."""
    analysed(image, BOX)
    ImageFactory(project=image.project)
    assert faults(opened(path.format(image.project_id))) == []


def test_the_page_of_api_keys(opened: Callable[[str], Page], member: User) -> None:
    ApiKey.objects.issue(member, "nightly pipeline")
    assert faults(opened("/settings/keys")) == []


@pytest.mark.parametrize("content", [b"{", b'[{"image_id": 1}]', None])
def test_an_import(opened: Callable[[str], Page], image: Image, member: User, content: bytes | None) -> None:
    """One that failed, one with faults to report, one that waits."""
    file = SimpleUploadedFile("truth.json", content or b"[]")
    categories = SimpleUploadedFile("categories.json", b'[{"id": 1, "name": "dog"}]')
    job = start_import(image.project, file, categories, Options(), member)
    if content:
        call_command("work", once=True)
    assert faults(opened(f"/projects/{image.project_id}/imports/{job.pk}")) == []


def test_a_gallery_with_a_tick(opened: Callable[[str], Page], image: Image) -> None:
    page = opened(f"/projects/{image.project_id}/")
    page.get_by_label(f"Tick {image.filename}").check()
    assert faults(page) == []


def test_a_project_without_pictures(opened: Callable[[str], Page], image: Image) -> None:
    path = f"/projects/{image.project_id}/"
    image.delete()
    assert faults(opened(path)) == []


def test_a_new_project_of_staff(opened: Callable[[str], Page], member: User) -> None:
    member.is_staff = True
    member.save()
    page = opened("/projects/new")
    assert page.get_by_label("Name").is_visible()
    assert faults(page) == []


def test_the_menu(opened: Callable[[str], Page]) -> None:
    page = opened("/")
    page.get_by_role("button", name="your menu").click()
    assert faults(page) == []


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(ProjectQuerySet, "visible_to", break_down)


@pytest.mark.usefixtures("broken")
def test_the_page_of_a_mistake(opened: Callable[[str], Page]) -> None:
    page = opened("/")
    assert "VISTA made a mistake" in page.inner_text("main")
    assert faults(page) == []


# --- models compared --------------------------------------------------------------------------------------
COMPARED = [
    "a=yolo_v8@1&b=many@1",
    "a=yolo_v8@1&b=many@1&c=third@1",
    "a=yolo_v8@1&b=many@1&c=third@1&reference=a",
]


@pytest.mark.parametrize("query", [*COMPARED, "iou=7", "a=yolo_v8@1&b=third@1&threshold_a=1&threshold_b=1"])
def test_models_compared(opened: Callable[[str], Page], image: Image, query: str) -> None:
    files = {"heat.png": ("image/png", grey_png([[0, 65535]]))}
    analysed(image, BOX, SILENT_BOX, CLASSIFICATION, HEATMAP, files=files, model_version="1")
    many = [BOX | {"class_name": f"class {number}"} for number in range(20)]
    analysed(image, *many, CLASSIFICATION, HEATMAP, files=files, model_name="many", model_version="1")
    analysed(image, BOX, model_name="third", model_version="1")
    page = opened(f"/projects/{image.project_id}/compare/?{query}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert faults(page) == []


@pytest.mark.parametrize("query", ["", "&verdict=a_only", "&verdict=class_differs", "&verdict=sideways"])
def test_compared_pictures(opened: Callable[[str], Page], image: Image, query: str) -> None:
    analysed(image, BOX, SILENT_BOX, model_version="1")
    analysed(image, BOX, model_name="other", model_version="1")
    assert (
        faults(opened(f"/projects/{image.project_id}/compare/pictures/?a=yolo_v8@1&b=other@1{query}")) == []
    )


def test_one_model_to_compare(opened: Callable[[str], Page], image: Image) -> None:
    analysed(image, BOX)
    assert faults(opened(f"/projects/{image.project_id}/compare/")) == []


@pytest.mark.parametrize("query", ["", "?min_confidence=2"])
def test_the_page_of_downloads(opened: Callable[[str], Page], image: Image, query: str) -> None:
    analysed(image, BOX)
    page = opened(f"/projects/{image.project_id}/export{query}")
    if not query:
        page.get_by_role("button", name="Make an archive").click()
        page.wait_for_selector("[data-job-cancel]:not([hidden])")
    assert faults(page) == []


# --- the page of a picture, in its states -----------------------------------------------------------------
@pytest.mark.parametrize(
    "fragment",
    ["", "#tab=compare&by=verdict", "#tab=compare&a=", "#tab=info", "#tab=json", "#by=score&t=0.95", "#a="],
)
def test_a_picture(shown: Viewer, fragment: str) -> None:
    shown.open(fragment)
    assert faults(shown.page) == []


def test_a_picture_with_a_selected_object(shown: Viewer) -> None:
    shown.open()
    shown.page.keyboard.press("ArrowDown")
    shown.page.wait_for_selector("[data-detail]:not([hidden])")
    assert faults(shown.page) == []


def test_the_list_of_keys(shown: Viewer) -> None:
    shown.open()
    shown.page.keyboard.press("?")
    assert faults(shown.page) == []


@pytest.mark.parametrize("mode", ["single", "side", "swipe", "blink"])
def test_a_mode(shown: Viewer, mode: str) -> None:
    shown.open(f"#m={mode}")
    assert shown.page.locator("[data-tag]").count() >= 2
    assert faults(shown.page) == []


def test_the_menu_of_modes(shown: Viewer) -> None:
    shown.page.set_viewport_size({"width": 390, "height": 844})
    shown.open()
    shown.page.get_by_role("button", name="How analyses are looked at").click()
    shown.page.evaluate(AXE)
    assert shown.page.evaluate(RUN) == []


@pytest.mark.parametrize("drawer", ["Analyses, layers and filters", "Objects and information"])
def test_an_open_drawer(shown: Viewer, drawer: str) -> None:
    shown.page.set_viewport_size({"width": 390, "height": 844})
    shown.open()
    shown.page.get_by_role("button", name=drawer).click()
    shown.page.evaluate(AXE)
    assert shown.page.evaluate(RUN) == []


def test_a_picture_without_analyses(viewer: Viewer) -> None:
    viewer.open()
    assert faults(viewer.page) == []


def test_a_picture_without_the_feature(viewer: Viewer, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    viewer.open()
    assert faults(viewer.page) == []
