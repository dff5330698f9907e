"""Every type of annotation at its right pixels: few and many, at one and two device pixels, on turned pictures too."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser, expect

from accounts.models import User
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.viewer import (
    BOX,
    BRIGHT_END,
    CLASSIFICATION,
    DARK_END,
    HEATMAP,
    HEIGHT,
    MASK,
    NOTHING,
    POSE,
    RING_WITH_HOLE,
    WIDTH,
    Viewer,
    analysed,
    grey_png,
    let_in,
    nearly,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OF_EACH = [BOX, RING_WITH_HOLE, MASK, POSE, CLASSIFICATION]
BLUE, RED = (0, 0, 255), (255, 0, 0)
Opener = Callable[[Image, int], Viewer]


def crowd(count: int) -> list[dict[str, Any]]:
    """So many weak boxes in the lower right corner that paths are not the way to draw them any more."""
    return [
        {
            "annotation_type": "bounding_box",
            "class_name": "leaf",
            "confidence": 0.1,
            "data": {"bbox": [310 + number % 80, 210 + number % 79, 8, 8]},
        }
        for number in range(count)
    ]


@pytest.fixture
def opened(browser: Browser, live_server: Any, member: User) -> Iterator[Opener]:
    """Opens the page of a picture with so many device pixels a pixel."""
    contexts = []

    def open_(image: Image, ratio: int) -> Viewer:
        context = browser.new_context(
            device_scale_factor=ratio, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        let_in(page, member, live_server.url)
        return Viewer(page, f"{live_server.url}/images/{image.pk}/").open()

    yield open_
    for context in contexts:
        context.close()


def on_screen(viewer: Viewer, x: float, y: float) -> tuple[int, ...]:
    """What is seen at a point of the picture, picture and canvases together."""
    left, top = viewer.at(x, y)
    shot = viewer.page.screenshot(clip={"x": int(left), "y": int(top), "width": 1, "height": 1})
    return Pillow.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))


# --- every type ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("others", [0, 400, 1600])
def test_every_type_is_at_its_pixels_however_many_there_are(
    opened: Opener, image: Image, ratio: int, others: int
) -> None:
    """By paths, boxes as pixels, everything as pixels."""
    analysed(image, *OF_EACH, *crowd(others))
    viewer = opened(image, ratio)
    lines = {
        "person": [(60, 30), (60, 90), (20, 60), (100, 60)],
        "lake": [(70, 120), (120, 170), (70, 150), (90, 170)],
        "dog": [(160, 250), (240, 250), (240, 285), (200, 250)],
    }
    found = {name: [viewer.pixel(x, y) for x, y in places] for name, places in lines.items()}
    assert found == {name: [viewer.colour_of(name)] * 4 for name in lines}
    inside, colour = viewer.pixel(220, 140), viewer.colour_of("roof")
    assert nearly(inside, [*colour[:3], 102])
    empty = [(60, 60), (10, 60), (70, 170), (130, 170), (190, 140), (245, 140), (220, 110), (200, 270)]
    assert [viewer.pixel(x, y) for x, y in empty] == [NOTHING] * len(empty)
    expect(viewer.page.locator("[data-scores-readout]")).to_have_text("yolo_v8 street 0.96")


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_heatmap_lies_under_a_crowd(opened: Opener, image: Image, ratio: int) -> None:
    files = {"heat.png": ("image/png", grey_png([[0, 65535]]))}
    analysed(image, HEATMAP, *OF_EACH, *crowd(1600), files=files)
    viewer = opened(image, ratio)
    viewer.page.get_by_label("Low values fade out").uncheck()
    viewer.settled()
    low, high = viewer.pixel(5, 5), viewer.pixel(395, 5)
    assert nearly(low, [*DARK_END, 178])
    assert nearly(high, [*BRIGHT_END, 178])
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


@pytest.mark.parametrize("ratio", [1, 2])
def test_so_many_that_they_would_fill_all_are_shown_as_density_until_one_zooms_in(
    opened: Opener, image: Image, ratio: int
) -> None:
    analysed(image, *OF_EACH, *crowd(20_100))
    viewer = opened(image, ratio)
    said = viewer.page.locator("[data-density]")
    expect(said).to_have_text(
        "Brighter where more of 20,104 objects lie. Zoom in to see each of them.", use_inner_text=True
    )
    crowded, alone, empty = viewer.pixel(350, 250), viewer.pixel(60, 60), viewer.pixel(5, 5)
    assert crowded[3] > alone[3] > 0
    assert empty == NOTHING
    viewer.open("#v=60,60,4")
    expect(said).to_be_hidden()
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_hiding_a_class_shows_the_masks_that_lay_under_it(opened: Opener, image: Image) -> None:
    below = MASK | {"class_name": "yard", "confidence": 0.3}
    analysed(image, MASK, below, *crowd(1600))
    viewer = opened(image, 1)
    assert nearly(viewer.pixel(220, 140), [*viewer.colour_of("roof")[:3], 102])
    viewer.page.get_by_label("roof", exact=True).uncheck()
    viewer.settled()
    assert nearly(viewer.pixel(220, 140), [*viewer.colour_of("yard")[:3], 102])


def test_masks_of_many_pixels_are_made_beside_the_page(opened: Opener, image: Image) -> None:
    everywhere = {"size": [HEIGHT, WIDTH], "counts": [0, HEIGHT * WIDTH]}
    sky = {
        "annotation_type": "segmentation",
        "class_name": "sky",
        "confidence": 0.5,
        "data": {"rle": everywhere, "format": "rle"},
    }
    analysed(image, MASK, *[sky] * 80)
    viewer = opened(image, 1)
    assert len(viewer.page.workers) == 1
    assert nearly(viewer.pixel(220, 140), [*viewer.colour_of("roof")[:3], 102])
    assert nearly(viewer.pixel(10, 10), [*viewer.colour_of("sky")[:3], 102])


def test_colours_by_score_are_those_of_the_score(opened: Opener, image: Image) -> None:
    analysed(image, BOX | {"confidence": 1.0}, *crowd(1600))
    viewer = opened(image, 1)
    viewer.open("#by=score")
    assert nearly(viewer.pixel(60, 30), [*BRIGHT_END, 255])


# --- turned pictures ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("orientation", "size"), [(3, (WIDTH, HEIGHT)), (6, (HEIGHT, WIDTH))])
def test_a_turned_picture_is_seen_upright_with_its_boxes_in_place(
    opened: Opener, image: Image, orientation: int, size: tuple[int, int]
) -> None:
    """The file's left half is red: upside down that is the right half, turned to the right the upper one."""
    turned = ImageFactory(
        project=image.project,
        bytes=picture_bytes("JPEG", size, orientation, quality=95),
        filename="turned.jpg",
        width=WIDTH,
        height=HEIGHT,
    )
    analysed(turned, BOX)
    viewer = opened(turned, 1)
    assert [viewer.pixel(60, 30), viewer.pixel(100, 60)] == [viewer.colour_of("person")] * 2
    upper_left, lower_right = on_screen(viewer, 60, 60), on_screen(viewer, 300, 250)
    expected = (BLUE, RED) if orientation == 3 else (RED, BLUE)
    assert nearly([*upper_left], [*expected[0]], 12)
    assert nearly([*lower_right], [*expected[1]], 12)


# --- the map of the whole picture -----------------------------------------------------------------------------
def test_the_map_is_there_once_a_part_is_in_view_and_goes_where_it_is_pressed(
    opened: Opener, image: Image
) -> None:
    analysed(image, BOX)
    viewer = opened(image, 1)
    small = viewer.page.locator("[data-minimap]")
    expect(small).to_be_hidden()
    viewer.open("#v=60,60,6")
    expect(small).to_be_visible()
    box = small.bounding_box()
    assert box
    viewer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.settled()
    stage = viewer.page.locator("[data-stage]").bounding_box()
    assert stage
    centre = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    assert viewer.at(WIDTH / 2, HEIGHT / 2) == pytest.approx(centre, abs=12)
