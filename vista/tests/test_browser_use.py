"""What people do on the page of a picture, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from analyses.tests.factories import add_annotations
from images.models import Image
from images.tests.factories import picture_bytes
from vista.tests.viewer import (
    BOX,
    CLASSIFICATION,
    HEATMAP,
    MASK,
    NOTHING,
    POSE,
    RING_WITH_HOLE,
    SILENT_BOX,
    WEAK_BOX,
    WIDTH,
    Viewer,
    analysed,
    grey_png,
    let_in,
    nearly,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- what people do ---------------------------------------------------------------------------------------
def test_the_least_confidence_hides_what_is_below_it_and_keeps_what_has_none(
    viewer: Viewer, image: Image
) -> None:
    analysed(image, BOX, WEAK_BOX, SILENT_BOX)
    viewer.open()
    assert viewer.rows() == ["person", "person", "cup"]
    viewer.page.get_by_label("Least confidence").fill("0.5")
    viewer.settled()
    assert viewer.rows() == ["person", "cup"]
    assert [viewer.pixel(140, 30), viewer.pixel(60, 30)] == [NOTHING, viewer.colour_of("person")]
    assert viewer.pixel(200, 30) == viewer.colour_of("cup")
    expect(viewer.page.locator("#confidence-note")).to_have_text(
        "One object has no confidence and is always shown."
    )


def test_a_class_can_be_hidden(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open()
    viewer.page.get_by_label("person", exact=True).uncheck()
    viewer.settled()
    assert viewer.rows() == ["cup"]
    assert [viewer.pixel(60, 30), viewer.pixel(200, 30)] == [NOTHING, viewer.colour_of("cup")]


def test_an_analysis_can_be_taken_away_and_put_back(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    choose = viewer.page.get_by_label("Draw yolo_v8 v8.0.0")
    choose.uncheck()
    viewer.settled()
    assert viewer.pixel(60, 30) == NOTHING
    expect(viewer.page.locator("[data-no-objects]")).to_have_text(
        "No analysis is chosen. Tick one to see what it found."
    )
    choose.check()
    viewer.settled()
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_a_click_on_a_shape_selects_its_row(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open()
    viewer.page.mouse.click(*viewer.at(200, 60))
    selected = viewer.page.locator("[data-object-rows] tr[aria-current]")
    expect(selected).to_have_count(1)
    expect(selected).to_contain_text("cup")
    viewer.settled()
    assert viewer.pixel(200, 28, "ink")[3] > 0


def test_on_a_phone_selecting_leaves_the_picture_in_sight(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.page.set_viewport_size({"width": 390, "height": 700})
    viewer.open()
    viewer.page.mouse.click(*viewer.at(200, 60))
    expect(viewer.page.locator("[data-object-rows] tr[aria-current]")).to_contain_text("cup")
    assert viewer.page.evaluate("scrollY") == 0


def test_pointing_at_a_row_marks_its_shape(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open("#labels=0")
    assert viewer.pixel(60, 60, "ink") == NOTHING
    viewer.page.locator("[data-object-rows] tr", has_text="person").hover()
    viewer.settled()
    assert nearly(viewer.pixel(60, 60, "ink")[:3], viewer.colour_of("person")[:3], 6)


def test_keys_go_through_the_objects_and_bring_them_into_view(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open("#v=390,290,30")
    viewer.page.keyboard.press("ArrowDown")
    viewer.settled()
    expect(viewer.page.locator("[data-object-rows] tr[aria-current]")).to_contain_text("person")
    x, _ = viewer.at(60, 60)
    stage = viewer.page.locator("[data-stage]").bounding_box()
    assert stage
    assert stage["x"] <= x <= stage["x"] + stage["width"]


def test_holding_shift_shows_the_bare_picture(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    viewer.page.keyboard.down("Shift")
    viewer.settled()
    assert viewer.pixel(60, 30) == NOTHING
    viewer.page.keyboard.up("Shift")
    viewer.settled()
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_the_wheel_zooms_at_the_cursor(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    x, y = map(round, viewer.at(100, 90))
    before = viewer.under(x, y)
    viewer.page.mouse.move(x, y)
    viewer.page.mouse.wheel(0, -600)
    expect(viewer.page.locator("[data-stage][data-fitted]")).to_have_count(0)
    viewer.settled()
    assert viewer.under(x, y) == pytest.approx(before, abs=0.1)
    assert viewer.at(101, 90)[0] - viewer.at(100, 90)[0] > 3


def test_dragging_moves_the_picture(viewer: Viewer, image: Image) -> None:
    viewer.open()
    x, y = viewer.at(200, 150)
    viewer.page.mouse.move(x, y)
    viewer.page.mouse.down()
    viewer.page.mouse.move(x + 40, y + 25, steps=4)
    viewer.page.mouse.up()
    viewer.settled()
    assert viewer.at(200, 150) == pytest.approx((x + 40, y + 25), abs=0.5)


def test_a_reload_shows_the_same(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, WEAK_BOX, SILENT_BOX)
    viewer.open()
    viewer.page.get_by_label("Least confidence").fill("0.5")
    viewer.page.get_by_label("cup", exact=True).uncheck()
    viewer.page.get_by_role("button", name="Zoom in").click()
    viewer.page.wait_for_url(re.compile(r"#.*t=0\.5.*hide=cup.*v="))
    before = viewer.at(0, 0), viewer.rows()
    viewer.page.reload()
    viewer.settled()
    assert viewer.rows() == before[1] == ["person"]
    assert viewer.at(0, 0) == pytest.approx(before[0], abs=0.5)


def test_a_running_analysis_is_followed_without_moving_the_view(viewer: Viewer, image: Image) -> None:
    running = analysed(image, status=None)
    viewer.open("#v=100,100,3")
    expect(viewer.page.locator('[data-field="status"]').first).to_have_text("processing")
    before = viewer.at(0, 0)
    add_annotations(running, BOX)
    running.finalize("completed", {"total_detections": 1}, "", {})
    expect(viewer.page.locator('[data-analysis] [data-field="status"]')).to_have_text(
        "completed", timeout=15_000
    )
    expect(viewer.page.locator("[data-object-rows] tr")).to_have_count(1)
    expect(viewer.page.locator("[data-announce]")).to_contain_text("yolo_v8 is completed, 1 objects")
    viewer.settled()
    assert viewer.at(0, 0) == before
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_what_a_running_analysis_adds_appears_by_itself(viewer: Viewer, image: Image) -> None:
    running = analysed(image, BOX, status=None)
    viewer.open()
    assert viewer.rows() == ["person"]
    add_annotations(running, SILENT_BOX)
    expect(viewer.page.locator("[data-object-rows] tr")).to_have_count(2, timeout=15_000)
    viewer.settled()
    assert viewer.pixel(200, 30) == viewer.colour_of("cup")


def test_the_first_analysis_of_a_picture_appears_by_itself(viewer: Viewer, image: Image) -> None:
    viewer.open()
    expect(viewer.page.locator("[data-no-analyses]")).to_be_visible()
    analysed(image, BOX)
    expect(viewer.page.locator("[data-analysis]")).to_have_count(1, timeout=15_000)
    expect(viewer.page.locator("[data-no-analyses]")).to_be_hidden()
    expect(viewer.page.get_by_label("Draw yolo_v8 v8.0.0")).to_be_checked()


def test_cancelling_keeps_the_view(viewer: Viewer, image: Image) -> None:
    analysed(image, status=None)
    viewer.open("#v=100,100,3")
    viewer.page.get_by_role("button", name="About yolo_v8").click()
    viewer.page.get_by_role("button", name="Cancel the analysis").click()
    expect(viewer.page.get_by_text("The analysis by yolo_v8 is cancelled.")).to_be_visible()
    assert "v=100,100,3" in viewer.page.url


def test_a_failed_request_says_so_and_can_be_repeated(
    page: Page, live_server: Any, image: Image, member: User
) -> None:
    analysed(image, BOX)
    let_in(page, member, live_server.url)
    page.route("**/{annotations,payload}?*", lambda route: route.fulfill(status=503, body="{}"))
    page.goto(f"{live_server.url}/images/{image.pk}/")
    failure = page.locator("[data-analysis] [data-load-failure]")
    expect(failure).to_contain_text("VISTA is busy or being restarted. Try again in a moment.")
    page.unroute("**/{annotations,payload}?*")
    failure.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-object-rows] tr")).to_have_count(1)
    expect(failure).to_be_hidden()


def test_a_list_that_does_not_come_says_so_and_leaves_what_the_server_wrote(
    page: Page, live_server: Any, image: Image, member: User
) -> None:
    analysed(image, BOX)
    let_in(page, member, live_server.url)
    page.route("**/analyses?*", lambda route: route.abort())
    viewer = Viewer(page, f"{live_server.url}/images/{image.pk}/").open()
    expect(page.get_by_text("VISTA does not answer. Check your connection and try again.")).to_be_visible()
    expect(page.locator("[data-object-rows] tr")).to_have_count(1)
    page.unroute("**/analyses?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-failure]")).to_be_hidden()
    viewer.settled()
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_a_picture_that_cannot_be_loaded_says_so(
    page: Page, live_server: Any, image: Image, member: User
) -> None:
    let_in(page, member, live_server.url)
    page.route("**/content", lambda route: route.abort())
    page.goto(f"{live_server.url}/images/{image.pk}/")
    expect(page.get_by_text("The picture could not be loaded.")).to_be_visible()
    page.unroute("**/content")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The picture could not be loaded.")).to_be_hidden()


# --- the page as a whole ----------------------------------------------------------------------------------
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 800, 390])
def test_the_page_fits_and_nothing_is_complained_of(
    viewer: Viewer, image: Image, origins: set[str], live_server: Any, theme: str, width: int
) -> None:
    files = {
        "heat.png": ("image/png", grey_png([[0, 65535]])),
        "drawn.png": ("image/png", picture_bytes("PNG", (4, 3))),
    }
    everything = [BOX, WEAK_BOX, SILENT_BOX, RING_WITH_HOLE, MASK, POSE, CLASSIFICATION, HEATMAP]
    analysed(image, *everything, files=files)
    viewer.page.emulate_media(color_scheme=theme)
    viewer.page.set_viewport_size({"width": width, "height": 900})
    viewer.open()
    viewer.settled()
    assert viewer.page.evaluate("document.documentElement.scrollWidth") <= width
    assert viewer.page.locator("[data-shapes]").get_attribute("aria-label") == (
        "street.png. 8 of 8 objects shown: 2 person, 1 attention, 1 cup, 1 dog, 1 lake, 1 roof, 1 street."
        " The table of objects says the same."
    )
    assert origins == {live_server.url}


def test_without_javascript_there_are_the_picture_and_the_table(
    browser: Browser, live_server: Any, image: Image, member: User
) -> None:
    analysed(image, BOX)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/images/{image.pk}/")
    assert page.locator("[data-picture]").evaluate("(picture) => picture.naturalWidth") == WIDTH
    expect(page.locator("[data-object-rows] tr")).to_have_count(1)
    expect(page.get_by_label("Least confidence")).to_be_hidden()
    expect(page.get_by_label("Draw yolo_v8 v8.0.0")).to_be_hidden()
    context.close()


def test_a_picture_without_the_feature_is_just_a_picture(viewer: Viewer, settings: Any) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    viewer.open()
    expect(viewer.page.get_by_role("button", name="Zoom in")).to_be_visible()
    expect(viewer.page.locator("[data-analyses]")).to_have_count(0)
    before = viewer.at(0, 0)
    viewer.page.keyboard.press("+")
    viewer.settled()
    assert viewer.at(0, 0) != before
