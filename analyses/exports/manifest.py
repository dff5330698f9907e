"""The manifest: which pictures and analyses a download is about, how they came about, and what was left out."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from analyses.exports.described import as_text, described, picture
from analyses.exports.rows import snapshot
from analyses.exports.selection import Selection
from analyses.exports.walk import stretches
from analyses.exports.written import Written
from images.models import Image

VERSION = 1


def pieces(selection: Selection, written: Written) -> Iterator[bytes]:
    """The manifest alone: everything but what was written."""
    yield from about(selection)


def about(
    selection: Selection,
    files: Iterable[dict[str, Any]] = (),
    written: Written | None = None,
    name: Callable[[Image], str] | None = None,
) -> Iterator[bytes]:
    """A document with a line for each picture and analysis.

    `files` are those beside it, `written` says what they hold, and `name` what the files of a picture begin with.
    """
    counts = {"pictures": 0, "processed": 0, "analyses": 0}
    head = {"manifest_version": VERSION, "selection": selection.as_parameters()}
    with snapshot():
        yield f'{as_text(head)[:-1]},"pictures":['.encode()
        between = "\n"
        for stretch in stretches(selection):
            told = [picture(*both) for both in stretch.by_picture()]
            if name:
                told = [its | {"file": name(of)} for its, of in zip(told, stretch.pictures, strict=True)]
            counts["pictures"] += len(told)
            counts["processed"] += sum(its["processed"] for its in told)
            yield (between + ",\n".join(map(as_text, told))).encode()
            between = ",\n"
        yield b'\n],"analyses":['
        between = "\n"
        for stretch in stretches(selection, whole=True):
            if stretch.analyses:
                counts["analyses"] += len(stretch.analyses)
                yield (between + ",\n".join(as_text(described(a)) for a in stretch.analyses)).encode()
                between = ",\n"
        yield b'\n],"files":['
        between = "\n"
        for entry in files:
            yield (between + as_text(entry)).encode()
            between = ",\n"
    tail = {"counts": counts} | (written.as_dict() if written else {})
    yield f"\n],{as_text(tail)[1:]}\n".encode()
