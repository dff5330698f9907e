"""Pictures as Deep Zoom tiles: the right pixels in the right tile, made once, kept for a while."""

import io
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageChops

from images import tiles
from images.files import UPRIGHT
from images.models import Image, Project
from images.tests.factories import ImageFactory, picture_bytes
from images.tiles import DAY, HOUR, NoSuchTile, Place, Pyramid, TileFolder

WIDTH, HEIGHT = 1301, 1047  # odd at every halving, three columns and rows of tiles


def drawn(mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Pillow.Image:
    """A picture whose every corner and seam looks different: soft, so that JPEG changes little."""
    across = Pillow.linear_gradient("L").rotate(90).resize(size)
    down = Pillow.linear_gradient("L").resize(size)
    round_ = Pillow.radial_gradient("L").resize(size)
    return Pillow.merge("RGBA", (across, down, round_, across)).convert(mode)


def saved(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    output = io.BytesIO()
    picture.save(output, kind, **options)
    return output.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> TileFolder:
    return TileFolder(tmp_path / "tiles")


def cut(folder: TileFolder, content: bytes, name: str = "a") -> None:
    folder.make(name, lambda: io.BytesIO(content), wait=True)


def seen(folder: TileFolder, place: Place, name: str = "a") -> Pillow.Image:
    tile = folder.read(name, place)
    assert tile
    return Pillow.open(io.BytesIO(tile.content))


def put_together(folder: TileFolder, pyramid: Pyramid, level: int) -> Pillow.Image:
    columns, rows = pyramid.grid(level)
    whole = Pillow.new(seen(folder, Place(level, 0, 0)).mode, pyramid.size(level))
    for row in range(rows):
        for column in range(columns):
            tile = seen(folder, Place(level, column, row))
            whole.paste(tile, (column * tiles.SIDE, row * tiles.SIDE))
    return whole


def on_grey(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode != "RGBA":
        return picture
    return Pillow.alpha_composite(Pillow.new("RGBA", picture.size, (128, 128, 128, 255)), picture)


def difference(one: Pillow.Image, other: Pillow.Image) -> int:
    """The largest of any channel at any pixel, as seen on grey: what is transparent has no colour."""
    extrema = ImageChops.difference(on_grey(one), on_grey(other)).getextrema()
    return max(high for _, high in (extrema if isinstance(extrema[0], tuple) else [extrema]))


# --- where tiles lie --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "highest"),
    [((1, 1), 0), ((2, 1), 1), ((512, 300), 9), ((513, 300), 10), ((9000, 8000), 14), ((3, 16_385), 15)],
)
def test_the_highest_level_is_the_picture(size: tuple[int, int], highest: int) -> None:
    pyramid = Pyramid(*size)
    assert (pyramid.highest, pyramid.size(highest), pyramid.size(0)) == (highest, size, (1, 1))


def test_levels_are_halves_rounded_up() -> None:
    pyramid = Pyramid(9000, 8001)
    assert [pyramid.size(level) for level in (14, 13, 12, 11)] == [
        (9000, 8001),
        (4500, 4001),
        (2250, 2001),
        (1125, 1001),
    ]


def test_tiles_are_numbered_without_a_gap() -> None:
    pyramid = Pyramid(WIDTH, HEIGHT)
    places = [
        Place(level, column, row)
        for level in range(pyramid.highest + 1)
        for row in range(pyramid.grid(level)[1])
        for column in range(pyramid.grid(level)[0])
    ]
    assert [pyramid.number(place) for place in places] == list(range(pyramid.count))


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (Place(12, 0, 0), "There is no level 12: this picture has the levels 0 to 11."),
        (
            Place(11, 3, 0),
            "There is no tile 3_0: level 11 of this picture has the columns 0 to 2 and the rows 0 to 2.",
        ),
        (
            Place(10, 0, 2),
            "There is no tile 0_2: level 10 of this picture has the columns 0 to 1 and the rows 0 to 1.",
        ),
    ],
)
def test_a_tile_outside_is_refused_with_what_there_is(place: Place, sentence: str) -> None:
    with pytest.raises(NoSuchTile) as refused:
        Pyramid(WIDTH, HEIGHT).number(place)
    assert refused.value.detail == sentence


