"""What a COCO file says: its pictures, its classes, and which of its annotations belong to which picture.

The file is walked through once and checked to be JSON. Of an annotation only the picture's id is read then, the rest
when its picture has its turn: so the bytes may lie in a mapped file, and little of them is ever in memory.
"""

import mmap
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from analyses.formats.checks import shown
from analyses.imports.twice import Called, at_the_top, key_twice
from vista.errors import Invalid

Id = int | str
Buffer = bytes | memoryview
T = TypeVar("T")
BOM = b"\xef\xbb\xbf"
# What bytes that are no value raise. Who walks over a value does not read its numbers and letters: some of it is
# noticed only when the value itself is wanted.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
HEAD = 64  # bytes, in which the first sign of a JSON text stands

# What no honest file has. Small bytes can be large in memory, or be written into every annotation.
MOST_BYTES = {"images": 2**20, "annotations": 2**23, "categories": 2**20}  # of one of them
MOST_CATEGORIES = 100_000
MOST_KEYPOINTS = MOST_EDGES = 500  # of a category
LONGEST_KEYPOINT = 100  # characters
LONGEST_NAME = 1000  # of a picture, with its folders
MOST_STRAYS = 100_000  # are told; the others are counted


class NotCoco(Invalid):
    """A file that cannot be understood at all; `errors` says where."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where} {sentence}." if where else f"{sentence}.", [(where or "file", sentence)])


class Category(Struct, frozen=True):
    """A class, and what the points of its poses are called; the skeleton's pairs count from 1, as COCO does."""

    id: Id
    name: str
    keypoints: list[str] = []
    skeleton: list[tuple[int, int]] = []


class Picture(Struct, frozen=True):
    """A picture of the file; without a table of pictures only its id is known."""

    id: Id
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    coco_url: str | None = None
    vista: Raw | UnsetType = UNSET  # what VISTA's own export says beside COCO's fields

    @property
    def said_by_vista(self) -> dict[str, Any]:
        said = {} if isinstance(self.vista, UnsetType) else msgspec.json.decode(self.vista)
        return said if isinstance(said, dict) else {}

    @property
    def was_not_processed(self) -> bool:
        """Whether VISTA says that no model has looked at all of it: then nothing is no result."""
        return self.said_by_vista.get("processed") is False

    @property
    def key(self) -> str:
        """The id that VISTA had for it, or ""."""
        key = self.said_by_vista.get("id")
        return key if isinstance(key, str) else ""

    @property
    def name(self) -> str:
        """What the file calls it."""
        if self.file_name:
            return self.file_name
        return self.coco_url.rpartition("/")[2] if self.coco_url else str(self.id)


class Document(Struct):
    images: Raw | UnsetType = UNSET
    annotations: Raw | UnsetType = UNSET
    categories: Raw | UnsetType = UNSET


class Anything(Struct, gc=False):
    """An object, whatever it says: takes little memory, so many may be counted."""


class Owner(Struct):
    """Whose an annotation is, and what it is called; the rest of it is not looked at."""

    image_id: Id
    id: Raw | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Refused:
    """An annotation that cannot be taken: where it stands in the file, and why."""

    where: str  # such as annotations[17].bbox[2]
    reason: str


@dataclass(slots=True)
class CocoFile:
    """A file that was understood. Its annotations are still the bytes of the file."""

    pictures: list[Picture]
    categories: dict[Id, Category]
    annotations: list[Raw]
    place: str  # what the paths of annotations begin with: "annotations", or "" where the file is a list
    has_pictures: bool  # whether the file names its pictures itself; if not, their ids are all that is known
    strays: list[Refused] = field(default_factory=list)  # annotations of no picture, the first ones
    stray_count: int = 0  # all of them
    _of_picture: dict[Id, "array[int]"] = field(default_factory=dict)
    _repeated: dict[int, int] = field(default_factory=dict)  # annotation -> the earlier one of its id

    def count(self, picture: Picture) -> int:
        """How many annotations the picture has."""
        return len(self._of_picture.get(picture.id, ()))

    def annotations_of(self, picture: Picture) -> Iterator[tuple[str, Any]]:
        """Each annotation of the picture, with its path, in the order of the file; Refused where none can be read."""
        for index in self._of_picture.get(picture.id, ()):
            where = f"{self.place}[{index}]"
            try:
                yield where, self._annotation(index, where)
            except UNREADABLE as error:
                yield where, Refused(where, fault_of(error)[1])

    def _annotation(self, index: int, where: str) -> Any:
        raw = self.annotations[index]
        if fault := too_long(raw, "annotations"):
            return Refused(where, fault)
        if index in self._repeated:
            reason = f"is the id of {self.place}[{self._repeated[index]}] already"
            return Refused(f"{where}.id", reason)
        value = msgspec.json.decode(raw)
        fault = key_twice(raw, value)
        return Refused(where, fault) if fault else value


