"""Two analyses compared on the picture: verdicts, their counts and colours, the walk through the differences."""

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from analyses.models import Analysis
from analyses.tests.factories import AnalysisFactory, add_annotations
from images.models import Image
from vista.tests.viewer import BOX, CLASSIFICATION, MASK, SILENT_BOX, Viewer, analysed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGREE, A_ONLY, B_ONLY, DIFFERS = [45, 212, 167], [255, 122, 89], [138, 168, 255], [240, 228, 66]


def box(
    x: float, y: float, confidence: float | None = 0.9, class_name: str = "person", side: float = 40
) -> dict[str, Any]:
    return BOX | {"class_name": class_name, "confidence": confidence, "data": {"bbox": [x, y, side, side]}}


FIRST = [box(20, 30, 0.9), box(120, 30, 0.8), box(220, 30, 0.3), box(300, 200, 0.25)]
SECOND = [box(22, 30, 0.7), box(120, 30, 0.6, "dog"), box(20, 150, 0.95)]


@pytest.fixture
def pair(image: Image) -> tuple[Analysis, Analysis]:
    """`first` is A: of two models the one whose analysis is newer comes first."""
    second = analysed(image, *SECOND, model_name="second", model_version="2")
    first = analysed(image, *FIRST, model_name="first", model_version="1")
    return first, second


def counts(page: Page) -> dict[str, int]:
    """Once both analyses are there."""
    expect(page.locator("[data-verdict] [data-count]").first).to_have_text(re.compile(r"\d"))
    texts = page.locator("[data-verdict]").evaluate_all(
        "(buttons) => buttons.map((b) => [b.dataset.verdict, b.querySelector('[data-count]').textContent])"
    )
    return {name: int(text.replace(",", "")) for name, text in texts}


def sums(page: Page) -> list[str]:
    return page.locator("[data-sums] [data-value]").all_inner_texts()


def differences(page: Page) -> Locator:
    return page.locator("[data-difference-rows] tr")


def verdict(page: Page, word: str) -> Locator:
    return page.get_by_role("group", name="Verdicts", exact=True).get_by_role("button", name=word)


# --- the panel --------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("pair")
def test_opening_the_tab_tells_and_colours_where_two_differ(viewer: Viewer) -> None:
    viewer.open()
    viewer.page.get_by_role("tab", name="Compare").click()
    viewer.page.wait_for_url(re.compile("by=verdict"))
    viewer.settled()
    assert counts(viewer.page) == {"agree": 1, "a": 2, "b": 1, "differs": 1}
    assert sums(viewer.page) == ["0.57", "0.00", "0.95", "1.00"]
    assert viewer.pixel(40, 30)[:3] == AGREE
    assert viewer.pixel(240, 30)[:3] == A_ONLY
    assert viewer.pixel(20, 153)[:3] in (B_ONLY, [11, 13, 16])  # a dash, or the dark edge between two
    expect(viewer.page.get_by_role("radio", name="verdict")).to_be_checked()


