"""The page of a picture, as the server writes it."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analyses.models import Analysis, Status
from analyses.palette import place_of
from analyses.tests.factories import BOX, AnalysisFactory, ArtifactFactory, add_annotations
from images.models import Image
from images.tests.factories import ImageFactory


def page_of(client: Client, image: Image) -> Any:
    return client.get(reverse("image", args=[image.pk]))


def text_of(response: Any) -> str:
    """The page's words, one space between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.fixture
def completed(analysis: Analysis) -> Analysis:
    """The member's analysis, with one box, completed."""
    add_annotations(analysis, BOX)
    return analysis.finalize("completed", {"total_detections": 1, "classes": ["person"]}, "", {})


# --- who sees it ------------------------------------------------------------------------------------------
def test_a_member_sees_the_picture(member_client: Client, analysis: Analysis) -> None:
    response = page_of(member_client, analysis.image)
    assert response.status_code == 200
    assert reverse("read_image_content", args=[analysis.image_id]) in response.content.decode()


def test_a_stranger_cannot_tell_it_from_nothing(stranger_client: Client, analysis: Analysis) -> None:
    assert page_of(stranger_client, analysis.image).status_code == 404


def test_nobody_is_sent_to_the_login_page(client: Client, analysis: Analysis) -> None:
    response = page_of(client, analysis.image)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('login')}?next={reverse('image', args=[analysis.image_id])}"


def test_a_page_is_only_read(member_client: Client, analysis: Analysis) -> None:
    assert member_client.post(reverse("image", args=[analysis.image_id])).status_code == 405


# --- what it says without JavaScript ----------------------------------------------------------------------
def test_the_table_has_the_objects_of_the_newest_completed_analysis(
    member_client: Client, completed: Analysis
) -> None:
    AnalysisFactory(image=completed.image, model_name="still_queued")
    text = text_of(page_of(member_client, completed.image))
    assert "person bounding box 0.95 100, 150 50 × 100" in text


def test_where_none_is_completed_the_table_has_those_of_the_newest(
    member_client: Client, analysis: Analysis
) -> None:
    add_annotations(analysis, BOX)
    assert "person bounding box 0.95" in text_of(page_of(member_client, analysis.image))


def test_the_table_ends_after_two_hundred_rows_and_says_so(member_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, *[BOX] * 201)
    response = page_of(member_client, analysis.image)
    assert len(response.context["rows"]) == 200
    assert "the first 200 of 201 by yolo_v8" in text_of(response)


def test_what_has_no_place_has_a_row_too(member_client: Client, analysis: Analysis) -> None:
    add_annotations(
        analysis,
        {"annotation_type": "classification", "class_name": "dog", "data": {"scores": {"dog": 0.9}}},
    )
    assert "dog classification – –" in text_of(page_of(member_client, analysis.image))


def test_a_card_says_what_an_analysis_is_about(member_client: Client, completed: Analysis) -> None:
    Analysis.objects.filter(pk=completed.pk).update(
        description="Boxes in the street.", parameters={"iou_threshold": 0.45, "sizes": [1, 2]}
    )
    text = text_of(page_of(member_client, completed.image))
    for words in (
        "yolo_v8 1",
        "completed v8.0.0",
        "Boxes in the street.",
        "total detections 1 classes person",
        "iou threshold 0.45 sizes 1, 2",
    ):
        assert words in text


def test_a_card_says_why_an_analysis_failed(member_client: Client, analysis: Analysis) -> None:
    analysis.move_to("failed", "The weights <b>melted</b>.")
    response = page_of(member_client, analysis.image)
    assert "The weights &lt;b&gt;melted&lt;/b&gt;." in response.content.decode()


def test_a_silent_analysis_is_marked_as_stalled(
    member_client: Client, analysis: Analysis, settings: Any
) -> None:
    settings.ML_STALLED_AFTER_SECONDS = -1
    text = text_of(page_of(member_client, analysis.image))
    assert "stalled v8.0.0" in text
    assert "last sign" in text


def test_an_analysis_can_be_downloaded(member_client: Client, completed: Analysis) -> None:
    html = page_of(member_client, completed.image).content.decode()
    assert f"/api/analyses/{completed.pk}/export?format=json" in html
    assert f"/api/analyses/{completed.pk}/export?format=csv" in html