@pytest.mark.parametrize(
    ("size", "huge"), [((8192, 8192), False), ((8193, 8192), True), ((16_384, 9), False), ((9, 16_385), True)]
)
def test_what_is_huge(size: tuple[int, int], huge: bool) -> None:
    assert tiles.is_huge(*size) is huge


# --- their pixels -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
@pytest.mark.parametrize("halvings", [0, 1, 2, 5])
def test_the_tiles_of_a_level_are_the_picture_made_small(
    folder: TileFolder, mode: str, halvings: int
) -> None:
    picture = drawn(mode)
    cut(folder, saved(picture, "PNG"))
    pyramid = Pyramid(WIDTH, HEIGHT)
    level = put_together(folder, pyramid, pyramid.highest - halvings)
    expected = picture.convert(level.mode).reduce(2**halvings) if halvings else picture.convert(level.mode)
    assert level.size == expected.size
    assert difference(level, expected) <= 2 * halvings


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_tiles_of_a_jpeg_are_jpegs_that_look_like_it(folder: TileFolder, mode: str) -> None:
    content = saved(drawn("RGB").convert(mode), "JPEG", quality=95)
    cut(folder, content)
    tile = folder.read("a", Place(11, 2, 2))
    assert tile
    assert tile.content_type == "image/jpeg"
    pyramid = Pyramid(WIDTH, HEIGHT)
    whole = put_together(folder, pyramid, pyramid.highest)
    assert difference(whole, Pillow.open(io.BytesIO(content)).convert(whole.mode)) <= 12


@pytest.mark.parametrize("mode", ["1", "P", "I;16"])
def test_other_modes_become_plain_ones(folder: TileFolder, mode: str) -> None:
    picture = drawn("L").convert("I").point(lambda value: value * 256) if mode == "I;16" else drawn("RGB")
    content = saved(picture.convert(mode), "PNG")
    cut(folder, content)
    tile = seen(folder, Place(11, 1, 1))
    assert (tile.mode, tile.size) == ("L" if mode == "I;16" else "RGB", (512, 512))
    if mode == "I;16":
        assert abs(tile.getpixel((0, 0)) - drawn("L").getpixel((512, 512))) <= 1
    else:
        assert tile.getpixel((0, 0)) == picture.convert(mode).convert("RGB").getpixel((512, 512))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiles_are_upright(folder: TileFolder, orientation: int) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    stored = drawn("RGB")
    cut(folder, saved(stored, "PNG", exif=exif))
    upright = stored.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else stored
    pyramid = Pyramid(*upright.size)
    assert difference(put_together(folder, pyramid, 11), upright) == 0
    assert difference(put_together(folder, pyramid, 10), upright.reduce(2)) == 0


def test_a_colour_profile_goes_along(folder: TileFolder) -> None:
    cut(folder, saved(drawn(), "JPEG", icc_profile=b"profile"))
    assert seen(folder, Place(0, 0, 0)).info["icc_profile"] == b"profile"


def test_a_vast_colour_profile_stays_behind(folder: TileFolder) -> None:
    cut(folder, saved(drawn(), "JPEG", icc_profile=b"p" * 70_000))
    assert "icc_profile" not in seen(folder, Place(0, 0, 0)).info


# --- the folder -------------------------------------------------------------------------------------------
def names(folder: TileFolder) -> set[str]:
    return {path.name for path in folder.folder.iterdir() if path.name[0] != "."}


def age(folder: TileFolder, name: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder.folder / name, (then, then))


def test_what_was_not_cut_is_none(folder: TileFolder) -> None:
    assert folder.read("a", Place(0, 0, 0)) is None


def test_two_at_once_make_one_pyramid(folder: TileFolder) -> None:
    """The second comes while the first reads the original."""
    content, opened, go_on = picture_bytes(), [], threading.Event()

    class Slow(io.BytesIO):
        def read(self, *size: int) -> bytes:
            assert go_on.wait(10)
            return super().read(*size)

    def original() -> io.BytesIO:
        opened.append(1)
        return Slow(content)

    folder.make("a", original, wait=False)
    folder.make("a", original, wait=True)
    folder.make("b", original, wait=True)
    assert (len(opened), names(folder)) == (1, set())
    go_on.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_cut)"):
            thread.join(10)
    folder.make("a", original, wait=True)
    assert (len(opened), names(folder)) == (1, {"a-1.tiles"})


