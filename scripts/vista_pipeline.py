"""Runs models over the pictures of a VISTA project: write a Model, call run(); needs requests, Pillow and tqdm.

Stands beside vista_client.py and may be copied with it. Each picture gets one analysis per model. A picture that fails
ends as `failed` with its reason, and the rest goes on; what would fail for every picture stops the run.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from tqdm import tqdm
from vista_client import ENV_FILE, JSON, MLPipelineClient, VistaError, settings_from_env

BATCH = 20_000  # annotations in one request
LONGEST_MESSAGE = 10_000  # characters that VISTA keeps
HOPELESS = frozenset(
    {None, 401, 403, 429, 503}
)  # no other picture would fare better; None is no answer at all


class Stopped(Exception):
    """What would fail for every picture; the text is for the person who started the run."""


class Unreadable(Exception):
    """A picture that cannot be read; the text is the reason that VISTA shows."""


@dataclass(frozen=True)
class File:
    """A file of an analysis: announced, uploaded, and then at hand for heatmaps."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Found:
    """What a model says about one picture; `annotations` as `annotations:bulk` takes them."""

    annotations: list[JSON]
    files: list[File] = field(default_factory=list)


class Model:
    """Subclasses name themselves and find things. `parameters` is all that is needed to repeat a run."""

    name = ""
    version = ""
    description = ""
    parameters: JSON = {}

    def find(self, picture: Image.Image) -> Found:
        """Look at an upright picture in RGB; whatever is raised becomes the reason why the analysis failed."""
        raise NotImplementedError


# --- annotations and files ------------------------------------------------------------------------------------------
def box(class_name: str, confidence: float | None, bbox: Sequence[float], **more: Any) -> JSON:
    """A box from its left, top, width and height in pixels; `more` stays in the data."""
    return {
        "annotation_type": "bounding_box",
        "class_name": class_name,
        "confidence": None if confidence is None else round(float(confidence), 6),
        "data": {"bbox": [round(float(value), 2) for value in bbox], "format": "xywh", **more},
    }


def heatmap(class_name: str, artifact_name: str, value_range: tuple[float, float], unit: str = "") -> JSON:
    """A heatmap that a file of the same analysis holds: its darkest and brightest values mean `value_range`."""
    data = {"artifact_name": artifact_name, "value_range": list(value_range)}
    return {
        "annotation_type": "heatmap",
        "class_name": class_name,
        "confidence": None,
        "data": data | ({"unit": unit} if unit else {}),
    }


def grey_png(values: Any, name: str = "heatmap.png") -> File:
    """A PNG of 8 bits from a two-dimensional array of values between 0 and 1."""
    out = io.BytesIO()
    Image.fromarray((values.clip(0, 1) * 255).round().astype("uint8")).save(out, "PNG", optimize=True)
    return File(name, "image/png", out.getvalue())


