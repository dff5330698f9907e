"""Huge pictures from tiles: the right pixels at any zoom, and the whole picture where there are none."""

import io
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from accounts.models import User
from images import tiles
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.viewer import Viewer, let_in, nearly

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTH, HEIGHT, SQUARE = 9000, 8000, 500
COLUMNS = WIDTH // SQUARE
READ_TILES = """([x, y, width, height]) => {
  const canvas = document.querySelector("[data-tiles]");
  const picture = document.querySelector("[data-picture]").getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const at = (start, length, place) => Math.floor((start + place * length) * devicePixelRatio);
  const copy = new OffscreenCanvas(1, 1).getContext("2d");
  copy.drawImage(canvas, -at(picture.left - box.left, picture.width, (x + 0.5) / width),
    -at(picture.top - box.top, picture.height, (y + 0.5) / height));
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""


def colour(x: int, y: int) -> list[int]:
    """Another one for each square, far from those around it."""
    column, row = x // SQUARE, y // SQUARE
    return [(column * 83) % 256, (row * 71) % 256, (column * 37 + row * 101) % 256, 255]


@pytest.fixture(scope="module")
def squares() -> bytes:
    """9000 × 8000 pixels: one for each square, made large without mixing."""
    small = Pillow.new("RGB", (COLUMNS, HEIGHT // SQUARE))
    for x in range(small.width):
        for y in range(small.height):
            small.putpixel((x, y), tuple(colour(x * SQUARE, y * SQUARE)[:3]))
    output = io.BytesIO()
    small.resize((WIDTH, HEIGHT), Pillow.Resampling.NEAREST).save(output, "PNG", compress_level=1)
    return output.getvalue()


@pytest.fixture
def huge(image: Image, squares: bytes) -> Image:
    return ImageFactory(
        project=image.project,
        bytes=squares,
        filename="squares.png",
        content_type="image/png",
        width=WIDTH,
        height=HEIGHT,
    )


class TiledViewer(Viewer):
    def sees(self, x: int, y: int, picture: Image) -> list[int]:
        """What the canvas of the tiles has at a point of the picture."""
        return self.page.evaluate(READ_TILES, [x, y, picture.width, picture.height])

    def comes_to_see(self, x: int, y: int, picture: Image, expected: list[int]) -> None:
        """Wait until that is what the canvas has; sharper tiles come when they come."""
        self.page.wait_for_function(
            f"([place, expected]) => String(({READ_TILES})(place)) === String(expected)",
            arg=[[x, y, picture.width, picture.height], expected],
        )


def opened(page: Page, live_server: Any, member: User, picture: Image, fragment: str = "") -> TiledViewer:
    let_in(page, member, live_server.url)
    viewer = TiledViewer(page, f"{live_server.url}/images/{picture.pk}/")
    viewer.open(fragment)
    return viewer


def test_a_huge_picture_is_drawn_from_tiles_fitted_and_at_its_own_size(
    page: Page, live_server: Any, member: User, huge: Image, complaints: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    viewer = opened(page, live_server, member, huge)
    corners = [(250, 250), (8750, 250), (250, 7750), (8750, 7750), (4250, 4250)]
    assert [viewer.sees(x, y, huge) for x, y in corners] == [colour(x, y) for x, y in corners]
    page.keyboard.press("0")
    for x, y in [(4499, 3999), (4500, 3999), (4499, 4000), (4500, 4000)]:
        viewer.comes_to_see(x, y, huge, colour(x, y))
    viewer.open("#v=8999,7999,16")
    viewer.comes_to_see(8999, 7999, huge, colour(8999, 7999))
    assert [url for url in asked if url.endswith("/content")] == []


@pytest.fixture
def all_are_huge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "HUGE_PIXELS", 0)


def test_a_turned_picture_is_upright_in_its_tiles(
    page: Page, live_server: Any, member: User, image: Image, all_are_huge: None
) -> None:
    """The file's left half is red, the upright picture's upper one."""
    turned = ImageFactory(
        project=image.project,
        bytes=picture_bytes("JPEG", (1200, 1600), 6, quality=95),
        filename="turned.jpg",
        width=1600,
        height=1200,
    )
    viewer = opened(page, live_server, member, turned)
    above, below = viewer.sees(800, 500, turned), viewer.sees(800, 700, turned)
    assert nearly(above, [254, 0, 0, 255])
    assert nearly(below, [0, 0, 254, 255])


def test_brightness_is_that_of_the_tiles_too(
    page: Page, live_server: Any, member: User, image: Image, all_are_huge: None
) -> None:
    viewer = opened(page, live_server, member, image, "#bri=0.5")
    canvas = viewer.page.locator("[data-tiles]")
    expect(canvas).to_have_css("filter", "brightness(0.5)")


def test_where_there_are_no_tiles_the_picture_itself_is_shown(
    page: Page, live_server: Any, member: User, image: Image, all_are_huge: None
) -> None:
    page.route("**/tiles/**", lambda route: route.fulfill(status=500, body=""))
    viewer = opened(page, live_server, member, image)
    picture = viewer.page.locator("[data-picture]")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("src", f"/api/images/{image.pk}/content")
    expect(viewer.page.locator("[data-tiles]")).to_be_hidden()


def test_without_javascript_a_huge_picture_is_shown_small(
    browser: Any, live_server: Any, member: User, image: Image, all_are_huge: None
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        let_in(page, member, live_server.url)
        page.goto(f"{live_server.url}/images/{image.pk}/")
        picture = page.locator("[data-picture]")
        expect(picture).to_have_attribute("src", f"/api/images/{image.pk}/thumbnail?size=1024")
        assert (picture.bounding_box() or {})["width"] > 100
