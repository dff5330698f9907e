"""`manage.py import_images`."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from images.models import Image, Project
from images.tests.factories import ProjectFactory, picture_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, one more in a folder inside, and a hidden file."""
    folder = tmp_path / "pictures"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture_bytes())
    (folder / "b.png").write_bytes(picture_bytes("PNG"))
    (folder / "inner" / "c.webp").write_bytes(picture_bytes("WEBP"))
    (folder / ".hidden").write_bytes(b"x")
    return folder


def run(folder: Path, *options: str, project: str = "Street scenes") -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(
            "import_images",
            str(folder),
            "--project",
            project,
            "--no-progress",
            *options,
            stdout=out,
            stderr=err,
        )
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    return code, out.getvalue(), err.getvalue()


def names(project: Project) -> list[str]:
    return sorted(project.images.values_list("filename", flat=True))


def test_the_pictures_of_a_folder_are_added(project, folder):
    code, out, _ = run(folder)
    assert (code, out, names(project)) == (
        0,
        "2 added, 0 skipped (in the project already), 0 failed.\n",
        ["a.jpg", "b.png"],
    )


def test_a_picture_is_read_as_on_upload(project, folder):
    run(folder)
    image = Image.objects.get(filename="b.png")
    with image.file as stored:
        content = stored.read()
    assert (image.content_type, image.width, content) == ("image/png", 40, (folder / "b.png").read_bytes())


def test_folders_inside_are_added_when_asked_for(project, folder):
    run(folder, "--recursive")
    assert names(project) == ["a.jpg", "b.png", "c.webp"]


def test_the_project_may_be_named_by_its_id(project, folder):
    run(folder, project=str(project.pk))
    assert names(project) == ["a.jpg", "b.png"]


def test_a_second_run_skips_what_is_there(project, folder):
    run(folder)
    (folder / "d.jpg").write_bytes(picture_bytes(size=(50, 30)))
    assert run(folder)[1] == "1 added, 2 skipped (in the project already), 0 failed.\n"


def test_a_file_that_changed_is_added(project, folder):
    run(folder)
    (folder / "a.jpg").write_bytes(picture_bytes(size=(400, 300)))
    run(folder)
    assert names(project) == ["a.jpg", "a.jpg", "b.png"]


def test_two_folders_may_hold_the_same_name_and_size(project, folder):
    (folder / "inner" / "a.jpg").write_bytes(picture_bytes())
    run(folder, "--recursive")
    assert names(project) == ["a.jpg", "a.jpg", "b.png", "c.webp"]


def test_a_file_that_fails_is_told_with_its_reason(project, folder):
    (folder / "notes.txt").write_text("hello")
    code, _, err = run(folder)
    assert (code, err) == (1, f"{folder / 'notes.txt'}: notes.txt is not a JPEG, PNG or WebP picture.\n")


def test_a_file_that_fails_does_not_stop_the_others(project, folder):
    (folder / "aa.jpg").write_bytes(b"")
    run(folder)
    assert names(project) == ["a.jpg", "b.png"]


def test_a_dry_run_stores_nothing(project, folder):
    (folder / "notes.txt").write_text("hello")
    code, out, _ = run(folder, "--dry-run")
    assert (code, out, Image.objects.count()) == (
        1,
        "2 would be added, 0 skipped (in the project already), 1 failed.\n",
        0,
    )


def test_with_a_group_the_project_is_made(db, folder):
    run(folder, "--group", "museum", project="New")
    assert Project.objects.get().group == Group.objects.get(name="museum")


def test_a_dry_run_makes_no_project(db, folder):
    run(folder, "--group", "museum", "--dry-run", project="New")
    assert (Project.objects.count(), Group.objects.count()) == (0, 0)


def test_with_a_group_a_project_that_exists_is_used(project, folder):
    run(folder, "--group", "museum")
    assert (names(project), Project.objects.count()) == (["a.jpg", "b.png"], 1)


def refusal(folder: Path, **how: Any) -> str:
    with pytest.raises(CommandError) as error:
        run(folder, **how)
    return str(error.value)


def test_an_unknown_project_is_refused(db, folder):
    assert (
        refusal(folder, project="Nowhere") == "There is no project 'Nowhere'; with --group NAME it is made."
    )


def test_a_name_that_two_projects_have_is_refused(project, folder):
    twin = ProjectFactory(name=project.name)
    assert str(twin.pk) in refusal(folder)


def test_a_folder_that_does_not_exist_is_refused(project, tmp_path):
    assert refusal(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'} is not a folder."


def test_an_empty_folder_is_refused(project, tmp_path):
    assert "no files" in refusal(tmp_path)


def test_a_progress_bar_is_shown_unless_switched_off(project, folder, capsys):
    call_command("import_images", str(folder), "--project", project.name, stdout=io.StringIO())
    assert "2/2" in capsys.readouterr().err