def mapped(path: Path) -> memoryview:
    """The bytes of a file where they lie, not in memory; they are let go when nothing refers to them any more."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            _refuse("", "The file is empty")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def read(
    content: Buffer,
    categories: Mapping[Id, Category] | None = None,
    others: Buffer | None = None,
    most: Mapping[str, int] | None = None,
) -> CocoFile:
    """The file in these bytes: COCO's instances or keypoints, or a list of results.

    `others` is a second file, whose `categories` and `images` are taken where the first has none, as a list of
    results; `categories` are taken instead of all that. `most` says how many `images` and `annotations` there may be.
    Raises NotCoco with a sentence about the first fault.
    """
    most = most or {}
    document = _document(content)
    beside = Document() if others is None else _document(others)
    named = document.categories if document.categories is not UNSET else beside.categories
    known = _categories(named) if categories is None else dict(categories)
    if isinstance(document.annotations, UnsetType):
        _refuse(
            "", "The file has no annotations: expected {images, annotations, categories} or a list of results"
        )
    is_list = document.images is UNSET and document.categories is UNSET and _begins_with(content, b"[")
    place = "" if is_list else "annotations"
    annotations = _list(document.annotations, place or "the file", most=most.get("annotations"), at=place)
    if not known and annotations:
        _refuse(
            "categories",
            "are needed to know the classes: they stand in the file itself, or come as a second file",
        )
    images = document.images if document.images is not UNSET else beside.images
    has_pictures = images is not UNSET
    pictures = _pictures(images, most.get("images"))
    found = CocoFile(pictures, known, annotations, place, has_pictures)
    _share_out(found)
    return found


def read_categories(content: Buffer) -> dict[Id, Category]:
    """The classes alone, out of a COCO file or a list of categories. Raises NotCoco."""
    if _begins_with(content, b"["):
        return _categories(_document(content).annotations)
    document = _document(content)
    if document.categories is UNSET:
        _refuse("", "The file has no categories: expected {categories: [{id, name}, …]} or such a list")
    return _categories(document.categories)


# --- the parts of the file ------------------------------------------------------------------------------------
def _document(content: Buffer) -> Document:
    """The top of the file; of a list of results only annotations."""
    content = memoryview(content)
    if content[:3] == BOM:
        content = content[3:]
    try:
        if _begins_with(content, b"["):
            return Document(annotations=msgspec.json.decode(content, type=Raw))
        document = msgspec.json.decode(content, type=Document)
        if name := at_the_top(content, document):
            _refuse(name, "stands twice in the file; expected one list")
        return document
    except msgspec.ValidationError:
        _refuse("", "The file is neither an object {images, annotations, categories} nor a list of results")
    except RecursionError:
        _refuse("", "The file is not JSON: it is nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _refuse("", f"The file is not JSON: {str(error).removeprefix('JSON is malformed: ')}")


def _begins_with(content: Buffer, sign: bytes) -> bool:
    return bytes(memoryview(content)[:HEAD]).removeprefix(BOM).lstrip().startswith(sign)


def _list(
    raw: Raw, where: str, needed: str = "", most: int | None = None, at: str | None = None
) -> list[Raw]:
    """The objects of the list at `where`, still as bytes; its items are called by `at`, where that differs."""
    try:
        # Little is kept of an item here, while Raw of a million ones are much.
        count = len(msgspec.json.decode(raw, type=list[Anything]))
        if most is not None and count > most:
            _refuse(where, f"has {count:,} items; at most {most:,} are accepted, so the file must be split")
        return msgspec.json.decode(raw, type=list[Raw])
    except UNREADABLE as error:
        path, fault = fault_of(error)
        if path:
            _refuse(f"{where if at is None else at}{path}", fault + needed)
    try:
        _refuse(where, f"must be a list, got {_shown(raw)}")
    except UNREADABLE as error:
        _refuse(where, f"must be a list, and {fault_of(error)[1]}")


def _shown(raw: Raw) -> str:
    """The value for a message. Nothing of an object is looked at: it may be large."""
    return "an object" if _begins_with(raw, b"{") else shown(msgspec.json.decode(raw))


def _entries(
    raw: Raw | UnsetType, where: str, form: type[T], needed: str, most: int | None = None
) -> list[T]:
    """The list at `where`, each item of which must be of this form."""
    found: list[T] = []
    items = [] if isinstance(raw, UnsetType) else _list(raw, where, f"; {needed}", most)
    for index, item in enumerate(items):
        if fault := too_long(item, where):
            _refuse(f"{where}[{index}]", fault)
        try:
            found.append(msgspec.json.decode(item, type=form))
            fault = key_twice(item, msgspec.json.decode(item))
        except UNREADABLE as error:
            path, fault = fault_of(error)
            _refuse(f"{where}[{index}]{path}", f"{fault}; {needed}")
        if fault:
            _refuse(f"{where}[{index}]", fault)
    return found


def too_long(raw: Raw, where: str) -> str:
    """What is wrong with an item of so many bytes, or ""."""
    size, most = memoryview(raw).nbytes, MOST_BYTES[where]
    return f"has {size:,} bytes; at most {most:,} are accepted" if size > most else ""


def _categories(raw: Raw | UnsetType) -> dict[Id, Category]:
    known: dict[Id, Category] = {}
    found = _entries(raw, "categories", Category, "a category needs id and name", MOST_CATEGORIES)
    for index, category in enumerate(found):
        where = f"categories[{index}]"
        if category.id in known:
            other = shown(known[category.id].name)
            _refuse(f"{where}.id", f"{shown(category.id)} is the id of {other} already")
        known[category.id] = category
        for name, items, most in (
            ("keypoints", category.keypoints, MOST_KEYPOINTS),
            ("skeleton", category.skeleton, MOST_EDGES),
        ):
            if len(items) > most:
                _refuse(f"{where}.{name}", f"has {len(items):,} items; at most {most:,} are accepted")
        for number, name in enumerate(category.keypoints):
            _check_length(name, f"{where}.keypoints[{number}]", LONGEST_KEYPOINT)
    return known


def _check_length(text: Id | None, where: str, most: int = LONGEST_NAME) -> None:
    if isinstance(text, str) and len(text) > most:
        _refuse(where, f"must have at most {most:,} characters, got {len(text):,}")


def _pictures(raw: Raw | UnsetType, most: int | None) -> list[Picture]:
    pictures = _entries(raw, "images", Picture, "an image needs id and file_name", most)
    seen: set[Id] = set()
    for index, picture in enumerate(pictures):
        for name in ("id", "file_name", "coco_url"):
            _check_length(getattr(picture, name), f"images[{index}].{name}")
        if picture.id in seen:
            _refuse(f"images[{index}].id", f"{shown(picture.id)} is the id of another image already")
        seen.add(picture.id)
        if not picture.file_name and not picture.coco_url:
            _refuse(f"images[{index}].file_name", "is missing; an image needs id and file_name")
        for name, size in (("width", picture.width), ("height", picture.height)):
            if size is not None and size <= 0:
                _refuse(f"images[{index}].{name}", f"must be above 0, got {shown(size)}")
    return pictures


def _share_out(file: CocoFile) -> None:
    """Find whose each annotation is. Without a table of pictures, each id is one."""
    owner_of = msgspec.json.Decoder(Owner).decode
    known = {picture.id for picture in file.pictures}
    called = Called()
    for index, raw in enumerate(file.annotations):
        try:
            found = owner_of(raw)
            owner, fault = found.image_id, ("", "")
            if owner not in known:
                fault = (".image_id", _no_owner(owner, file.has_pictures))
        except UNREADABLE as error:
            fault = fault_of(error)
        if fault[1]:
            file.stray_count += 1
            if len(file.strays) < MOST_STRAYS:
                file.strays.append(Refused(f"{file.place}[{index}]{fault[0]}", fault[1]))
            continue
        if owner not in known:
            known.add(owner)
            file.pictures.append(Picture(owner))
        file._of_picture.setdefault(owner, array("q")).append(index)
        called.add(index, found.id)
    file._repeated = called.repeated()


def _no_owner(owner: Id, has_pictures: bool) -> str:
    """Why there is no picture of this id, or "" where the id is enough for one."""
    if has_pictures:
        return f"names no image of the file: {shown(owner)}"
    if isinstance(owner, str) and len(owner) > LONGEST_NAME:
        return f"must have at most {LONGEST_NAME:,} characters, got {len(owner):,}"
    return ""


# --- faults ---------------------------------------------------------------------------------------------------
WORDS = {
    "`array`": "a list",
    "`float`": "a number",
    "`int`": "an integer",
    "`null`": "null",
    "`object`": "an object",
    "`str`": "a string",
    "`bool`": "true or false",
    "`int | str`": "an integer or a string",
    "`int | null`": "an integer",
    "`str | null`": "a string",
}


def fault_of(error: Exception) -> tuple[str, str]:
    """Where in an item a fault is (".id", "[2]" or ""), and the fault in our words; of what UNREADABLE lists."""
    if isinstance(error, UnicodeDecodeError):
        return "", "is not UTF-8"
    if isinstance(error, RecursionError):
        return "", "is nested too deeply"
    said, _, path = str(error).partition(" - at `$")
    for word, ours in WORDS.items():
        said = said.replace(word, ours)
    if said.startswith("Object missing required field `"):
        return f"{path.rstrip('`')}.{said[31:].rstrip('`')}", "is missing"
    expected, _, got = said.removeprefix("Expected ").partition(", got ")
    return path.rstrip("`"), f"must be {expected}, got {got}" if got else f"cannot be read: {said}"


def _refuse(where: str, sentence: str) -> NoReturn:
    raise NotCoco(where, sentence)
