"""What people do around the canvas: tabs, drawers, the table, classes, colours, the address, downloads."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.viewer import (
    BOX,
    HEATMAP,
    HEIGHT,
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

PHONE = {"width": 390, "height": 844}
MANY = [
    BOX | {"class_name": f"class {n % 3}", "confidence": 1 - n / 1000, "data": {"bbox": [n % 380, 5, 9, 9]}}
    for n in range(500)
]


def rows(page: Page) -> Any:
    return page.locator("[data-object-rows] tr")


# --- the table --------------------------------------------------------------------------------------------
def test_only_the_rows_in_sight_are_in_the_page(viewer: Viewer, image: Image) -> None:
    analysed(image, *MANY)
    viewer.open()
    table = viewer.page.get_by_role("table")
    assert table.get_attribute("aria-rowcount") == "501"
    assert rows(viewer.page).count() < 60
    viewer.page.locator("[data-objects-box]").evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    last = viewer.page.locator('[aria-rowindex="501"]')
    expect(last).to_contain_text("0.50")
    assert rows(viewer.page).count() < 60


def test_a_row_far_down_comes_into_sight_with_its_object(viewer: Viewer, image: Image) -> None:
    analysed(image, *MANY, SILENT_BOX)
    viewer.open()
    viewer.page.mouse.click(*viewer.at(200, 60))
    row = viewer.page.locator("tr[aria-current]")
    expect(row).to_contain_text("cup")
    expect(row).to_have_attribute("aria-rowindex", "502")
    expect(row).to_be_in_viewport()


def test_the_keyboard_walks_through_the_table_and_the_picture_follows(viewer: Viewer, image: Image) -> None:
    analysed(image, *MANY)
    viewer.open("#v=390,290,40")
    rows(viewer.page).first.get_by_role("button").focus()
    for _ in range(40):
        viewer.page.keyboard.press("ArrowDown")
    row = viewer.page.locator("tr[aria-current]")
    expect(row).to_have_attribute("aria-rowindex", "41")
    expect(row.get_by_role("button")).to_be_focused()


def test_a_press_on_a_head_sorts(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX, WEAK_BOX)
    viewer.open()
    head = viewer.page.get_by_role("columnheader", name="Class")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert viewer.rows() == ["cup", "person", "person"]
    viewer.page.get_by_role("button", name="Size").click()
    viewer.page.wait_for_url(re.compile("sort=-size"))
    assert [text.split("\n")[-1] for text in rows(viewer.page).all_inner_texts()] == [
        "80 × 60",
        "40 × 60",
        "40 × 60",
    ]


# --- tabs -------------------------------------------------------------------------------------------------
def test_arrows_go_from_tab_to_tab(viewer: Viewer, image: Image) -> None:
    newer = ImageFactory(bytes=picture_bytes("PNG", (WIDTH, HEIGHT)), project=image.project)
    analysed(newer, BOX, parameters={"iou_threshold": 0.45})
    viewer.url = viewer.url.replace(str(image.pk), str(newer.pk))
    viewer.open()
    viewer.page.get_by_role("tab", name="Objects").focus()
    for _ in range(2):
        viewer.page.keyboard.press("ArrowRight")
    info = viewer.page.get_by_role("tab", name="Info")
    expect(info).to_be_focused()
    expect(info).to_have_attribute("aria-selected", "true")
    expect(viewer.page.get_by_role("tabpanel", name="Info")).to_contain_text("iou threshold")
    assert viewer.page.url.startswith(viewer.url)  # and not at the next picture


def test_the_stored_form_is_shown_and_can_be_copied(viewer: Viewer, image: Image, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    analysed(image, BOX | {"data": BOX["data"] | {"text": "EXIT"}})
    viewer.open("#tab=json")
    page.keyboard.press("ArrowDown")
    panel = page.get_by_role("tabpanel", name="JSON")
    expect(panel).to_contain_text('"text": "EXIT"')
    panel.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_text("The JSON is copied.").first).to_be_visible()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["data"] == {"bbox": [20, 30, 80, 60], "text": "EXIT", "format": "xywh"}


def test_what_only_the_stored_form_has_stands_with_the_selected_object(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX | {"data": BOX["data"] | {"text": "EXIT"}})
    viewer.open()
    viewer.page.keyboard.press("ArrowDown")
    expect(viewer.page.locator("[data-detail-facts]")).to_contain_text("EXIT")


# --- classes, colours, the histogram ----------------------------------------------------------------------
def test_one_class_alone_stays_alone_in_the_address(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX, RING_WITH_HOLE)
    viewer.open()
    only = viewer.page.get_by_role("button", name="Show only cup")
    only.click()
    viewer.page.wait_for_url(re.compile("only=cup"))
    assert viewer.rows() == ["cup"]
    expect(only).to_have_attribute("aria-pressed", "true")
    only.click()
    expect(rows(viewer.page)).to_have_count(3)


def test_a_slash_searches_the_classes(viewer: Viewer, image: Image) -> None:
    analysed(image, *(BOX | {"class_name": f"class {n}"} for n in range(14)))
    viewer.open()
    viewer.page.keyboard.press("/")
    field = viewer.page.get_by_label("Find a class")
    expect(field).to_be_focused()
    viewer.page.keyboard.type("13")
    expect(viewer.page.locator("[data-class-row]:visible")).to_have_count(1)
    viewer.page.keyboard.type("f")  # a letter, no key of ours
    expect(viewer.page.get_by_text("No class is called so.")).to_be_visible()


def test_a_chosen_colour_is_everybodys_and_can_be_given_back(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    usual = viewer.colour_of("person")
    viewer.page.get_by_label("Colour of person in this project").fill("#123456")
    expect(viewer.page.get_by_role("button", name="usual colours back")).to_be_visible()
    viewer.settled()
    assert viewer.pixel(60, 30) == [0x12, 0x34, 0x56, 255]
    image.project.refresh_from_db()
    assert image.project.class_colours == {"person": "#123456"}
    viewer.page.reload()
    viewer.settled()
    assert viewer.pixel(60, 30) == [0x12, 0x34, 0x56, 255]
    viewer.page.get_by_role("button", name="usual colours back").click()
    expect(viewer.page.get_by_role("button", name="usual colours back")).to_be_hidden()
    viewer.settled()
    assert viewer.pixel(60, 30) == usual


def test_the_histogram_shows_what_the_slider_leaves(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, WEAK_BOX)
    viewer.open()
    slider = viewer.page.get_by_label("Least confidence")
    expect(slider).to_have_attribute("aria-valuetext", "0.00, 2 of 2 objects shown")
    bars = "(path) => path.getAttribute('d').split('M').length - 1"
    inside, outside = (viewer.page.locator(f"[data-histogram-{side}]") for side in ("in", "out"))
    assert (inside.evaluate(bars), outside.evaluate(bars)) == (2, 0)
    slider.fill("0.5")
    expect(slider).to_have_attribute("aria-valuetext", "0.50, 1 of 2 objects shown")
    assert (inside.evaluate(bars), outside.evaluate(bars)) == (1, 1)


def test_the_picture_alone_is_made_brighter(viewer: Viewer, image: Image) -> None:
    viewer.open()
    viewer.page.get_by_label("Brightness").fill("2")
    viewer.page.wait_for_url(re.compile("bri=2"))
    picture = viewer.page.locator("[data-picture]")
    assert picture.evaluate("(element) => getComputedStyle(element).filter") == "brightness(2)"
    viewer.page.get_by_role("button", name="Reset").click()
    viewer.settled()
    assert picture.evaluate("(element) => getComputedStyle(element).filter") == "none"


def test_a_heatmap_has_the_colours_and_the_range_that_are_chosen(viewer: Viewer, image: Image) -> None:
    files = {"heat.png": ("image/png", grey_png([[0, 32768, 65535]]))}
    analysed(image, HEATMAP, files=files)
    viewer.open("#fade=0")
    viewer.page.get_by_label("Colours of heatmaps").select_option("grey")
    viewer.page.wait_for_url(re.compile("map=grey"))
    viewer.settled()
    assert nearly(viewer.pixel(1, 150)[:3], [0, 0, 0])
    assert nearly(viewer.pixel(200, 150)[:3], [128, 128, 128])
    viewer.page.get_by_label("Colours to").fill("50")
    viewer.page.wait_for_url(re.compile(r"span=0,0\.5"))
    viewer.settled()
    assert nearly(viewer.pixel(200, 150)[:3], [255, 255, 255])


# --- keys -------------------------------------------------------------------------------------------------
def test_keys_can_be_switched_off_for_good(viewer: Viewer, image: Image) -> None:
    viewer.open()
    viewer.page.keyboard.press("?")
    viewer.page.get_by_label("Keys do this on this computer").uncheck()
    viewer.page.keyboard.press("Escape")
    before = viewer.at(0, 0)
    viewer.page.reload()
    viewer.settled()
    viewer.page.keyboard.press("+")
    viewer.settled()
    assert viewer.at(0, 0) == before


def test_arrows_go_through_what_lies_under_the_pointer(viewer: Viewer, image: Image) -> None:
    inner = BOX | {"class_name": "face", "confidence": 0.1, "data": {"bbox": [40, 40, 20, 20]}}
    analysed(image, BOX, SILENT_BOX, inner)
    viewer.open()
    viewer.page.mouse.move(*viewer.at(50, 50))
    selected = viewer.page.locator("tr[aria-current]")
    for name in ("face", "person", "face"):
        viewer.page.keyboard.press("ArrowDown")
        expect(selected).to_contain_text(name)


STOPS = """() => {
  const at = document.activeElement;
  const shown = [at, at.nextElementSibling, at.parentElement].filter(Boolean);
  return [at.cloneNode(false).outerHTML, shown.some((element) => getComputedStyle(element).outlineStyle !== "none")];
}"""


def test_the_keyboard_reaches_everything_and_can_be_seen(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open()
    stops = []
    for _ in range(45):
        viewer.page.keyboard.press("Tab")
        stops.append(viewer.page.evaluate(STOPS))
    assert [html for html, is_seen in stops if not is_seen and not html.startswith("<body")] == []
    reached = " ".join(html for html, _ in stops)
    for part in (
        "copy-link",
        "downloads",
        "zoom-in",
        "data-choose",
        "data-confidence",
        "data-colour",
        "tab-objects",
    ):
        assert part in reached
    assert 'class="object"' in reached


def test_in_forced_colours_the_selected_row_is_outlined(
    browser: Browser, live_server: Any, image: Image, member: User
) -> None:
    analysed(image, BOX, SILENT_BOX)
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    let_in(page, member, live_server.url)
    Viewer(page, f"{live_server.url}/images/{image.pk}/").open()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr[aria-current]")).to_have_css("outline-style", "solid")
    context.close()


# --- the address ------------------------------------------------------------------------------------------
def test_back_brings_back_what_was_seen(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX, SILENT_BOX)
    viewer.open("#v=100,100,3")
    before = viewer.at(0, 0)
    viewer.page.evaluate("location.hash = 'only=cup'")
    expect(rows(viewer.page)).to_have_count(1)
    viewer.page.go_back()
    expect(rows(viewer.page)).to_have_count(2)
    viewer.settled()
    assert viewer.at(0, 0) == before


def test_an_address_counts_that_was_written_over_before_it_was_read(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    viewer.page.evaluate("location.hash = 'by=score'; history.replaceState(null, '', '#')")
    expect(viewer.page.locator("vista-viewer")).to_have_attribute("data-colour-by", "score")


def test_the_next_picture_is_looked_at_in_the_same_way(viewer: Viewer, image: Image) -> None:
    older = ImageFactory(
        bytes=picture_bytes("PNG", (WIDTH, HEIGHT)), project=image.project, width=WIDTH, height=HEIGHT
    )
    analysed(image, BOX)
    viewer.url = viewer.url.replace(str(image.pk), str(older.pk))
    viewer.open("#t=0.5&v=100,100,3")
    before = viewer.at(0, 0)
    viewer.page.keyboard.press("ArrowRight")
    viewer.page.wait_for_url(re.compile(f"{image.pk}/#t=0.5&v=100,100,3"))
    viewer.settled()
    assert viewer.at(0, 0) == before


@pytest.mark.parametrize(("chosen", "drawn"), [(["one"], ["one"]), (["one", "two"], None)])
def test_a_picture_of_a_gallery_shows_what_it_was_chosen_for(
    viewer: Viewer, image: Image, chosen: list[str], drawn: list[str] | None
) -> None:
    """Unless several are looked at: then it chooses as ever."""
    newer = ImageFactory(project=image.project, width=WIDTH, height=HEIGHT)
    ids = {}
    for picture in (image, newer):
        for name in ("one", "two"):
            ids[picture, name] = str(analysed(picture, BOX, model_name=name).pk)
    viewer.url += "?model_name=one"
    viewer.open(f"#a={','.join(ids[image, name] for name in chosen)}&t=0.5")
    viewer.page.keyboard.press("ArrowLeft")
    state = f"a={','.join(ids[newer, name] for name in drawn)}&t=0.5" if drawn else "t=0.5"
    viewer.page.wait_for_url(re.compile(rf"{newer.pk}/\?model_name=one#{state}$"))


# --- drawers ----------------------------------------------------------------------------------------------
def test_a_drawer_keeps_the_keyboard_until_escape_gives_it_back(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.page.set_viewport_size(PHONE)
    viewer.open()
    page = viewer.page
    button = page.get_by_role("button", name="Objects and information")
    expect(page.get_by_role("tab", name="Info")).to_be_hidden()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    drawer = page.get_by_role("dialog", name="Objects and information")
    expect(drawer).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert drawer.evaluate("(element) => element.contains(document.activeElement)")
    page.keyboard.press("Shift+Tab")
    assert drawer.evaluate("(element) => element.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("tab", name="Info")).to_be_hidden()


def test_on_a_phone_a_drawer_leaves_the_picture_in_sight(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.page.set_viewport_size(PHONE)
    viewer.open()
    viewer.page.get_by_role("button", name="Analyses, layers and filters").click()
    drawer = viewer.page.get_by_role("dialog").bounding_box()
    viewer.settled()
    stage = viewer.page.locator("[data-stage]").bounding_box()
    assert drawer
    assert stage
    assert (stage["width"], drawer["width"]) == (PHONE["width"], PHONE["width"])
    assert stage["y"] + stage["height"] == pytest.approx(drawer["y"], abs=1)
    assert stage["height"] > 250
    assert viewer.at(0, 0)[0] >= 0
    assert viewer.at(WIDTH, HEIGHT)[0] <= PHONE["width"]
    expect(viewer.page.locator("[data-picture]")).to_be_in_viewport(ratio=0.9)
    assert viewer.at(WIDTH, HEIGHT)[1] <= drawer["y"]


def test_what_is_asked_of_an_analysis_opens_the_other_drawer(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.page.set_viewport_size(PHONE)
    viewer.open()
    viewer.page.get_by_role("button", name="Analyses, layers and filters").click()
    viewer.page.get_by_role("button", name="About yolo_v8 v8.0.0").click()
    expect(viewer.page.get_by_role("dialog", name="Objects and information")).to_be_visible()
    expect(viewer.page.locator("[data-info]")).to_be_focused()
