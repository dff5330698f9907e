"""What two models, or a model and a reference, say about the same pictures, as numbers.

side.py         one analysis of one picture as columns: bounds, classes, scores
gate.py         which boxes of two sides overlap enough, without looking at every pair
assignment.py   the best pairs among those, each box in one at most
peers.py        two sides without ground truth: pairs and a verdict for every object
agreement.py    what the verdicts amount to: agreement, kappa, mean IoU, rank correlation, counts per class
"""

from analyses.comparison.agreement import Agreement, ClassCounts, counts_by_class
from analyses.comparison.gate import TooDense
from analyses.comparison.peers import AGREE, CLASS_DIFFERS, LEFT_OUT, ONLY_HERE, Matching, match
from analyses.comparison.side import Side

__all__ = [
    "AGREE",
    "CLASS_DIFFERS",
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
