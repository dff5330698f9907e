"""Target 1: `annotations:bulk` as a whole request, against the textbook twin; both must store the same."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from analyses.models import Annotation
from benchmarks import batches, calls, seeds
from benchmarks.harness import Act, Row, Settings, added_memory, faster, limited, race
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


class NotTheSame(Exception):
    """The two ways stored different annotations, so their times cannot be compared."""


def rows(settings: Settings) -> list[Row]:
    image = seeds.make_image()
    found = []
    for full, wanted in BOXES[settings.database].items():
        count = settings.size(full)
        found.append(compared(settings, f"bulk, {count:,} boxes", image, batches.boxes(count), wanted))
    count = settings.size(10_000)
    what = f"bulk, {count:,} of five types"
    found.append(compared(settings, what, image, batches.mixed(count), MIXED[settings.database]))
    return [*found, memory(settings)]


def compared(settings: Settings, what: str, image: Image, body: bytes, wanted: float | None) -> Row:
    """The same body to both, a fresh analysis each time."""
    latest: dict[str, UUID] = {}

    def act(side: str) -> Callable[[], bytes]:
        latest[side] = new_analysis(side, image)
        return calls.callback("POST", PATHS[side].format(latest[side]), body, expect=201)

    ours, theirs = race(settings, what, partial(act, "ours"), partial(act, "textbook"))
    check_stored(latest["ours"], latest["textbook"], len(json.loads(body)["annotations"]))
    return faster(1, what, ours, theirs, at_least=wanted)


def new_analysis(side: str, image: Image | None) -> UUID:
    if side == "textbook":
        return TextbookAnalysis.objects.create().pk
    return seeds.make_analysis(image or seeds.make_image()).pk


def check_stored(ours: UUID, textbook: UUID, count: int) -> None:
    """Raises NotTheSame unless both hold the same `count` annotations, in any order."""
    fields = ("annotation_type", "class_name", "confidence", "data")
    stored = [
        sorted(
            json.dumps(row, sort_keys=True) for row in model.objects.filter(analysis=pk).values_list(*fields)
        )
        for model, pk in ((Annotation, ours), (TextbookAnnotation, textbook))
    ]
    if stored[0] != stored[1] or len(stored[0]) != count:
        differ = [pair for pair in zip(*stored, strict=False) if pair[0] != pair[1]][:1]
        raise NotTheSame(f"{count} sent, {len(stored[0])} and {len(stored[1])} stored; {differ}")


# --- memory -----------------------------------------------------------------------------------------------
def memory(settings: Settings) -> Row:
    """What one large batch adds to a process that has served small ones."""
    count = settings.size(100_000)
    path = Path(settings.folder) / "large.json"
    path.write_bytes(batches.boxes(count))
    ours, theirs = (added_memory(settings, "benchmarks.bulk:large", side, str(path)) for side in PATHS)
    return limited(1, f"memory added by {count:,} boxes", ours, "MB", at_most=MEMORY_MB, theirs=theirs)


def large(_settings: Settings, side: str, path: str) -> Act | Callable[[], object]:
    """One batch from a file, which is read as the body of a request is: by the server, while it is measured."""
    url = PATHS[side].format(new_analysis(side, None))
    calls.callback("POST", url, batches.boxes(100), expect=201)()
    headers = calls.signed(Path(path).read_bytes())
    length = Path(path).stat().st_size
    body = open(path, "rb")  # noqa: SIM115 - the process ends with it
    return calls.prepare("POST", url, body, headers, length=length, expect=201)
