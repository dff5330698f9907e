"""Files of COCO's that mean harm, or are larger than anybody meant: refused with a sentence, and at little cost."""

import csv
import hashlib
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from analyses import jobs
from analyses.formats import FormatError
from analyses.imports import background, coco, matching, report, wire
from analyses.imports.background import write_csv
from analyses.imports.coco import Refused
from analyses.imports.parts import Parts, encode
from analyses.imports.report import Report
from analyses.imports.store import Options, import_coco
from analyses.models import Analysis, Annotation
from analyses.tests.test_imports_coco import BOX, FILE, annotations, raw, refusal, with_
from analyses.tests.test_imports_store import document, faults, run
from images.models import Image
from images.tests.factories import ImageFactory, ProjectFactory


@pytest.fixture
def image() -> Image:
    return ImageFactory(project=ProjectFactory(), filename="a.jpg")


# --- much -----------------------------------------------------------------------------------------------------
def test_a_file_of_more_than_is_allowed_is_refused() -> None:
    said = "annotations has 3 items; at most 2 are accepted, so the file must be split."
    assert refusal(raw(FILE | {"annotations": [BOX] * 3}), most={"annotations": 2}) == said
    said = "images has 1 items; at most 0 are accepted, so the file must be split."
    assert refusal(raw(FILE), most={"images": 0}) == said


@pytest.mark.parametrize("item", [b"1", b"{}"])
def test_a_list_of_too_many_small_things_takes_little_memory(item: bytes) -> None:
    content = b'{"categories":[],"annotations":[' + b",".join([item] * 1_000_000) + b"]}"
    tracemalloc.start()
    try:
        refusal(content, most={"annotations": 1000})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000  # Raw of each would be 72 MB


def test_too_many_categories_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MOST_CATEGORIES", 0)
    assert refusal(raw(FILE)).startswith("categories has 1 items; at most 0 are accepted")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            ("images", 0, "file_name"),
            "a" * 1001,
            "images[0].file_name must have at most 1,000 characters, got 1,001.",
        ),
        (
            ("images", 0, "coco_url"),
            "a" * 1001,
            "images[0].coco_url must have at most 1,000 characters, got 1,001.",
        ),
        (("images", 0, "id"), "a" * 1001, "images[0].id must have at most 1,000 characters, got 1,001."),
        (
            ("categories", 0, "keypoints"),
            ["a", "b" * 101],
            "categories[0].keypoints[1] must have at most 100 characters, got 101.",
        ),
        (
            ("categories", 0, "keypoints"),
            ["a"] * 501,
            "categories[0].keypoints has 501 items; at most 500 are accepted.",
        ),
        (
            ("categories", 0, "skeleton"),
            [[1, 1]] * 501,
            "categories[0].skeleton has 501 items; at most 500 are accepted.",
        ),
        (
            ("categories", 0, "note"),
            "a" * 2**20,
            "categories[0] has 1,048,639 bytes; at most 1,048,576 are accepted.",
        ),
    ],
)
def test_what_no_honest_file_says_is_refused(path: tuple[Any, ...], value: Any, said: str) -> None:
    assert refusal(raw(with_(FILE, value, *path))) == said


def test_an_annotation_without_end_is_not_read() -> None:
    size = len(raw(BOX | {"note": ""})) + 2**23
    long = BOX | {"note": "a" * 2**23}
    said = f"has {size:,} bytes; at most 8,388,608 are accepted"
    assert annotations(raw(FILE | {"annotations": [long]})) == [Refused("annotations[0]", said)]


def test_a_result_whose_picture_has_a_name_without_end_belongs_to_none() -> None:
    found = coco.read(raw([{"image_id": "a" * 1001}]), categories={3: coco.Category(3, "dog")})
    assert (found.pictures, found.stray_count) == ([], 1)
    assert found.strays == [Refused("[0].image_id", "must have at most 1,000 characters, got 1,001")]


