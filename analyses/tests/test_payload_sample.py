"""A payload with everything in it; both decoders are held against it, and its bytes are committed."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from analyses.formats import read_annotation
from analyses.payload import Rows, decode, encode, encode_ids

FIXTURES = Path(settings.BASE_DIR) / "vista" / "tests" / "js" / "fixtures"


def item(kind: str, class_name: str, confidence: float | None, data: dict[str, Any]) -> dict[str, Any]:
    return {"annotation_type": kind, "class_name": class_name, "confidence": confidence, "data": data}


# Coordinates on quarters and scores of four digits: they read back exactly.
SENT = [
    item("bounding_box", "car", 0.5, {"bbox": [300, 200.25, 120, 80]}),
    item("bounding_box", "Größe", None, {"bbox": [-3.25, 7, 12, 8.5]}),
    item("segmentation", "car", 0.8765, {"points": [[0, 0], [4.5, 0], [0, 3.75]], "format": "polygon"}),
    item(
        "segmentation",
        "road",
        0.5,
        {"points": [[[9, 9], [50, 9], [9, 40]], [[12, 12], [20, 12], [12, 20], [11, 15]]]},
    ),
    item("segmentation", "L", 0.7, {"rle": {"size": [5, 6], "counts": [6, 3, 4, 1, 16]}}),
    item("segmentation", "pole", 0.6999, {"rle": {"size": [3000, 4], "counts": [3400, 2400, 6200]}}),
    item("segmentation", "nothing", 0.9, {"rle": {"size": [5, 6], "counts": [30]}}),
    item(
        "keypoint",
        "person",
        1.0,
        {
            "keypoints": [
                {"name": "nose", "x": 125, "y": 160.5, "confidence": 0.95, "visibility": 2},
                {"name": "left_eye", "x": 120, "y": 155, "visibility": 0},
                {"x": 130.75, "y": -2, "confidence": 0.91},
            ],
            "skeleton": [[0, 1], [1, 2]],
        },
    ),
    item("keypoint", "person", 0.0, {"keypoints": [{"name": "nose", "x": 5, "y": 6}]}),
    item("classification", "dog", 0.96, {"scores": {"dog": 0.96, "cat": 0.03, "car": 0.01}}),
    item("heatmap", "", None, {"artifact_name": "heat.png", "value_range": [-1.5, 20], "unit": "°C"}),
    item("heatmap", "dog", 0.25, {"storage_path": "artifacts/a/b"}),
]
HEADER = {
    "analysis_id": "0192f0c1-2b3c-7d4e-8f50-61728394a5b6",
    "version": "0ba1def58d3553b9",
    "final": True,
    "total": len(SENT),
    "selection": {"min_score": None, "max_score": None, "window": None, "limit": 500_000},
}


def rows_of(sent: list[dict[str, Any]]) -> Rows:
    """As the database gives them."""
    stored = [read_annotation(one).row() for one in sent]
    return Rows.of((*row[:7], None if row[0] == "bounding_box" else row[7].decode()) for row in stored)


def expected(sent: dict[str, Any]) -> dict[str, Any]:
    annotation = read_annotation(sent)
    return {
        "annotation_type": annotation.annotation_type,
        "class_name": annotation.class_name,
        "confidence": annotation.confidence,
        "bounds": annotation.bounds,
        "data": annotation.data,
    }


def by_score(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(sent, key=lambda one: -1 if one["confidence"] is None else one["confidence"], reverse=True)


def ids_of_sample() -> bytes:
    """Sixteen bytes an annotation, counted up."""
    return b"".join((0x0192F0C1AAAA7D4E8F5061728394A500 + n).to_bytes(16) for n in range(len(SENT)))


def test_every_kind_reads_back_as_it_is_stored() -> None:
    payload = decode(encode(rows_of(SENT), HEADER))
    assert len(payload) == len(SENT)
    assert list(payload.annotations()) == [expected(one) for one in by_score(SENT)]


def test_the_header_says_whose_annotations_these_are() -> None:
    header = decode(encode(rows_of(SENT), HEADER)).header
    assert {key: header[key] for key in HEADER} == HEADER
    assert header["count"] == len(SENT)


def test_the_tables_hold_each_value_once() -> None:
    header = decode(encode(rows_of(SENT), HEADER)).header
    assert header["names"] == ["nose", "left_eye"]
    assert header["skeletons"] == [[[0, 1], [1, 2]]]
    assert sorted(header["classes"]) == sorted({one["class_name"] for one in SENT} | {"cat"})


def test_columns_can_be_views() -> None:
    content = encode(rows_of(SENT), HEADER)
    payload = decode(content)
    start = len(content) - int.from_bytes(content[12:16], "little")
    assert start % 8 == 0
    assert [entry["offset"] % 8 for entry in payload.header["columns"]] == [0] * len(payload.columns)
    assert not any(column.flags.owndata for column in payload.columns.values())


def test_ids_stand_in_the_order_of_the_rows() -> None:
    confidences = [one["confidence"] for one in SENT]
    payload = decode(encode_ids(ids_of_sample(), confidences, HEADER))
    places = [SENT.index(one) for one in by_score(SENT)]
    assert [id_.bytes[-1] for id_ in payload.ids()] == places


def test_the_committed_fixtures_are_what_the_encoder_gives() -> None:
    confidences = [one["confidence"] for one in SENT]
    made = {
        "payload.bin": encode(rows_of(SENT), HEADER),
        "payload_ids.bin": encode_ids(ids_of_sample(), confidences, HEADER),
    }
    assert {name: (FIXTURES / name).read_bytes() for name in made} == made


def test_the_committed_expectation_is_what_is_stored() -> None:
    wanted = [expected(one) for one in by_score(SENT)]
    said = json.loads((FIXTURES / "payload.json").read_text(encoding="utf-8"))
    assert said == json.loads(json.dumps(wanted))
