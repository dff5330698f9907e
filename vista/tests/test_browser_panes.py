"""Whatever a picture's page draws, it draws in every pane, and into the file and onto the paper, too."""

from collections.abc import Callable

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

from analyses.models import Analysis
from analyses.tests.factories import add_annotations
from images import tiles
from images.models import Image
from vista.tests.panes import READ_PANE, TOP_A, TOP_B, A, B, Panes, wide_box
from vista.tests.viewer import BRIGHT_END, DARK_END, HEATMAP, HEIGHT, WIDTH, analysed, grey_png, nearly

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- whatever is drawn ------------------------------------------------------------------------------------
def test_each_pane_has_its_own_heatmap(panes: Panes, image: Image) -> None:
    for model, ends in (("detr", [0, 0]), ("yolo_v8", [65535, 65535])):
        files = {"heat.png": ("image/png", grey_png([ends]))}
        analysed(image, wide_box(TOP_A), HEATMAP, files=files, model_name=model)
    panes.open("#m=side&fade=0")
    pixels = [panes.page.evaluate(READ_PANE, [pane, 290, 200, 210])[0] for pane in (0, 1)]
    assert all(
        nearly([*map(int, pixel.split(","))][:3], end)
        for pixel, end in zip(pixels, (BRIGHT_END, DARK_END), strict=True)
    )


def test_objects_of_a_running_analysis_come_into_its_pane(panes: Panes, image: Image) -> None:
    running = analysed(image, wide_box(TOP_B), status=None, model_name="detr")
    done = analysed(image, wide_box(TOP_A), model_name="yolo_v8")
    panes.open(f"#m=side&by=model&a={done.pk},{running.pk}")
    assert panes.tags(1) == ["B detr 1"]
    expect(panes.panes.nth(1).locator("[data-tag-status]")).to_have_text("processing")
    add_annotations(running, wide_box(240))
    expect(panes.panes.nth(1).locator("[data-tag-count]")).to_have_text("2", timeout=15_000)
    panes.settled()
    assert panes.colours(1, 240) == {"B"}


def test_a_huge_picture_is_drawn_from_tiles_in_every_pane(
    panes: Panes, two: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "HUGE_PIXELS", 0)
    panes.open("#m=side")
    read = READ_PANE.replace("data-shapes", "data-tiles")
    left_half, right_half = (panes.page.evaluate(read, [pane, 150, 50, 350]) for pane in (0, 1))
    assert left_half == right_half
    assert len(set(left_half)) > 1
    assert "0,0,0,0" not in left_half


@pytest.fixture
def downloaded(panes: Panes) -> Callable[[], Pillow.Image]:
    def download() -> Pillow.Image:
        with panes.page.expect_download() as download:
            panes.page.evaluate("document.querySelector('[data-action=download-annotated]').click()")
        return Pillow.open(download.value.path()).convert("RGB")

    return download


def has(picture: Pillow.Image, colour: list[int], box: tuple[int, int, int, int]) -> bool:
    part = picture.crop(box)
    return tuple(colour) in {pixel for _, pixel in part.getcolors(part.width * part.height)}


def test_the_file_of_panes_has_all_of_them(
    panes: Panes, two: list[Analysis], downloaded: Callable[[], Pillow.Image]
) -> None:
    panes.open("#m=side&by=model&v=200,100,6")
    picture = downloaded()
    assert picture.size == (2 * WIDTH + 4, HEIGHT + 28)
    left, right = (0, 28, WIDTH, picture.height), (WIDTH + 4, 28, picture.width, picture.height)
    assert [has(picture, A, left), has(picture, B, left)] == [True, False]
    assert [has(picture, A, right), has(picture, B, right)] == [False, True]
    panes.settled()
    assert "v=200,100,6" in panes.page.url


def test_the_file_of_a_swipe_has_both_sides(
    panes: Panes, two: list[Analysis], downloaded: Callable[[], Pillow.Image]
) -> None:
    panes.open("#m=swipe&by=model&labels=0")
    picture = downloaded()
    assert picture.size == (WIDTH, HEIGHT + 28)
    left, right = (0, 28, WIDTH // 2 - 5, picture.height), (WIDTH // 2 + 5, 28, WIDTH, picture.height)
    assert [has(picture, A, left), has(picture, B, left)] == [True, False]
    assert [has(picture, A, right), has(picture, B, right)] == [False, True]


def test_the_file_of_a_blink_is_what_is_seen(
    panes: Panes, two: list[Analysis], downloaded: Callable[[], Pillow.Image]
) -> None:
    panes.open("#m=blink&by=model")
    picture = downloaded()
    assert picture.size == (WIDTH, HEIGHT)
    assert [has(picture, colour, (0, 0, WIDTH, HEIGHT)) for colour in (A, B)] == [True, False]


def test_on_paper_panes_are_as_large_as_the_paper(panes: Panes, two: list[Analysis]) -> None:
    panes.open("#m=side&by=model")
    panes.page.evaluate(f"""() => matchMedia("print").addEventListener("change", () => {{
      const stage = document.querySelector("[data-stage]");
      const shapes = [...stage.querySelectorAll("[data-shapes]")];
      window.printed ??= [stage.clientWidth, shapes.map(({{ width }}) => width),
        shapes.map((_, pane) => [39, 40, 41].map((y) => ({READ_PANE})([pane, y, 30, 370])).flat())];
    }})""")
    on_screen = panes.page.locator("[data-shapes]").first.evaluate("(canvas) => canvas.width")
    panes.page.pdf(format="A4")
    stage, widths, colours = panes.page.evaluate("printed")
    assert widths == [(stage - 2) // 2] * 2
    assert widths[0] != on_screen
    assert [",".join(map(str, [*A, 255])) in pane for pane in colours] == [True, False]
    panes.settled()
    assert panes.drawn(0) == {"A"}
