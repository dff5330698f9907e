"""Which picture of a project a picture of a file is: by VISTA's id, or by a name that only one has."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from unicodedata import normalize

from analyses.formats.checks import shown
from analyses.imports.coco import Picture


@dataclass(frozen=True, slots=True)
class Known:
    """A picture of the project."""

    key: Hashable
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Who is who, and who is not."""

    pairs: list[tuple[Picture, Known]] = field(default_factory=list)  # in the order of the file
    missing: list[Picture] = field(default_factory=list)  # the project has none of that name
    doubtful: list[tuple[Picture, str]] = field(default_factory=list)  # several could be meant
    unused: list[Known] = field(default_factory=list)  # the file does not name them


def _name(name: str) -> str:
    """The name as the ways below take it. Of a hostile one this is slow, so it is done once."""
    return normalize("NFC", name.replace("\\", "/"))


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _stem(name: str) -> str:
    return _base(name).partition(".")[0]


def _number(name: str) -> str:
    """The number that a name is, however many noughts it begins with: COCO's own pictures are called so."""
    stem = _stem(name)
    return str(int(stem)) if stem.isascii() and stem.isdigit() and len(stem) < 20 else ""


# From the most exact on; "" fits nothing.
BY_NAME: list[Callable[[str], str]] = [str, str.casefold, _base, lambda n: _base(n).casefold()]
BY_ID: list[Callable[[str], str]] = [*BY_NAME, _stem, _number]


def match(pictures: Iterable[Picture], known: Iterable[Known], *, by_id: bool = False) -> Matched:
    """Find each picture's partner: the same name, or else the same but for case, or else but for its folders.

    A file that VISTA wrote has its ids, which go before all names: in an archive some pictures are called otherwise.
    With `by_id` the ids of pictures are all the names there are; they may lack an ending, or be numbers. A way that
    finds several ends the search: it is for people to say which is meant.
    """
    pictures, known = list(pictures), list(known)
    ways = BY_ID if by_id else BY_NAME
    names = [(_name(one.name), one) for one in known]
    indexes = [_index(names, way) for way in ways]
    by_key = {str(one.key): [one] for one in known}
    found = Matched()
    takers: dict[Hashable, list[tuple[int, int]]] = {}
    partners: dict[int, Known] = {}
    for number, picture in enumerate(pictures):
        level, partners_here = -1, by_key.get(picture.key, [])
        if not partners_here:
            level, partners_here = _candidates(_name(picture.name), ways, indexes)
        if len(partners_here) > 1:
            found.doubtful.append((picture, f"{len(partners_here)} pictures of the project are called so"))
        elif partners_here:
            partners[number] = partners_here[0]
            takers.setdefault(partners_here[0].key, []).append((level, number))
        else:
            found.missing.append(picture)
    nearest = {key: _nearest(rivals) for key, rivals in takers.items()}
    for number, partner in partners.items():
        if nearest[partner.key] == number:
            found.pairs.append((pictures[number], partner))
        else:
            others = f"{len(takers[partner.key])} pictures of the file could be {shown(partner.name)}"
            found.doubtful.append((pictures[number], others))
    found.unused.extend(one for one in known if one.key not in takers)
    return found


def _nearest(rivals: list[tuple[int, int]]) -> int | None:
    """The number of the one that fits best, if only one does so."""
    best = min(level for level, _ in rivals)
    numbers = [number for level, number in rivals if level == best]
    return numbers[0] if len(numbers) == 1 else None


def _index(names: Iterable[tuple[str, Known]], way: Callable[[str], str]) -> dict[str, list[Known]]:
    index: dict[str, list[Known]] = {}
    for name, one in names:
        index.setdefault(way(name), []).append(one)
    return index


def _candidates(
    name: str, ways: list[Callable[[str], str]], indexes: list[dict[str, list[Known]]]
) -> tuple[int, list[Known]]:
    for level, (way, index) in enumerate(zip(ways, indexes, strict=True)):
        key = way(name)
        if key and key in index:
            return level, index[key]
    return len(ways), []
