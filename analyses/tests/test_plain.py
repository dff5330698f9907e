"""The quick way to read a batch gives what the thorough way gives, or leaves the body to it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses import formats

numbers = st.one_of(st.integers(-2000, 2000), st.floats(-2000, 2000, allow_nan=False))
shares = st.one_of(st.floats(0, 1), st.integers(0, 1))
names = st.text(min_size=1, max_size=8)
pairs = st.lists(numbers, min_size=2, max_size=2)
rings = st.lists(pairs, min_size=3, max_size=6)


def optional(**fields: Any) -> Any:
    return st.fixed_dictionaries({}, optional=fields)


def joined(*parts: Any) -> Any:
    """One object out of several, in any order, and now and then with a key that no format knows."""
    stray = st.one_of(st.just({}), st.just({}), st.just({}), st.dictionaries(names, numbers, max_size=1))
    some = st.tuples(*parts, stray).flatmap(st.permutations)
    return some.map(lambda found: {k: v for part in found for k, v in part.items()})


data = {
    "bounding_box": joined(
        st.fixed_dictionaries({"bbox": st.lists(numbers, min_size=4, max_size=4)}),
        optional(format=st.sampled_from(["xywh", "xyxy", "polygon"])),
    ),
    "segmentation": joined(
        st.one_of(
            st.fixed_dictionaries({"points": st.one_of(rings, st.lists(rings, min_size=1, max_size=3))}),
            st.fixed_dictionaries(
                {
                    "rle": st.fixed_dictionaries(
                        {
                            "size": st.lists(st.integers(1, 9), min_size=2, max_size=2),
                            "counts": st.one_of(
                                st.lists(st.integers(0, 9), max_size=6), st.sampled_from(["04", "0"])
                            ),
                        }
                    )
                }
            ),
        ),
        optional(format=st.sampled_from(["polygon", "rle"])),
    ),
    "keypoint": joined(
        st.fixed_dictionaries(
            {
                "keypoints": st.lists(
                    joined(
                        st.fixed_dictionaries({"x": numbers, "y": numbers}),
                        optional(name=names, confidence=shares),
                    ),
                    max_size=3,
                )
            }
        ),
        optional(skeleton=st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), max_size=2)),
    ),
    "classification": joined(optional(scores=st.dictionaries(names, shares, max_size=3))),
    "heatmap": joined(optional(artifact_name=names, value_range=pairs, unit=names)),
}
items = st.sampled_from(list(data)).flatmap(
    lambda kind: joined(
        st.fixed_dictionaries({"annotation_type": st.just(kind), "data": data[kind]}),
        optional(class_name=names, confidence=st.one_of(st.none(), shares)),
    )
)


def thorough(batch: list[Any]) -> list[formats.Row] | None:
    """What readers.py makes of it, None for a fault."""
    try:
        return [annotation.row() for annotation in formats.read_batch(batch)]
    except formats.BatchError:
        return None


def quick(raw: bytes) -> list[formats.Row] | None:
    """What the quick way makes of it, None where it leaves the body to the thorough one."""
    try:
        return list(formats.read_plain(raw).rows)
    except formats.NotPlain:
        return None


def as_values(rows: list[formats.Row]) -> list[Any]:
    """Rows with their data parsed: 1 and 1.0 are one number, and the order of keys does not count."""
    return [(*row[:-1], json.loads(row[-1])) for row in rows]


SPACINGS = [None, (",", ":")]  # as json.dumps spells by default, and compact


@given(st.lists(items, max_size=4), st.booleans(), st.sampled_from(SPACINGS))
def test_what_the_quick_way_takes_the_thorough_way_takes_alike(
    batch: list[Any], ascii_only: bool, spacing: Any
) -> None:
    rows = quick(json.dumps({"annotations": batch}, ensure_ascii=ascii_only, separators=spacing).encode())
    if rows is not None:
        expected = thorough(batch)
        assert expected is not None
        assert as_values(rows) == as_values(expected)


def plain(kind: str, **data: Any) -> dict[str, Any]:
    return {"annotation_type": kind, "class_name": "é", "data": data}


RING = [[0, 0], [4, 0], [4, 4]]
PLAIN = [
    plain("bounding_box", bbox=[1, 2, 3, 4]),
    plain("bounding_box", bbox=[1, 2, 3.5, 4], format="xyxy") | {"confidence": None},
    plain("segmentation", points=RING),
    plain("segmentation", points=RING, format="polygon"),
    plain("segmentation", points=[RING], format="polygon"),
    plain("segmentation", points=[RING, RING], format="polygon"),
    plain("segmentation", points=[RING, [[1e0, -1.5], [2e-3, 1], [3, 4], [5, 6]]]),
    plain("segmentation", rle={"size": [4, 5], "counts": [3, 4]}, format="rle"),
    plain("segmentation", rle={"size": [4, 5], "counts": [3, 4, 13]}, format="rle"),
    plain("segmentation", rle={"size": [4, 5], "counts": []}, format="rle"),
    plain("segmentation", rle={"size": [4, 5], "counts": "04"}),
    plain("keypoint", keypoints=[{"x": 1, "y": 2, "name": "nose"}], skeleton=[[0, 0]]),
    plain("keypoint", keypoints=[{"x": 1, "y": 2, "name": "nose", "confidence": 0.5}] * 2),
    plain("classification", scores={"cat": 0.25, "dog": 0.75}),
    plain("classification"),
    plain("heatmap", artifact_name="a.png", value_range=[0, 1e12]),
]


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("item", PLAIN, ids=str)
def test_the_usual_forms_go_the_quick_way(item: Any, spacing: Any) -> None:
    rows = quick(json.dumps({"annotations": [item]}, separators=spacing).encode())
    expected = thorough([item])
    assert rows is not None
    assert expected is not None
    assert as_values(rows) == as_values(expected)


@pytest.mark.parametrize("indent", [None, 0, 1, "\t"])
@pytest.mark.parametrize("item", PLAIN, ids=str)
def test_no_blank_between_its_parts_is_stored(item: Any, indent: Any) -> None:
    rows = quick(json.dumps({"annotations": [item]}, indent=indent).encode())
    assert rows is not None
    assert not any(blank in rows[0][-1] for blank in b" \t\r\n")


BOX = b'{"annotation_type": "bounding_box", "class_name": "a", "data": {"bbox": [1, 2, 3, 4]}}'


@pytest.mark.parametrize(
    "raw",
    [
        b'{"annotations": ['
        + BOX.replace(b'"class_name": "a"', b'"class_name": "b", "class_name": "a"')
        + b"]}",
        b'{"annotations": [' + BOX.replace(b'"bbox": [', b'"bbox": [1, 2, 3, 4], "bbox": [') + b"]}",
        b'{"annotations": [], "annotations": [' + BOX + b"]}",
        b'{"annotations": [' + BOX.replace(b'"a"', b'"\\u0000"') + b"]}",
        b'{"annotations": [' + BOX.replace(b'"a"', b'"\\ud800"') + b"]}",
        b'{"annotations": [' + BOX.replace(b'"a"', b'"a\xff"') + b"]}",
        b'{"annotations": [' + BOX.replace(b'"a"', b'" "') + b"]}",
        b'{"annotations": [' + BOX.replace(b"1, 2", b"NaN, 2") + b"]}",
        b'{"annotations": [' + BOX.replace(b"1, 2", b"1e400, 2") + b"]}",
        b'{"annotations": [' + BOX.replace(b"1, 2", b"true, 2") + b"]}",
        b'{"annotations": [' + BOX.replace(b"1, 2", b'"1", 2') + b"]}",
        b'{"annotations": [{"annotation_type": "heatmap", "class_name": "", "data": {"artifact_name": "a", '
        b'"value_range": [0, 1000000000000000000000]}}]}',
        b'{"annotations": [{"annotation_type": "heatmap", "class_name": "", "data": {"artifact_name": "a", '
        b'"value_range": [0, 9007199254740993]}}]}',
        b'{"annotations": [' + BOX + b"]} {}",
        b'\xef\xbb\xbf{"annotations": [' + BOX + b"]}",
        b"[" * 100_000,
        b"",
    ],
    ids=lambda raw: repr(raw[:100]),
)
def test_what_may_be_a_fault_is_left_to_the_thorough_way(raw: bytes) -> None:
    assert quick(raw) is None


def test_a_mask_without_run_lengths_is_left_to_the_thorough_way_whatever_other_texts_hold() -> None:
    """A colon in a text counts like that of a key: here it makes up for the key that is missing."""
    item = (
        b'{"annotation_type":"segmentation","class_name":"a:b","data":{"rle":{"size":[2,2]},"format":"rle"}}'
    )
    assert quick(b'{"annotations":[' + item + b"]}") is None


LONG = plain("segmentation", rle={"size": [1000, 1000], "counts": [3] * 100_000}, format="rle")


@pytest.mark.parametrize("at", [0, 1, 5, 9])
def test_few_annotations_of_long_data_are_read_at_once(at: int) -> None:
    batch = [PLAIN[0]] * at + [LONG] * 9 + [PLAIN[0]] * 9
    blocks = formats.read_plain(json.dumps({"annotations": batch}).encode()).blocks
    sizes = [sum(map(len, block.data)) for block in blocks if len(block.data) > 1]
    assert max(sizes) < 1_500_000  # written as JSON spells it, a third of what was sent is blanks


def test_long_and_short_data_stay_in_their_order() -> None:
    batch = [LONG if i % 3 == 1 else PLAIN[i % len(PLAIN)] for i in range(40)]
    rows = quick(json.dumps({"annotations": batch}, separators=(",", ":")).encode())
    expected = thorough(batch)
    assert rows is not None
    assert expected is not None
    assert as_values(rows) == as_values(expected)


def test_many_annotations_of_all_types_stay_in_their_order() -> None:
    batch = [PLAIN[i % len(PLAIN)] | {"class_name": f"{i % 7}"} for i in range(2500)]
    rows = quick(json.dumps({"annotations": batch}).encode())
    expected = thorough(batch)
    assert rows is not None
    assert expected is not None
    assert as_values(rows) == as_values(expected)


@pytest.mark.parametrize(
    "data",
    [
        b'{"rle": {"size": [4, 5], "counts": [3, 4.0]}}',
        b'{"rle": {"size": [4, 5], "counts": [3, -4]}}',
        b'{"rle": {"size": [4, 5], "counts": [3, 1e0]}}',
        b'{"rle": {"size": [4, 5], "counts": [[3]]}}',
        b'{"rle": {"size": [4, 5], "counts": [21]}}',
        b'{"rle": {"size": [4, 5], "counts": [36893488147419103232]}}',
        b'{"rle": {"size": [4, 5], "counts": [1, 36893488147419103232, 1]}}',
        b'{"rle": {"size": [4, 5], "counts": null}}',
        b'{"points": [[0, 0], [1, 1], [2, 1e10]]}',
        b'{"points": [[0, 0], [1, 1], [2, 1e400]]}',
        b'{"points": [[0, 0], [1, 1]]}',
        b'{"points": [[0, 0], [1, 1], [2, 2]], "rle": {"size": [4, 5], "counts": [3]}}',
    ],
    ids=repr,
)
def test_a_segmentation_that_may_be_faulty_is_left_to_the_thorough_way(data: bytes) -> None:
    item = b'{"annotation_type": "segmentation", "class_name": "a", "data": ' + data + b"}"
    assert quick(b'{"annotations": [' + item + b"]}") is None


COMPACT = [
    b'{"points":[[0,0],[1,1],[2,1e10]]}',
    b'{"points":[[0,0],[1,1]]}',
    b'{"points":[[0,0],[1,1],[2]]}',
    b'{"points":[[0,0],[1,1],[2,3,4]]}',
    b'{"points":[[0,0],[1,1],2,3]}',
    b'{"points":[[0,0],[1,1],[2,"3"]]}',
    b'{"points":[[0,0],[1,1],[2,null]]}',
    b'{"points":[[0,[1,1],2],[3,4],[5,6]]}',
    b'{"points":[[[0,0],[[1,1]],[2,3]]]}',
    b'{"points":[[0,0],[[1,1],[2,3]],[4,5]]}',
    b'{"points":[[],[],[]]}',
    b'{"points":[[[[0,0],[1,1],[2,2]]]]}',
    b'{"points":[[[0,0],[1,1]],[2,2]]}',
    b'{"points":[[[0,0],[1,1]]]}',
    b'{"points":[[0,0],[1,1],[2,1e400]]}',
    b'{"points":[[0,0],[1,1],[2,2]],"points":[[0,0],[1,1],[2,2]]}',
    b'{"points":5}',
    b'{"rle":{"size":[4,5],"counts":[3,4.0]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[3,-4]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[[3]]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[21]},"format":"rle"}',
    b'{"rle":{"size":[4],"counts":[3]},"format":"rle"}',
    b'{"rle":{"size":[4,5,6],"counts":[3]},"format":"rle"}',
    b'{"rle":{"size":[0,5],"counts":[]},"format":"rle"}',
    b'{"rle":{"size":[4,"5"],"counts":[3]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[3],"counts":[3]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[3],"depth":[3]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"runs":[3]},"format":"rle"}',
    b'{"rle":{"size":[4,5],"counts":[3]},"format":"elr"}',
    b'{"points":[[0,0],[1,1],[2,2]],"format":"nogylop"}',
]


NAMED = [data[:-1] + b',"format":"polygon"}' for data in COMPACT if b"points" in data]


@pytest.mark.parametrize("data", COMPACT + NAMED, ids=repr)
def test_a_compact_segmentation_that_may_be_faulty_is_left_to_the_thorough_way(data: bytes) -> None:
    item = b'{"annotation_type":"segmentation","class_name":"a","data":' + data + b"}"
    assert quick(b'{"annotations":[' + item + b"]}") is None
