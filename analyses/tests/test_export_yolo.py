"""YOLO's files by YOLO's own rules, outlines of masks, and zips that are written as streams."""

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.exports import FORMATS, Selection
from analyses.exports.outlines import joined, outlines
from analyses.exports.zipping import Zip
from analyses.models import Analysis, Status
from analyses.tests.annotations_as_sent import item
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory

WIDTH, HEIGHT = 40, 30
SCORE = 0.1 + 0.2


def box(*numbers: float, class_name: str = "person", confidence: float | None = SCORE) -> dict[str, Any]:
    return BOX | {"class_name": class_name, "confidence": confidence, "data": {"bbox": list(numbers)}}


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory()


def picture(project: Project, filename: str = "a.jpg") -> Image:
    return ImageFactory(project=project, filename=filename, width=WIDTH, height=HEIGHT)


def analysed(image: Image, *items: dict[str, Any], **fields: Any) -> Analysis:
    analysis = AnalysisFactory(image=image, **fields)
    add_annotations(analysis, *items)
    return analysis.move_to(Status.COMPLETED)


def files(project: Project, kind: str = "yolo", **filters: Any) -> dict[str, str]:
    raw = b"".join(FORMATS[kind].pieces(Selection(project=project.pk, **filters)))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        return {name: archive.read(name).decode() for name in names}


def check(found: dict[str, str], points: int | None = None) -> int:
    """What YOLO asks of labels before it trains, https://docs.ultralytics.com/datasets/; how many there are."""
    classes = int(found["data.yaml"].split("nc: ")[1].split("\n")[0])
    count = 0
    for name in (name for name in found if name.startswith("labels/")):
        for line in found[name].splitlines():
            number, *numbers = line.split()
            assert 0 <= int(number) < classes
            shares = list(map(float, numbers))
            if points:
                assert len(shares) == 4 + 3 * points
                assert set(shares[6::3]) <= {0, 1, 2}
                del shares[6::3]
            else:
                assert len(shares) == 4 or (len(shares) >= 6 and len(shares) % 2 == 0)
            assert all(0 <= share <= 1 for share in shares)
            count += 1
    return count


# --- labels -----------------------------------------------------------------------------------------------
def test_boxes_are_shares_of_the_picture_with_their_scores_beside_them(project: Project) -> None:
    image = picture(project)
    analysed(image, box(4, 3, 8, 6), box(30, 20, 20, 20, class_name="ant", confidence=None))
    found = files(project)
    assert found["labels/a.txt"] == "1 0.2 0.2 0.2 0.2\n0 0.875 0.8333333333333334 0.25 0.3333333333333333\n"
    assert found["scores/a.txt"] == f"{SCORE!r}\n\n"
    assert (
        found["data.yaml"] == 'train: images.txt\nval: images.txt\nnc: 2\nnames:\n  0: "ant"\n  1: "person"\n'
    )
    assert found["images.txt"] == "./images/a.jpg\n"
    assert check(found) == 2


def test_an_empty_file_means_nothing_and_no_file_not_processed(project: Project) -> None:
    analysed(picture(project, "seen.jpg"))
    picture(project, "not_seen.jpg")
    AnalysisFactory(image=picture(project, "queued.jpg"))
    found = files(project)
    assert [name for name in found if name.startswith("labels/")] == ["labels/seen.txt"]
    assert found["labels/seen.txt"] == ""
    assert found["images.txt"] == "./images/seen.jpg\n"
    told = {p["filename"]: p["processed"] for p in json.loads(found["manifest.json"])["pictures"]}
    assert told == {"seen.jpg": True, "not_seen.jpg": False, "queued.jpg": False}


def test_several_analyses_of_a_picture_share_its_file(project: Project) -> None:
    image, other = picture(project, "b.jpg"), picture(project, "c.jpg")
    analysed(image, box(4, 3, 8, 6))
    analysed(other, box(0, 0, 20, 15))
    analysed(image, box(8, 6, 8, 6), model_name="resnet50")
    found = files(project)
    assert found["labels/b.txt"] == "0 0.2 0.2 0.2 0.2\n0 0.3 0.3 0.2 0.2\n"
    assert found["labels/c.txt"] == "0 0.25 0.25 0.5 0.5\n"


def test_pictures_of_one_name_have_files_of_their_own(project: Project) -> None:
    images = [picture(project, name) for name in ("a.jpg", "A.png", "b.jpg")]
    for image in images:
        analysed(image, box(4, 3, 8, 6))
    found = files(project)
    stems = [f"a_{images[0].pk}", f"A_{images[1].pk}", "b"]
    assert [name for name in found if name.startswith("labels/")] == [f"labels/{stem}.txt" for stem in stems]
    assert [p["file"] for p in json.loads(found["manifest.json"])["pictures"]] == stems
    assert found["images.txt"].splitlines()[1] == f"./images/{stems[1]}.png"


def test_what_is_left_out_is_counted(project: Project) -> None:
    polygon = item("segmentation", {"points": [[1, 1], [5, 1], [5, 5]]})
    analysed(picture(project), box(1, 1, 2, 2), box(50, 1, 2, 2), polygon)
    told = json.loads(files(project)["manifest.json"])
    assert told["annotations"] == 1
    assert told["left_out"] == {"outside of the picture": 1, "segmentation: not for the task detect": 1}


