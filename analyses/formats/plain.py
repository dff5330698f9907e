"""The quick way to read a batch: the usual forms, straight from the body's bytes into columns.

Nothing is defined here. A body with anything but the plain forms of typed/ is left to readers.py, which alone
knows every form and finds faults. A property test holds both ways to the same result.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Raw, UnsetType

from analyses.formats.batch import MAX_CLASS_NAME, references_of
from analyses.formats.blocks import AT_ONCE, Batch, Block, Heads, Reference
from analyses.formats.typed import NotPlain, Part, Share, read_data

Name = Annotated[str, Meta(max_length=MAX_CLASS_NAME)]

BYTES_AT_ONCE = 1_000_000  # of data: NumPy takes many times that for their numbers
COLON = ord(":")


class Item(Part, kw_only=True, gc=False):
    """One annotation as it was sent."""

    annotation_type: Literal["bounding_box", "segmentation", "keypoint", "classification", "heatmap"]
    class_name: Name
    confidence: Share | UnsetType | None = UNSET
    data: Raw


class Body(Part, kw_only=True):
    annotations: list[Item]
    mode: str | UnsetType = UNSET


_read_body = msgspec.json.Decoder(Body).decode


def read_plain(raw: bytes) -> Batch:
    """The batch in a whole body, its annotations looked at some at a time as the blocks are asked for.

    Raises NotPlain, now or with any of the blocks, for every body that is not made of the plain forms alone: what
    was done with the blocks before must be undone.
    """
    if b"\\" in raw and b"\\u0000" in raw:  # one byte is found much quicker than six
        raise NotPlain
    try:
        body = _read_body(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotPlain from error
    heads = Heads()
    references: dict[int, list[Reference]] = {}
    mode = "append" if body.mode is UNSET else body.mode
    return Batch(len(body.annotations), mode, heads, _blocks(body, raw, heads, references), references)


def _blocks(body: Body, raw: bytes, heads: Heads, references: dict[int, list[Reference]]) -> Iterator[Block]:
    try:
        yield from _settled(body, raw, heads, references)
    except (msgspec.MsgspecError, ValueError) as error:  # FormatError is one
        raise NotPlain from error


def _stretches(annotations: list[Item]) -> Iterator[tuple[int, list[Item], list[bytes]]]:
    """Some at a time: where they begin, they themselves, and their data."""
    for start in range(0, len(annotations), AT_ONCE):
        items = annotations[start : start + AT_ONCE]
        sent = [bytes(item.data) for item in items]
        begin, size = 0, 0
        if sum(map(len, sent)) > BYTES_AT_ONCE:
            for i, raw in enumerate(sent):
                if i > begin and size + len(raw) > BYTES_AT_ONCE:
                    yield start + begin, items[begin:i], sent[begin:i]
                    begin, size = i, 0
                size += len(raw)
        yield start + begin, items[begin:], sent[begin:]


def _settled(body: Body, raw: bytes, heads: Heads, references: dict[int, list[Reference]]) -> Iterator[Block]:
    one_line = not any(blank in raw for blank in (b"\n", b"\r", b"\t"))
    no_blank = one_line and b" " not in raw
    keys = 1 if body.mode is UNSET else 2
    for start, items, sent in _stretches(body.annotations):
        kinds: list[str] = [item.annotation_type for item in items]
        # A blank in a name has the data written anew, for nothing but also without harm.
        compact = [True] * len(items) if no_blank else [one_line and b" " not in data for data in sent]
        inside, bounds, stored = read_data(kinds, sent, compact)
        confidences = [item.confidence for item in items]
        unset = confidences.count(UNSET)
        if unset:
            confidences = [None if confidence is UNSET else confidence for confidence in confidences]
        keys += inside + 4 * len(items) - unset
        if "heatmap" in kinds:
            for i, kind in enumerate(kinds):
                if kind == "heatmap":
                    references[start + i] = references_of(msgspec.json.decode(stored[i]))
        numbers = heads.numbers(zip(kinds, [item.class_name for item in items], strict=True))
        yield Block(numbers, np.array(confidences, np.float64), bounds, stored)
    # Each key has one colon. More of them: a key is there twice, or a string holds one; readers.py will tell.
    if np.count_nonzero(np.frombuffer(raw, np.uint8) == COLON) != keys:
        raise NotPlain
    if not all(name.strip() for _, name in heads):
        raise NotPlain
