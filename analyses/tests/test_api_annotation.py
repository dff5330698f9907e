"""One annotation, read by itself."""

from typing import Any

from django.test import Client

from analyses.models import Analysis, Annotation
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations


def read(client: Client, analysis: Analysis, annotation: Annotation) -> Any:
    return client.get(f"/api/analyses/{analysis.pk}/annotations/{annotation.pk}")


def test_it_reads_as_in_the_list(member_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, BOX | {"data": BOX["data"] | {"text": "EXIT"}}, BOX)
    (first, _) = member_client.get(f"/api/analyses/{analysis.pk}/annotations").json()["results"]
    assert read(member_client, analysis, analysis.annotations.first()).json() == first
    assert first["data"]["bbox"] == [100.0, 150.0, 50.0, 100.0]


def test_one_of_another_analysis_is_not_found(member_client: Client, analysis: Analysis) -> None:
    other = AnalysisFactory(image=analysis.image)
    add_annotations(other, BOX)
    assert read(member_client, analysis, other.annotations.get()).status_code == 404


def test_a_stranger_cannot_tell_it_from_nothing(stranger_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, BOX)
    assert read(stranger_client, analysis, analysis.annotations.get()).status_code == 404
