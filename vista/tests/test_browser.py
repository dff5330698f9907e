"""What the page of a picture draws in a real browser, read back from the canvas pixel by pixel."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from images.models import Image
from images.tests.factories import picture_bytes
from vista.tests.viewer import (
    BOX,
    BRIGHT_END,
    CLASSIFICATION,
    COARSE_MASK,
    DARK_END,
    HEATMAP,
    MASK,
    NOTHING,
    OVERSHOOTING_BOX,
    PASSWORD,
    POSE,
    RING_WITH_HOLE,
    Viewer,
    analysed,
    grey_png,
    let_in,
    nearly,
    npy,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- from the door to the picture -------------------------------------------------------------------------
def test_somebody_logs_in_opens_a_picture_and_sees_what_a_model_saw(
    page: Page, live_server: Any, image: Image, member: User, complaints: list[str]
) -> None:
    analysed(image, BOX)
    page.goto(f"{live_server.url}/")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=image.project.name).click()
    page.get_by_role("link", name="street.png").click()
    viewer = Viewer(page, page.url).settled()
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


# --- what is drawn ----------------------------------------------------------------------------------------
def test_a_box_is_drawn_on_its_edges_and_nowhere_else(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    colour = viewer.colour_of("person")
    edges = [(60, 30), (60, 90), (20, 60), (100, 60), (20, 30), (100, 90)]
    assert [viewer.pixel(x, y) for x, y in edges] == [colour] * len(edges)
    elsewhere = [(60, 60), (10, 60), (110, 60), (60, 20), (60, 100)]
    assert [viewer.pixel(x, y) for x, y in elsewhere] == [NOTHING] * len(elsewhere)


def test_a_box_stays_on_its_pixels_when_zoomed(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open("#v=100,90,11.3")
    colour = viewer.colour_of("person")
    assert [viewer.pixel(100, 80), viewer.pixel(90, 90)] == [colour, colour]
    assert [viewer.pixel(99.5, 80), viewer.pixel(100.5, 80)] == [NOTHING, NOTHING]


def test_a_box_that_overshoots_ends_at_the_edge_of_the_picture(viewer: Viewer, image: Image) -> None:
    analysed(image, OVERSHOOTING_BOX)
    viewer.open()
    colour = viewer.colour_of("sky")
    drawn = [(300, 20), (350, 50), (350, 0), (399.9, 20)]
    assert [viewer.pixel(x, y) for x, y in drawn] == [colour] * len(drawn)
    assert [viewer.pixel(404, 50), viewer.pixel(350, -4)] == [NOTHING, NOTHING]


def test_a_polygon_is_filled_but_for_its_hole(viewer: Viewer, image: Image) -> None:
    analysed(image, RING_WITH_HOLE)
    viewer.open()
    colour = viewer.colour_of("lake")
    assert [viewer.pixel(70, 120), viewer.pixel(70, 150)] == [colour, colour]
    wash = viewer.pixel(30, 170)
    assert nearly(wash[:3], colour[:3])
    assert wash[3] == pytest.approx(0.16 * 255, abs=1)
    assert [viewer.pixel(70, 170), viewer.pixel(130, 170)] == [NOTHING, NOTHING]


def test_a_mask_covers_its_pixels_and_no_other(viewer: Viewer, image: Image) -> None:
    analysed(image, MASK)
    viewer.open("#v=220,140,12")
    colour = viewer.colour_of("roof")
    inside = [viewer.pixel(x, y) for x, y in ((200.5, 120.5), (239.5, 120.5), (239.5, 159.5), (220, 140))]
    assert all(nearly(pixel[:3], colour[:3]) for pixel in inside)
    assert [pixel[3] for pixel in inside] == [pytest.approx(0.4 * 255, abs=1)] * 4
    outside = [(199.5, 140), (240.5, 140), (220, 119.5), (220, 160.5)]
    assert [viewer.pixel(x, y) for x, y in outside] == [NOTHING] * 4


def test_a_mask_of_another_size_is_stretched_over_the_picture(viewer: Viewer, image: Image) -> None:
    analysed(image, COARSE_MASK)
    viewer.open("#v=305,125,16")
    assert [viewer.pixel(x, y)[3] > 0 for x, y in ((300.5, 120.5), (309.5, 129.5))] == [True, True]
    assert [viewer.pixel(x, y) for x, y in ((299, 125), (311, 125), (305, 119), (305, 131))] == [NOTHING] * 4


def test_keypoints_are_dots_joined_by_their_skeleton(viewer: Viewer, image: Image) -> None:
    analysed(image, POSE)
    viewer.open()
    colour = viewer.colour_of("dog")
    assert [viewer.pixel(x, y) for x, y in ((160, 250), (240, 250), (240, 285), (200, 250))] == [colour] * 4
    assert viewer.pixel(240, 268) == NOTHING  # the skeleton does not join these two


def test_classification_is_said_on_the_picture_and_beside_it(viewer: Viewer, image: Image) -> None:
    analysed(image, CLASSIFICATION)
    viewer.open()
    expect(viewer.page.locator("[data-scores-readout]")).to_have_text("yolo_v8 street 0.96")
    assert viewer.page.locator(".score-item").all_inner_texts() == ["street\n0.96", "beach\n0.03"]


def test_a_grey_heatmap_goes_through_the_colour_map_over_the_whole_picture(
    viewer: Viewer, image: Image
) -> None:
    files = {"heat.png": ("image/png", grey_png([[0, 65535], [65535, 0]]))}
    analysed(image, HEATMAP, files=files)
    viewer.open("#fade=0")
    corners = [viewer.pixel(x, y) for x, y in ((1, 1), (399, 1), (1, 299), (399, 299))]
    assert (
        all(nearly(pixel[:3], end) for pixel, end in zip(corners, [DARK_END, BRIGHT_END] * 2, strict=True))
        is False
    )  # the lower row is the other way round
    assert [nearly(p[:3], DARK_END) for p in corners] == [True, False, False, True]
    assert [nearly(p[:3], BRIGHT_END) for p in corners] == [False, True, True, False]
    assert [pixel[3] for pixel in corners] == [pytest.approx(0.7 * 255, abs=1)] * 4
    assert [viewer.pixel(-3, 150), viewer.pixel(200, 303)] == [NOTHING, NOTHING]


def test_the_value_of_a_heatmap_is_read_under_the_cursor(viewer: Viewer, image: Image) -> None:
    files = {"heat.png": ("image/png", grey_png([[0, 13107]]))}
    analysed(image, HEATMAP, files=files)
    viewer.open()
    viewer.page.mouse.move(*viewer.at(300.5, 200.5))
    expect(viewer.page.locator("[data-readout]")).to_have_text(
        "300, 200 · heatmap attention 2 mV", use_inner_text=True
    )


def test_an_array_is_a_heatmap_too(viewer: Viewer, image: Image) -> None:
    files = {"heat.npy": ("application/x-npy", npy([[-1.0, 0.5, 2.0]]))}
    analysed(image, HEATMAP | {"data": {"artifact_name": "heat.npy", "value_range": [0, 1]}}, files=files)
    viewer.open("#fade=0")
    assert nearly(viewer.pixel(1, 150)[:3], DARK_END)
    assert nearly(viewer.pixel(399, 150)[:3], BRIGHT_END)


def test_a_broken_heatmap_says_what_is_wrong(viewer: Viewer, image: Image) -> None:
    files = {"heat.npy": ("application/x-npy", b"not numbers")}
    analysed(image, BOX, HEATMAP | {"data": {"artifact_name": "heat.npy"}}, files=files)
    viewer.open()
    expect(viewer.page.locator("[data-layer-failure]")).to_have_text(
        "This is not a .npy file: its first bytes are others."
    )
    assert viewer.pixel(60, 30) == viewer.colour_of("person")


def test_an_image_artifact_is_laid_over_the_picture(viewer: Viewer, image: Image) -> None:
    files = {"drawn.png": ("image/png", picture_bytes("PNG", (4, 3)))}
    analysed(image, BOX, files=files)
    viewer.open()
    assert viewer.pixel(60, 60) == NOTHING
    viewer.page.get_by_label("drawn.png", exact=True).check()
    viewer.settled()
    left, right = viewer.pixel(60, 60), viewer.pixel(340, 60)
    assert left == [255, 0, 0, pytest.approx(0.7 * 255, abs=1)]
    assert right == [0, 0, 255, pytest.approx(0.7 * 255, abs=1)]


def test_a_second_model_is_dashed(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX | {"data": {"bbox": [20, 130, 300, 60]}}, model_name="resnet50")
    analysed(image, BOX)
    viewer.open()
    colour = viewer.colour_of("person")
    solid = {tuple(viewer.pixel(x, 30)) for x in range(25, 95)}
    dashed = {tuple(viewer.pixel(x, 130)) for x in range(30, 310)}
    assert solid == {tuple(colour)}
    assert tuple(colour) in dashed
    assert len(dashed) > 1


def test_device_pixels_are_used_where_there_are_more_of_them(
    browser: Browser, live_server: Any, image: Image, member: User
) -> None:
    analysed(image, BOX)
    context = browser.new_context(device_scale_factor=2)
    page = context.new_page()
    let_in(page, member, live_server.url)
    viewer = Viewer(page, f"{live_server.url}/images/{image.pk}/").open()
    side = "(canvas) => canvas.width / canvas.getBoundingClientRect().width"
    assert page.locator("[data-shapes]").evaluate(side) == 2
    assert viewer.pixel(60, 30) == viewer.colour_of("person")
    context.close()
