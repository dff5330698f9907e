"""Adds the pictures of a folder to a project."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from images.files import clean_filename, read_picture
from images.intake import add_picture
from images.models import Project
from vista.errors import Refusal


class Command(BaseCommand):
    help = (
        "Add the pictures of a folder to a project. Files whose name and size are in the project already are "
        "skipped, so the command may be repeated; hidden files are not looked at. Exit code 1: a file failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--project", required=True, metavar="NAME_OR_ID")
        parser.add_argument(
            "--group",
            metavar="NAME",
            help="make the project for this group (and the group) where there is none",
        )
        parser.add_argument("--recursive", action="store_true", help="folders inside the folder too")
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")
        parser.add_argument("--dry-run", action="store_true", help="read every file, store nothing")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        project = self.find_project(options["project"], options["group"], options["dry_run"])
        paths = sorted(picture_paths(folder, options["recursive"]))
        if not paths:
            raise CommandError(f"There are no files in {folder}.")
        known = names_and_sizes(project)
        added, skipped, failed = 0, 0, []
        for path in tqdm(paths, unit="file", disable=options["no_progress"]):
            try:
                if (clean_filename(path.name), path.stat().st_size) in known:
                    skipped += 1
                    continue
                with path.open("rb") as file:
                    if options["dry_run"]:
                        read_picture(file, path.name)
                    else:
                        add_picture(project, File(file), path.name, None)
                added += 1
            except Refusal as refusal:
                failed.append((path, refusal.detail))
            except OSError as error:
                failed.append((path, error.strerror or str(error)))
        self.report(options["dry_run"], added, skipped, failed)

    def report(self, dry_run: bool, added: int, skipped: int, failed: list[tuple[Path, str]]) -> None:
        for path, reason in failed:
            self.stderr.write(f"{path}: {reason}")
        self.stdout.write(
            f"{added} {'would be added' if dry_run else 'added'}, "
            f"{skipped} skipped (in the project already), {len(failed)} failed."
        )
        if failed:
            raise SystemExit(1)

    def find_project(self, name_or_id: str, group: str | None, dry_run: bool) -> Project:
        """The project of this id or name; with `group` it is made where there is none."""
        found = list(Project.objects.filter(**{"pk" if is_uuid(name_or_id) else "name": name_or_id})[:2])
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(str(p.pk) for p in Project.objects.filter(name=name_or_id))
            raise CommandError(f"Several projects are called {name_or_id!r}; give the id of one: {ids}.")
        if not group or is_uuid(name_or_id):
            raise CommandError(f"There is no project {name_or_id!r}; with --group NAME it is made.")
        if dry_run:
            return Project(name=name_or_id)
        with transaction.atomic():
            owner, _ = Group.objects.get_or_create(name=group)
            project = Project.objects.create(name=name_or_id, group=owner)
        self.stdout.write(f"Made the project {name_or_id!r} for the group {group!r}.")
        return project


def picture_paths(folder: Path, recursive: bool) -> Iterator[Path]:
    """The files of the folder that are not hidden."""
    for path in folder.rglob("*") if recursive else folder.iterdir():
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def names_and_sizes(project: Project) -> set[tuple[str, int]]:
    """What the project held before; two files of one run may share a name when their folders differ."""
    return set(project.images.values_list("filename", "size")) if project.created_at else set()


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
