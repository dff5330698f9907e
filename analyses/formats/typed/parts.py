"""What the quick readers share: structs, what a reader promises, and how kinds of annotations are put together."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar

import numpy as np
from msgspec import Meta, Struct

from analyses.formats.blocks import Floats
from analyses.formats.checks import MAX_COORDINATE

Share = Annotated[float, Meta(ge=0, le=1)]


class NotPlain(Exception):
    """Something in the body is not of the plain forms; readers.py has the last word on it."""


class Part(Struct, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object in the body. gc=False: nothing in it can be part of a cycle."""


# A reader takes the `data` of some annotations, and of each whether it is compact: without a blank, as it is
# stored. It returns the JSON keys inside them, their bounds, and their stored forms. It raises NotPlain, and what
# msgspec raises.
Compact = Sequence[bool]
Settled = tuple[int, Floats, list[bytes]]
T = TypeVar("T")
Reader = Callable[[list[T], Compact], Settled]


def within(values: Floats) -> Floats:
    """The same coordinates, if no one is too large."""
    if not (np.abs(values) <= MAX_COORDINATE).all():
        raise NotPlain
    return values


def written(sent: list[bytes], kept: Sequence[bool], write: Callable[[int], bytes]) -> list[bytes]:
    """What was sent where it may stay so, and else what `write` makes of the annotation with this index."""
    if all(kept):
        return sent
    return [raw if keep else write(i) for i, (raw, keep) in enumerate(zip(sent, kept, strict=True))]


def each_kind(kinds: list[str], readers: Mapping[str, Reader[T]], sent: list[T], compact: Compact) -> Settled:
    """What the reader of each kind makes of the annotations that are of it, put together in their order."""
    found: dict[str, list[int]] = defaultdict(list)
    for i, kind in enumerate(kinds):
        found[kind].append(i)
    if len(found) == 1:
        return readers[kinds[0]](sent, compact)
    keys, bounds, stored = 0, np.empty((4, len(kinds))), [b""] * len(kinds)
    for kind, places in found.items():
        some, tight = [sent[i] for i in places], [compact[i] for i in places]
        inside, bounds[:, places], texts = readers[kind](some, tight)
        keys += inside
        for i, text in zip(places, texts, strict=True):
            stored[i] = text
    return keys, bounds, stored
