"""The page where results are taken away."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analyses.models import Analysis, Job
from analyses.tests.factories import BOX, add_annotations


@pytest.fixture
def address(analysis: Analysis) -> str:
    add_annotations(analysis, BOX, BOX | {"class_name": "cat"})
    return reverse("export", args=[analysis.image.project_id])


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


def test_the_project_leads_there(member_client: Client, address: str, analysis: Analysis) -> None:
    assert address in member_client.get(reverse("project", args=[analysis.image.project_id])).content.decode()


def test_what_is_looked_at_is_chosen_there(member_client: Client, address: str, analysis: Analysis) -> None:
    gallery = reverse("project", args=[analysis.image.project_id])
    html = member_client.get(f"{gallery}?model_name=yolo_v8&min_confidence=0.5&min_count=2").content.decode()
    assert f'href="{address}?model_name=yolo_v8&amp;min_confidence=0.5"' in html


def test_ticked_pictures_go_there_with_what_is_looked_at(
    member_client: Client, address: str, analysis: Analysis
) -> None:
    gallery = reverse("project", args=[analysis.image.project_id])
    html = member_client.get(f"{gallery}?model_name=yolo_v8&min_count=1").content.decode()
    form = re.search(r'<form class="ticked".*?</form>', html, re.DOTALL)
    assert form
    assert f'action="{address}"' in form[0]
    assert re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)"', form[0]) == [
        ("model_name", "yolo_v8")
    ]
    box = re.search(r'<input type="checkbox"[^>]*>', html)
    assert box
    assert f'value="{analysis.image_id}"' in box[0]
    assert 'form="ticked"' in box[0]


def test_nothing_can_be_ticked_while_the_feature_is_off(
    member_client: Client, analysis: Analysis, settings: Any
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    html = member_client.get(reverse("project", args=[analysis.image.project_id])).content.decode()
    assert "ticked" not in html.partition("<main")[2]


def test_it_says_how_much_everything_is(member_client: Client, address: str) -> None:
    said = text(member_client.get(address))
    assert "2 annotations" in said
    assert "1 analysis of 1 picture · about " in said


def test_a_choice_is_counted_and_kept(member_client: Client, address: str) -> None:
    response = member_client.get(f"{address}?class_name=cat&format=csv")
    html = response.content.decode()
    assert '<strong data-count="annotations">1</strong>' in html
    assert 'value="cat"' in html
    assert re.search(r'value="csv"\s+checked', html)


def test_the_link_streams_what_is_chosen(member_client: Client, address: str, analysis: Analysis) -> None:
    html = member_client.get(f"{address}?class_name=cat&format=csv").content.decode()
    assert f'href="/api/projects/{analysis.image.project_id}/export?class_name=cat&amp;format=csv"' in html


def test_what_cannot_be_is_told_where_it_stands(member_client: Client, address: str) -> None:
    response = member_client.get(f"{address}?min_confidence=2")
    assert response.status_code == 400
    assert "Score must be a number from 0 to 1." in text(response)
    assert 'aria-invalid="true" aria-describedby="fault-min_confidence"' in response.content.decode()


class Fields(HTMLParser):
    """The form's controls as a browser has them: name -> attributes, `chosen` beside them, and the labels' ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, Any]] = {}
        self.labels: set[str] = set()
        self.lists: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if (said.get("id") or "").startswith("export-"):
            self._last = self.found[str(said["name"])] = {**said, "chosen": said.get("value", "")}
        elif tag == "option" and "selected" in said:
            self._last["chosen"] = said["value"]
        elif tag == "label" and "for" in said:
            self.labels.add(str(said["for"]))
        elif tag == "datalist":
            self.lists.add(str(said["id"]))


CHOICE = {
    "model_name": "yolo",
    "model_version": "2",
    "status": "completed",
    "annotation_type": "bounding_box",
    "class_name": "a & b",
    "min_confidence": "0.5",
    "created_from": "2026-01-15",
    "created_to": "2026-01-16",
}


def test_every_field_has_a_label_and_keeps_what_was_said(member_client: Client, address: str) -> None:
    fields = Fields(member_client.get(address, CHOICE).content.decode())
    assert {name: said["chosen"] for name, said in fields.found.items()} == CHOICE
    assert {said["id"] for said in fields.found.values()} <= fields.labels
    assert {said["list"] for said in fields.found.values() if "list" in said} == fields.lists != set()
    assert not any("aria-invalid" in said for said in fields.found.values())


@pytest.mark.parametrize("name", ["status", "annotation_type", "min_confidence", "created_from"])
def test_a_field_with_a_fault_points_to_what_is_said_of_it(
    name: str, member_client: Client, address: str
) -> None:
    html = member_client.get(address, {name: "x"}).content.decode()
    wrong = {name: said for name, said in Fields(html).found.items() if "aria-invalid" in said}
    assert {name: said["aria-describedby"] for name, said in wrong.items()} == {name: f"fault-{name}"}
    assert f'id="fault-{name}"' in html


def test_chosen_pictures_go_along(member_client: Client, address: str, analysis: Analysis) -> None:
    query = f"class_name=cat&image_id={analysis.image_id}&image_id="
    html = member_client.get(f"{address}?{query}").content.decode()
    assert "1 chosen picture · " in html
    assert '<a href="?class_name=cat">of all instead</a>' in html
    assert f'<input type="hidden" name="image_id" value="{analysis.image_id}">' in html


def test_an_archive_is_ordered_and_shown(member_client: Client, address: str) -> None:
    response = member_client.post(address, {"format": "csv", "class_name": "cat"})
    assert response["Location"] == f"{address}?class_name=cat&format=csv#made"
    job = Job.objects.get()
    assert job.parameters["selection"]["class_names"] == ["cat"]
    assert f'data-job="{job.pk}"' in member_client.get(address).content.decode()


def test_an_order_that_cannot_be_makes_nothing(member_client: Client, address: str) -> None:
    assert member_client.post(address, {"format": "xml"}).status_code == 400
    assert not Job.objects.exists()


def test_nothing_made_is_said(member_client: Client, address: str) -> None:
    assert "None was made in the last day." in text(member_client.get(address))


def test_a_stranger_finds_nothing(stranger_client: Client, address: str) -> None:
    assert stranger_client.get(address).status_code == 404


def test_the_page_is_gone_while_the_feature_is_off(
    member_client: Client, address: str, settings: Any
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert member_client.get(address).status_code == 404
