"""Target 2: how near a whole request comes to a bare COPY of the same rows, already built, into the same table."""

from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

from analyses import formats
from analyses.insertion import COPY, HEADER, TRAILER, binary_rows
from benchmarks import batches, calls, seeds
from benchmarks.harness import Row, Settings, race, share
from images.models import Image
from vista.fields import new_id

SIZES = {1000: 0.40, 10_000: 0.50, 100_000: 0.55}


def rows(settings: Settings) -> list[Row]:
    """Nothing on SQLite, which has no COPY."""
    if settings.database != "postgres":
        return []
    image = seeds.make_image()
    return [compared(settings, image, settings.size(full), wanted) for full, wanted in SIZES.items()]


def compared(settings: Settings, image: Image, count: int, wanted: float) -> Row:
    body = batches.boxes(count)
    what = f"bulk, {count:,} boxes, against a bare COPY"
    ours, theirs = race(settings, what, partial(whole_request, image, body), partial(bare_copy, image, body))
    return share(2, what, ours, theirs, at_least=wanted)


def whole_request(image: Image, body: bytes) -> Callable[[], bytes]:
    path = f"/api/analyses/{seeds.make_analysis(image).pk}/annotations:bulk"
    return calls.callback("POST", path, body, expect=201)


def bare_copy(image: Image, body: bytes) -> Callable[[], None]:
    """The rows as PostgreSQL reads them, under new ids; sending and committing them is what is timed."""
    batch = formats.read_plain(body)
    rows_of = binary_rows(seeds.make_analysis(image).pk, new_id(), batch.heads)
    stream = b"".join([HEADER, *map(rows_of, batch.blocks), TRAILER])

    def send() -> None:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write(stream)

    return send
