"""The modes of a picture's page: what each draws where, in a real browser, and that it survives keys and addresses."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from analyses.models import Analysis
from images.models import Image
from images.tests.factories import ImageFactory
from vista.tests.panes import READ_PANE, TOP_A, TOP_B, Panes, wide_box
from vista.tests.viewer import BOX, analysed, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def five(image: Image) -> None:
    for number, model in enumerate(["fifth", "detr", "mask_rcnn", "resnet50", "yolo_v8"]):
        analysed(image, wide_box(240 - 50 * number), model_name=model)


# --- each mode --------------------------------------------------------------------------------------------
def test_at_first_all_lie_over_each_other_and_are_named(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model")
    expect(panes.panes).to_have_count(1)
    assert [panes.colours(0, TOP_A), panes.colours(0, TOP_B)] == [{"A"}, {"B"}]
    assert panes.tags(0) == ["A yolo_v8 1", "B detr 2"]
    assert panes.mode() == "overlay"


def test_single_draws_one_and_again_the_next(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model").page.keyboard.press("1")
    panes.settled()
    assert [panes.colours(0, TOP_A), panes.colours(0, TOP_B)] == [{"A"}, set()]
    assert panes.rows() == ["person"]
    panes.press("1")
    assert [panes.colours(0, TOP_A), panes.colours(0, TOP_B)] == [set(), {"B"}]
    assert panes.rows() == ["person", "person"]
    expect(panes.page.locator("[data-tag][aria-pressed=true]")).to_contain_text("detr")


def test_side_by_side_draws_each_in_a_pane_of_its_own(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model").page.keyboard.press("3")
    panes.settled()
    expect(panes.panes).to_have_count(2)
    assert [panes.drawn(0), panes.drawn(1)] == [{"A"}, {"B"}]
    assert [panes.tags(0), panes.tags(1)] == [["A yolo_v8 1"], ["B detr 2"]]
    expect(panes.page.locator("[data-minimap]")).to_have_count(1)


def test_side_by_side_has_room_for_four(panes: Panes, five: None) -> None:
    panes.open("#by=model&m=side")
    expect(panes.panes).to_have_count(4)
    assert [panes.drawn(pane) for pane in range(4)] == [{"A"}, {"B"}, {"C"}, {"D"}]
    corners = [panes.panes.nth(pane).bounding_box() for pane in range(4)]
    assert len({corner["x"] for corner in corners if corner}) == 2
    panes.page.set_viewport_size({"width": 390, "height": 844})
    panes.settled()
    stacked = [panes.panes.nth(pane).bounding_box() for pane in range(4)]
    assert [len({box[side] for box in stacked if box}) for side in ("x", "y")] == [1, 4]
    panes.press("2")
    expect(panes.panes).to_have_count(1)
    assert panes.drawn(0) == {"A", "B", "C", "D"}


def test_a_swipe_shows_a_left_of_its_divider_and_b_right_of_it(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model&m=swipe&labels=0")
    assert [panes.seen(TOP_A, 30, 180), panes.seen(TOP_A, 220, 370)] == [{"A"}, set()]
    assert [panes.seen(TOP_B, 30, 180), panes.seen(TOP_B, 220, 370)] == [set(), {"B"}]
    assert panes.tags(0) == ["A yolo_v8 1", "B detr 2"]


def test_a_blink_shows_b_as_long_as_the_key_is_held(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model")
    panes.page.keyboard.down("5")
    panes.settled()
    assert panes.drawn(0) == {"B"}
    panes.page.keyboard.down("5")  # as a keyboard repeats it
    panes.settled()
    assert panes.drawn(0) == {"B"}
    panes.page.keyboard.up("5")
    panes.settled()
    assert (panes.drawn(0), panes.mode()) == ({"A"}, "blink")
    assert panes.rows() == ["person"] * 3


def test_a_blink_shows_b_as_long_as_its_button_is_held(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model&m=blink")
    button = panes.page.get_by_role("button", name="Hold for B")
    button.hover()
    panes.page.mouse.down()
    panes.settled()
    assert panes.drawn(0) == {"B"}
    panes.page.mouse.move(5, 400)
    panes.page.mouse.up()
    panes.settled()
    assert panes.drawn(0) == {"A"}


def test_who_cannot_hold_a_button_switches_it(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model&m=blink")
    button = panes.page.get_by_role("button", name="Hold for B")
    button.press("Enter")
    panes.settled()
    assert (panes.drawn(0), button.get_attribute("aria-pressed")) == ({"B"}, "true")
    button.press("Enter")
    panes.settled()
    assert panes.drawn(0) == {"A"}


# --- one camera -------------------------------------------------------------------------------------------
def test_panes_share_their_camera_wherever_it_is_moved(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model&m=side")
    where = """(pane) => { const box = pane.getBoundingClientRect();
      const picture = pane.querySelector("[data-picture]").getBoundingClientRect();
      return [picture.left - box.left, picture.top - box.top, picture.width]; }"""
    right = panes.panes.nth(1).bounding_box()
    assert right
    x, y = right["x"] + 250, right["y"] + 300
    panes.page.mouse.move(x, y)
    panes.page.mouse.wheel(0, -600)
    panes.settled()
    before = panes.panes.nth(1).evaluate(where)
    panes.page.mouse.down()
    panes.page.mouse.move(x - 260, y + 20, steps=13)  # into the other pane
    panes.page.mouse.up()
    panes.settled()
    first, second = (panes.panes.nth(pane).evaluate(where) for pane in (0, 1))
    assert first == pytest.approx(second, abs=0.5)
    assert second == pytest.approx([before[0] - 260, before[1] + 20, before[2]], abs=1)
    assert second[2] > right["width"]


def test_the_same_point_is_marked_in_the_other_pane(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#m=side")
    left, right = (panes.panes.nth(pane).bounding_box() for pane in (0, 1))
    ghosts = [panes.panes.nth(pane).locator("[data-ghost]") for pane in (0, 1)]
    assert left
    assert right
    panes.page.mouse.move(left["x"] + 120, left["y"] + 200)
    expect(ghosts[0]).to_be_hidden()
    box = ghosts[1].bounding_box()
    assert box
    assert [box["x"] + box["width"] / 2 - right["x"], box["y"] + box["height"] / 2 - right["y"]] == (
        pytest.approx([120, 200], abs=1)
    )
    panes.page.mouse.move(5, 5)
    expect(ghosts[1]).to_be_hidden()


def test_what_is_selected_in_one_pane_is_outlined_in_the_others(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#m=side&labels=0")
    read = READ_PANE.replace("data-shapes", "data-ink")
    assert set(panes.page.evaluate(read, [1, TOP_A, 30, 370])) == {"0,0,0,0"}
    panes.page.mouse.click(*panes.at(200, TOP_A + 5))
    panes.settled()
    echo = panes.page.evaluate(read, [1, TOP_A, 30, 370])
    assert any(pixel.startswith("255,255,255,") for pixel in echo)
    expect(panes.page.locator("[data-detail]")).to_be_visible()


def test_one_threshold_filters_all_panes(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#m=side&t=0.5&by=model")
    assert [panes.tags(0), panes.tags(1)] == [["A yolo_v8 1"], ["B detr 1 of 2"]]
    assert [panes.colours(1, TOP_B), panes.colours(1, 240)] == [{"B"}, set()]


# --- the divider ------------------------------------------------------------------------------------------
def test_the_divider_is_moved_by_keys(panes: Panes, two: list[Analysis], image: Image) -> None:
    ImageFactory(project=image.project)  # where an arrow leads that is not the divider's
    panes.open("#m=swipe&by=model&labels=0")
    divider = panes.page.get_by_role("separator")
    expect(divider).to_have_attribute("aria-label", "Divider: A, yolo_v8, on the left; B, detr, on the right")
    divider.focus()
    panes.press("Shift+ArrowRight").press("Shift+ArrowRight").press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "68")
    panes.page.wait_for_url("**#m=swipe&div=0.68&*")
    assert panes.seen(TOP_A, 220, 270) == {"A"}
    panes.page.keyboard.down("Shift")  # elsewhere that hides what lies over the picture
    panes.settled()
    assert panes.seen(TOP_A, 220, 270) == {"A"}
    panes.page.keyboard.up("Shift")
    panes.press("Home")
    assert [panes.seen(TOP_A, 30, 370), panes.seen(TOP_B, 30, 370)] == [set(), {"B"}]


def test_the_divider_is_dragged_and_stays_where_it_was_in_the_address(
    panes: Panes, two: list[Analysis]
) -> None:
    panes.open("#m=swipe&by=model&labels=0")
    grip = panes.page.get_by_role("separator").bounding_box()
    stage = panes.panes.nth(0).bounding_box()
    assert grip
    assert stage
    before = panes.at(0, 0)
    panes.page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    panes.page.mouse.down()
    panes.page.mouse.move(stage["x"] + stage["width"] * 0.25, grip["y"] + 90, steps=4)
    panes.page.mouse.up()
    panes.page.wait_for_url("**#m=swipe&div=0.25&*")
    assert panes.at(0, 0) == before
    panes.page.reload()
    panes.settled()
    expect(panes.page.get_by_role("separator")).to_have_attribute("aria-valuenow", "25")
    assert [panes.seen(TOP_A, 150, 370), panes.seen(TOP_B, 150, 370)] == [set(), {"B"}]


def test_a_double_click_on_the_divider_puts_it_into_the_middle_and_does_not_zoom(
    panes: Panes, two: list[Analysis]
) -> None:
    panes.open("#m=swipe&div=0.2")
    before = panes.at(0, 0)
    panes.page.get_by_role("separator").dblclick()
    panes.settled()
    expect(panes.page.get_by_role("separator")).to_have_attribute("aria-valuenow", "50")
    assert panes.at(0, 0) == before


# --- choosing a mode --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "mode"), [("1", "single"), ("3", "side"), ("4", "swipe"), ("5", "blink"), ("2", "overlay")]
)
def test_a_mode_survives_the_address(panes: Panes, two: list[Analysis], key: str, mode: str) -> None:
    panes.open("#m=side" if mode == "overlay" else "").page.keyboard.press(key)
    panes.page.wait_for_url(lambda url: ("m=" not in url) if mode == "overlay" else f"#m={mode}" in url)
    panes.page.reload()
    panes.settled()
    assert panes.mode() == mode


def test_buttons_and_names_choose_modes_too(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#by=model")
    panes.page.get_by_role("button", name="Side by side").click()
    panes.settled()
    expect(panes.panes).to_have_count(2)
    panes.panes.nth(1).locator("[data-tag]").click()
    panes.settled()
    assert (panes.mode(), panes.drawn(0)) == ("single", {"B"})


def test_on_a_phone_the_modes_are_a_menu(panes: Panes, two: list[Analysis]) -> None:
    panes.page.set_viewport_size({"width": 390, "height": 844})
    panes.open()
    side = panes.page.get_by_role("button", name="Side by side")
    expect(side).to_be_hidden()
    panes.page.get_by_role("button", name="How analyses are looked at").click()
    side.click()
    expect(side).to_be_hidden()
    expect(panes.panes).to_have_count(2)


def test_a_second_analysis_is_chosen_where_only_one_was(panes: Panes, two: list[Analysis]) -> None:
    panes.open(f"#by=model&a={two[0].pk}")
    assert panes.drawn(0) == {"A"}
    panes.press("3")
    assert [panes.drawn(0), panes.drawn(1)] == [{"A"}, {"B"}]
    expect(panes.page.get_by_label("Draw detr")).to_be_checked()


def test_where_there_is_no_second_analysis_the_buttons_say_so(panes: Panes, image: Image) -> None:
    analysed(image, BOX)
    panes.open()
    button = panes.page.get_by_role("button", name="Swipe")
    assert button.get_attribute("aria-disabled") == "true"
    reason = "This needs a second analysis of the picture that is completed."
    assert reason in (button.get_attribute("title") or "")
    panes.press("4")
    expect(panes.page.locator("[data-note]")).to_have_text(reason)
    assert (panes.mode(), panes.panes.count()) == ("overlay", 1)


def test_a_mode_for_two_that_has_one_says_what_is_missing(panes: Panes, image: Image) -> None:
    analysed(image, BOX)
    panes.open("#m=side&by=model")
    expect(panes.page.get_by_text("Choose a second analysis to compare it with.")).to_be_visible()
    assert panes.colours(0, 30, 25, 95) == {"A"}


# --- without ----------------------------------------------------------------------------------------------
def test_without_javascript_there_are_no_modes(
    browser: Browser, live_server: Any, image: Image, member: User, two: list[Analysis]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    let_in(page, member, live_server.url)
    page.goto(f"{live_server.url}/images/{image.pk}/")
    expect(page.locator("[data-picture]")).to_have_count(1)
    expect(page.locator("[data-picture]")).to_be_visible()
    for hidden in ("[data-modes]", "[data-divider]", "[data-pane-head]"):
        expect(page.locator(hidden)).to_be_hidden()
    context.close()
