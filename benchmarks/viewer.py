"""Target 7: what the viewer takes in a browser without a graphics card, at 1280 × 800 and one pixel a pixel."""

import json
import math
import random
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Page, sync_playwright
from tqdm import tqdm

from analyses import payload
from analyses.payload.rows import Row as Annotation
from benchmarks.harness import Row, Settings, later, limited, shown

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).resolve().parent / "browser"
WIDTH, HEIGHT = 4000, 3000
CLASSES = ["person", "car", "bicycle", "bus", "dog", "tree", "sign", "lamp"]
CORNERS = 40
FRAME, FIRST, HOVER, HEAP = 0.008, 0.3, 0.001, 150  # seconds, and megabytes
NO_BROWSER = later(7, "100,000 boxes in the browser", "≤ 8 ms of script a frame")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]  # it opens nothing but our own page


def rows(settings: Settings) -> list[Row]:
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        return [NO_BROWSER]
    sizes = [settings.size(count) for count in (1000, 10_000, 100_000)]
    cases = [(boxes, count) for count in sizes] + [(polygons, settings.size(10_000))]
    found: list[Row] = []
    with served({}) as (url, files), page_of(chromium) as page:
        for make, count in tqdm(cases, desc="viewer", leave=False, disable=None):
            found += measured(page, url, files, settings, f"{count:,} {make.__name__}", make(count))
    return found


def measured(
    page: Page, url: str, files: dict[str, bytes], settings: Settings, what: str, data: list[Annotation]
) -> list[Row]:
    files["/payloads/one"], files["/payloads/one.ids"] = files_of(data)
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    picture, how = {"width": WIDTH, "height": HEIGHT}, {"frames": 12 * settings.runs, "zoom": 3}
    took = page.evaluate("([...given]) => measure(...given)", ["one", picture, how])
    limit = partial(limited, 7, unit="s")
    return [
        limit(f"{what}: script a frame, all in view", took["pan"], at_most=FRAME)
        if "boxes" in what
        else free(f"{what}: script a frame, all in view", took["pan"]),
        free(f"{what}: script a frame, three times as near", took["near"]),
        limit(f"{what}: first picture, from the payload's bytes", took["first"], at_most=FIRST),
        limit(f"{what}: finding what lies under the pointer", took["hit"], at_most=HOVER),
        free(f"{what}: that, and marking it", took["hover"]),
        limited(7, f"{what}: heap and arrays", heap_of(page), "MB", at_most=HEAP),
    ]


def free(what: str, seconds: float) -> Row:
    """A time for which nothing was promised."""
    return Row(7, what, shown(seconds), "–", "–")


def heap_of(page: Page) -> float:
    """Megabytes of the page's JavaScript after a collection, typed arrays among them."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = session.send("Runtime.getHeapUsage")
    return float(usage["usedSize"] + usage.get("backingStorageSize", math.nan)) / 1e6


# --- what is drawn -----------------------------------------------------------------------------------------
def boxes(count: int) -> list[Annotation]:
    chance = random.Random(4)  # noqa: S311 - the same boxes each time
    found: list[Annotation] = []
    for _ in range(count):
        x, y = chance.uniform(0, WIDTH - 80), chance.uniform(0, HEIGHT - 80)
        across, down = chance.uniform(15, 80), chance.uniform(15, 80)
        bounds = (x, y, x + across, y + down)
        found.append(("bounding_box", chance.choice(CLASSES), chance.random(), *bounds, None))
    return found


def polygons(count: int) -> list[Annotation]:
    chance = random.Random(5)  # noqa: S311 - the same polygons each time
    found: list[Annotation] = []
    for _ in range(count):
        x, y, r = chance.uniform(50, WIDTH - 50), chance.uniform(50, HEIGHT - 50), chance.uniform(10, 45)
        angles = [math.tau * i / CORNERS for i in range(CORNERS)]
        ring = [
            (x + s * math.cos(a), y + s * math.sin(a))
            for a, s in ((a, r * chance.uniform(0.8, 1)) for a in angles)
        ]
        bounds = (x - r, y - r, x + r, y + r)
        data = json.dumps({"points": [ring], "format": "polygon"})
        found.append(("segmentation", chance.choice(CLASSES), chance.random(), *bounds, data))
    return found


def files_of(data: list[Annotation]) -> tuple[bytes, bytes]:
    header = {"analysis_id": str(uuid.UUID(int=1)), "version": "1", "final": True, "total": len(data)}
    ids = b"".join(uuid.UUID(int=number).bytes for number in range(len(data)))
    return (
        payload.encode(payload.Rows.of(data), header),
        payload.encode_ids(ids, [row[2] for row in data], header),
    )


# --- the browser and what it is served ---------------------------------------------------------------------
@contextmanager
def page_of(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1)
        browser.close()


class Files(SimpleHTTPRequestHandler):
    """The page, the viewer's modules as they are, and payloads out of memory."""

    def __init__(self, *given: Any, files: dict[str, bytes]) -> None:
        self.files = files
        super().__init__(*given)

    def translate_path(self, path: str) -> str:
        folder = ROOT if path.startswith("/static/") else PAGE
        return str(folder / path.lstrip("/"))

    def do_GET(self) -> None:
        if self.path not in self.files:
            super().do_GET()
            return
        content = self.files[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, files=files)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html", files
        server.shutdown()
