"""Pictures are ticked in the gallery in a real browser, by pointer and by keys, and go to the page of downloads."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.viewer import BOX, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gallery(page: Page, live_server: Any, image: Image, member: User, complaints: list[str]) -> Page:
    """The gallery of six pictures, the analysed one last; what the browser complains of fails the test."""
    analysed(image, BOX)
    for number in range(5):
        ImageFactory(project=image.project, filename=f"{number}.png", bytes=picture_bytes("PNG", (40, 30)))
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/projects/{image.project_id}/")
    return page


def ticked(gallery: Page) -> list[int]:
    """The tiles that are ticked, counted from 0."""
    boxes = gallery.get_by_role("checkbox")
    return [number for number in range(boxes.count()) if boxes.nth(number).is_checked()]


def test_ticked_pictures_go_to_the_page_of_downloads(gallery: Page) -> None:
    bar = gallery.get_by_role("form", name="Ticked pictures")
    expect(bar).to_be_hidden()
    gallery.get_by_label("Tick 4.png").check()
    gallery.get_by_label("Tick 1.png").check()
    expect(bar.get_by_role("status")).to_have_text("2 ticked")
    bar.get_by_role("button", name="Download").click()
    expect(gallery.get_by_text("2 chosen pictures")).to_be_visible()
    chosen = {str(image.pk) for image in Image.objects.filter(filename__in=["1.png", "4.png"])}
    assert set(parse_qs(urlsplit(gallery.url).query)["image_id"]) == chosen


def test_shift_ticks_a_row(gallery: Page) -> None:
    gallery.get_by_role("checkbox").nth(1).click()
    gallery.get_by_role("checkbox").nth(4).click(modifiers=["Shift"])
    assert ticked(gallery) == [1, 2, 3, 4]
    gallery.get_by_role("checkbox").nth(2).click(modifiers=["Shift"])
    assert ticked(gallery) == [1]


def test_x_ticks_the_picture_in_focus(gallery: Page) -> None:
    gallery.locator(".tile__link").first.focus()
    gallery.keyboard.press("x")
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("Shift+X")
    assert ticked(gallery) == [0, 1, 2]
    gallery.keyboard.press("x")
    assert ticked(gallery) == [0, 1]


def test_clear_unticks_all_and_gives_the_focus_back(gallery: Page) -> None:
    gallery.get_by_role("checkbox").nth(3).click()
    gallery.get_by_role("button", name="Clear").click()
    expect(gallery.get_by_role("form", name="Ticked pictures")).to_be_hidden()
    expect(gallery.get_by_role("checkbox").nth(3)).to_be_focused()
    assert ticked(gallery) == []


def test_who_comes_back_finds_the_ticks(gallery: Page) -> None:
    gallery.get_by_role("checkbox").nth(3).click()
    gallery.get_by_role("button", name="Download").click()
    expect(gallery.get_by_text("1 chosen picture")).to_be_visible()
    gallery.wait_for_load_state()
    gallery.evaluate("history.back()")
    gallery.wait_for_url("**/projects/*/")
    expect(gallery.get_by_role("status")).to_have_text("1 ticked")


def test_without_a_script_it_is_a_plain_form(
    browser: Any, live_server: Any, image: Image, member: User
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/projects/{image.project_id}/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_text("1 chosen picture")).to_be_visible()
    context.close()