# --- a run ----------------------------------------------------------------------------------------------------------
@dataclass
class Report:
    """What became of the pictures; `failures` are (file name, model, reason)."""

    completed: int = 0
    annotations: int = 0
    skipped: int = 0
    failures: list[tuple[str, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.completed} analyses completed with {self.annotations} annotations"]
        parts += [f"{self.skipped} skipped, as they were there"] if self.skipped else []
        return ", ".join([*parts, f"{len(self.failures)} failed"]) + "."


class ProjectRun:
    """One run over one project."""

    def __init__(self, client: MLPipelineClient, models: Sequence[Model], *, stop: bool = False) -> None:
        """With `stop` the first failure ends the run and is raised as it is, for whoever is still writing a model."""
        self.client = client
        self.models = models
        self.stop = stop
        self.report = Report()

    def over(
        self, project: str, *, limit: int | None = None, skip_existing: bool = False, progress: bool = True
    ) -> Report:
        """Analyse the pictures of `project`, an id or a name; `limit` counts those that are looked at.

        Raises Stopped for what no other picture would change.
        """
        images = list(self.client.read_all(f"/api/projects/{find_project(self.client, project)}/images"))
        if not images:
            raise Stopped(f"The project {project} has no pictures yet.")
        total = len(images) if limit is None else min(limit, len(images))
        with tqdm(total=total, unit="picture", disable=None if progress else True) as bar:
            looked_at = 0  # a bar that is off does not count
            for image in images:
                if looked_at == limit:
                    break
                models = self._missing(image) if skip_existing else self.models
                self.report.skipped += len(self.models) - len(models)
                if models:
                    bar.set_postfix_str(image["filename"])
                    self._look_at(image, models)
                    looked_at += 1
                    bar.update()
                elif limit is None:
                    bar.update()
        return self.report

    def _missing(self, image: JSON) -> list[Model]:
        """The models without a completed analysis of this picture by the same version."""
        there = {
            (analysis["model_name"], analysis["model_version"])
            for analysis in self.client.read_all(f"/api/images/{image['id']}/analyses")
            if analysis["status"] == "completed"
        }
        return [model for model in self.models if (model.name, model.version) not in there]

    def _look_at(self, image: JSON, models: Sequence[Model]) -> None:
        """One analysis a model; the picture is fetched once, by the first that needs it."""
        picture: Image.Image | None = None
        for model in models:
            analysis_id = self._create(image, model)
            if analysis_id is None:
                return
            try:
                self.client.update_status(analysis_id, "processing")
                picture = picture or upright(self.client.download(f"/api/images/{image['id']}/content"))
                started = time.perf_counter()
                found = model.find(picture)
                self._send(analysis_id, found, time.perf_counter() - started)
            except KeyboardInterrupt:
                self.client.cancel_analysis(analysis_id)
                raise
            except Exception as error:
                self._fail(analysis_id, image, model, error)
            else:
                self.report.completed += 1
                self.report.annotations += len(found.annotations)

    def _create(self, image: JSON, model: Model) -> str | None:
        try:
            analysis = self.client.create_analysis(
                image["id"], model.name, model.version, model.parameters, description=model.description
            )
        except VistaError as error:
            if error.status == 404:  # deleted since the list was read
                self._note(image, model, error.detail)
                return None
            raise Stopped(advice(error, model)) from error
        return str(analysis["id"])

    def _send(self, analysis_id: str, found: Found, seconds: float) -> None:
        if found.files:
            wanted = [{"artifact_name": f.name, "content_type": f.content_type} for f in found.files]
            targets = self.client.request_presigned_urls(analysis_id, wanted)["presigned_urls"]
            with tempfile.TemporaryDirectory() as folder:
                for number, (file, target) in enumerate(zip(found.files, targets, strict=True)):
                    path = Path(folder) / str(number)  # whatever the name, it becomes no path
                    path.write_bytes(file.content)
                    self.client.upload_artifact(
                        target["upload_url"], path, file.content_type, headers=target["headers"]
                    )
        for start in range(0, len(found.annotations), BATCH):
            self.client.submit_annotations(
                analysis_id, found.annotations[start : start + BATCH], idempotency_key=f"from-{start}"
            )
        self.client.finalize_analysis(analysis_id, summary=summary(found.annotations, seconds))

    def _fail(self, analysis_id: str, image: JSON, model: Model, error: Exception) -> None:
        """Tell VISTA and go on, or stop where going on makes no sense."""
        if isinstance(error, VistaError) and error.status in HOPELESS:
            self._cancel(analysis_id)
            raise Stopped(advice(error, model)) from error
        is_ours = isinstance(error, VistaError | Unreadable)
        reason = str(error) if is_ours else f"{type(error).__name__}: {error}"
        self._note(image, model, reason)
        if not (
            isinstance(error, VistaError) and error.status == 409
        ):  # 409: somebody cancelled it meanwhile
            self.client.finalize_analysis(analysis_id, "failed", error_message=reason[:LONGEST_MESSAGE])
        if self.stop:
            raise error

    def _cancel(self, analysis_id: str) -> None:
        """Leave nothing queued behind, if the key still opens that."""
        try:
            self.client.cancel_analysis(analysis_id)
        except VistaError:
            return

    def _note(self, image: JSON, model: Model, reason: str) -> None:
        self.report.failures.append((image["filename"], model.name, reason))
        tqdm.write(f"{image['filename']}: {model.name} failed: {reason}", file=sys.stderr)


def upright(content: bytes) -> Image.Image:
    """The picture as people see it, in RGB: VISTA's coordinates are those of the upright picture."""
    try:
        return ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    except Exception as error:  # Pillow raises many kinds
        raise Unreadable("The picture cannot be read.") from error


def summary(annotations: list[JSON], seconds: float) -> JSON:
    """What finalize keeps: how many objects of which classes, and how long the model took."""
    objects = [a for a in annotations if a["annotation_type"] != "heatmap"]
    return {
        "total_detections": len(objects),
        "processing_time_seconds": round(seconds, 3),
        "classes_detected": sorted({a["class_name"] for a in objects}),
    }


def find_project(client: MLPipelineClient, project: str) -> str:
    """The id of the project that is called so, or has this id; raises Stopped."""
    try:
        projects = list(client.read_all("/api/projects"))
    except VistaError as error:
        raise Stopped(advice(error)) from error
    found = [p["id"] for p in projects if project in (p["id"], p["name"])]
    if len(found) == 1:
        return str(found[0])
    names = ", ".join(sorted(p["name"] for p in projects)) or "none"
    if found:
        raise Stopped(f"Several projects are called {project!r}; give the id of one: {', '.join(found)}.")
    raise Stopped(f"There is no project {project!r} that this key may see; there are: {names}.")


def advice(error: VistaError, model: Model | None = None) -> str:
    """What VISTA said, and what to do about it where that is known."""
    if error.status is None:
        return f"{error} - is VISTA running, and BASE_URL its address?"
    if error.detail == "Invalid HMAC signature":
        return f"{error} - is ML_CALLBACK_HMAC_SECRET the server's?"
    if model and error.detail == "Model not in allowed list":
        return f"{error}: {model.name} - add it in the admin under Allowed models, or to ML_ALLOWED_MODELS."
    return str(error)


# --- the command ----------------------------------------------------------------------------------------------------
def options(description: str) -> argparse.ArgumentParser:
    """What every pipeline takes; add your own."""
    parser = argparse.ArgumentParser(
        description=description,
        epilog="API_KEY, ML_CALLBACK_HMAC_SECRET and BASE_URL come from the environment, else from .env.",
    )
    parser.add_argument(
        "project", metavar="PROJECT", help="the project's id (in the address of its page) or name"
    )
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="look at N pictures at most, the newest first"
    )
    parser.add_argument(
        "--skip-existing",
        action="store_true",
        help="leave out pictures that this version of the model has completed",
    )
    parser.add_argument("--base-url", metavar="URL", help="where VISTA runs; instead of BASE_URL")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")
    parser.add_argument(
        "--stop", action="store_true", help="stop at the first failure and show where it happened"
    )
    return parser


def positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def run(*models: Model, given: argparse.Namespace | None = None) -> None:
    """Run the models as the command line says, and leave with exit code 0, or 1 where something failed."""
    chosen = given or options(models[0].description or models[0].name).parse_args()
    settings = settings_from_env()
    missing = [name for name in ("API_KEY", "ML_CALLBACK_HMAC_SECRET") if not settings[name]]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be set, in the environment or in {ENV_FILE}.")
    try:
        client = MLPipelineClient(
            chosen.base_url or settings["BASE_URL"],
            settings["ML_CALLBACK_HMAC_SECRET"],
            settings["API_KEY"],
            progress=False,
        )
    except ValueError as error:
        sys.exit(f"{error}.")
    try:
        report = ProjectRun(client, models, stop=chosen.stop).over(
            chosen.project,
            limit=chosen.limit,
            skip_existing=chosen.skip_existing,
            progress=not chosen.no_progress,
        )
    except (Stopped, VistaError) as error:
        sys.exit(f"Stopped: {error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted; the analysis that was running is cancelled.")
    print(report)
    sys.exit(1 if report.failures else 0)
