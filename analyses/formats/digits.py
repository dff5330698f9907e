"""Whole numbers in a text, many at a time."""

import numpy as np

from analyses.formats.blocks import Numbers

LONGEST = 8  # digits
DIGITS = b"0123456789"


def whole_numbers(text: bytes) -> tuple[Numbers, Numbers]:
    """The numbers of a text like b"12,3,456", and the places behind each. Raises ValueError for any other text.

    Eight digits fit into one integer of 64 bits, and are added up in three steps: pairs, fours, eights
    (https://lemire.me/blog/2018/10/03/quickly-parsing-eight-digits/).
    """
    padded = b"%b%b," % (b"0" * LONGEST, text)
    if text.translate(None, DIGITS + b","):
        raise ValueError("more than digits and commas")
    ends = np.flatnonzero(np.frombuffer(padded, np.uint8) == ord(","))
    lengths = np.empty_like(ends)
    lengths[0], lengths[1:] = ends[0] - LONGEST, ends[1:] - ends[:-1] - 1
    if lengths.min() < 1 or lengths.max() > LONGEST:
        raise ValueError(f"a number without digits, or with more than {LONGEST}")
    eights = np.ndarray((len(padded) - LONGEST + 1,), "<u8", padded, strides=(1,))  # from every byte on
    found = eights[ends - LONGEST]
    found &= np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    bits = (8 * (LONGEST - lengths)).astype(np.uint64)  # of what is read in front of the digits
    found = found >> bits << bits
    for factor, shift, mask in (
        (10, 8, 0x00FF_00FF_00FF_00FF),
        (100, 16, 0x0000_FFFF_0000_FFFF),
        (10_000, 32, 0x0000_0000_FFFF_FFFF),
    ):
        found = (found * np.uint64(factor) + (found >> np.uint64(shift))) & np.uint64(mask)
    return found.astype(np.int64), ends - LONGEST