def test_only_a_stored_picture_has_a_preview(member_client: Client, analysis: Analysis) -> None:
    ArtifactFactory(analysis=analysis, artifact_name="there.png", status="stored", size=1000)
    ArtifactFactory(analysis=analysis, artifact_name="lost.png", status="missing")
    ArtifactFactory(
        analysis=analysis, artifact_name="table.csv", content_type="text/csv", status="stored", size=10
    )
    html = page_of(member_client, analysis.image).content.decode()
    previews = re.findall(r'src="/api/analyses/[^"]*/artifacts/([^"]*)"', html)
    assert previews == ["there.png"]


def test_without_analyses_the_page_says_how_to_post_one(member_client: Client, analysis: Analysis) -> None:
    image = ImageFactory(project=analysis.image.project)
    response = page_of(member_client, image)
    text = text_of(response)
    assert "Nothing has looked at this picture yet." in text
    assert f"curl -X POST http://localhost:8000/api/images/{image.pk}/analyses" in text
    assert "yolo_v8" in text


def test_the_pictures_before_and_after_are_those_of_the_gallery(
    member_client: Client, analysis: Analysis
) -> None:
    project = analysis.image.project
    older, middle, newer = ImageFactory.create_batch(3, project=project)
    ImageFactory()  # of another project
    context = page_of(member_client, middle).context
    assert (context["previous"], context["following"]) == (newer, older)


def test_names_are_text_wherever_they_stand(member_client: Client, analysis: Analysis) -> None:
    bad = '"><script>alert(1)'
    Image.objects.filter(pk=analysis.image_id).update(filename=bad)
    Analysis.objects.filter(pk=analysis.pk).update(
        model_name=bad, model_version=bad, summary={bad: bad}, parameters={bad: bad}, description=bad
    )
    ArtifactFactory(analysis=analysis, artifact_name=bad, status="stored", size=1)
    add_annotations(analysis, BOX | {"class_name": bad})
    assert "<script>alert" not in page_of(member_client, analysis.image).content.decode()


def test_the_switched_off_feature_leaves_the_picture(
    member_client: Client, completed: Analysis, settings: Any
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    response = page_of(member_client, completed.image)
    assert response.status_code == 200
    html = response.content.decode()
    assert reverse("read_image_content", args=[completed.image_id]) in html
    assert "yolo_v8" not in html
    assert "data-shows-analyses" not in html


def test_there_is_no_inline_script_or_style(member_client: Client, completed: Analysis) -> None:
    html = page_of(member_client, completed.image).content.decode()
    scripts = re.findall(r"<script([^>]*)>", html)
    assert scripts
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)


