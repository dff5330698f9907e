"""Plans of what pages and endpoints read, with a million annotations there: no table is walked through."""

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analyses.models import Analysis, Annotation, Status, Tally
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from images.models import Image, Project
from images.tests import plans
from images.tests.factories import ImageFactory
from images.tests.plans import POSTGRES, as_uuid, multiply

# SQLite plans by rules and statistics of a few rows, whatever the size.
ANNOTATIONS = 1_000_000 if POSTGRES else 20_000
PICTURES = ANNOTATIONS // 20
TO_EACH = 1000  # annotations of each of the first analyses
RARE = PICTURES // 20  # one in so many is failed, by a rare model, or has a zebra

pytestmark = pytest.mark.django_db
BIG = (Image, Analysis, Annotation, Tally)


@pytest.fixture
def crowd(db: None) -> Project:
    """A picture an analysis, two tallies an analysis, a thousand annotations in each of the first analyses."""
    image = ImageFactory(filename="zero")
    analysis = AnalysisFactory(image=image)
    add_annotations(analysis, BOX, BOX | {"class_name": "car"})
    analysis.move_to(Status.COMPLETED)
    annotation, tally = analysis.annotations.first(), analysis.tallies.get(class_name="person")
    rarely = f"CASE WHEN n %% {RARE} = 0 THEN '{{}}' ELSE {{}} END"
    multiply(image, PICTURES, filename="'picture_' || n || '.jpg'")
    multiply(
        analysis,
        PICTURES,
        image_id=as_uuid("n"),
        model_name=rarely.format("rare_model", "model_name"),
        status=rarely.format("failed", "it.status"),
    )
    shift = Tally.objects.order_by("-pk").values_list("pk", flat=True)[0]
    multiply(tally, PICTURES, id=f"n + {shift}", analysis_id=as_uuid("n"))
    multiply(
        tally,
        PICTURES,
        id=f"n + {shift + PICTURES}",
        analysis_id=as_uuid("n"),
        class_name=rarely.format("zebra", "'car'"),
        at_9=f"CASE WHEN n %% {RARE} = 0 THEN 5 ELSE 0 END",
    )
    multiply(annotation, ANNOTATIONS, analysis_id=as_uuid(f"(n / {TO_EACH} + 1)"))
    plans.settle()
    return image.project


@pytest.fixture
def client(crowd: Project) -> Client:
    user = User.objects.create_user("one@example.org")
    user.groups.add(crowd.group)
    client = Client()
    client.force_login(user)
    return client


GALLERY: list[dict[str, str]] = [
    {},
    {"sort": "oldest"},
    {"sort": "name"},
    {"model_name": "yolo_v8"},
    {"model_name": "rare_model"},
    {"status": "completed"},
    {"status": "failed"},
    {"status": "processing"},
    {"status": "completed", "model_name": "yolo_v8", "sort": "name"},
    {"class_name": "person"},
    {"class_name": "zebra"},
    {"class_name": "dodo"},
    {"class_name": "person", "min_confidence": "0.9", "min_count": "1"},
    {"class_name": "zebra", "min_confidence": "0.9", "min_count": "3"},
    {"class_name": "zebra", "sort": "name"},
    {"min_confidence": "0.9"},
    {"min_count": "1"},
]
ANNOTATION_LISTS: list[dict[str, str]] = [
    {},
    {"class_name": "person"},
    {"class_name": "dodo"},
    {"annotation_type": "keypoint"},
    {"min_confidence": "0.99"},
    {"bbox": "0,0,1,1"},
]


@pytest.mark.timeout(300)  # a million rows take their time on a busy machine
def test_no_read_walks_through_a_big_table(crowd: Project, client: Client) -> None:
    analysis = crowd.images.get(filename="picture_7.jpg").analyses.get()
    one, picture = [analysis.pk], [analysis.image_id]
    urls: list[tuple[str, list[Any], dict[str, str]]] = [
        *(("project", [crowd.pk], query) for query in GALLERY),
        *(("project_images", [crowd.pk], query) for query in GALLERY),
        *(("list_annotations", one, query) for query in ANNOTATION_LISTS),
        *(("image", picture, query) for query in GALLERY),
        ("image_analyses", picture, {}),
        ("read_analysis", one, {}),
        ("list_artifacts", one, {}),
        ("overlay", one, {"class_name": "person", "min_confidence": "0.5"}),
    ]
    reads = {
        f"{name} {query}": partial(client.get, reverse(name, args=on), query) for name, on, query in urls
    }
    if POSTGRES:  # SQLite keeps no count of each status, and cannot know that few are running
        reads["the stalled ones"] = partial(call_command, "fail_stalled_analyses", dry_run=True)
    walks = {name: plans.walked_through(read, *BIG) for name, read in reads.items()}
    assert {name: queries for name, queries in walks.items() if queries} == {}


def test_a_walk_through_annotations_would_be_seen(analysis: Analysis) -> None:
    add_annotations(analysis, BOX)
    plans.settle()
    walk = plans.walked_through(lambda: list(Annotation.objects.of_class("person").order_by()), *BIG)
    assert len(walk) == 1
