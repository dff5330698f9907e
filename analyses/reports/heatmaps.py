"""Heatmaps of two sides of a picture: their files read as numbers, and correlated."""

import io
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from analyses.comparison.pictures import heatmap_correlation
from analyses.comparison.side import Floats
from analyses.models import Artifact, ArtifactStatus
from analyses.reports.contents import Content

MOST_VALUES = 64_000_000  # in one heatmap: 8,000 by 8,000
GREY = ("1", "L", "I", "F", "I;16", "I;16B", "I;16L")
COLOURED, FLAT, UNREADABLE = "coloured", "flat", "unreadable"


class Unusable(Exception):
    """A heatmap without numbers to correlate; the text is the reason in one word."""


def files_of(ids: list[Any]) -> dict[tuple[Any, str], Artifact]:
    """The stored artifacts of these analyses, by analysis and by name, and by where a heatmap says it is stored."""
    found: dict[tuple[Any, str], Artifact] = {}
    for artifact in Artifact.objects.filter(analysis_id__in=ids, status=ArtifactStatus.STORED):
        for name in (artifact.artifact_name, artifact.storage_path):
            found[artifact.analysis_id, name] = artifact
    return found


def correlate(_picture: Any, contents: list[Content]) -> float | str | None:
    """Of A and B; None where not both have a heatmap."""
    a, b = contents[:2]
    return correlated(a.heatmap_file, b.heatmap_file) if a.heatmap and b.heatmap else None


def correlated(a: Artifact | None, b: Artifact | None) -> float | str:
    """Pearson's correlation, or why there is none."""
    try:
        ours, theirs = values_of(a), values_of(b)
    except Unusable as reason:
        return str(reason)
    found = heatmap_correlation(ours, theirs)
    return FLAT if found is None else found


def values_of(artifact: Artifact | None) -> Floats:
    """(height, width) numbers of a grey picture or of an array. Raises Unusable."""
    if artifact is None:
        raise Unusable(UNREADABLE)
    try:
        with artifact.open() as file:
            raw = file.read()
        return of_array(raw) if artifact.artifact_name.endswith(".npy") else of_picture(raw)
    except (OSError, ValueError, EOFError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Unusable(UNREADABLE) from error


def of_picture(raw: bytes) -> Floats:
    with Image.open(io.BytesIO(raw)) as picture:
        if picture.width * picture.height > MOST_VALUES:
            raise Unusable(UNREADABLE)
        if picture.mode not in GREY:
            raise Unusable(COLOURED)
        return np.asarray(picture, np.float64)


def of_array(raw: bytes) -> Floats:
    file = io.BytesIO(raw)
    version = np.lib.format.read_magic(file)
    is_old = version == (1, 0)
    read_header = np.lib.format.read_array_header_1_0 if is_old else np.lib.format.read_array_header_2_0
    shape, _, kind = read_header(file)
    if len(shape) != 2 or not 0 < shape[0] * shape[1] <= MOST_VALUES or kind.kind not in "fiub":
        raise Unusable(UNREADABLE)
    file.seek(0)
    values: Floats = np.load(file, allow_pickle=False).astype(np.float64)
    return values
