"""Target 4: the viewer's payload against the textbook's list of the same annotations."""

import gzip
import json
from functools import partial

from analyses.api.selection import EVERYTHING
from analyses.api.views.payload import columns_of, gzipped
from analyses.models import Analysis, Status
from analyses.payload import decode
from benchmarks import batches, calls, seeds
from benchmarks.gallery import ready
from benchmarks.harness import Row, Settings, check_same, faster, limited, race
from benchmarks.textbook.models import Analysis as TextbookAnalysis

COMPUTED, FINAL = 15, 300  # times as fast as the list, at 10,000 boxes
AT_MOST = {10_000: 110_000, 100_000: 1_100_000}  # compressed bytes


def rows(settings: Settings) -> list[Row]:
    _, key = seeds.make_key(seeds.make_user())
    found = []
    for full, at_most in AT_MOST.items():
        count = settings.size(full)
        wanted = (COMPUTED, FINAL) if full == 10_000 else (None, None)
        body = batches.boxes(count)
        found += compared(settings, f"payload of {count:,} boxes", body, key, wanted, at_most)
    count = settings.size(10_000)
    what = f"payload of {count:,} of five types"
    return found + compared(settings, what, batches.mixed(count), key, (None, None))


def compared(
    settings: Settings,
    what: str,
    body: bytes,
    key: dict[str, str],
    wanted: tuple[float | None, float | None],
    at_most: int | None = None,
) -> list[Row]:
    """The list, the payload of an analysis that still runs, and that of a final one that was asked for before."""
    analyses = [seeds.make_analysis(seeds.make_image()).pk for _ in range(2)]
    theirs = TextbookAnalysis.objects.create().pk
    for path in [f"/api/analyses/{pk}" for pk in analyses] + [f"/textbook/analyses/{theirs}"]:
        calls.callback("POST", f"{path}/annotations:bulk", body, expect=201)()
    Analysis.objects.get(pk=analyses[1]).move_to(Status.COMPLETED)
    seeds.settle()
    headers = key | {"Accept-Encoding": "gzip"}
    computed, final = (
        calls.prepare("GET", f"/api/analyses/{pk}/payload?format=1", headers=headers) for pk in analyses
    )
    listed = calls.prepare("GET", f"/textbook/analyses/{theirs}/annotations")
    seconds_computed, seconds_listed = race(settings, what, partial(ready, computed), partial(ready, listed))
    # What a final one takes is little beside the others: a race of its own, with more turns.
    of_final = Analysis.objects.get(pk=analyses[1])
    answer = partial(gzipped, of_final, EVERYTHING, "payload", columns_of)
    acts = [partial(ready, final), partial(ready, answer)]
    seconds_final, seconds_answer = race(settings, f"{what}, final", *acts, times=20)
    packed, full = final(), listed()
    check_same(lines_of_payload(packed), lines_of_list(full), len(json.loads(body)["annotations"]))
    found = [
        faster(4, f"{what}, computed", seconds_computed, seconds_listed, at_least=wanted[0]),
        # The list needs no login and asks nobody's leave, ours does both; so the answer counts, and the rest is told.
        faster(4, f"{what}, final", seconds_answer, seconds_listed, at_least=wanted[1]),
        faster(4, f"{what}, final, with login and access", seconds_final, seconds_listed),
    ]
    if at_most:
        found.append(
            limited(4, f"{what}, compressed bytes", len(packed), "B", at_most=at_most, theirs=len(full))
        )
    return found


def lines_of_payload(packed: bytes) -> list[str]:
    annotations = decode(gzip.decompress(packed)).annotations()
    return [json.dumps([a["annotation_type"], a["class_name"], a["confidence"]]) for a in annotations]


def lines_of_list(content: bytes) -> list[str]:
    annotations = json.loads(content)
    return [json.dumps([a["annotation_type"], a["class_name"], a["confidence"]]) for a in annotations]
