"""Keypoints, classifications and heatmaps: what is accepted and each of their faults."""

from typing import Any

import pytest

from analyses.formats import read_annotation
from analyses.tests.annotations_as_sent import HUGE, POINT, assert_fault, fault, item, spelled, stored


class TestKeypoint:
    @pytest.mark.parametrize(
        "data",
        [
            {"keypoints": [{"x": 125, "y": 160.5}]},
            {"keypoints": [{"name": "nose", "x": 125, "y": 160, "confidence": 0.95, "visible": 2}]},
            {"keypoints": [{"x": 1, "y": 2, "confidence": None}, {"x": 1, "y": 2, "confidence": 1}]},
            {"keypoints": [POINT, POINT], "skeleton": [[0, 1], [1, 1]], "pose": "T"},
            {"keypoints": [POINT], "skeleton": []},
        ],
    )
    def test_stored_as_sent(self, data: Any) -> None:
        assert spelled(stored("keypoint", data)) == spelled(data)

    def test_bounds(self) -> None:
        data = {"keypoints": [{"x": 125, "y": 160}, {"x": 120, "y": 155.5}, {"x": 130, "y": 158}]}
        assert read_annotation(item("keypoint", data)).bounds == (120, 155.5, 130, 160)

    @pytest.mark.parametrize("data", [{}, POINT, {"points": [POINT]}])
    def test_missing(self, data: Any) -> None:
        message = "keypoints must be a list of at least one {x, y}, but it is missing"
        assert_fault(fault(item("keypoint", data)), "data.keypoints", message)

    @pytest.mark.parametrize(
        ("keypoints", "field", "message"),
        [
            ([], "data.keypoints", "keypoints must be a list of at least one {x, y}, got a list of 0"),
            (POINT, "data.keypoints", "got an object"),
            ([POINT, [1, 2]], "data.keypoints[1]", "must be an object {x, y}, got a list of 2"),
            ([{"y": 2}], "data.keypoints[0].x", "keypoints[0].x is missing, a keypoint needs x and y"),
            ([{"x": 1}], "data.keypoints[0].y", "keypoints[0].y is missing, a keypoint needs x and y"),
            ([{"x": "1", "y": 2}], "data.keypoints[0].x", 'keypoints[0].x must be a number, got "1"'),
            ([{"x": 1, "y": None}], "data.keypoints[0].y", "keypoints[0].y must be a number, got null"),
            ([POINT, {"x": 1, "y": 2e9}], "data.keypoints[1].y", "must be a number between -1e+09 and"),
            ([POINT | {"name": 7}], "data.keypoints[0].name", "name must be a string, got 7"),
            ([POINT | {"name": None}], "data.keypoints[0].name", "name must be a string, got null"),
            ([POINT | {"confidence": 1.5}], "data.keypoints[0].confidence", "between 0 and 1, got 1.5"),
            ([POINT | {"confidence": "1"}], "data.keypoints[0].confidence", 'must be a number, got "1"'),
        ],
    )
    def test_faults(self, keypoints: Any, field: str, message: str) -> None:
        assert_fault(fault(item("keypoint", {"keypoints": keypoints})), field, message)

    @pytest.mark.parametrize(
        ("skeleton", "field", "message"),
        [
            (None, "data.skeleton", "skeleton must be a list of pairs of indices, got null"),
            ([0, 1], "data.skeleton[0]", "skeleton[0] must be a pair of indices, got 0"),
            ([[0, 1], [0]], "data.skeleton[1]", "skeleton[1] must be a pair of indices, got a list of 1"),
            ([[0, 2]], "data.skeleton[0][1]", "skeleton[0][1] must be between 0 and 1, got 2"),
            ([[-1, 1]], "data.skeleton[0][0]", "skeleton[0][0] must be between 0 and 1, got -1"),
            ([[0, "nose"]], "data.skeleton[0][1]", 'skeleton[0][1] must be an integer, got "nose"'),
        ],
    )
    def test_faults_of_the_skeleton(self, skeleton: Any, field: str, message: str) -> None:
        data = {"keypoints": [POINT, POINT], "skeleton": skeleton}
        assert_fault(fault(item("keypoint", data)), field, message)


