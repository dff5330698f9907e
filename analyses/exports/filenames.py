"""What files in an archive are called: as their owners call them, yet so that every system can unpack all of them.

A name changes only where it must. Characters that some system refuses or obeys become `_`, and what Windows keeps for
its devices gets one in front. An id comes behind a name that is too long, or that some system could take for another
one's: two that differ in capitals only, or in how an accent is spelled.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from unicodedata import normalize
from uuid import UUID

import numpy as np

from analyses.exports.selection import Selection
from images.models import Image

AT_ONCE = 10_000  # rows that a cursor fetches
LONGEST = 255  # bytes of a name, which is as much as Linux takes
LONGEST_ENDING = 16  # bytes; what is longer is no ending
OTHER_ENDING = 4  # bytes that `.txt` and `.jpg` take, in the place of a picture's own
ID = 37  # bytes of an id, and what stands before it

# What separates folders, what Windows refuses, control characters, and what turns the text round or is not seen.
BARRED = re.compile(
    r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb'
    r"\U000e0000-\U000e007f\ud800-\udfff]"
)
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
JOINERS = re.compile("[\u200c\u200d]")  # words and emoji need them; some systems do not look at them
WITH_ID = re.compile(r"(.*)[ _][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.DOTALL)


def portable(text: str, rest: str = "") -> str:
    """The text as one name that may be used everywhere, cut so that `rest` fits behind it."""
    name = usable(text + rest)
    return cut(name.removesuffix(rest), LONGEST - len(rest.encode())) + rest if rest else cut(name, LONGEST)


def usable(name: str) -> str:
    """The name in characters that may be used everywhere, of any length."""
    name = BARRED.sub("_", name).rstrip(". ") or "_"
    return f"_{name}" if DEVICES.match(name) else name


def cut(text: str, most: int) -> str:
    """As much of the text as so many bytes hold, and no blank or dot at its end."""
    raw = text.encode()
    return text if len(raw) <= most else raw[:most].decode(errors="ignore").rstrip(". ") or "_"


def parted(name: str) -> tuple[str, str]:
    """The usable name without its ending, and the ending."""
    name = usable(name)
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending.encode()) < LONGEST_ENDING else (name, "")


def alike(name: str) -> str:
    """The same for names that some system takes for one."""
    return normalize("NFD", normalize("NFD", JOINERS.sub("", name)).upper().casefold())


def digest(text: str) -> int:
    """Eight bytes that stand for the text, in every process the same."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


class Filenames:
    """What files are called that lie in one folder, by the names they have here.

    With `by_stem` no two differ in their endings only, so that each may have others beside it: labels, a drawing.
    Eight bytes of each name are kept, and no name.
    """

    def __init__(self, names: Iterable[str], *, by_stem: bool = False) -> None:
        self._by_stem = by_stem
        found, counts = np.unique(np.fromiter(self._digests(names), np.int64), return_counts=True)
        self._twice = found[counts > 1]

    def stem(self, name: str, pk: UUID) -> str:
        """The name without its ending; the id comes behind it where it is not certain that it is the only one."""
        stem, ending = parted(name)
        if len(stem.encode()) <= room(ending) and not self._is_taken(stem, ending):
            return stem
        return f"{shortened(stem, ending)}_{pk}"

    def name(self, name: str, pk: UUID) -> str:
        """The name."""
        return self.stem(name, pk) + parted(name)[1]

    def _digests(self, names: Iterable[str]) -> Iterator[int]:
        """One of each name. Two of what a name becomes that an id shortens, as if it were there twice: see below."""
        for name in names:
            stem, ending = parted(name)
            yield self._digest(alike(stem), ending)
            if (short := shortened(stem, ending)) != stem:
                yield from [self._digest(alike(short), ending)] * 2

    def _is_taken(self, stem: str, ending: str) -> bool:
        """Whether there is another of that name, or one to which an id might give it: a_ID where two are called a."""
        left = alike(stem)
        while not self._is_twice(self._digest(left, ending)):
            if not (with_id := WITH_ID.fullmatch(left)):
                return False
            left = with_id[1]
        return True

    def _digest(self, stem: str, ending: str) -> int:
        return digest(stem if self._by_stem else stem + alike(ending))

    def _is_twice(self, number: int) -> bool:
        place = np.searchsorted(self._twice, np.int64(number))
        return bool(place < len(self._twice) and self._twice[place] == number)


class Pictures:
    """What the files of the pictures of a selection are called."""

    def __init__(self, selection: Selection) -> None:
        names = selection.pictures().values_list("filename", flat=True).iterator(AT_ONCE)
        self._names = Filenames(names, by_stem=True)

    def stem(self, image: Image) -> str:
        """The name without its ending; no other picture has it."""
        return self._names.stem(image.filename, image.pk)

    def name(self, image: Image) -> str:
        """The name of the picture itself."""
        return self._names.name(image.filename, image.pk)


def folders(wanted: Iterable[tuple[str, UUID]]) -> Iterator[str]:
    """What few folders are called; an id comes behind a name that was there before, or ends in an id."""
    taken: set[str] = set()
    for text, pk in wanted:
        name = usable(text)
        if len(name.encode()) > LONGEST or alike(name) in taken or WITH_ID.fullmatch(alike(name)):
            name = f"{cut(name, LONGEST - ID)} {pk}"
        taken.add(alike(name))
        yield name


def room(ending: str) -> int:
    """Bytes that a name may have before its ending."""
    return LONGEST - max(len(ending.encode()), OTHER_ENDING)


def shortened(stem: str, ending: str) -> str:
    """What is left of a name when an id comes behind it."""
    return cut(stem, room(ending) - ID)
