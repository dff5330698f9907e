"""`data` of many annotations at a time, in the plain forms that pipelines send most, checked by typed structs.

Nothing is defined here: readers.py has the last word on what is not of these forms. Where `data` is in its stored
form already, its bytes are kept and nothing is written anew.
"""

from analyses.formats.typed import others, segmentations
from analyses.formats.typed.parts import Compact, NotPlain, Part, Settled, Share, each_kind

__all__ = ["NotPlain", "Part", "Share", "read_data"]

READERS = {
    "bounding_box": others.boxes,
    "segmentation": segmentations.of_any_spelling,
    "keypoint": others.keypoints,
    "classification": others.classifications,
    "heatmap": others.heatmaps,
}


def read_data(kinds: list[str], sent: list[bytes], compact: Compact) -> Settled:
    """`data` of any types: the JSON keys in all of it, and bounds and stored form of each."""
    return each_kind(kinds, READERS, sent, compact)
