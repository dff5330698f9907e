"""What a download holds: an analysis, pictures, a model, a project, with filters, counted before it is made."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analyses.api.serializers import AnalysisSerializer, AnnotationSerializer
from analyses.exports import CSV_COLUMNS, FORMATS, Selection
from analyses.exports.rows import selected, snapshot, with_picture
from analyses.exports.walk import AT_ONCE, stretches
from analyses.models import Analysis, Annotation, Status
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from images.models import Image, Project
from images.tests.factories import ImageFactory, ProjectFactory
from images.tests.plans import POSTGRES, multiply, settle
from vista.errors import Gone, Invalid


def box(class_name: str, confidence: float | None) -> dict[str, Any]:
    return BOX | {"class_name": class_name, "confidence": confidence}


@pytest.fixture
def project(db: None) -> Project:
    """Three pictures: one analysed by two models, one where nothing was found, one that nobody looked at."""
    project = ProjectFactory()
    first, second, _ = (
        ImageFactory(project=project, filename=name) for name in ("=a.png", 'b "2".png', "c.png")
    )
    yolo = AnalysisFactory(image=first, model_version="v2")
    add_annotations(yolo, box("person", 0.9), box("car", 0.4), box("person", None))
    add_annotations(AnalysisFactory(image=first, model_name="resnet50", model_version="1"), box("car", 0.7))
    AnalysisFactory(image=second, model_version="v2").move_to(Status.COMPLETED)
    yolo.move_to(Status.COMPLETED)
    add_annotations(AnalysisFactory(), box("elsewhere", 1.0))
    return project


def read(kind: str, selection: Selection) -> str:
    return b"".join(FORMATS[kind].pieces(selection)).decode()


def lines(selection: Selection) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read("jsonl", selection).splitlines()]


def rows(selection: Selection) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read("csv", selection), newline="")))


# --- formats ----------------------------------------------------------------------------------------------
def test_jsonl_has_the_annotations_of_all_pictures_in_order(project: Project) -> None:
    found = lines(Selection(project=project.pk))
    annotations = list(
        Annotation.objects.filter(analysis__image__project=project).order_by("analysis_id", "id")
    )
    assert len(annotations) == 4
    for line, annotation in zip(found, annotations, strict=True):
        analysis = annotation.analysis
        assert line.pop("analysis_id") == str(analysis.pk)
        assert line.pop("image_id") == str(analysis.image_id)
        assert line.pop("filename") == analysis.image.filename
        assert (line.pop("model_name"), line.pop("model_version")) == (
            analysis.model_name,
            analysis.model_version,
        )
        assert line == json.loads(json.dumps(AnnotationSerializer(annotation).data))


def test_csv_tells_the_picture_and_the_model_of_each_row(project: Project) -> None:
    found = rows(Selection(project=project.pk))
    front = ["image_id", "filename", "analysis_id", "model_name", "model_version"]
    assert list(found[0]) == [*front, *CSV_COLUMNS]
    image = Image.objects.get(filename="=a.png")
    assert {row["image_id"] for row in found} == {str(image.pk)}
    assert {row["filename"] for row in found} == {"'=a.png"}
    assert [row["model_name"] for row in found] == ["yolo_v8"] * 3 + ["resnet50"]


def test_json_has_every_picture_and_every_analysis(project: Project) -> None:
    document = json.loads(read("json", Selection(project=project.pk)))
    assert document["selection"] == {"project": str(project.pk)}
    assert [(p["filename"], p["processed"]) for p in document["pictures"]] == [
        ("=a.png", True),
        ('b "2".png', True),
        ("c.png", False),
    ]
    analyses = list(Analysis.objects.filter(image__project=project).order_by("id"))
    told = [json.loads(json.dumps(AnalysisSerializer(analysis).data)) for analysis in analyses]
    assert [entry["analysis"] for entry in document["analyses"]] == told
    for entry, analysis in zip(document["analyses"], analyses, strict=True):
        annotations = AnnotationSerializer(analysis.annotations.order_by("id"), many=True).data
        assert entry["annotations"] == json.loads(json.dumps(annotations))


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_nothing_is_a_whole_file_too(kind: str, db: None) -> None:
    text = read(kind, Selection(project=ProjectFactory().pk))
    assert {"json": '"pictures":[\n],"analyses":[\n]}\n', "jsonl": "", "csv": "data\r\n"}[kind] in text


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_annotations_of_many_blocks_are_all_there(kind: str, db: None) -> None:
    project = ProjectFactory()
    for _ in range(3):
        add_annotations(AnalysisFactory(image__project=project), *[BOX] * 700)
    selection = Selection(project=project.pk)
    if kind == "json":
        found = [a["id"] for one in json.loads(read(kind, selection))["analyses"] for a in one["annotations"]]
    elif kind == "jsonl":
        found = [line["id"] for line in lines(selection)]
    else:
        found = [row["annotation_id"] for row in rows(selection)]
    everything = Annotation.objects.order_by("analysis_id", "id").values_list("pk", flat=True)
    assert found == list(map(str, everything))


def test_an_analysis_that_went_meanwhile_is_gone(db: None) -> None:
    with pytest.raises(Gone):
        read("json", Selection(analysis=UUID(int=0)))


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv", "coco", "coco_results", "manifest"])
def test_the_number_of_queries_does_not_grow_with_the_pictures(kind: str, project: Project) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            read(kind, Selection(project=project.pk))
        counts.append(len(queries))
        add_annotations(AnalysisFactory(image__project=project), box("person", 0.5))
    assert counts[0] == counts[1]


# --- what is chosen ---------------------------------------------------------------------------------------
CHOICES: list[tuple[dict[str, Any], int]] = [
    ({"model_name": "yolo_v8"}, 3),
    ({"model_name": "yolo_v8", "model_version": "v1"}, 0),
    ({"status": "completed"}, 3),
    ({"status": ["queued", "completed"]}, 4),
    ({"class_name": "car"}, 2),
    ({"class_name": ["car", "person"]}, 4),
    ({"annotation_type": "keypoint"}, 0),
    ({"min_confidence": "0.7"}, 2),
    ({"created_from": "2020-01-01"}, 4),
    ({"created_to": "2020-01-01"}, 0),
    ({"created_from": "2020-01-01", "created_to": "2999-12-31T00:00:00Z", "class_name": "person"}, 2),
]


@pytest.mark.parametrize(("params", "count"), CHOICES)
def test_a_filter_chooses_and_the_estimate_knows(
    params: dict[str, Any], count: int, project: Project
) -> None:
    selection = Selection.read(params, project=project.pk)
    assert len(lines(selection)) == len(rows(selection)) == count
    assert selection.annotations().count() == count
    estimate = selection.estimate()
    assert (estimate.annotations, estimate.exact) == (count, True)
    assert estimate.pictures == 3


def test_pictures_may_be_named(project: Project) -> None:
    images = {image.filename: image for image in project.images.all()}
    chosen = [images["c.png"], images["=a.png"], ImageFactory()]  # the last is of another project
    selection = Selection.read({"image_id": [str(image.pk) for image in chosen]}, project=project.pk)
    document = json.loads(read("json", selection))
    assert [picture["filename"] for picture in document["pictures"]] == ["=a.png", "c.png"]
    assert len(document["analyses"]) == 2
    assert set(selection.pictures()) == {images["=a.png"], images["c.png"]}
    assert selection.estimate().analyses == selection.analyses().count() == 2


def test_a_score_between_the_counters_is_an_estimate(project: Project) -> None:
    estimate = Selection.read({"min_confidence": "0.75"}, project=project.pk).estimate()
    assert (estimate.annotations, estimate.exact) == (2, False)


def test_no_annotation_is_read_to_count(project: Project, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3) as queries:
        assert Selection(project=project.pk).estimate().by_type == {"bounding_box": 4}
    assert "analyses_annotation" not in " ".join(query["sql"] for query in queries.captured_queries)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("image_id", "7", "image_id must be the id of a picture, a UUID."),
        ("status", "done", "status must be one of queued, processing, completed, failed, cancelled."),
        (
            "annotation_type",
            "box",
            "annotation_type must be one of bounding_box, segmentation, keypoint, classification, heatmap.",
        ),
        ("class_name", "a\x00", "class_name must have at most 255 characters and no NUL."),
        ("min_confidence", "nan", "min_confidence must be a number from 0 to 1."),
        ("min_confidence", "1_0", "min_confidence must be a number from 0 to 1."),
        (
            "created_from",
            "2024-13-01",
            "created_from must be a day like 2024-01-15 or a time like 2024-01-15T10:30:00Z.",
        ),
        (
            "created_to",
            "yesterday",
            "created_to must be a day like 2024-01-15 or a time like 2024-01-15T10:30:00Z.",
        ),
        (  # in UTC before the first year
            "created_from",
            "0001-01-01T00:00:00+23:59",
            "created_from must be a day like 2024-01-15 or a time like 2024-01-15T10:30:00Z.",
        ),
        (  # and after the last
            "created_to",
            "9999-12-31T23:59:59-23:59",
            "created_to must be a day like 2024-01-15 or a time like 2024-01-15T10:30:00Z.",
        ),
    ],
)
def test_what_cannot_be_is_said(name: str, text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        Selection.read({name: text})
    assert refused.value.errors == [(name, sentence)]


def test_an_end_before_the_beginning_is_said() -> None:
    with pytest.raises(Invalid, match="created_to must be after created_from"):
        Selection.read({"created_from": "2024-01-02", "created_to": "2024-01-01"})


def test_the_last_day_counts_whole() -> None:
    assert Selection.read({"created_to": "2024-01-15"}).created_to == datetime(2024, 1, 16, tzinfo=UTC)


def test_a_selection_can_be_kept_as_json(project: Project) -> None:
    image = project.images.first()
    params = {name: value for choice, _ in CHOICES for name, value in choice.items()}
    selection = Selection.read(params | {"image_id": str(image.pk)}, project=project.pk)
    kept = json.loads(json.dumps(selection.as_parameters()))
    assert Selection.from_parameters(kept) == selection
    assert "analysis" not in kept


# --- a part at a time -------------------------------------------------------------------------------------
@pytest.mark.parametrize("named", [False, True])
def test_all_pictures_come_in_stretches(named: bool, db: None) -> None:
    project = ProjectFactory()
    images = [ImageFactory.build(project=project) for _ in range(2 * AT_ONCE + 1)]
    Image.objects.bulk_create(images)
    ids = sorted(image.pk for image in images)
    found = list(stretches(Selection(project=project.pk, images=tuple(ids) if named else ())))
    assert [len(stretch.pictures) for stretch in found] == [AT_ONCE, AT_ONCE, 1]
    assert [picture.pk for stretch in found for picture in stretch.pictures] == ids


@pytest.mark.django_db(transaction=True)
def test_the_database_sorts_nothing_and_reads_nothing_else(project: Project) -> None:
    others = AnalysisFactory()
    multiply(others, 3000, image_id="image_id")
    settle()
    [stretch] = stretches(Selection(project=project.pk))
    annotations = with_picture(Selection(project=project.pk).annotations(stretch.ids()))
    with snapshot(), connection.cursor() as cursor:
        sql, params = selected(annotations, ["analyses_annotation.id", "images_image.filename"])
        cursor.execute(f"{'EXPLAIN' if POSTGRES else 'EXPLAIN QUERY PLAN'} {sql}", params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "analyses_annotation" in plan
    for word in ("Sort", "B-TREE", "Merge Join", "Hash", "SCAN analyses"):
        assert word not in plan
