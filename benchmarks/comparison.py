"""Target 9: two models compared, on one picture and across many, with a reference and without."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from django.utils import timezone

from analyses import ingest
from analyses.comparison import Matching, Side, match
from analyses.comparison.metrics import Averages
from analyses.comparison.reference import Picture, evaluate
from analyses.comparison.side import Floats
from analyses.models import Analysis
from analyses.reports.asked import Asked
from analyses.reports.build import build
from analyses.reports.sources import sources
from benchmarks import seeds
from benchmarks.harness import Act, Row, Settings, check_same, later, limited, race

PROGRAM = Path(__file__).with_name("compare.mjs")
EXTENT = {"spread over 8,192 pixels": 8192, "crowded into 2,048 pixels": 2048}
CLASSES = 8
PYTHON, NODE, METRICS = 0.5, 0.05, 5  # seconds
PICTURES, DETECTIONS = 500, 100


def rows(settings: Settings) -> list[Row]:
    count = settings.size(20_000)
    found: list[Row] = []
    for where, extent in EXTENT.items():
        random = np.random.default_rng(1)
        a = boxes(random, count, extent)
        b = moved(random, a)
        what = f"{count:,} boxes against {count:,}, {where}"
        (seconds,) = race(settings, what, ready(lambda a=a, b=b: match(a, b)))
        found.append(limited(9, f"{what}: Python", seconds, "s", at_most=PYTHON))
        found.append(in_node(settings, f"{what}: JavaScript in Node", a, b, match(a, b)))
    return [*found, of_pictures(settings), *of_project(settings)]


def boxes(random: np.random.Generator, count: int, extent: float) -> Side:
    """Boxes of 20 to 80 pixels anywhere."""
    middle, half = random.uniform(0, extent, (count, 2)), random.uniform(10, 40, (count, 2))
    bounds = np.concatenate((middle - half, middle + half), axis=1)
    return Side(bounds, random.integers(0, CLASSES, count), falling(random, count))


def falling(random: np.random.Generator, count: int) -> Floats:
    """Scores, the best first, as a payload has them."""
    return np.sort(random.random(count))[::-1]


def moved(random: np.random.Generator, side: Side) -> Side:
    """What another model might say: the same a little off, one in ten another class, one in ten elsewhere."""
    count = len(side)
    order = random.permutation(count)
    bounds = side.bounds[order] + random.normal(0, 3, (count, 4))
    bounds[random.random(count) < 0.1] += 500
    other = random.random(count) < 0.1
    classes = np.where(other, random.integers(0, CLASSES, count), side.class_of[order])
    return Side(bounds, classes, falling(random, count))


def ready(act: Callable[[], object]) -> Act:
    """An act that needs no preparation."""
    return lambda: act


# --- in the browser's language --------------------------------------------------------------------------------
def in_node(settings: Settings, what: str, a: Side, b: Side, wanted: Matching) -> Row:
    node = shutil.which("node")
    if node is None:
        return later(9, what, f"≤ {NODE * 1000:.0f} ms")
    file = Path(settings.folder) / "sides.bin"
    file.write_bytes(packed(a, b))
    done = subprocess.run(  # noqa: S603 - our own program
        [node, str(PROGRAM), str(file), str(settings.runs * 4)], check=True, stdout=subprocess.PIPE
    )
    said = json.loads(done.stdout)
    ours = zip(wanted.rows_a.tolist(), wanted.rows_b.tolist(), strict=True)
    check_same(said["pairs"], [f"{row} {other}" for row, other in ours], len(wanted.rows_a))
    return limited(9, what, median(said["seconds"]), "s", at_most=NODE)


def packed(*sides: Side) -> bytes:
    parts = [np.array([len(side) for side in sides], np.uint32).tobytes()]
    for side in sides:
        for column in (side.bounds, side.scores, side.class_of.astype(np.uint32)):
            raw = column.tobytes()
            parts.append(raw + bytes(-len(raw) % 8))
    return b"".join(parts)


# --- against a reference --------------------------------------------------------------------------------------
def of_pictures(settings: Settings) -> Row:
    random = np.random.default_rng(2)
    references = [boxes(random, DETECTIONS, 1000) for _ in range(settings.size(PICTURES))]
    sides = [(moved(random, reference), reference) for reference in references]
    what = f"{len(sides)} pictures with {DETECTIONS} detections each against a reference: AP at ten overlaps"
    (seconds,) = race(settings, what, ready(partial(averages_of, sides)))
    return limited(9, what, seconds, "s", at_most=METRICS)


def averages_of(sides: list[tuple[Side, Side]]) -> Averages:
    pictures = (Picture.of_boxes(detections, reference) for detections, reference in sides)
    return Averages.of_all(evaluate(pictures, CLASSES))


# --- a whole report, out of the database ------------------------------------------------------------------------
def of_project(settings: Settings) -> list[Row]:
    """From the query parameters to the document: coverage, counts, classes, curves, confusion, ranked pictures."""
    random = np.random.default_rng(3)
    project = seeds.make_project("compared")
    count = settings.size(PICTURES)
    for _ in range(count):
        image = seeds.make_image(project)
        a = boxes(random, DETECTIONS, 1000)
        for name, side in (("one", a), ("other", moved(random, a))):
            fill(seeds.make_analysis(image), name, side)
    found = []
    for reference, what in (("none", "as peers"), ("a", "against a reference")):
        asked = Asked.read({"a": "one@1", "b": "other@1", "reference": reference})
        said = f"{count} pictures with {DETECTIONS} detections each of two models, {what}: the whole report"
        act = partial(lambda asked: build(project, asked, sources(project, asked)), asked)
        (seconds,) = race(settings, said, ready(act))
        found.append(limited(9, said, seconds, "s", at_most=METRICS))
    return found


def fill(analysis: Analysis, name: str, side: Side) -> None:
    """A finished analysis with these boxes."""
    sizes = np.concatenate((side.bounds[:, :2], (side.bounds[:, 2:] - side.bounds[:, :2]).clip(1)), axis=1)
    rows = zip(sizes.tolist(), side.class_of.tolist(), side.scores.tolist(), strict=True)
    items = [
        {
            "annotation_type": "bounding_box",
            "class_name": f"class {number}",
            "confidence": score,
            "data": {"bbox": box},
        }
        for box, number, score in rows
    ]
    ingest.submit(analysis, json.dumps({"annotations": items}).encode())
    over = {"status": "completed", "completed_at": timezone.now()}
    Analysis.objects.filter(pk=analysis.pk).update(model_name=name, **over)