@pytest.mark.usefixtures("pair")
def test_the_list_has_the_differences_best_first(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    texts = [" ".join(text.split()) for text in differences(viewer.page).all_inner_texts()]
    assert texts == [
        "B person B only · second 0.95",
        "≠ person / dog class differs 0.80 0.60 1.00",
        "A person A only · first 0.30",
        "A person A only · first 0.25",
    ]


@pytest.mark.usefixtures("pair")
def test_a_verdict_can_be_hidden_on_the_picture_and_in_the_lists(viewer: Viewer) -> None:
    viewer.open("#tab=compare&by=verdict")
    button = verdict(viewer.page, "A only")
    button.click()
    viewer.page.wait_for_url(re.compile("verdicts=agree,b,differs"))
    viewer.settled()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(differences(viewer.page)).to_have_count(2)
    assert viewer.pixel(240, 30)[3] == 0
    assert counts(viewer.page)["a"] == 2  # how many there are does not change
    expect(viewer.page.locator("[data-hidden-verdicts]")).to_contain_text("Not shown: A only")
    viewer.page.get_by_role("tab", name="Objects").click()
    expect(viewer.page.locator("[data-object-rows] tr")).to_have_count(5)
    viewer.page.get_by_role("tab", name="Compare").click()
    viewer.page.get_by_role("button", name="Show all").last.click()
    expect(differences(viewer.page)).to_have_count(4)


@pytest.mark.usefixtures("pair")
def test_each_model_has_its_own_threshold(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    viewer.page.get_by_label("Score from, A").fill("0.5")
    viewer.page.wait_for_url(re.compile("th=first"))
    viewer.settled()
    assert counts(viewer.page) == {"agree": 1, "a": 0, "b": 1, "differs": 1}
    expect(viewer.page.get_by_label("Score from, A")).to_have_attribute(
        "aria-valuetext", "0.50, 2 of 4 objects"
    )
    expect(viewer.page.locator("[data-own-thresholds]")).to_contain_text("first 1 from 0.50")
    viewer.page.get_by_label("Least confidence").fill("0.65")
    viewer.settled()
    assert counts(viewer.page) == {"agree": 1, "a": 1, "b": 1, "differs": 0}  # of B only: A has its own
    viewer.page.get_by_role("button", name="as all: 0.65").click()
    viewer.page.wait_for_url(re.compile("^[^#]*#(?!.*th=)"))
    expect(viewer.page.get_by_label("Score from, A")).to_have_value("0.65")


@pytest.mark.usefixtures("pair")
def test_a_higher_iou_parts_pairs(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    viewer.page.get_by_label("IoU from").fill("0.95")
    viewer.page.wait_for_url(re.compile(r"iou=0\.95"))
    viewer.settled()
    assert counts(viewer.page) == {"agree": 0, "a": 3, "b": 2, "differs": 1}


def test_a_and_b_can_be_chosen_and_swapped(viewer: Viewer, image: Image, pair: Any) -> None:
    analysed(image, model_name="third", model_version="3")
    viewer.open("#tab=compare")
    viewer.page.get_by_role("button", name="Swap A and B").click()
    viewer.settled()
    assert counts(viewer.page) == {"agree": 1, "a": 1, "b": 2, "differs": 1}
    viewer.page.get_by_label("Analysis B").select_option("third 3")
    viewer.settled()
    assert counts(viewer.page) == {"agree": 0, "a": 3, "b": 0, "differs": 0}
    assert sums(viewer.page) == ["0.00", "–", "–", "–"]
    expect(viewer.page.locator("[data-sums]")).to_contain_text("nothing to say it of: no pairs")
    expect(viewer.page.get_by_label("Analysis A").locator("option:checked")).to_have_text("second 2")


@pytest.mark.usefixtures("pair")
def test_a_link_shows_the_same_comparison(viewer: Viewer) -> None:
    viewer.open("#tab=compare&by=verdict")
    viewer.page.get_by_role("button", name="Swap A and B").click()
    viewer.page.get_by_label("Score from, B").fill("0.28")
    viewer.page.get_by_label("IoU from").fill("0.4")
    verdict(viewer.page, "agree").click()
    viewer.page.wait_for_url(re.compile("verdicts="))
    viewer.settled()
    before = counts(viewer.page), differences(viewer.page).all_inner_texts()
    viewer.page.reload()
    viewer.settled()
    assert (counts(viewer.page), differences(viewer.page).all_inner_texts()) == before
    assert counts(viewer.page) == {"agree": 1, "a": 1, "b": 1, "differs": 1}


# --- the walk ---------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("pair")
def test_n_and_p_go_from_difference_to_difference(viewer: Viewer) -> None:
    viewer.page.emulate_media(reduced_motion="reduce")
    viewer.open("#v=50,50,8")
    viewer.page.keyboard.press("n")  # begins to compare, too
    status = viewer.page.locator("[data-announce]")
    expect(status).to_contain_text("Difference 1 of 4: B only, person 0.95 by second")
    assert viewer.at(40, 170)[0] < 1100
    viewer.page.keyboard.press("n")
    expect(status).to_contain_text(
        "Difference 2 of 4: class differs, person 0.80 by first, dog 0.60 by second, overlap 1.00"
    )
    expect(viewer.page.locator("[data-difference-rows] [aria-current]")).to_contain_text("person / dog")
    for _ in range(2):
        viewer.page.keyboard.press("p")
    expect(status).to_contain_text("Difference 4 of 4")
    x, y = viewer.at(320, 220)
    stage = viewer.page.locator("[data-stage]").bounding_box()
    assert stage
    assert stage["x"] < x < stage["x"] + stage["width"]
    assert stage["y"] < y < stage["y"] + stage["height"]


@pytest.mark.usefixtures("pair")
def test_the_walk_goes_on_from_a_slider_and_tells_of_the_object(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    viewer.page.get_by_label("IoU from").focus()
    viewer.page.keyboard.press("n")
    viewer.page.keyboard.press("n")
    viewer.page.get_by_role("tab", name="Objects").click()
    told = viewer.page.locator("[data-detail-facts]")
    expect(told).to_contain_text("≠ class differs")
    expect(told).to_contain_text("dog 0.60, second")


@pytest.mark.usefixtures("pair")
def test_in_the_list_arrows_go_through_it(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    differences(viewer.page).first.get_by_role("button").focus()
    for _ in range(2):
        viewer.page.keyboard.press("ArrowDown")
    row = viewer.page.locator("[data-difference-rows] [aria-current]")
    expect(row).to_contain_text("person / dog")
    expect(row.get_by_role("button")).to_be_focused()


@pytest.mark.usefixtures("pair")
def test_where_one_stands_alone_the_walk_shows_whose_object_it_is(viewer: Viewer) -> None:
    viewer.open("#tab=compare&by=verdict&m=single")
    assert viewer.pixel(40, 30)[:3] == AGREE
    viewer.page.keyboard.press("n")
    viewer.page.wait_for_url(re.compile("one=1"))
    viewer.settled()
    expect(viewer.page.locator("[data-tag][aria-pressed=true]")).to_contain_text("second")


def test_without_two_n_says_what_is_missing(viewer: Viewer, image: Image) -> None:
    analysed(image, BOX)
    viewer.open()
    viewer.page.keyboard.press("n")
    expect(viewer.page.locator("[data-note]")).to_have_text(
        "Two analyses have to be drawn before they can be compared."
    )


def test_where_all_agree_n_says_so(viewer: Viewer, image: Image) -> None:
    for name in ("first", "second"):
        analysed(image, BOX, model_name=name)
    viewer.open("#tab=compare")
    viewer.page.keyboard.press("n")
    expect(viewer.page.locator("[data-note]")).to_have_text("There is none: they agree on all.")


# --- what is drawn ----------------------------------------------------------------------------------------
def test_masks_have_the_colour_of_their_verdict(viewer: Viewer, image: Image) -> None:
    analysed(image, MASK | {"class_name": "wall"}, model_name="second")
    analysed(image, MASK, model_name="first")
    viewer.open("#by=verdict")
    assert viewer.pixel(220, 140)[3] > 0
    red, green, blue, _ = viewer.pixel(220, 140)
    assert red > 200
    assert green > 190
    assert blue < 110
    viewer.open("#by=verdict&verdicts=agree,a,b")
    viewer.page.reload()
    viewer.settled()
    assert viewer.pixel(220, 140)[3] == 0


def test_thousands_are_coloured_as_outlines_too(viewer: Viewer, image: Image) -> None:
    many = [box(10 * (n % 38), 9 * (n // 38), 0.9, "person", 8) for n in range(1216)]
    analysed(image, *many[:600], model_name="second")
    analysed(image, *many, model_name="first")
    viewer.open("#by=verdict")
    assert viewer.pixel(4, 0)[:3] == AGREE
    assert viewer.pixel(4, 270)[:3] == A_ONLY


def test_what_is_not_compared_stays_silent(viewer: Viewer, image: Image, pair: Any) -> None:
    analysed(image, box(300, 30), model_name="third")
    first, second = pair
    refs = ",".join(f"{one.pk}*{one.model_name} {one.model_version}" for one in (first, second))
    viewer.open(f"#by=verdict&pair={refs}")
    assert viewer.pixel(320, 30)[:3] in ([154, 166, 178], [11, 13, 16])


# --- states -----------------------------------------------------------------------------------------------
def test_without_analyses_the_panel_says_what_is_needed(viewer: Viewer) -> None:
    viewer.open("#tab=compare")
    panel = viewer.page.get_by_role("tabpanel", name="Compare")
    expect(panel).to_contain_text("No analysis has said anything about this picture yet.")


@pytest.mark.usefixtures("pair")
def test_without_two_chosen_the_panel_offers_to_choose_them(viewer: Viewer) -> None:
    viewer.open("#tab=compare&a=")
    viewer.page.get_by_role("button", name="Compare first and second").click()
    viewer.settled()
    assert counts(viewer.page) == {"agree": 1, "a": 2, "b": 1, "differs": 1}


def test_two_without_anything_to_compare_have_no_sums(viewer: Viewer, image: Image) -> None:
    analysed(image, CLASSIFICATION, model_name="second")
    analysed(image, model_name="first")
    viewer.open("#tab=compare")
    assert counts(viewer.page) == {"agree": 0, "a": 0, "b": 0, "differs": 0}
    assert sums(viewer.page) == ["–", "–", "–", "–"]


def test_objects_that_come_are_compared_as_they_come(viewer: Viewer, image: Image, pair: Any) -> None:
    running = AnalysisFactory(image=image, model_name="slow", model_version="1").move_to("processing")
    add_annotations(running, box(20, 30))
    refs = f"{pair[0].pk}*first 1,{running.pk}*slow 1"
    viewer.open(f"#tab=compare&a={pair[0].pk},{running.pk}&pair={refs}")
    assert counts(viewer.page) == {"agree": 1, "a": 3, "b": 0, "differs": 0}
    expect(viewer.page.get_by_label("Score from, B")).to_have_attribute(
        "aria-valuetext", "0.00, 1 object so far"
    )
    add_annotations(running, box(120, 30))
    expect(verdict(viewer.page, "agree")).to_contain_text("2")


@pytest.mark.usefixtures("pair")
def test_a_worker_that_does_not_start_is_told_of(viewer: Viewer, complaints: list[str]) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    viewer.page.route("**/comparison/worker.js", refuse)
    viewer.open("#tab=compare")
    alert = viewer.page.get_by_role("alert").filter(has_text="could not be started")
    expect(alert).to_be_visible()
    viewer.page.unroute("**/comparison/worker.js")
    alert.get_by_role("button", name="Try again").click()
    expect(verdict(viewer.page, "agree")).to_contain_text("1")
    complaints.clear()  # the browser's own words about the file


# --- the same as the API ----------------------------------------------------------------------------------
def detections(seed: int) -> list[dict[str, Any]]:
    """Boxes of three classes around the same hundred places, a few elsewhere, one without a score."""
    random = np.random.default_rng(seed)
    places = np.random.default_rng(7).uniform(0, [360, 260], (100, 2))
    found = [
        box(
            round(float(x + random.normal(0, 3)) * 4) / 4,
            round(float(y + random.normal(0, 3)) * 4) / 4,
            round(float(random.uniform(0.05, 1)), 4),
            str(random.choice(["person", "dog", "cup"], p=[0.8, 0.1, 0.1])),
            20,
        )
        for x, y in places[random.random(100) < 0.8]
    ]
    return [*found, SILENT_BOX]


@pytest.mark.parametrize(("iou", "min_a", "min_b"), [(0.5, 0, 0), (0.3, 0.25, 0.4), (0.75, 0, 0.6)])
def test_the_panel_says_what_the_api_says(
    viewer: Viewer, image: Image, iou: float, min_a: float, min_b: float
) -> None:
    """Coordinates are in quarters of a pixel, as they reach the browser; finer ones are rounded on the way there."""
    second = analysed(image, *detections(2), model_name="second", model_version="2")
    first = analysed(image, *detections(1), model_name="first", model_version="1")
    viewer.open(f"#tab=compare&iou={iou}&th=first%201*{min_a},second%202*{min_b}")
    query = f"a={first.pk}&b={second.pk}&iou={iou}&min_a={min_a}&min_b={min_b}"
    answer = viewer.page.request.get(
        viewer.url.partition("/images/")[0] + f"/api/images/{image.pk}/compare?{query}"
    )
    told = json.loads(answer.text())
    agreement = told["agreement"]
    assert counts(viewer.page) == {
        "agree": agreement["agree"],
        "a": agreement["a_only"],
        "b": agreement["b_only"],
        "differs": agreement["class_differs"],
    }
    assert agreement["agree"] > 0
    names = ("object_agreement", "class_kappa", "mean_iou", "score_correlation")
    near = [
        abs(float(text) - agreement[name]) < 0.011
        for text, name in zip(sums(viewer.page), names, strict=True)
    ]
    assert near == [True] * 4
    rows = viewer.page.locator("[data-class-verdicts] tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    keys = ("count_a", "count_b", "agree", "a_only", "b_only")
    assert rows == [
        [one["class_name"], *(str(one[key]) for key in keys), str(one["a_differs"] + one["b_differs"])]
        for one in told["classes"]
    ]
