"""Imports a JSON export of VISTA's into a project: `manage.py import_annotations FILE --project NAME_OR_ID`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analyses.imports.exported import import_exported, read
from analyses.management.commands.import_coco import find_project
from vista.errors import Refusal


class Command(BaseCommand):
    help = (
        "Import what `manage.py export --format json` or the API's JSON export wrote: analyses with their models, "
        "parameters, summaries and annotations. Pictures are matched by id, or else by name. What was imported before "
        "is left alone. Exit code 1: something was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="NAME_OR_ID")
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        project = find_project(options["project"])
        try:
            found = read(file)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        # disable=None: no bar where standard error is not a terminal
        with tqdm(total=len(found.analyses), unit=" analyses", disable=options["no_progress"] or None) as bar:
            outcome = import_exported(project, found, progress=lambda done, _: bar.update(done - bar.n))
        self.stdout.write(
            f"{outcome.imported:,} analyses imported with {outcome.annotations:,} annotations, "
            f"{outcome.unchanged:,} were there already."
        )
        if outcome.heatmaps_left_out:
            self.stdout.write(
                f"{outcome.heatmaps_left_out:,} heatmaps left out: their artifacts are not in the file."
            )
        if outcome.refused:
            raise CommandError("\n".join(outcome.refused))
