"""Exports annotations to a file: `manage.py export FILE --project NAME --format coco`."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analyses.exports import FORMATS, Contents, Format, Selection, Written, archive
from analyses.exports.selection import READERS
from analyses.models import Analysis
from images.models import Project
from vista.errors import Refusal

STDOUT = "-"
CHUNK = 1 << 16


class Changed(CommandError):
    """What is there is not the beginning of what would be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: what was exported has changed since; export again without --resume.")


class Command(BaseCommand):
    help = (
        "Export an analysis, or pictures of a project with what models said about them. The file appears when it is "
        "whole; until then it is called FILE.part. With --archive, or one of --artifacts, --pictures, --annotated, "
        "or several formats, it is a zip with a manifest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="where to write; - is standard output")
        parser.add_argument(
            "--format", action="append", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS)
        )
        of = parser.add_mutually_exclusive_group(required=True)
        of.add_argument("--analysis", type=UUID, metavar="ID")
        of.add_argument("--project", metavar="NAME_OR_ID")
        for name in READERS:
            parser.add_argument(f"--{name.replace('_', '-')}", action="append", default=[], metavar="VALUE")
        parser.add_argument(
            "--archive", action="store_true", help="a zip with the manifest, also of one format"
        )
        parser.add_argument("--artifacts", action="store_true", help="with the files of the pipelines")
        parser.add_argument("--pictures", action="store_true", help="with the original pictures")
        parser.add_argument("--annotated", action="store_true", help="with pictures that are drawn on")
        parser.add_argument(
            "--resume", action="store_true", help="go on behind the last whole line: jsonl, csv"
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")

    def handle(self, *args: Any, file: str, resume: bool, **options: Any) -> None:
        try:
            selection = selected(options)
            forms = [FORMATS[name] for name in dict.fromkeys(options["format"] or ["json"])]
            extras = {name: options[name] for name in ("artifacts", "pictures", "annotated")}
            contents = Contents(forms, **extras)
            is_archive = options["archive"] or len(forms) > 1 or any(extras.values())
            written = Written()
            pieces = (
                archive.pieces(selection, contents, written)
                if is_archive
                else forms[0].pieces(selection, written)
            )
            if resume:
                pieces = resumed(pieces, Path(file), None if is_archive else forms[0])
            total = contents.steps(selection.estimate())
            with target(file, resume=resume) as output:
                self.write(pieces, output, written, total, no_progress=options["no_progress"])
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}") from error
        self.tell(written)

    def write(
        self, pieces: Iterator[bytes], output: BinaryIO, written: Written, total: int, *, no_progress: bool
    ) -> None:
        # disable=None: no bar where standard error is not a terminal
        with tqdm(total=total, unit=" annotations", disable=no_progress or None, file=sys.stderr) as bar:
            for piece in pieces:
                output.write(piece)
                bar.update(written.done - bar.n)

    def tell(self, written: Written) -> None:
        """On standard error: standard output may be the file."""
        for part in written.parts or [written]:
            self.stderr.write(f"{part.annotations:,} annotations written.", ending="\n")
        for part in (written, *written.parts):
            for reason, count in sorted(part.left_out.items()):
                self.stderr.write(f"{count:,} left out: {reason}.")


def selected(options: dict[str, Any]) -> Selection:
    """What the options ask for. Raises Refusal, and CommandError where it is not there."""
    params = {name: options[name] for name in READERS}
    if options["analysis"]:
        if not Analysis.objects.filter(pk=options["analysis"]).exists():
            raise CommandError(f"There is no analysis {options['analysis']}.")
        return Selection.read(params, analysis=options["analysis"])
    return Selection.read(params, project=found(options["project"]).pk)


def found(name: str) -> Project:
    """The project with this id or name."""
    with suppress(ValueError):
        if project := Project.objects.filter(pk=UUID(name)).first():
            return project
    projects = list(Project.objects.filter(name=name)[:2])
    if len(projects) != 1:
        known = "several projects are" if projects else "no project is"
        raise CommandError(f"{known.capitalize()} called {name!r}; give the id, see `/api/projects`.")
    return projects[0]


def part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


@contextmanager
def target(file: str, *, resume: bool) -> Iterator[BinaryIO]:
    """Where to write. What has a name gets it when it is whole; what is not stays, as FILE.part."""
    if file == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    with part_of(path).open("ab" if resume else "wb") as output:
        yield output
        output.flush()
        os.fsync(output.fileno())
    part_of(path).replace(path)


def resumed(pieces: Iterator[bytes], path: Path, form: Format | None) -> Iterator[bytes]:
    """What is missing behind the whole lines of FILE.part, which must be how the file begins."""
    if form is None or not form.is_resumable or str(path) == STDOUT:
        known = " and ".join(name for name, each in FORMATS.items() if each.is_resumable)
        raise CommandError(f"Only files of {known} can be resumed.")
    part = part_of(path)
    if not part.exists():
        return pieces
    cut(part)
    return behind(pieces, part)


def cut(part: Path) -> None:
    """Take off what was written of the last line, if that has no end."""
    with part.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            begin = max(0, end - CHUNK)
            file.seek(begin)
            last = file.read(end - begin).rfind(b"\n")
            if last >= 0:
                file.truncate(begin + last + 1)
                return
            end = begin
        file.truncate(0)


def behind(pieces: Iterator[bytes], part: Path) -> Iterator[bytes]:
    """The pieces without the bytes that are there already, each of which is compared."""
    there = part.stat().st_size
    with part.open("rb") as file:
        for piece in pieces:
            known = piece[:there]
            if file.read(len(known)) != known:
                raise Changed(part)
            there -= len(known)
            yield piece[len(known) :]
    if there:
        raise Changed(part)
