"""Imports in the background: what is quick to see is refused at once, the rest is the worker's."""

import csv
import shutil
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from analyses import jobs
from analyses.exports import harmless
from analyses.imports import coco
from analyses.imports.report import Report
from analyses.imports.store import Options, import_coco
from analyses.models import Job
from images.files import clean_filename
from images.models import Project
from vista.errors import Invalid, TooLarge
from vista.fields import new_id

KIND = "import_coco"
KEPT = timedelta(days=30)
MAX_CATEGORIES_BYTES = 2**20
# Each takes some hundred bytes of the worker's memory, and an honest file of so many has more than ML_MAX_BODY_BYTES.
MOST = {"images": 1_000_000, "annotations": 2_000_000}


def start_import(
    project: Project, file: UploadedFile, categories: UploadedFile | None, options: Options, user: User
) -> Job:
    """Begin the import of this upload. Raises Invalid and TooLarge for what can be seen at once."""
    for upload, name, most in (
        (file, "file", settings.ML_MAX_BODY_BYTES),
        (categories, "categories", MAX_CATEGORIES_BYTES),
    ):
        if upload and upload.size > most:
            sentence = (
                f"{clean_filename(upload.name)} has {upload.size:,} bytes; at most {most:,} are accepted."
            )
            raise TooLarge(sentence, [(name, sentence)])
    options.check()
    if not file.size:
        raise Invalid("The file is empty.", [("file", "The file is empty.")])
    known = coco.read_categories(categories.read()) if categories else {}
    parameters = asdict(options) | {"source": clean_filename(file.name)}
    del parameters["job"]
    if known:
        parameters["categories"] = msgspec.to_builtins(list(known.values()))
    # Whoever imports a file again means it: pictures may have come since.
    return jobs.start(KIND, project, parameters, by=user, key=jobs.key_of(new_id()), kept=KEPT, file=file)


@jobs.kind(KIND)
def run_import(run: jobs.Run) -> jobs.Outcome:
    """The worker's part."""
    parameters = run.parameters
    listed = msgspec.convert(parameters.pop("categories", []), list[coco.Category])
    run.progress(0, None, "Reading the file")
    path = run.folder / "input.json"
    with run.open_input() as sent, path.open("wb") as file:
        shutil.copyfileobj(sent, file)
    found = coco.read(coco.mapped(path), categories={c.id: c for c in listed} or None, most=MOST)
    report = import_coco(
        run.job.project,
        found,
        Options(**parameters, job=str(run.job.pk)),
        run.job.asked_by,
        lambda done, total: run.progress(done, total, "Importing pictures"),
    )
    if not report.faults:
        return jobs.Outcome(report.as_dict())
    table = run.folder / "report.csv"
    write_csv(report, table)
    return jobs.Outcome(report.as_dict(), table, "import-report.csv", "text/csv; charset=utf-8")


def write_csv(report: Report, path: Any) -> None:
    """All faults of an import, harmless to spreadsheets."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([harmless(text) for text in row] for row in report.rows())
