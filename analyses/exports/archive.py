"""An archive: the annotations in any formats, artifacts, pictures and drawings of them, in one zip with a manifest."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.db.models import F

from analyses.exports import manifest
from analyses.exports.drawn import SUFFIX, drawn
from analyses.exports.filenames import Filenames, Pictures, folders
from analyses.exports.rows import snapshot
from analyses.exports.selection import Estimate, Selection
from analyses.exports.walk import stretches
from analyses.exports.written import Written
from analyses.exports.zipping import IN_MEMORY, Zip
from analyses.models import Analysis, Artifact, ArtifactStatus
from images.models import Image

CHUNK = 1 << 16
MOST_DRAWN = 500  # annotations on one picture, the highest scores
CONTENT_TYPE, SUFFIX_OF_ARCHIVE = "application/zip", "zip"
PACKED = ("zip", "parquet", "jpg", "jpeg", "png", "webp", "npz")  # endings of what no packing makes smaller
LOST_PICTURE = "a picture that the storage has lost"
LOST_ARTIFACT = "an artifact that was never uploaded"
Entry = dict[str, Any]
# What FORMATS holds, which imports this module: a name, an ending, and pieces.
Form = Any


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in an archive beside the manifest."""

    forms: Sequence[Form] = ()
    artifacts: bool = False
    pictures: bool = False  # the originals
    annotated: bool = False  # drawings, one an analysis

    @property
    def beside(self) -> list[Form]:
        """The formats of files beside the manifest, which is in every archive and there says more."""
        return [form for form in self.forms if form.name != "manifest"]

    def steps(self, estimate: Estimate) -> int:
        """What `Written.done` will come to, about: artifacts are not counted."""
        files = estimate.pictures * self.pictures + estimate.analyses * self.annotated
        return estimate.annotations * len(self.beside) + files


def pieces(selection: Selection, contents: Contents, written: Written | None = None) -> Iterator[bytes]:
    """The zip. Its manifest comes last, since it names all others with size and SHA-256, and what was left out."""
    writer = Writer(selection, Written() if written is None else written)
    for form in contents.forms:
        form.check()
    return writer.pieces(contents)


class Writer:
    """Writes one archive."""

    def __init__(self, selection: Selection, written: Written) -> None:
        self._selection, self._written = selection, written

    def pieces(self, contents: Contents) -> Iterator[bytes]:
        with snapshot(), Zip() as self._zip, SpooledTemporaryFile(max_size=IN_MEMORY) as self._files:
            names = Pictures(self._selection) if contents.pictures or contents.annotated else None
            for form in contents.beside:
                yield from self._annotations(form, names if contents.pictures else None)
            for stretch in stretches(self._selection):
                for image, analyses in stretch.by_picture():
                    if contents.pictures and names:
                        yield from self._picture(image, names)
                    if contents.annotated and names:
                        models = [(f"{a.model_name} {a.model_version}", a.pk) for a in analyses]
                        for analysis, folder in zip(analyses, folders(models), strict=True):
                            path = f"annotated/{folder}/{names.stem(image)}{SUFFIX}"
                            yield from self._drawing(image, analysis, path)
                if contents.artifacts:
                    yield from self._artifacts(stretch.analyses)
            name = names.stem if names else None
            told = manifest.about(self._selection, self._entries(), self._written, name)
            yield from self._zip.member("manifest.json", told)
            yield from self._zip.end()

    # --- kinds of members -------------------------------------------------------------------------------------
    def _annotations(self, form: Form, names: Pictures | None) -> Iterator[bytes]:
        part = Written()
        self._written.parts.append(part)
        name = f"annotations.{form.suffix}" if form.name == form.suffix else f"{form.name}.{form.suffix}"
        told = lambda: {"format": form.name} | part.as_dict()  # noqa: E731 - whole when the member is
        compress = form.suffix not in PACKED
        yield from self._member(name, form.pieces(self._selection, part, names), told, compress=compress)

    def _picture(self, image: Image, names: Pictures) -> Iterator[bytes]:
        name = f"pictures/{names.name(image)}"
        about = {"image_id": str(image.pk)}
        yield from self._file(name, lambda: default_storage.open(image.file.name), about, LOST_PICTURE)

    def _artifacts(self, analyses: Sequence[Analysis]) -> Iterator[bytes]:
        """Those of some analyses, each in a folder of its own."""
        some = Artifact.objects.filter(analysis__in=[analysis.pk for analysis in analyses]).order_by()
        having = set(some.values_list("analysis_id", flat=True).distinct())
        for analysis in (analysis for analysis in analyses if analysis.pk in having):
            found = analysis.artifacts.order_by("id")
            names = Filenames(found.values_list("artifact_name", flat=True).iterator())
            for artifact in found.iterator():
                if artifact.status == ArtifactStatus.MISSING:
                    self._written.left_out[LOST_ARTIFACT] += 1
                    continue
                about = {"analysis_id": str(analysis.pk), "artifact_name": artifact.artifact_name}
                path = f"artifacts/{analysis.pk}/{names.name(artifact.artifact_name, artifact.pk)}"
                yield from self._file(path, artifact.open, about, LOST_ARTIFACT)

    def _drawing(self, image: Image, analysis: Analysis, path: str) -> Iterator[bytes]:
        annotations = self._selection.annotations([analysis.pk])
        best = annotations.exclude(annotation_type="heatmap").order_by(
            F("confidence").desc(nulls_last=True), "id"
        )[:MOST_DRAWN]
        on_it = list(best)
        if left := annotations.count() - len(on_it):
            self._written.left_out[
                f"not drawn: a heatmap, or behind the {MOST_DRAWN} best of its picture"
            ] += left
        try:
            content = drawn(image, on_it, self._colours)
        except FileNotFoundError:
            self._written.left_out[LOST_PICTURE] += 1
            return
        about = {"image_id": str(image.pk), "analysis_id": str(analysis.pk)}
        self._written.files += 1
        yield from self._member(path, [content], lambda: about, compress=False)

    # --- members ----------------------------------------------------------------------------------------------
    def _file(self, name: str, opened: Callable[[], BinaryIO], about: Entry, lost: str) -> Iterator[bytes]:
        """A file of the storage, or a count of what the storage has lost."""
        try:
            file = opened()
        except FileNotFoundError:
            self._written.left_out[lost] += 1
            return
        with file:
            compress = not name.lower().endswith(tuple(PACKED))
            yield from self._member(
                name, iter(lambda: file.read(CHUNK), b""), lambda: about, compress=compress
            )
        self._written.files += 1

    def _member(
        self, name: str, content: Iterable[bytes], about: Callable[[], Entry], *, compress: bool
    ) -> Iterator[bytes]:
        """A member, and a line about it for the manifest."""
        digest, size = hashlib.sha256(), 0

        def noted() -> Iterator[bytes]:
            nonlocal size
            for piece in content:
                digest.update(piece)
                size += len(piece)
                yield piece

        yield from self._zip.member(name, noted(), compress=compress)
        entry = {"name": name, "size": size, "sha256": digest.hexdigest()} | about()
        self._files.write(json.dumps(entry).encode() + b"\n")

    def _entries(self) -> Iterator[Entry]:
        self._files.seek(0)
        return map(json.loads, self._files)

    @cached_property
    def _colours(self) -> dict[str, str]:
        """What the people of the project chose; a selection is of one project."""
        image = self._selection.pictures().select_related("project").first()
        return image.project.class_colours if image else {}