def test_outlines_of_polygons_and_masks(project: Project) -> None:
    polygon = item("segmentation", {"points": [[4, 3], [50, 3], [8, 6]]})
    mask = item("segmentation", {"rle": {"size": [2, 4], "counts": [2, 2, 4]}}, class_name="blob")
    empty = item("segmentation", {"rle": {"size": [2, 4], "counts": [8]}}, class_name="blob")
    analysed(picture(project), polygon, mask, empty)
    found = files(project, "yolo_segment")
    assert found["labels/a.txt"].splitlines() == [
        "1 0.1 0.1 1.0 0.1 0.2 0.2",
        "0 0.25 0.0 0.25 1.0 0.5 1.0 0.5 0.0",
    ]
    assert check(found) == 2
    assert json.loads(found["manifest.json"])["left_out"] == {"outside of the picture": 1}


def test_poses_have_as_many_keypoints_in_all_classes(project: Project) -> None:
    nose, eye = {"x": 4, "y": 3, "name": "nose"}, {"x": 20, "y": 15, "name": "eye"}
    outside = {"x": -4, "y": 3, "name": "eye"}
    analysed(
        picture(project),
        item("keypoint", {"keypoints": [nose, eye]}),
        item("keypoint", {"keypoints": [eye]}, class_name="dog"),
        item("keypoint", {"keypoints": [outside, nose]}),
        item("keypoint", {"keypoints": [outside]}),
    )
    found = files(project, "yolo_pose")
    assert found["labels/a.txt"].splitlines() == [
        "1 0.3 0.3 0.4 0.4 0.1 0.1 2 0.5 0.5 2",
        "0 0.5 0.5 0.0 0.0 0.5 0.5 2 0 0 0",
        "1 0.1 0.1 0.0 0.0 0.1 0.1 2 0 0 0",
    ]
    assert "kpt_shape: [2, 3]" in found["data.yaml"]
    assert '  1: ["nose","eye"]' in found["data.yaml"]
    assert check(found, points=2) == 3
    assert json.loads(found["manifest.json"])["left_out"] == {"outside of the picture": 1}


# --- outlines ---------------------------------------------------------------------------------------------
def filled(rings: Any, height: int, width: int) -> Any:
    """The even-odd rule for the middles of pixels: how many upright sides lie left of each."""
    bitmap = np.zeros((height, width), int)
    for ring in rings:
        for (x, y), (other_x, other_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if x == other_x:
                bitmap[min(y, other_y) : max(y, other_y), x:] += 1
    return bitmap % 2 == 1


bitmaps = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
    lambda size: st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda bits: np.array(bits).reshape(size)
    )
)


@given(bitmaps)
def test_filled_outlines_are_the_mask(bitmap: Any) -> None:
    flat = np.concatenate([[0], bitmap.T.ravel().astype(int), [0]])
    counts = np.diff(np.concatenate([[0], np.flatnonzero(np.diff(flat)), [bitmap.size]])).tolist()
    height, width = bitmap.shape
    rings = outlines([height, width], counts)
    assert (filled(rings, height, width) == bitmap).all()
    for ring in rings:  # level and upright sides in turn
        sides = zip(ring, [*ring[1:], ring[0]], strict=True)
        assert [a[0] == b[0] for a, b in sides] == [True, False] * (len(ring) // 2)


def test_parts_and_holes_become_one_ring() -> None:
    rings = [
        [(0, 0), (0, 4), (4, 4), (4, 0)],
        [(1, 1), (1, 3), (3, 3), (3, 1)],
        [(5, 0), (5, 1), (6, 1), (6, 0)],
    ]
    ring = joined(rings)
    assert ring[0] == ring[4] == ring[-1]
    slanted = sum(a[0] != b[0] and a[1] != b[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
    assert slanted % 2 == 0
    assert joined(rings[:1]) == rings[0]


# --- zip --------------------------------------------------------------------------------------------------
def test_a_zip_is_read_by_others_and_is_the_same_again() -> None:
    def raw() -> bytes:
        with Zip() as archive:
            parts = [*archive.member("größe.txt", [b"a" * 100_000, b"", b"b"])]
            parts += [*archive.member("stored", [b"c"], compress=False), *archive.member("empty", [])]
            return b"".join([*parts, *archive.end()])

    assert raw() == raw()
    with zipfile.ZipFile(io.BytesIO(raw())) as archive:
        assert archive.testzip() is None
        content = {name: archive.read(name) for name in archive.namelist()}
    assert content == {"größe.txt": b"a" * 100_000 + b"b", "stored": b"c", "empty": b""}


def test_a_zip_may_have_very_many_members() -> None:
    with Zip() as archive:
        parts = [b"".join(archive.member(str(number), [b"x"])) for number in range(70_000)]
        raw = b"".join([*parts, *archive.end()])
    with zipfile.ZipFile(io.BytesIO(raw)) as found:
        assert len(found.namelist()) == 70_000
        assert found.read("69999") == b"x"
