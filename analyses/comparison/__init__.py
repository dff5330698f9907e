"""What two models, or a model and a reference, say about the same pictures, as numbers.

side.py         one analysis of one picture as columns: bounds, classes, scores
gate.py         which boxes of two sides overlap enough, without looking at every pair
assignment.py   the best pairs among those, each box in one at most
peers.py        two sides without ground truth: pairs and a verdict for every object
agreement.py    what the verdicts amount to: agreement, kappa, mean IoU, rank correlation, counts per class
several.py      more than two sides: every two of them, and what was seen by how many
shapes.py       which boxes, masks, polygons and poses overlap, and how much
reference.py    detections against a reference: COCO's greedy matching, over many pictures
metrics.py      what that amounts to: precision, recall, F1, AP, calibration
confusion.py    which class was taken for which, background included
pictures.py     whole pictures: heatmaps that correlate, classifications that agree
"""

from analyses.comparison.agreement import Agreement, ClassCounts, counts_by_class
from analyses.comparison.gate import TooDense
from analyses.comparison.peers import AGREE, CLASS_DIFFERS, DEFAULT_IOU, LEFT_OUT, ONLY_HERE, Matching, match
from analyses.comparison.side import Side

__all__ = [
    "AGREE",
    "CLASS_DIFFERS",
    "DEFAULT_IOU",
    "LEFT_OUT",
    "ONLY_HERE",
    "Agreement",
    "ClassCounts",
    "Matching",
    "Side",
    "TooDense",
    "counts_by_class",
    "match",
]
