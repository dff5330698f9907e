"""From a project to the worst disagreement drawn on its picture, in a real browser; and the page on its way there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from analyses import jobs
from analyses.models import Job
from analyses.reports import asking
from images.models import Image
from images.tests.factories import ImageFactory
from vista.tests.viewer import BOX, OVERSHOOTING_BOX, WEAK_BOX, Viewer, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ONLY_A = [0xFF, 0x7A, 0x59, 255]
AGREE = [0x2D, 0xD4, 0xA7, 255]


@pytest.fixture
def disagreed(image: Image) -> Image:
    """Two models agree on a person; one alone has seen the sky."""
    analysed(image, BOX, WEAK_BOX, OVERSHOOTING_BOX, model_name="first")
    analysed(image, BOX, model_name="second")
    return image


@pytest.fixture
def opened(
    page: Page, live_server: Any, disagreed: Image, member: User, complaints: list[str], origins: set[str]
) -> Callable[[str], Page]:
    """Opens a page of the project as a member; whatever the browser complains of fails the test."""

    def open_path(path: str = "compare/") -> Page:
        let_in(page, member, live_server.url)
        page.goto(f"{live_server.url}/projects/{disagreed.project_id}/{path}")
        return page

    return open_path


def test_two_clicks_lead_to_the_worst_disagreement(
    opened: Callable[..., Page], origins: set[str], live_server: Any
) -> None:
    page = opened("")
    page.get_by_role("link", name="Compare models").click()
    page.locator(".tile__link").first.click()
    viewer = Viewer(page, page.url).settled()
    page.wait_for_selector("text=B only")
    assert viewer.pixel(350, 50) == ONLY_A  # the lower edge of the sky
    assert viewer.pixel(60, 90) == AGREE
    assert origins == {live_server.url}


def test_a_point_of_a_curve_leads_to_its_pictures(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("#verdicts .chart__links a").last.click()
    expect(page).to_have_url(re.compile(r"/compare/pictures/\?.*threshold=.*verdict="))
    expect(page.get_by_role("link", name="street.png")).to_be_visible()


def test_the_numbers_of_a_chart_are_reached_by_keyboard(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("#agreement summary").focus()
    page.keyboard.press("Enter")
    link = page.locator("#agreement tbody a").first
    link.focus()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("threshold=0"))


def test_another_choice_makes_a_short_address(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_label("Pairs overlap at least").fill("0.3")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile("iou=0.3"))
    assert "types=" not in page.url
    assert "&c=" not in page.url


def test_arrows_walk_from_picture_to_picture(opened: Callable[..., Page], disagreed: Image) -> None:
    other = ImageFactory(project=disagreed.project, filename="other.jpg")
    for name in ("first", "second"):
        analysed(other, model_name=name)
    page = opened("compare/pictures/")
    page.get_by_role("link", name="street.png").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="other.jpg")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_hangs_over_the_edge(opened: Callable[..., Page], width: int) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_report_in_the_making_appears_when_it_is_made(
    opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_ONCE", 0)
    page = opened()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    jobs.perform.func(str(Job.objects.get().pk))
    expect(page.get_by_role("heading", name="Agreement of A and B")).to_be_visible()


def test_a_report_in_the_making_can_be_cancelled(
    opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_ONCE", 0)
    page = opened()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    page.get_by_role("link", name="Compare again").click()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()


def test_without_javascript_it_is_all_there(
    browser: Browser, live_server: Any, disagreed: Image, member: User
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/projects/{disagreed.project_id}/compare/")
    page.get_by_label("Pairs overlap at least").fill("0.3")
    page.get_by_role("button", name="Compare").click()
    page.locator(".figure--only-a a").click()
    expect(page.get_by_role("heading", name="Objects that only A saw")).to_be_visible()
    expect(page.get_by_role("link", name="street.png")).to_be_visible()
    context.close()