def test_strays_are_counted_where_they_are_too_many_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MOST_STRAYS", 2)
    found = coco.read(raw(FILE | {"annotations": [{}] * 5}))
    assert (len(found.strays), found.stray_count) == (2, 5)


def test_what_vista_says_of_a_picture_is_not_kept_as_objects() -> None:
    content = raw(with_(FILE, {"a": [[]] * 100_000}, "images", 0, "vista"))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        found = coco.read(content)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not found.pictures[0].was_not_processed
    assert after - before < 1_000_000


def test_many_pictures_that_could_be_one_of_ours_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    nearest, compared = matching._nearest, 0

    def counted(rivals: list[Any]) -> Any:
        nonlocal compared
        compared += len(rivals)
        return nearest(rivals)

    monkeypatch.setattr(matching, "_nearest", counted)
    pictures = [coco.Picture(number, f"{number}/a.jpg") for number in range(300)]
    found = matching.match(pictures, [matching.Known(1, "a.jpg", 1, 1)])
    assert len(found.doubtful) == 300
    assert compared == 300


def test_a_name_is_brought_into_its_form_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(matching, "normalize", lambda form, name: seen.append(name) or name)
    matching.match([coco.Picture(1, "a\\b.jpg")], [matching.Known(1, "c.jpg", 1, 1)], by_id=True)
    assert seen == ["c.jpg", "a/b.jpg"]


def test_polygons_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_RINGS", 1)
    entry = BOX | {"segmentation": [[1, 1, 2, 1, 2, 2]] * 2}
    with pytest.raises(FormatError, match="has 2 polygons; at most 1 are accepted") as refused:
        wire.wire_annotations(entry, {3: coco.Category(3, "dog")})
    assert refused.value.field == "segmentation"


def test_an_edge_of_a_skeleton_is_written_once() -> None:
    dog = coco.Category(3, "dog", ["nose", "tail"], [(1, 2), (1, 2), (2, 1)])
    [item] = wire.wire_annotations(BOX | {"keypoints": [1, 1, 2, 5, 5, 2]}, {3: dog})
    assert item["data"]["skeleton"] == [[0, 1], [1, 0]]


# --- the picture ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_picture_with_too_many_annotations_is_left_out(image: Image, settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 1
    told = run(image.project, document(*[BOX] * 15))
    said = "picture_refused: a.jpg: has 15 annotations; at most 10 of one picture are accepted"
    assert faults(told) == [said]
    assert not Analysis.objects.exists()


