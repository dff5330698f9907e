"""A picture's page as a person uses it, its canvas as a test reads it, and analyses as pipelines leave them."""

import re
import struct
import zlib
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from analyses import artifacts
from analyses.models import Analysis
from analyses.tests.factories import AnalysisFactory, add_annotations
from images.models import Image

WIDTH, HEIGHT = 400, 300
PASSWORD = "correct horse battery"
NOTHING = [0, 0, 0, 0]
DARK_END, BRIGHT_END = [68, 1, 84], [253, 231, 37]  # of viridis

BOX = {
    "annotation_type": "bounding_box",
    "class_name": "person",
    "confidence": 0.9,
    "data": {"bbox": [20, 30, 80, 60]},
}
WEAK_BOX = BOX | {"confidence": 0.2, "data": {"bbox": [120, 30, 40, 60]}}
SILENT_BOX = {
    "annotation_type": "bounding_box",
    "class_name": "cup",
    "data": {"bbox": [180, 30, 40, 60]},
}
OVERSHOOTING_BOX = {
    "annotation_type": "bounding_box",
    "class_name": "sky",
    "confidence": 0.8,
    "data": {"bbox": [300, -50, 500, 100]},
}
RING_WITH_HOLE = {
    "annotation_type": "segmentation",
    "class_name": "lake",
    "confidence": 0.8,
    "data": {
        "points": [
            [[20, 120], [120, 120], [120, 220], [20, 220]],
            [[50, 150], [90, 150], [90, 190], [50, 190]],
        ],
        "format": "polygon",
    },
}
MASK = {  # the columns 200 to 239, in each of them the rows 120 to 159
    "annotation_type": "segmentation",
    "class_name": "roof",
    "confidence": 0.8,
    "data": {
        "rle": {"size": [HEIGHT, WIDTH], "counts": [200 * HEIGHT + 120, *([40, HEIGHT - 40] * 40)][:-1]},
        "format": "rle",
    },
}
COARSE_MASK = {  # one pixel of a grid of 40 by 30: the picture's columns 300 to 309, rows 120 to 129
    "annotation_type": "segmentation",
    "class_name": "door",
    "confidence": 0.8,
    "data": {"rle": {"size": [30, 40], "counts": [30 * 30 + 12, 1]}, "format": "rle"},
}
POSE = {
    "annotation_type": "keypoint",
    "class_name": "dog",
    "confidence": 0.7,
    "data": {
        "keypoints": [{"x": 160, "y": 250}, {"x": 240, "y": 250}, {"x": 240, "y": 285}],
        "skeleton": [[0, 1]],
    },
}
CLASSIFICATION = {
    "annotation_type": "classification",
    "class_name": "street",
    "confidence": 0.96,
    "data": {"scores": {"street": 0.96, "beach": 0.03}},
}
HEATMAP = {
    "annotation_type": "heatmap",
    "class_name": "attention",
    "data": {"artifact_name": "heat.png", "value_range": [0, 10], "unit": "mV"},
}

REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""
READ_PIXEL = """([canvas, x, y]) => {
  const picture = document.querySelector("[data-picture]").getBoundingClientRect();
  const element = document.querySelector(`[data-${canvas}]`);
  const box = element.getBoundingClientRect();
  const at = (start, length, side, place) => Math.floor((start + (place / side) * length) * devicePixelRatio);
  const copy = new OffscreenCanvas(1, 1).getContext("2d");
  copy.drawImage(element, -at(picture.left - box.left, picture.width, WIDTH, x),
    -at(picture.top - box.top, picture.height, HEIGHT, y));
  return [...copy.getImageData(0, 0, 1, 1).data];
}""".replace("WIDTH", str(WIDTH)).replace("HEIGHT", str(HEIGHT))


def grey_png(rows: list[list[int]]) -> bytes:
    """A grey PNG of 16 bits a pixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 16, 0, 0, 0, 0)
    lines = b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def npy(rows: list[list[float]]) -> bytes:
    header = (
        f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}\n".encode()
    )
    numbers = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + numbers


def analysed(
    image: Image,
    *items: dict[str, Any],
    files: dict[str, tuple[str, bytes]] | None = None,
    status: str | None = "completed",
    **fields: Any,
) -> Analysis:
    """An analysis of the picture as a pipeline leaves it; `files` are name -> (content type, bytes)."""
    analysis = AnalysisFactory(image=image, **fields).move_to("processing")
    rows = analysis.announce([(name, kind) for name, (kind, _) in (files or {}).items()])
    for row in rows:
        default_storage.save(row.storage_path, ContentFile((files or {})[row.artifact_name][1]))
    if items:
        add_annotations(analysis, *items)
    return analysis.finalize(status, {}, "", artifacts.look(analysis)) if status else analysis


class Viewer:
    """The page as a person uses it, and the canvas as a test reads it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, fragment: str = "") -> "Viewer":
        self.page.goto(self.url + fragment)
        return self.settled()

    def settled(self) -> "Viewer":
        """Wait until everything is there and drawn, also what was asked for just now."""
        self._frames()
        self.page.wait_for_selector("vista-viewer[data-live][aria-busy=false]")
        self._frames()
        return self

    def _frames(self) -> None:
        """Wait until what was done is drawn, or has begun to load."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def pixel(self, x: float, y: float, canvas: str = "shapes") -> list[int]:
        """Red, green, blue and alpha that the canvas has at a point of the picture."""
        return self.page.evaluate(READ_PIXEL, [canvas, x, y])

    def colour_of(self, class_name: str) -> list[int]:
        """What the list of classes says the colour of a class is."""
        swatch = self.page.locator(f'[data-class-row="{class_name}"] .swatch')
        said = swatch.evaluate("(element) => getComputedStyle(element).backgroundColor")
        return [*map(int, re.findall(r"\d+", said)), 255]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the picture is on the screen."""
        box = self.page.locator("[data-picture]").bounding_box()
        assert box
        return box["x"] + x / WIDTH * box["width"], box["y"] + y / HEIGHT * box["height"]

    def under(self, x: float, y: float) -> tuple[float, float]:
        """The point of the picture under a point of the screen."""
        box = self.page.locator("[data-picture]").bounding_box()
        assert box
        return (x - box["x"]) / box["width"] * WIDTH, (y - box["y"]) / box["height"] * HEIGHT

    def rows(self) -> list[str]:
        return self.page.locator("[data-object-rows] [data-name]").all_inner_texts()


def let_in(page: Page, user: User, url: str) -> None:
    """Log in without the login page, which one test goes through."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def nearly(actual: list[int], expected: list[int], tolerance: int = 3) -> bool:
    return all(abs(a - e) <= tolerance for a, e in zip(actual, expected, strict=True))
