"""Imports a COCO file into a project: ground truth, or the results of a model."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analyses.imports import coco
from analyses.imports.report import FIRST, KINDS, Report
from analyses.imports.store import FIRST_VERSION, Options, import_coco
from analyses.imports.wire import ONE, SHAPES
from analyses.models.allowed import GROUND_TRUTH
from images.models import Project
from vista.errors import Refusal


class Command(BaseCommand):
    help = (
        "Import a COCO file (instances, keypoints, or a list of results) into a project. Pictures are matched by "
        "their names; each gets one completed analysis, an empty one where the file has nothing to say. What was "
        "imported before is left alone, so the command may be repeated. Exit code 1: something was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="NAME_OR_ID")
        parser.add_argument("--model-name", default=GROUND_TRUTH, help="default: %(default)s")
        parser.add_argument("--model-version", default=FIRST_VERSION, help="default: %(default)s")
        parser.add_argument(
            "--categories",
            type=Path,
            metavar="FILE",
            help="a COCO file whose categories and images are taken where FILE has none, as a list of results",
        )
        parser.add_argument("--no-reference", action="store_true", help="do not mark the model as reference")
        parser.add_argument(
            "--shapes",
            choices=list(SHAPES),
            default=ONE,
            help="what is taken of an annotation: one, its keypoints, segmentation or bbox, the first that it has "
            "(the default); only boxes, masks or keypoints; or all, each as an annotation of its own",
        )
        parser.add_argument(
            "--scale", action="store_true", help="fit annotations to pictures that have another size here"
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, store nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        project = find_project(options["project"])
        wanted = Options(
            model_name=options["model_name"],
            model_version=options["model_version"],
            is_reference=not options["no_reference"],
            shapes=options["shapes"],
            scale=options["scale"],
            dry_run=options["dry_run"],
            source=file.name,
        )
        with tqdm(unit="picture", disable=options["no_progress"]) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                others = options["categories"] and coco.mapped(options["categories"])
                found = coco.read(coco.mapped(file), others=others)
                report = import_coco(project, found, wanted, None, progress)
            except Refusal as refusal:
                raise CommandError(
                    "\n".join([refusal.detail, *(f"{m}" for _, m in refusal.errors)])
                ) from refusal
            except OSError as error:
                raise CommandError(f"{error.filename}: {error.strerror}") from error
        self.tell(report)

    def tell(self, report: Report) -> None:
        for kind, count in report.counts().items():
            for fault in report.of_kind(kind)[:FIRST]:
                self.stderr.write(f"{KINDS[kind][0]}: {fault}")
            if count > FIRST:
                self.stderr.write(f"… and {count - FIRST:,} more such")
        for sentence in report.sentences():
            self.stdout.write(sentence)
        if report.is_reference:
            name = f"{report.model_name} {report.model_version}"
            self.stdout.write(f"{name} is a reference of the project now.")
        counts = report.counts()
        if counts["annotation_refused"] or counts["picture_refused"]:
            sys.exit(1)


def find_project(name_or_id: str) -> Project:
    """The project of this id, or the only one of this name. Raises CommandError."""
    try:
        found = list(Project.objects.filter(pk=UUID(name_or_id)))
    except ValueError:
        found = list(Project.objects.filter(name=name_or_id))
    if not found:
        raise CommandError(f"There is no project {name_or_id!r}.")
    if len(found) > 1:
        ids = ", ".join(str(project.pk) for project in found)
        raise CommandError(f"Several projects are called {name_or_id!r}; give the id of one: {ids}.")
    return found[0]