class TestClassification:
    @pytest.mark.parametrize(
        ("data", "text"),
        [
            ({}, "{}"),
            ({"top": 5}, '{"top": 5}'),
            ({"scores": {}}, '{"scores": {}}'),
            ({"scores": {"cat": 0.03, "dog": 0.96}}, '{"scores": {"dog": 0.96, "cat": 0.03}}'),
            ({"scores": {"b": 0.5, "a": 0.5, "c": 1}}, '{"scores": {"c": 1.0, "b": 0.5, "a": 0.5}}'),
            ({"top": 5, "scores": {"dog": 0}}, '{"scores": {"dog": 0.0}, "top": 5}'),
        ],
    )
    def test_forms(self, data: Any, text: str) -> None:
        assert spelled(stored("classification", data)) == text

    def test_no_bounds(self) -> None:
        assert read_annotation(item("classification", {"scores": {"dog": 1}})).bounds is None

    @pytest.mark.parametrize(
        ("scores", "field", "message"),
        [
            (None, "data.scores", "scores must be an object from class to score, got null"),
            ([0.9, 0.1], "data.scores", "got a list of 2"),
            ({"dog": 1, "cat": 1.1}, "data.scores.cat", "scores.cat must be a number between 0 and 1, got"),
            ({"dog": -0.1}, "data.scores.dog", "scores.dog must be a number between 0 and 1, got -0.1"),
            ({"dog": "0.9"}, "data.scores.dog", 'scores.dog must be a number, got "0.9"'),
            ({"dog": True}, "data.scores.dog", "scores.dog must be a number, got true"),
            ({"k" * 500: None}, "data.scores." + "k" * 40, "must be a number, got null"),
        ],
    )
    def test_faults(self, scores: Any, field: str, message: str) -> None:
        assert_fault(fault(item("classification", {"scores": scores})), field, message)


class TestHeatmap:
    @pytest.mark.parametrize(
        "data",
        [
            {"artifact_name": "heat map.png"},
            {"storage_path": "artifacts/7/heat.npy"},
            {"artifact_name": "heat.png", "value_range": [-1e300, 255], "unit": "°C", "colours": "grey"},
            {"artifact_name": "heat.png", "storage_path": "artifacts/7/heat.png", "value_range": [0, 0]},
        ],
    )
    def test_stored_as_sent(self, data: Any) -> None:
        assert spelled(stored("heatmap", data)) == spelled(data)

    def test_no_bounds(self) -> None:
        assert read_annotation(item("heatmap", {"artifact_name": "heat.png"})).bounds is None

    @pytest.mark.parametrize("class_name", [None, ""])
    def test_needs_no_class_name(self, class_name: Any) -> None:
        read = read_annotation(item("heatmap", {"artifact_name": "heat.png"}, class_name=class_name))
        assert read.class_name == ""

    def test_keeps_its_class_name(self) -> None:
        assert read_annotation(item("heatmap", {"artifact_name": "heat.png"})).class_name == "person"

    def test_needs_a_reference(self) -> None:
        message = "data must have artifact_name or storage_path, got neither"
        assert_fault(fault(item("heatmap", {})), "data", message)

    @pytest.mark.parametrize(
        ("changes", "field", "message"),
        [
            ({"artifact_name": None}, "data.artifact_name", "artifact_name must be a string, got null"),
            ({"artifact_name": "a/b"}, "data.artifact_name", "artifact_name must be one path segment"),
            ({"storage_path": None}, "data.storage_path", "storage_path must be a string, got null"),
            ({"storage_path": ""}, "data.storage_path", "must have 1 to 1024 characters, got 0"),
            ({"storage_path": "a\nb"}, "data.storage_path", "storage_path must have no control characters"),
            ({"value_range": None}, "data.value_range", "value_range must be [low, high], got null"),
            ({"value_range": [0]}, "data.value_range", "value_range must be [low, high], got a list of 1"),
            ({"value_range": [0, "1"]}, "data.value_range[1]", 'value_range[1] must be a number, got "1"'),
            ({"value_range": [0, HUGE]}, "data.value_range[1]", "got a huge integer"),
            ({"value_range": [2, 1]}, "data.value_range", "must be [low, high], got 2 above 1"),
            ({"unit": 7}, "data.unit", "unit must be a string, got 7"),
            ({"unit": "m" * 256}, "data.unit", "unit must have 0 to 255 characters, got 256"),
        ],
    )
    def test_faults(self, changes: Any, field: str, message: str) -> None:
        data = {"artifact_name": "heat.png"} | changes
        assert_fault(fault(item("heatmap", data)), field, message)
