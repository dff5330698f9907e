"""The colours that members give to classes."""

from typing import Any

import pytest
from django.test import Client

from images.models import MOST_COLOURS, Project

LOOKS_WRONG = "expected #rrggbb or null, got "


def patch(client: Client, project: Project, colours: Any) -> Any:
    path = f"/api/projects/{project.pk}/class-colours"
    return client.patch(path, {"class_colours": colours}, "application/json")


def test_a_member_gives_a_class_another_colour(member: Client, project: Project) -> None:
    response = patch(member, project, {"person": "#ff7a59"})
    assert (response.status_code, response.json()) == (200, {"class_colours": {"person": "#ff7a59"}})
    project.refresh_from_db()
    assert project.class_colours == {"person": "#ff7a59"}


def test_other_classes_keep_theirs_and_null_gives_the_usual_one_back(
    member: Client, project: Project
) -> None:
    project.recolour({"person": "#ff7a59", "car": "#8aa8ff"})
    response = patch(member, project, {"car": None, "": "#000000"})
    assert response.json() == {"class_colours": {"person": "#ff7a59", "": "#000000"}}


@pytest.mark.parametrize(
    ("colours", "field", "message"),
    [
        (["#ff7a59"], "class_colours", "expected an object of class names"),
        ({"car": "red"}, "class_colours.car", f"{LOOKS_WRONG}'red'"),
        ({"car": "#FF7A59"}, "class_colours.car", f"{LOOKS_WRONG}'#FF7A59'"),
        ({"car": "#ff7a59\n"}, "class_colours.car", f"{LOOKS_WRONG}'#ff7a59\\n'"),
        ({"car": 5}, "class_colours.car", f"{LOOKS_WRONG}5"),
        ({"x" * 256: None}, f"class_colours.{'x' * 40}", "a class name has at most 255 characters"),
    ],
)
def test_what_is_no_colour_is_refused_by_name(
    member: Client, project: Project, colours: Any, field: str, message: str
) -> None:
    response = patch(member, project, colours)
    assert response.status_code == 400
    assert response.json()["errors"] == [{"field": field, "message": message}]


def test_one_wrong_colour_changes_none(member: Client, project: Project) -> None:
    patch(member, project, {"person": "#ff7a59", "car": "red"})
    project.refresh_from_db()
    assert project.class_colours == {}


def test_there_is_an_end_to_it(member: Client, project: Project) -> None:
    project.recolour({f"class {number}": "#000000" for number in range(MOST_COLOURS)})
    response = patch(member, project, {"one more": "#000000"})
    assert response.status_code == 409
    assert response.json()["detail"] == ("A project keeps at most 1000 chosen colours; give some back first.")


def test_a_stranger_cannot_tell_it_from_nothing(stranger: Client, project: Project) -> None:
    assert patch(stranger, project, {}).status_code == 404
