"""Fail the analyses whose pipelines have been silent for longer than ML_STALLED_AFTER."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analyses.models import Analysis, IllegalTransition, Status


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only list them.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        stalled = list(Analysis.objects.stalled().order_by("id"))
        for analysis in stalled:
            self.stdout.write(
                f"{analysis.pk} {analysis}, last heard of {analysis.updated_at:%Y-%m-%d %H:%M} UTC"
            )
            if not dry_run:
                try:
                    analysis.move_to(Status.FAILED, "The pipeline fell silent.")
                except IllegalTransition as error:  # it spoke up in the meantime
                    self.stderr.write(f"{analysis.pk}: {error.detail}")
        self.stdout.write(f"{len(stalled)} stalled analyses{' (dry run)' if dry_run else ''}.")
