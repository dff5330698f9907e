"""The panes of a picture's page as tests read them: which model's colour is where."""

import io
from typing import Any

from PIL import Image as Pillow
from playwright.sync_api import Locator

from vista.tests.viewer import BOX, HEIGHT, WIDTH, Viewer

A, B, C, D = [86, 180, 233], [230, 159, 0], [204, 121, 167], [240, 228, 66]  # the models' colours
TOP_A, TOP_B = 40, 140  # where the boxes of A and B have their upper edges
READ_PANE = """([pane, y, from, to]) => {
  const element = document.querySelectorAll("[data-pane]")[pane];
  const picture = element.querySelector("[data-picture]").getBoundingClientRect();
  const canvas = element.querySelector("[data-shapes]");
  const box = canvas.getBoundingClientRect();
  const at = (start, length, place) => Math.floor((start + place * length) * devicePixelRatio);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const row = at(picture.top - box.top, picture.height, y / HEIGHT);
  const [first, last] = [from, to].map((x) => at(picture.left - box.left, picture.width, x / WIDTH));
  const { data } = copy.getImageData(first, row, last - first, 1);
  return Array.from({ length: data.length / 4 }, (_, i) => [...data.slice(i * 4, i * 4 + 4)].join());
}""".replace("WIDTH", str(WIDTH)).replace("HEIGHT", str(HEIGHT))


def wide_box(top: int, **more: Any) -> dict[str, Any]:
    """A box almost as wide as the picture: its upper edge says on both halves who drew it."""
    return BOX | {"data": {"bbox": [20, top, 360, 60]}} | more


class Panes(Viewer):
    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the picture is on the screen, in the first pane."""
        box = self.page.locator("[data-picture]").first.bounding_box()
        assert box
        return box["x"] + x / WIDTH * box["width"], box["y"] + y / HEIGHT * box["height"]

    def colours(self, pane: int, y: int, start: int = 30, end: int = 370) -> set[str]:
        """Which colours of models a pane's canvas has along a line of the picture."""
        names = {
            ",".join(map(str, [*colour, 255])): name
            for name, colour in zip("ABCD", (A, B, C, D), strict=True)
        }
        found = set(self.page.evaluate(READ_PANE, [pane, y, start, end]))
        return {name for value, name in names.items() if value in found}

    def drawn(self, pane: int) -> set[str]:
        return set().union(
            *(self.colours(pane, y) for y in range(TOP_A - 1, 300, 1) if y % 50 in (39, 40, 41))
        )

    def seen(self, y: int, start: int, end: int) -> set[str]:
        """Which colours of models are seen on the screen, everything over everything, along a line of the picture."""
        left, top = self.at(start, y)
        right, _ = self.at(end, y)
        clip = {"x": int(left), "y": int(top), "width": int(right - left), "height": 1}
        shot = Pillow.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB")
        found = {shot.getpixel((x, 0)) for x in range(shot.width)}
        return {name for name, colour in zip("ABCD", (A, B, C, D), strict=True) if tuple(colour) in found}

    @property
    def panes(self) -> Locator:
        return self.page.locator("[data-pane]:not([hidden])")

    def tags(self, pane: int) -> list[str]:
        """What is said above a pane: letter, model and number of each analysis."""
        head = self.panes.nth(pane).locator("[data-pane-head]:not([hidden])")
        parts = [
            head.locator(f"[data-tag-{name}]").all_text_contents() for name in ("letter", "model", "count")
        ]
        return [" ".join(words) for words in zip(*parts, strict=True)]

    def mode(self) -> str | None:
        return self.page.locator("[data-mode][aria-pressed=true]").get_attribute("data-mode")

    def press(self, key: str) -> "Panes":
        self.page.keyboard.press(key)
        self.settled()
        return self
