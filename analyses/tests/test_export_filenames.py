"""Names of files in archives: the owners' own wherever that can be, and none that some system cannot unpack."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from unicodedata import normalize
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from analyses.exports import FORMATS, Contents, Selection, archive
from analyses.exports.filenames import Filenames, folders, portable
from analyses.models import Analysis, ArtifactStatus, Status
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory

A, B, C = (UUID(int=number) for number in range(1, 4))


def named(*wanted: str, by_stem: bool = False) -> list[str]:
    """What files of these names, with the ids A, B, C, are called."""
    names = Filenames(wanted, by_stem=by_stem)
    return [names.name(name, UUID(int=number)) for number, name in enumerate(wanted, 1)]


def same_file(name: str) -> str:
    """What a file system compares that looks neither at capitals nor at how accents are spelled."""
    return normalize("NFD", normalize("NFD", name).casefold())


# --- one name -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "größe 1 (2).JPG",
        "…",
        ".hidden",
        "a.tar.gz",
        "日本.png",
        "👩\u200d🔬.png",
        "a\u202fb.png",
        "console.png",
    ],
)
def test_a_name_that_every_system_takes_stays(name: str) -> None:
    assert named(name) == [name]


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ('a/b\\c:d*e?f"g<h>i|j.png', "a_b_c_d_e_f_g_h_i_j.png"),
        ("a\nb\x00c\x7f.png", "a_b_c_.png"),
        ("photo\u202egnp.exe", "photo_gnp.exe"),
        ("\ufeffa\u200b.png", "_a_.png"),
        ("a.png. .", "a.png"),
        ("..", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("nul.png", "_nul.png"),
        ("Lpt¹ .tar.gz", "_Lpt¹ .tar.gz"),
    ],
)
def test_a_name_that_some_system_refuses_is_changed(name: str, usable: str) -> None:
    assert named(name) == [usable]


@pytest.mark.parametrize("letter", ["a", "é", "日", "🙂"])
@pytest.mark.parametrize("ending", [".png", ".an-ending-that-is-none-at-all", ""])
def test_a_name_that_is_too_long_is_cut_and_has_its_id(letter: str, ending: str) -> None:
    [name] = named(letter * 255 + ending)
    assert 247 <= len(name.encode()) <= 255
    assert name.endswith(f"{letter}_{A}{'.png' if ending == '.png' else ''}")


def test_the_longest_name_that_may_be_stays() -> None:
    assert named("a" * 251 + ".png") == ["a" * 251 + ".png"]


@pytest.mark.parametrize(
    ("text", "rest", "name"),
    [
        ("a:b", ".zip", "a_b.zip"),
        ("con", ".csv", "_con.csv"),
        ("é" * 200, " csv-coco.zip", "é" * 121 + " csv-coco.zip"),
        ("…", "", "…"),
    ],
)
def test_the_name_of_a_download(text: str, rest: str, name: str) -> None:
    assert portable(text, rest) == name


# --- several --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.png", "a.png"),
        ("a.png", "A.PNG"),
        ("caf\u00e9.png", "cafe\u0301.png"),
        ("STRASSE.png", "straße.png"),
        ("a:b.png", "a?b.png"),
        ("a.png", "a.png. "),
        ("ab.png", "a\u200cb.png"),
    ],
)
def test_names_that_some_system_takes_for_one_have_their_ids(one: str, other: str) -> None:
    first, second = named(one, other)
    assert (f"_{A}." in first, f"_{B}." in second) == (True, True)


def test_endings_tell_names_apart_unless_others_come_in_their_place() -> None:
    assert named("heat.png", "heat.npy") == ["heat.png", "heat.npy"]
    assert named("heat.png", "heat.npy", by_stem=True) == [f"heat_{A}.png", f"heat_{B}.npy"]


def test_a_name_that_is_anothers_with_its_id_gives_way() -> None:
    assert named("a.png", "A.png", f"a_{A}.png") == [f"a_{A}.png", f"A_{B}.png", f"a_{A}_{C}.png"]


def test_a_name_that_is_the_rest_of_a_long_one_with_its_id_gives_way() -> None:
    [cut] = named("a" * 300 + ".png")
    first, second = named("a" * 300 + ".png", cut)
    assert first == cut
    assert second != cut
    assert len(second.encode()) <= 255


def test_an_id_in_a_name_means_nothing_by_itself() -> None:
    assert named(f"camera_{A}.png", f"camera_{B}.png") == [f"camera_{A}.png", f"camera_{B}.png"]


PARTS = st.sampled_from(
    ["a", "A", "é", "e\u0301", "ß", "ss", ".", " ", "_", ":", "con", f"_{A}", f"_{B}", "x" * 120, "日" * 70]
)
NAMES = st.lists(PARTS, max_size=4).map("".join)


@given(st.lists(NAMES, min_size=1, max_size=6), st.booleans())
def test_no_two_names_are_one_and_all_can_be_unpacked(wanted: list[str], by_stem: bool) -> None:
    names = Filenames(wanted, by_stem=by_stem)
    ids = [UUID(int=number) for number in range(1, len(wanted) + 1)]
    found = [names.name(name, pk) for name, pk in zip(wanted, ids, strict=True)]
    if by_stem:
        found = [f"{names.stem(name, pk)}.txt" for name, pk in zip(wanted, ids, strict=True)]
    assert len({same_file(name) for name in found}) == len(wanted)
    assert all(0 < len(name.encode()) <= 255 and name == name.rstrip(". ") for name in found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["m 1", "m 2"], ["m 1", "m 2"]),
        (["m 1", "M 1"], ["m 1", f"M 1 {B}"]),
        ([f"m 1 {C}", "m 1", "m 1"], [f"m 1 {C} {A}", "m 1", f"m 1 {C}"]),
        (["../m", ". ", "aux"], [".._m", "_", "_aux"]),
        (["m" * 300], [f"{'m' * 218} {A}"]),
    ],
)
def test_folders(wanted: list[str], found: list[str]) -> None:
    assert list(folders((text, UUID(int=number)) for number, text in enumerate(wanted, 1))) == found


# --- in an archive --------------------------------------------------------------------------------------------
@pytest.fixture
def project(db: None) -> Project:
    """Two pictures of one name, and one whose name no Windows takes."""
    project = ProjectFactory()
    for filename in ("a.png", "A.png", "b?.png"):
        analysis = AnalysisFactory(image=ImageFactory(project=project, filename=filename))
        add_annotations(analysis, BOX)
        analysis.move_to(Status.COMPLETED)
    return project


def unpacked(project: Project, *kinds: str, **extras: bool) -> dict[str, bytes]:
    contents = Contents([FORMATS[kind] for kind in kinds], **extras)
    raw = b"".join(archive.pieces(Selection(project=project.pk), contents))
    with zipfile.ZipFile(io.BytesIO(raw)) as found:
        assert len(found.namelist()) == len(set(found.namelist()))
        return {name: found.read(name) for name in found.namelist()}


def in_folder(found: dict[str, bytes], folder: str) -> list[str]:
    return [name.removeprefix(folder) for name in found if name.startswith(folder)]


def test_label_files_name_the_pictures_that_lie_beside_them(project: Project) -> None:
    found = unpacked(project, "coco", "yolo", pictures=True)
    pictures = in_folder(found, "pictures/")
    first, second, _ = Image.objects.order_by("id")
    assert pictures == [f"a_{first.pk}.png", f"A_{second.pk}.png", "b_.png"]
    assert [image["file_name"] for image in json.loads(found["coco.json"])["images"]] == pictures
    assert [p["file"] + ".png" for p in json.loads(found["manifest.json"])["pictures"]] == pictures
    with zipfile.ZipFile(io.BytesIO(found["yolo.zip"])) as yolo:
        assert yolo.read("images.txt").decode().split() == [f"./images/{name}" for name in pictures]
        stems = [name.removesuffix(".png") for name in pictures]
        assert set(yolo.namelist()) > {f"labels/{stem}.txt" for stem in stems}


def test_a_coco_file_by_itself_has_the_names_that_the_pictures_have_here(project: Project) -> None:
    for found in (unpacked(project, "coco"), unpacked(project, "coco", annotated=True)):
        told = json.loads(found["coco.json"])["images"]
        assert [image["file_name"] for image in told] == ["a.png", "A.png", "b?.png"]


def test_a_coco_file_with_other_names_finds_its_pictures_again(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    path.write_bytes(unpacked(project, "coco", pictures=True)["coco.json"])
    options = ["--project", str(project.pk), "--model-name", "yolo_v8", "--no-reference", "--no-progress"]
    call_command("import_coco", str(path), *options, stdout=io.StringIO())
    new = Analysis.objects.order_by("-id")[:3]
    assert {analysis.image for analysis in new} == set(project.images.all())
    assert Analysis.objects.count() == 6


def test_artifacts_have_names_of_their_own_in_the_folder_of_their_analysis(db: None) -> None:
    analysis = AnalysisFactory()
    stored = [
        stored_artifact(analysis, name) for name in ("heat.png", "heat.npy", "Mask.npy", "mask.npy", "nul")
    ]
    stored_artifact(AnalysisFactory(image=analysis.image), "heat.png")
    found = unpacked(analysis.image.project, artifacts=True)
    *_, mask, other, _ = stored
    assert in_folder(found, f"artifacts/{analysis.pk}/") == [
        "heat.png",
        "heat.npy",
        f"Mask_{mask.pk}.npy",
        f"mask_{other.pk}.npy",
        "_nul",
    ]


def stored_artifact(analysis: Analysis, name: str) -> Any:
    artifact = ArtifactFactory(analysis=analysis, artifact_name=name, status=ArtifactStatus.STORED)
    default_storage.save(artifact.storage_path, ContentFile(name.encode()))
    return artifact


def test_an_archive_has_one_manifest(project: Project) -> None:
    artifact = stored_artifact(Analysis.objects.first(), "manifest.json")
    found = unpacked(project, "manifest", "csv", artifacts=True)
    assert list(found) == [
        "annotations.csv",
        f"artifacts/{artifact.analysis_id}/manifest.json",
        "manifest.json",
    ]