@pytest.mark.django_db
def test_a_picture_that_becomes_too_many_annotations_is_left_out(image: Image, settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 1
    both = BOX | {"segmentation": [[1, 1, 9, 1, 9, 9]]}
    told = run(image.project, document(*[both] * 6), shapes="all")
    assert faults(told) == [
        "picture_refused: a.jpg: becomes more than 10 annotations; that is the most of one picture"
    ]


@pytest.mark.django_db
def test_a_picture_with_annotations_of_too_many_bytes_is_left_out(image: Image, settings: Any) -> None:
    settings.ML_MAX_BODY_BYTES = 100
    told = run(image.project, document(*[BOX] * 3))
    assert faults(told) == [
        "picture_refused: a.jpg: has annotations of more than 200 bytes, as the API would be sent them; that is the "
        "most of one picture"
    ]


def test_a_part_is_not_larger_than_a_body_may_be(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("analyses.imports.parts.PART_BYTES", 10)
    parts = Parts()
    for _ in range(4):
        parts.add("seven b")
    parts.key()
    assert parts.bodies == [b'{"annotations":["seven b","seven b"]}'] * 2


def test_the_key_is_that_of_all_parts_together(settings: Any) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 2
    items = [{"b": 1, "a": [2]}, {"c": "ü"}, {"d": None}]
    whole = key_of("picture", "model", "1", items)
    parts = Parts("picture", "model", "1")
    for item in items:
        parts.add(item)
    assert parts.key() == parts.key() == whole
    assert Parts("picture", "model", "1").key() == key_of("picture", "model", "1", [])


def key_of(*said: Any) -> str:
    return f"import:{hashlib.sha256(encode(list(said))).hexdigest()}"


def test_the_objects_of_a_picture_are_not_kept(settings: Any) -> None:
    parts = Parts()
    tracemalloc.start()
    try:
        for number in range(50_000):
            parts.add({"annotation_type": "bounding_box", "data": {"bbox": [number + 0.5, 2.5, 3.5, 4.5]}})
        parts.key()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000  # as objects 45 MB


@pytest.mark.django_db
@pytest.mark.parametrize("heard", range(1, 6))
def test_a_cancel_is_heard_inside_of_a_picture_and_leaves_nothing_of_it(
    image: Image, settings: Any, monkeypatch: pytest.MonkeyPatch, heard: int
) -> None:
    settings.ML_MAX_BULK_ANNOTATIONS = 2
    monkeypatch.setattr("analyses.imports.store.LISTEN", 3)
    times = 0

    def stop(done: int, total: int) -> None:
        nonlocal times
        assert (done, total) == (0, 1)
        times += 1
        if times == heard:
            raise jobs.Stopped

    file = coco.read(raw(document(*[BOX] * 5)))
    with pytest.raises(jobs.Stopped):
        import_coco(image.project, file, Options(), None, stop)
    assert not Analysis.objects.exists()
    assert not Annotation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_no_more_than_it_has_memory_for(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MOST", {"annotations": 1})
    sent = ContentFile(raw(document(BOX, BOX)), name="truth.json")
    job = background.start_import(image.project, sent, None, Options(), None)
    call_command("work", once=True)
    job.refresh_from_db()
    said = "annotations has 2 items; at most 1 are accepted, so the file must be split."
    assert (job.status, job.error_message) == ("failed", said)


@pytest.mark.django_db(transaction=True)
def test_the_worker_notes_whose_import_an_analysis_is_of(image: Image) -> None:
    sent = ContentFile(raw(document(BOX)), name="truth.json")
    job = background.start_import(image.project, sent, None, Options(), None)
    call_command("work", once=True)
    assert image.analyses.get().parameters == {"import_job": str(job.pk)}


@pytest.mark.django_db(transaction=True)
def test_names_with_nul_are_told_and_stored_on_every_database(image: Image) -> None:
    said = document(BOX | {"image_id": "\0"}, id="\0")
    said["images"].append({"id": 2, "file_name": "../\0.jpg"})
    sent = ContentFile(raw(said), name="truth.json")
    job = background.start_import(image.project, sent, None, Options(), None)
    call_command("work", once=True)
    job.refresh_from_db()
    assert job.error_message == ""
    assert job.result["not_in_project"]["first"] == [{"picture": "../\0.jpg"}]
    assert image.analyses.get().summary == {"coco_image_id": "\0"}


# --- the report -----------------------------------------------------------------------------------------------
def test_a_report_counts_what_is_too_much_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST", 2)
    told = Report("m", "1")
    for name in "abc":
        told.add("not_in_file", name)
    told.add_untold("not_in_file", 1)
    told.add("picture_refused", "d", reason="why")
    assert told.counts() == {
        "annotation_refused": 0,
        "picture_refused": 1,
        "not_in_project": 0,
        "not_in_file": 4,
    }
    assert list(told.rows())[1:] == [
        ["not_in_file", "a", "", ""],
        ["not_in_file", "b", "", ""],
        ["picture_refused", "d", "", "why"],
        ["not_in_file", "", "", "and 2 more"],
    ]


@pytest.mark.parametrize("before", ["", "\0", "\x01", "\x1b", "\x7f", "\x9b", "\t", " \0\x08", "\ufeff\0"])
def test_no_cell_of_a_report_is_a_formula(tmp_path: Path, before: str) -> None:
    told = Report("m", "1")
    told.add("not_in_project", f"{before}=1+1")
    write_csv(told, tmp_path / "report.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_bytes().decode(), newline="")))
    assert rows[1][1] == f"'{before}=1+1"
