"""Target 3: what is there already slows nothing down: earlier batches, other pictures, annotations, API keys."""

import json
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from accounts.models import ApiKey
from analyses.models import Analysis, Status
from benchmarks import batches, calls, seeds
from benchmarks.harness import Row, Settings, flat, race
from images.models import Image

AT_MOST = 1.3
SHORT = 10  # runs of a call of a few milliseconds, times those of a large one
Call = Callable[[], object]

batch_numbers = count()


def rows(settings: Settings) -> list[Row]:
    return [
        hundredth_batch(settings),
        large_project(settings),
        *(callback_of_full_analysis(settings, name, *what) for name, what in CALLBACKS.items()),
        many_keys(settings),
    ]


# --- batches ----------------------------------------------------------------------------------------------
def batch(analysis: Analysis, body: bytes) -> calls.Call:
    """A batch that is another one each time, although its body is the same."""
    key = f"batch-{next(batch_numbers)}"
    return calls.callback("POST", f"/api/analyses/{analysis.pk}/annotations:bulk", body, expect=201, key=key)


def hundredth_batch(settings: Settings) -> Row:
    image, body = seeds.make_image(), batches.boxes(settings.size(1000))
    grown = seeds.make_analysis(image)
    for _ in range(99):
        batch(grown, body)()
    what = f"100th batch of {settings.size(1000):,} into an analysis, against the first"
    later, first = race(
        settings, what, lambda: batch(grown, body), lambda: batch(seeds.make_analysis(image), body), times=3
    )
    return flat(3, what, later, first, at_most=AT_MOST)


def large_project(settings: Settings) -> Row:
    body, pictures = batches.boxes(settings.size(1000)), settings.size(100_000)
    small, large = seeds.make_image(), seeds.make_image()
    seeds.multiply(large, pictures)
    seeds.settle()
    what = f"first batch into a project of {pictures:,} pictures, against one of 1"

    def first_batch(image: Image) -> calls.Call:
        return batch(seeds.make_analysis(image), body)

    grown, fresh = race(settings, what, partial(first_batch, large), partial(first_batch, small), times=3)
    return flat(3, what, grown, fresh, at_most=AT_MOST)


# --- callbacks --------------------------------------------------------------------------------------------
STATUS = {"status": "processing"}
PRESIGN = {"artifacts": [{"artifact_name": "boxes.png", "content_type": "image/png"}]}
FINALIZE = {"status": "completed", "summary": {"total": 3}}
CALLBACKS: dict[str, tuple[str, Any]] = {
    "status": ("PATCH", STATUS),
    "artifacts/presign": ("POST", PRESIGN),
    "finalize": ("POST", FINALIZE),
}


def callback_of_full_analysis(settings: Settings, name: str, method: str, payload: Any) -> Row:
    annotations, image = settings.size(100_000), seeds.make_image()
    full, empty = seeds.make_analysis(image), seeds.make_analysis(image)
    batch(full, batches.boxes(annotations))()
    seeds.settle()
    body = json.dumps(payload).encode()

    def act(analysis: Analysis) -> Call:
        begin_anew(analysis)
        return calls.callback(method, f"/api/analyses/{analysis.pk}/{name}", body)

    what = f"{name.rpartition('/')[2]} with {annotations:,} annotations, against none"
    grown, fresh = race(settings, what, partial(act, full), partial(act, empty), times=SHORT)
    return flat(3, what, grown, fresh, at_most=AT_MOST)


def begin_anew(analysis: Analysis) -> None:
    """Queued again, so that each call has the same to do."""
    analysis.artifacts.all().delete()
    nothing = {"started_at": None, "completed_at": None, "finalized_at": None, "summary": {}}
    Analysis.objects.filter(pk=analysis.pk).update(status=Status.QUEUED, **nothing)


# --- API keys ---------------------------------------------------------------------------------------------
def many_keys(settings: Settings) -> Row:
    """A small read, ten times, by one of many keys and by the only one."""
    keys = settings.size(10_000)
    key, headers = seeds.make_key(seeds.make_user())
    path = f"/api/analyses/{seeds.make_analysis(seeds.make_image()).pk}"

    def act(wanted: int) -> Call:
        others = ApiKey.objects.exclude(pk=key.pk)
        present = others.count() + 1
        if wanted < present:
            others._raw_delete(others.db)
        elif wanted > present:
            multiply_keys(key, wanted - 1)
        if wanted != present:
            seeds.settle()
        return lambda: [call() for _ in range(10)]

    call = calls.prepare("GET", path, headers=headers)
    what = f"key authentication with {keys:,} keys, against 1"
    grown, alone = race(settings, what, partial(act, keys), partial(act, 1), times=2)
    return flat(3, what, grown / 10, alone / 10, at_most=AT_MOST)


def multiply_keys(key: ApiKey, number: int) -> None:
    """Copies with ids and prefixes of their own."""
    seeds.multiply(key, number, id=f"n + {key.pk}", prefix=seeds.as_hex("n", 8))