def test_the_number_of_queries_does_not_depend_on_what_there_is(
    member_client: Client, completed: Analysis, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        analysis = AnalysisFactory(image=completed.image, model_name=f"model_{number}")
        ArtifactFactory(analysis=analysis, status="stored", size=1)
        ArtifactFactory(analysis=analysis)
        add_annotations(analysis, *[BOX] * 10)
        analysis.finalize("completed", {}, "", {})
    ImageFactory.create_batch(2, project=completed.image.project)
    # session, user, picture with project, the one before, the one after, analyses, artifacts, annotations,
    # classes
    with django_assert_num_queries(9):
        page_of(member_client, completed.image)


def test_it_names_the_classes_of_all_analyses(member_client: Client, completed: Analysis) -> None:
    add_annotations(AnalysisFactory(image=completed.image), BOX | {"class_name": "anchor"}, BOX)
    html = page_of(member_client, completed.image).content.decode()
    names = re.search(r'id="class-names"[^>]*>(.*?)</script>', html)
    assert names
    assert json.loads(names[1])[:1] == ["anchor"]


# --- what it draws without JavaScript -----------------------------------------------------------------------
POLYGON = {
    "annotation_type": "segmentation",
    "class_name": "lake",
    "confidence": 0.5,
    "data": {"points": [[[1, 2], [3, 2], [3, 9.5]], [[1, 1], [2, 1], [2, 2]]], "format": "polygon"},
}
MASK = {  # of half the picture's size
    "annotation_type": "segmentation",
    "class_name": "roof",
    "data": {"rle": {"size": [15, 20], "counts": [15 * 3 + 10, 2, 15 * 20 - 15 * 3 - 12]}, "format": "rle"},
}
POSE = {
    "annotation_type": "keypoint",
    "class_name": "dog",
    "data": {"keypoints": [{"x": 1, "y": 2}, {"x": 3, "y": 4}], "skeleton": [[0, 1]]},
}
SCORES = {"annotation_type": "classification", "class_name": "dog", "data": {"scores": {"dog": 0.9}}}


@pytest.mark.parametrize(
    ("item", "path", "is_rough"),
    [
        (BOX, "M100.0,150.0 150.0,150.0 150.0,250.0 100.0,250.0Z", False),
        (POLYGON, "M1.0,2.0 3.0,2.0 3.0,9.5ZM1.0,1.0 2.0,1.0 2.0,2.0Z", False),
        (MASK, "M6.0,20.0 8.0,20.0 8.0,24.0 6.0,24.0Z", True),
        (POSE, "M1.0,2.0 3.0,4.0", False),
    ],
    ids=["box", "polygon", "mask", "pose"],
)
def test_the_server_draws_outlines(
    member_client: Client, analysis: Analysis, item: dict[str, Any], path: str, is_rough: bool
) -> None:
    add_annotations(analysis, item)
    response = page_of(member_client, analysis.image)
    assert f'<path d="{path}">' in response.content.decode()
    assert ("outline--rough" in response.content.decode()) is is_rough


def test_what_has_no_place_is_not_drawn(member_client: Client, analysis: Analysis) -> None:
    add_annotations(analysis, SCORES)
    assert "stage__drawing" not in page_of(member_client, analysis.image).content.decode()


def test_polygons_of_very_many_corners_are_drawn_as_their_bounds(
    member_client: Client, analysis: Analysis
) -> None:
    ring = [[number % 600, number % 400] for number in range(5001)]
    add_annotations(analysis, POLYGON | {"data": {"points": [ring], "format": "polygon"}})
    (shape,) = page_of(member_client, analysis.image).context["drawing"]
    assert (shape.path, shape.is_rough) == ("M0.0,0.0 599.0,0.0 599.0,399.0 0.0,399.0Z", True)


def test_a_class_has_the_colour_that_javascript_gives_it() -> None:
    # palette.js says the same of these names, see vista/tests/js/viewer_palette.test.js
    assert [place_of(name) for name in ("person", "car", "bicycle", "Größe", "𝒳", "")] == [0, 5, 7, 1, 5, 3]


# --- cancelling -------------------------------------------------------------------------------------------
def cancel(client: Client, analysis: Analysis) -> Any:
    return client.post(reverse("cancel-analysis", args=[analysis.pk]), follow=True)


def test_a_member_cancels_a_running_analysis(member_client: Client, analysis: Analysis) -> None:
    response = cancel(member_client, analysis)
    analysis.refresh_from_db()
    assert analysis.status == Status.CANCELLED
    assert response.redirect_chain == [(reverse("image", args=[analysis.image_id]), 302)]
    assert "The analysis by yolo_v8 is cancelled." in text_of(response)


def test_staff_cancel_what_they_are_no_members_of(client: Client, analysis: Analysis) -> None:
    client.force_login(User.objects.create_user("staff@example.org", is_staff=True))
    cancel(client, analysis)
    analysis.refresh_from_db()
    assert analysis.status == Status.CANCELLED


def test_a_completed_analysis_stays_completed(member_client: Client, completed: Analysis) -> None:
    response = cancel(member_client, completed)
    completed.refresh_from_db()
    assert completed.status == Status.COMPLETED
    assert "An analysis that is completed cannot become cancelled." in text_of(response)


def test_a_stranger_cannot_cancel(stranger_client: Client, analysis: Analysis) -> None:
    assert cancel(stranger_client, analysis).status_code == 404
    analysis.refresh_from_db()
    assert analysis.status == Status.QUEUED


def test_cancelling_needs_the_token_of_the_form(member: User, analysis: Analysis) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(member)
    assert cancel(careful, analysis).status_code == 403
    analysis.refresh_from_db()
    assert analysis.status == Status.QUEUED


def test_with_the_feature_switched_off_nothing_is_cancelled(
    member_client: Client, analysis: Analysis, settings: Any
) -> None:
    settings.ML_ANALYSIS_ENABLED = False
    assert cancel(member_client, analysis).status_code == 404


@pytest.mark.parametrize(("status", "offers"), [("processing", True), ("completed", False)])
def test_cancelling_is_offered_while_it_can_be_done(
    member_client: Client, analysis: Analysis, status: str, offers: bool
) -> None:
    analysis.move_to(status)
    html = page_of(member_client, analysis.image).content.decode()
    form = re.search(rf'<form[^>]*action="/analyses/{analysis.pk}/cancel"[^>]*>', html)
    assert form
    assert ("hidden" not in form.group()) is offers