def test_after_a_fault_of_the_storage_others_may_cut(folder: TileFolder) -> None:
    def lost() -> io.BytesIO:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        folder.make("a", lost, wait=True)
    cut(folder, picture_bytes())
    assert folder.read("a", Place(0, 0, 0))


def test_a_picture_that_cannot_be_cut_says_so_for_an_hour(folder: TileFolder) -> None:
    cut(folder, saved(drawn(), "JPEG")[:-2000])
    with pytest.raises(NoSuchTile) as refused:
        folder.read("a", Place(0, 0, 0))
    assert refused.value.detail == "The picture is damaged or incomplete."
    age(folder, "a-1.tiles", HOUR + 1)
    assert folder.read("a", Place(0, 0, 0)) is None


def test_nothing_half_written_is_seen(folder: TileFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path, target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    cut(folder, picture_bytes())
    assert names(folder) == set()


def test_without_a_folder_there_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(tiles.Unavailable):
        cut(TileFolder(tmp_path / "file"), picture_bytes())


def test_what_nobody_asked_for_in_a_month_goes(folder: TileFolder) -> None:
    cut(folder, picture_bytes(), "old")
    age(folder, "old-1.tiles", 31 * DAY)
    cut(folder, picture_bytes(), "new")
    assert names(folder) == {"new-1.tiles"}


def test_reading_keeps_a_file(folder: TileFolder) -> None:
    cut(folder, picture_bytes(), "old")
    age(folder, "old-1.tiles", 31 * DAY)
    folder.read("old", Place(0, 0, 0))
    cut(folder, picture_bytes(), "new")
    assert names(folder) == {"old-1.tiles", "new-1.tiles"}


def test_of_too_much_the_oldest_goes(tmp_path: Path) -> None:
    folder = TileFolder(tmp_path, keep_bytes=1)
    cut(folder, picture_bytes(), "old")
    assert names(folder) == set()


# --- over the API -----------------------------------------------------------------------------------------
@pytest.fixture
def image(project: Project, settings: Any, tmp_path: Path) -> Image:
    settings.DATA_DIR = tmp_path
    content = saved(drawn(), "PNG")
    return ImageFactory(project=project, bytes=content, content_type="image/png", width=WIDTH, height=HEIGHT)


def test_a_tile_may_be_kept_for_good(member, image):
    answer = member.get(f"/api/images/{image.pk}/tiles/11/2_2")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "image/png",
        "private, max-age=31536000, immutable",
    )
    assert Pillow.open(io.BytesIO(answer.content)).size == (WIDTH - 1024, HEIGHT - 1024)


def test_a_tile_that_the_caller_has_is_not_sent_again(member, image):
    first = member.get(f"/api/images/{image.pk}/tiles/11/0_0")
    again = member.get(f"/api/images/{image.pk}/tiles/11/0_0", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_tile_outside_the_picture_is_a_404_with_its_sentence(member, image):
    answer = member.get(f"/api/images/{image.pk}/tiles/12/0_0")
    assert (answer.status_code, answer.json()) == (
        404,
        {"detail": "There is no level 12: this picture has the levels 0 to 11."},
    )


def test_tiles_of_lost_bytes_are_a_404(member, image):
    image.file.storage.delete(image.file.name)
    assert member.get(f"/api/images/{image.pk}/tiles/0/0_0").status_code == 404


def test_tiles_of_a_large_picture_are_made_meanwhile(member, image, monkeypatch):
    monkeypatch.setattr(tiles, "AT_ONCE", 0)
    answer = member.get(f"/api/images/{image.pk}/tiles/11/0_0")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"], answer.json()) == (
        202,
        "1",
        "no-store",
        {"detail": "The picture is being cut into tiles; ask again in a moment."},
    )
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_cut)"):
            thread.join(10)
    assert member.get(f"/api/images/{image.pk}/tiles/11/0_0").status_code == 200


def test_tiles_go_with_their_picture(member, image, django_capture_on_commit_callbacks):
    member.get(f"/api/images/{image.pk}/tiles/0/0_0")
    kept = tiles.folder()
    assert len(names(kept)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert names(kept) == set()
