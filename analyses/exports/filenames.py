"""Names of files in a zip: those that the pictures have, but never two that differ only in ending or capitals."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from unicodedata import normalize

import numpy as np

from analyses.exports.selection import Selection
from images.models import Image

AT_ONCE = 10_000
BARRED = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))  # not every system takes them


class Filenames:
    """What the pictures of a selection are called. Eight bytes of each are kept, and names of none."""

    def __init__(self, selection: Selection) -> None:
        blocks = [np.empty(0, np.int64), *hashes(selection)]
        every, counts = np.unique(np.concatenate(blocks), return_counts=True)
        self._twice = set(every[counts > 1].tolist())

    def stem(self, image: Image) -> str:
        """The name without its ending; the id comes behind it where another picture is called so too."""
        stem = stem_of(image.filename)
        return f"{stem}_{image.pk}" if hash(alike(stem)) in self._twice else stem

    def name(self, image: Image) -> str:
        """The name."""
        return self.stem(image) + PurePosixPath(image.filename.translate(BARRED)).suffix


def hashes(selection: Selection) -> Iterator[Any]:
    """Blocks of what two names have in common that must not be there twice."""
    names = selection.pictures().values_list("filename", flat=True).iterator(AT_ONCE)
    block: list[int] = []
    for name in names:
        block.append(hash(alike(stem_of(name))))
        if len(block) == AT_ONCE:
            yield np.array(block, np.int64)
            block = []
    yield np.array(block, np.int64)


def stem_of(filename: str) -> str:
    return PurePosixPath(filename.translate(BARRED)).stem or "picture"


def folder_of(text: str) -> str:
    """A folder that may be called so everywhere."""
    return "".join(c if c.isprintable() else "_" for c in text).translate(BARRED).strip(". ") or "_"


def alike(stem: str) -> str:
    """The same for names that some file system takes for one."""
    return normalize("NFC", stem).casefold()
