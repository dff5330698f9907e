"""Target 1: `annotations:bulk` as a whole request, against the textbook twin; both must store the same."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db.models import Model

from analyses.models import Annotation
from benchmarks import batches, calls, seeds
from benchmarks.harness import Row, Settings, added_memory, check_same, faster, limited, race
from benchmarks.textbook.models import Analysis as TextbookAnalysis
from benchmarks.textbook.models import Annotation as TextbookAnnotation
from images.models import Image

PATHS = {
    "ours": "/api/analyses/{}/annotations:bulk",
    "textbook": "/textbook/analyses/{}/annotations:bulk",
}
# database -> full size -> at least so many times; 10,000 of five kinds stands last
BOXES = {
    "postgres": {100: None, 1000: 7, 10_000: 16, 100_000: 16},
    "sqlite": {100: None, 1000: None, 10_000: 12, 100_000: 12},
}
MIXED = {"postgres": 15, "sqlite": 10}
MEMORY_MB = 100
SMALL = 1000  # boxes that take some milliseconds: more runs, or chance decides


def rows(settings: Settings) -> list[Row]:
    image = seeds.make_image()
    found = []
    for full, wanted in BOXES[settings.database].items():
        count = settings.size(full)
        times = 5 if full <= SMALL else 1
        found.append(compared(settings, f"bulk, {count:,} boxes", image, batches.boxes(count), wanted, times))
    count = settings.size(10_000)
    what = f"bulk, {count:,} of five types"
    found.append(compared(settings, what, image, batches.mixed(count), MIXED[settings.database]))
    return [*found, memory(settings)]


def compared(
    settings: Settings, what: str, image: Image, body: bytes, wanted: float | None, times: int = 1
) -> Row:
    """The same body to both, a fresh analysis each time."""
    latest: dict[str, UUID] = {}

    def act(side: str) -> Callable[[], bytes]:
        latest[side] = new_analysis(side, image)
        return calls.callback("POST", PATHS[side].format(latest[side]), body, expect=201)

    ours, theirs = race(settings, what, partial(act, "ours"), partial(act, "textbook"), times=times)
    check_same(
        stored(Annotation, latest["ours"]),
        stored(TextbookAnnotation, latest["textbook"]),
        len(json.loads(body)["annotations"]),
    )
    return faster(1, what, ours, theirs, at_least=wanted)


def new_analysis(side: str, image: Image | None) -> UUID:
    if side == "textbook":
        return TextbookAnalysis.objects.create().pk
    return seeds.make_analysis(image or seeds.make_image()).pk


def stored(model: type[Model], analysis_id: UUID) -> list[str]:
    """The annotations of one analysis as text that can be compared."""
    fields = ("annotation_type", "class_name", "confidence", "data")
    rows = model._default_manager.filter(analysis=analysis_id).values_list(*fields)
    return [json.dumps(row, sort_keys=True) for row in rows]


# --- memory -----------------------------------------------------------------------------------------------
def memory(settings: Settings) -> Row:
    """What one large batch adds to a process that has served small ones."""
    count = settings.size(100_000)
    path = Path(settings.folder) / "large.json"
    path.write_bytes(batches.boxes(count))
    ours, theirs = (added_memory(settings, "benchmarks.bulk:large", side, str(path)) for side in PATHS)
    return limited(1, f"memory added by {count:,} boxes", ours, "MB", at_most=MEMORY_MB, theirs=theirs)


def large(_settings: Settings, side: str, path: str) -> Callable[[], bytes]:
    """One batch from a file, which is read as the body of a request is: by the server, while it is measured."""
    url = PATHS[side].format(new_analysis(side, None))
    calls.callback("POST", url, batches.boxes(100), expect=201)()
    headers = calls.signed(Path(path).read_bytes())
    length = Path(path).stat().st_size
    body = open(path, "rb")  # noqa: SIM115 - the process ends with it
    return calls.prepare("POST", url, body, headers, length=length, expect=201)
