"""Annotations and batches of them: what all types share, and that nothing but a FormatError escapes."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.formats import (
    ANNOTATION_TYPES,
    INVALID_FORMAT,
    Annotation,
    BatchError,
    FormatError,
    UnknownType,
    read_annotation,
    read_batch,
)
from analyses.tests.annotations_as_sent import BOX, HUGE, assert_fault, fault, item, spelled

# The first draw of a text builds the Unicode tables, which takes a second in a fresh checkout.


def test_types() -> None:
    assert ANNOTATION_TYPES == ("bounding_box", "segmentation", "keypoint", "classification", "heatmap")


def test_the_guides_sentence() -> None:
    assert INVALID_FORMAT == "Invalid annotation format"


def test_the_guides_first_example() -> None:
    sent = {
        "annotation_type": "bounding_box",
        "class_name": "person",
        "confidence": 0.95,
        "data": {"bbox": [100, 150, 50, 100], "format": "xywh"},
    }
    assert read_annotation(sent) == Annotation(
        annotation_type="bounding_box",
        class_name="person",
        confidence=0.95,
        data={"bbox": [100.0, 150.0, 50.0, 100.0], "format": "xywh"},
        bounds=(100.0, 150.0, 150.0, 250.0),
    )


@pytest.mark.parametrize(
    ("changes", "name", "confidence"),
    [
        ({}, "person", "0.95"),
        ({"confidence": None}, "person", "null"),
        ({"confidence": 0}, "person", "0.0"),
        ({"confidence": 1}, "person", "1.0"),
        ({"class_name": " Größe "}, " Größe ", "0.95"),
        ({"class_name": "k" * 255}, "k" * 255, "0.95"),
        ({"id": 7, "format": "nonsense"}, "person", "0.95"),
    ],
)
def test_class_name_and_confidence(changes: Any, name: str, confidence: str) -> None:
    read = read_annotation(item("bounding_box", BOX, **changes))
    assert (read.class_name, spelled(read.confidence)) == (name, confidence)


def test_confidence_may_be_absent() -> None:
    sent = {"annotation_type": "bounding_box", "class_name": "person", "data": BOX}
    assert read_annotation(sent).confidence is None


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"class_name": None}, "class_name", "class_name must be a string, got null"),
        ({"class_name": 7}, "class_name", "class_name must be a string, got 7"),
        ({"class_name": ""}, "class_name", "class_name must not be blank"),
        ({"class_name": " \t\u3000"}, "class_name", "class_name must not be blank"),
        ({"class_name": "k" * 256}, "class_name", "must have at most 255 characters, got 256"),
        ({"confidence": 1.01}, "confidence", "confidence must be a number between 0 and 1, got 1.01"),
        ({"confidence": -0.01}, "confidence", "must be a number between 0 and 1, got -0.01"),
        ({"confidence": "0.9"}, "confidence", 'confidence must be a number, got "0.9"'),
        ({"confidence": True}, "confidence", "confidence must be a number, got true"),
        ({"confidence": float("nan")}, "confidence", "must be a number between 0 and 1, got NaN"),
        ({"confidence": HUGE}, "confidence", "must be a number between 0 and 1, got a huge integer"),
        ({"data": None}, "data", "data must be an object, got null"),
        ({"data": [100, 150, 50, 100]}, "data", "data must be an object, got a list of 4"),
    ],
)
def test_faults(changes: Any, field: str, message: str) -> None:
    assert_fault(fault(item("bounding_box", BOX) | changes), field, message)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("class_name", "class_name must be a string, but it is missing"),
        ("data", "data must be an object, but it is missing"),
        ("annotation_type", "heatmap, but it is missing"),
    ],
)
def test_missing(missing: str, message: str) -> None:
    sent = item("bounding_box", BOX)
    del sent[missing]
    assert_fault(fault(sent), missing, message)


@pytest.mark.parametrize("value", [None, 7, "box", [], [BOX], True])
def test_what_is_no_object(value: Any) -> None:
    assert_fault(fault(value), "", "an annotation must be an object, got")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("polygon", '"polygon"'),
        ("Bounding_Box", '"Bounding_Box"'),
        ("x" * 500, '"' + "x" * 40 + '..."'),
        (None, "null"),
        ([], "a list of 0"),
        ({}, "an object"),
    ],
)
def test_unknown_types(value: Any, shown: str) -> None:
    error = fault(item(value, BOX))
    known = "bounding_box, segmentation, keypoint, classification, heatmap"
    assert isinstance(error, UnknownType)
    assert (error.field, error.message) == (
        "annotation_type",
        f"annotation_type must be one of {known}, got {shown}",
    )


def test_an_error_prints_its_message() -> None:
    assert str(fault(item("bounding_box", {"bbox": []}))).startswith("bbox needs 4 numbers")


class TestBatch:
    def test_empty(self) -> None:
        assert read_batch([]) == []

    def test_order_is_kept(self) -> None:
        names = ["c", "a", "b"]
        batch = read_batch([item("bounding_box", BOX, class_name=name) for name in names])
        assert [annotation.class_name for annotation in batch] == names

    def test_the_first_fault_of_each(self) -> None:
        items: list[object] = [
            item("bounding_box", {"bbox": []}, confidence=0.5),
            item("bounding_box", BOX),
            "box",
            item("keypoint", {"keypoints": [{"x": 1}]}),
            item("bounding_box", {"bbox": []}, confidence=7),
        ]
        with pytest.raises(BatchError) as caught:
            read_batch(items)
        assert caught.value.errors == [
            ("annotations[0].data.bbox", "bbox needs 4 numbers [x, y, width, height], got a list of 0"),
            ("annotations[2]", 'an annotation must be an object, got "box"'),
            ("annotations[3].data.keypoints[0].y", "keypoints[0].y is missing, a keypoint needs x and y"),
            ("annotations[4].confidence", "confidence must be a number between 0 and 1, got 7"),
        ]

    def test_at_most_20_faults_are_kept(self) -> None:
        with pytest.raises(BatchError) as caught:
            read_batch([None] * 25)
        assert (len(caught.value.errors), caught.value.error_count) == (20, 25)

    def test_as_many_faults_as_asked_for_are_kept(self) -> None:
        with pytest.raises(BatchError) as caught:
            read_batch([None] * 25, max_errors=2)
        assert [field for field, _ in caught.value.errors] == ["annotations[0]", "annotations[1]"]


class TestArtifactReferences:
    @pytest.mark.parametrize(
        ("data", "references"),
        [
            ({"artifact_name": "a.png"}, [("artifact_name", "a.png")]),
            ({"storage_path": "b/a.png"}, [("storage_path", "b/a.png")]),
            (
                {"storage_path": "b/a.png", "artifact_name": "a.png"},
                [("artifact_name", "a.png"), ("storage_path", "b/a.png")],
            ),
        ],
    )
    def test_of_a_heatmap(self, data: Any, references: list[tuple[str, str]]) -> None:
        assert read_annotation(item("heatmap", data)).references() == references

    def test_of_another_type(self) -> None:
        data = BOX | {"artifact_name": "heat.png"}
        assert read_annotation(item("bounding_box", data)).references() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4)
    ),
    max_leaves=12,
)
types = st.sampled_from(ANNOTATION_TYPES)
coordinates = st.integers(-50, 50) | st.floats(-1e9, 1e9)
sizes = st.floats(1, 1e6)
rings = st.lists(st.tuples(coordinates, coordinates).map(list), min_size=3, max_size=5)
counts = st.lists(st.integers(0, 9), max_size=9) | st.text("0123456789", max_size=4)
point = st.fixed_dictionaries({"x": coordinates, "y": coordinates}, optional={"confidence": st.floats(0, 1)})


def data_with(**entries: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(entries, optional={"track": json_values})


minus_one = st.just(-1)
right_data = {
    "bounding_box": st.one_of(
        data_with(bbox=st.tuples(coordinates, coordinates, sizes, sizes).map(list)),
        data_with(bbox=st.tuples(minus_one, minus_one, sizes, sizes).map(list), format=st.just("xyxy")),
        data_with(left=minus_one, top=minus_one, right=sizes, bottom=sizes),
        data_with(x_min=minus_one, y_min=minus_one, x_max=sizes, y_max=sizes),
    ),
    "segmentation": st.one_of(
        data_with(points=rings),
        data_with(points=st.lists(rings, min_size=1, max_size=3)),
        data_with(rle=st.fixed_dictionaries({"size": st.just([9, 9]), "counts": counts})),
    ),
    "keypoint": data_with(keypoints=st.lists(point, min_size=1, max_size=4), skeleton=st.just([[0, 0]])),
    "classification": data_with(scores=st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=4)),
    "heatmap": data_with(artifact_name=st.just("heat.png"), value_range=st.just([0, 1])),
}
right_items = types.flatmap(lambda name: st.builds(item, st.just(name), right_data[name]))


@st.composite
def broken_items(draw: st.DrawFn) -> dict[str, Any]:
    """A right item in which one value is replaced by anything, at any depth."""
    whole = node = copy.deepcopy(draw(right_items))  # st.just gives the same list every time
    while True:
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not node[key] or not isinstance(node[key], dict | list) or draw(st.booleans()):
            node[key] = draw(json_values)
            return whole
        node = node[key]


@given(json_values | broken_items())
def test_any_value_gives_an_annotation_or_a_short_format_error(value: Any) -> None:
    try:
        text = read_annotation(value).annotation_type
    except FormatError as error:
        text = error.message
    assert len(text) < 250


@given(right_items)
def test_the_stored_form_reads_back_as_itself(sent: dict[str, Any]) -> None:
    first = read_annotation(sent)
    again = read_annotation(sent | {"data": first.data})
    assert (repr(again.data), again.bounds) == (repr(first.data), first.bounds)
