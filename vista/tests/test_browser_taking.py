"""The picture without the page's JavaScript or without the screen: as a PNG, on paper, as HTML alone."""

import io
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser, expect

from accounts.models import User
from images.models import Image
from vista.tests.viewer import BOX, HEIGHT, NOTHING, WIDTH, Viewer, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_picture_as_drawn_is_a_png_of_its_own_size(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open("#v=390,290,9&labels=0")
    before = viewer.at(0, 0)
    viewer.page.get_by_role("button", name="Download", exact=True).click()
    with viewer.page.expect_download() as download:
        viewer.page.get_by_role("button", name="The picture as drawn (PNG)").click()
    assert download.value.suggested_filename == "street-annotated.png"
    with Pillow.open(io.BytesIO(download.value.path().read_bytes())) as drawn:
        assert drawn.size == (WIDTH, HEIGHT)
        assert drawn.getpixel((60, 30))[:3] == tuple(viewer.colour_of("person")[:3])
        assert drawn.getpixel((10, 200))[:3] == (255, 0, 0)  # the picture itself
    viewer.settled()
    assert viewer.at(0, 0) == before


def test_on_paper_there_are_the_picture_and_its_objects(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    viewer.page.emulate_media(media="print")
    expect(viewer.page.locator("[data-picture]")).to_be_visible()
    expect(viewer.page.locator("[data-object-rows] tr")).to_be_visible()
    for gone in ("banner", "tablist"):
        expect(viewer.page.get_by_role(gone)).to_have_count(0)
    expect(viewer.page.get_by_label("Least confidence")).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
def test_without_javascript_outlines_lie_where_they_belong(
    browser: Browser, live_server: Any, image: Image, member: User, width: int
) -> None:
    analysed(image, BOX)
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 500})
    page = context.new_page()
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/images/{image.pk}/")
    picture = page.locator("[data-picture]").bounding_box()
    outline = page.locator(".outline path").bounding_box()
    assert picture
    assert outline
    scale = picture["width"] / WIDTH
    assert picture["height"] == pytest.approx(HEIGHT * scale, abs=1)
    assert outline["x"] == pytest.approx(picture["x"] + 20 * scale, abs=3)
    assert outline["y"] == pytest.approx(picture["y"] + 30 * scale, abs=3)
    assert outline["width"] == pytest.approx(80 * scale, abs=5)
    context.close()


def test_with_javascript_the_servers_outlines_make_way(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open("#a=")
    expect(viewer.page.locator(".stage__drawing")).to_be_hidden()
    assert viewer.pixel(60, 30) == NOTHING
