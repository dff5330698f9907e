"""The report of a comparison across a project: what every field is, in which unit and out of how many.

    Report
      project, parameters, sides, coverage      what was compared, how, and over which pictures
      classes                                   the class names that occur, in order
      peers        Peers | null                 A and B without ground truth; null where A is the reference
      against      [Against]                    B, C, D against A as the reference; empty without one
      several      Several | null               every two of three or four peers, and what was seen by how many
      first_class  FirstClass | null            classifications of whole pictures; null where nobody gives any
      heatmaps     Heatmaps | null              null where not both have heatmaps of a picture
      pictures     Pictures                     ranked by disagreement, the worst first

What holds everywhere:

- A share is a number from 0 to 1, its parts stand beside it, and null means that there is nothing to say it of
  (no pair, no object in the reference); null is never 0.
- Everything but `coverage` is counted over `coverage.compared` pictures: those that all sides have processed.
- An object counts when its score reaches the threshold of its side; one without a score always counts. AP, AR,
  calibration and curves take all detections, whatever the threshold.
- "Nothing" as a class is null: in a confusion cell, row null is seen by B alone, column null by A alone.
- Lists of classes have a row for each class that occurs on any side, by name; with `class_agnostic` one row, "*".
- Scores have the side's letter: "a", "b", "c", "d".

Which pictures stand behind a number: `GET …/compare/pictures` with the parameters of the report and

| number | parameters |
|---|---|
| a verdict of all classes, of one | `verdict=a_only`, and `class=person` |
| a cell of a confusion matrix | `class_a=person&class_b=dog`; empty is nothing: `class_a=&class_b=dog` |
| a point of a curve of `peers` | `threshold=0.35`, one of those that the curve has |
| a point of a curve of `against` | `threshold=0.35`, any, with `verdict` and `class` or without |
| a bin of a calibration | `score_from=0.3&score_to=0.4`, with `class` or without |
| a cell of `first_class` | `first_a=cat&first_b=dog` |
| of another than B | `of=c` |
| a side that found nothing | `empty=a` |
| `coverage.only` | `only=a` |
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

SHAPE = 1  # of this document; a number that is added or changed in meaning makes it another one
Key = Literal["a", "b", "c", "d"]
Types = Literal["all", "boxes", "masks", "keypoints"]
Overlap = Literal["bounds", "boxes", "masks", "keypoints"]
Truth = Literal["none", "a"]  # who is the reference
Verdict = Literal[
    "agree",
    "class_differs",
    "a_only",
    "b_only",  # of peers
    "true_positive",
    "false_positive",
    "false_negative",  # against a reference
]
PEER_VERDICTS: tuple[Verdict, ...] = ("agree", "class_differs", "a_only", "b_only")
REFERENCE_VERDICTS: tuple[Verdict, ...] = ("true_positive", "false_positive", "false_negative")
ANY_CLASS = "*"


class Part(msgspec.Struct, kw_only=True):
    """A part of the document."""


# --- what was compared ----------------------------------------------------------------------------------------
class Project(Part):
    id: str
    name: str


class Parameters(Part):
    """What was asked for, with all defaults filled in."""

    iou: float  # pairs overlap at least so much: IoU of boxes or masks, similarity (OKS) of keypoints
    types: Types
    overlap: Overlap  # how much two objects match; "all" goes by bounds
    class_agnostic: bool  # all classes are one
    reference: Truth


class Side(Part):
    """One of those compared; the numbers of objects are over the compared pictures."""

    key: Key
    model_name: str  # "" where A is whatever is marked as reference, `label` says so
    model_version: str
    label: str  # for people: "yolo_v8 v8.0.0" or "the marked references"
    value: str  # of the parameter: "yolo_v8@v8.0.0" or "marked"
    is_reference: bool
    threshold: float  # on the score: lower ones are left out
    pictures: int  # of the project that it has processed: with a completed analysis
    empty: int  # of the compared ones: processed, and no object of the compared types at all found
    running: int  # pictures with an analysis that waits or runs, and that is newer than any completed one
    failed: int  # pictures whose newest analysis failed or was cancelled, and that none completed
    objects: int  # of the compared types, whatever their score
    counted: int  # those that reach the threshold
    without_score: int  # of `counted`: they always count
    by_type: dict[str, int]  # annotations by annotation_type, also of those types that are not compared


class Coverage(Part):
    """Pictures of the project by who has processed them; `pictures` is the sum of all but `empty`."""

    pictures: int  # in the project
    compared: int  # processed by all sides
    only: dict[Key, int]  # processed by this side alone
    some: int  # by more than one and not by all; 0 with two sides
    neither: int  # by none
    empty: int  # of `compared`: processed, and nothing found by any side


# --- without ground truth -------------------------------------------------------------------------------------
class PeerCounts(Part):
    """All classes together. Pairs are `agree` + `class_differs`."""

    objects_a: int  # counted: pairs + a_only
    objects_b: int  # pairs + b_only
    agree: int  # pairs of the same class
    class_differs: int  # pairs of different classes
    a_only: int
    b_only: int
    object_agreement: float | None  # 2 pairs / (objects_a + objects_b)
    class_kappa: (
        float | None
    )  # Cohen's kappa of the classes of the pairs; null too where only one class is there
    mean_iou: float | None  # of the pairs
    score_correlation: float | None  # Spearman's of the pairs in which both have a score
    scored_pairs: int  # how many those are


class PeerClass(Part):
    """One class. An object whose pair is called otherwise counts in the row of its own class."""

    class_name: str
    objects_a: int  # agree + a_differs + a_only
    objects_b: int  # agree + b_differs + b_only
    agree: int  # pairs that both call so
    a_differs: int  # pairs that A calls so and B otherwise
    b_differs: int
    a_only: int
    b_only: int
    agreement: float | None  # 2 agree / (objects_a + objects_b)
    mean_iou: float | None  # of the pairs that both call so
    pictures: int  # with such an object on either side


class Cell(Part):
    """How often A says `row` where B says `column`; with a reference, row is the truth. null is nothing."""

    row: str | None
    column: str | None
    count: int
    pictures: int  # in how many pictures


class PeerCurve(Part):
    """Columns of one length: what comes of other thresholds, lowest first."""

    threshold: list[float]
    agree: list[int]
    class_differs: list[int]
    a_only: list[int]
    b_only: list[int]
    object_agreement: list[float | None]


class PeerGrid(Part):
    """Object agreement where each side has a threshold of its own."""

    thresholds_a: list[float]
    thresholds_b: list[float]
    object_agreement: list[list[float | None]]  # [number in thresholds_a][number in thresholds_b]
    best_a: float | None  # where it is greatest, the lower thresholds of equal ones
    best_b: float | None
    best: float | None


class Peers(Part):
    overall: PeerCounts
    classes: list[PeerClass]
    confusion: list[Cell]  # every cell that is not 0, the fullest first
    curve: PeerCurve  # one threshold for both
    grid: PeerGrid


# --- against a reference --------------------------------------------------------------------------------------
class Bin(Part):
    """Detections whose score is in [low, high); the last bin has its upper end too."""

    low: float
    high: float
    count: int
    mean_score: float | None
    precision: float | None  # right ones / count


class ScoreCurve(Part):
    """Columns of one length, the highest threshold first: what detections with at least this score amount to.

    Of all thresholds that make a difference at most 200, of a class at most 50; the best F1 is always among them.
    """

    threshold: list[float]
    true_positives: list[int]
    false_positives: list[int]
    false_negatives: list[int]
    precision: list[float | None]
    recall: list[float | None]
    f1: list[float | None]


class Scores(Part):
    """One class, or all together.

    Counts, precision, recall and F1 are at the IoU and the threshold asked for. A crowd of the reference is no
    object of it, and a detection that takes one is neither right nor wrong. AP and AR are COCO's with all detections
    (no limit of 100 a picture); over all classes the mean of those that the reference has.
    """

    objects: int  # in the reference, crowds left out: true_positives + false_negatives
    detections: int  # at the threshold, without those ignored: true_positives + false_positives
    ignored: int  # detections at the threshold that took a crowd
    true_positives: int
    false_positives: int
    false_negatives: int
    precision: float | None  # true_positives / detections
    recall: float | None  # true_positives / objects
    f1: float | None
    ap: float | None  # mean of the IoUs 0.50, 0.55 … 0.95
    ap50: float | None
    ap75: float | None
    ar: float | None  # mean over the same IoUs of the recall of all detections
    best_threshold: float | None  # with the highest F1 at the IoU asked for, the higher of equal ones
    best_f1: float | None
    calibration_error: float | None  # expected: mean distance of score and precision, weighted by detections
    curve: ScoreCurve


class ClassScores(Scores):
    class_name: str
    pictures: int  # with an object of it in the reference, or a counted detection


class AtIou(Part):
    iou: float
    ap: float | None


class Against(Part):
    """One model measured against A."""

    side: Key
    overall: Scores
    classes: list[ClassScores]
    confusion: list[Cell]  # at the IoU and the threshold; every cell that is not 0, the fullest first
    calibration: list[Bin]  # of all classes, all detections, at the IoU asked for
    ap_by_iou: list[AtIou]  # ten of them, 0.5 to 0.95


# --- three or four models -------------------------------------------------------------------------------------
class Pairwise(Part):
    """Two of the sides as peers."""

    first: Key
    second: Key
    counts: PeerCounts  # its a is `first`, its b `second`


class SeenBy(Part):
    """Objects that exactly 1, 2, … of the sides saw; those that are paired, directly or through others, are one."""

    class_name: str | None  # what most of its members call it, of equals the first by name; null: all classes
    objects: int
    seen_by: list[int]  # [k - 1]: by exactly k sides


class Several(Part):
    pairs: list[Pairwise]
    overall: SeenBy
    classes: list[SeenBy]


# --- whole pictures -------------------------------------------------------------------------------------------
class FirstClass(Part):
    """Which class A and B put first; pictures that both have classified."""

    pictures: int
    agree: int
    share: float | None  # agree / pictures; with a reference this is top-1 accuracy
    kappa: float | None
    cells: list[Cell]  # row: A's, column: B's; `pictures` is `count`


class Heatmaps(Part):
    """Pearson's correlation of A's and B's heatmap, picture by picture."""

    pictures: int  # in which both have one
    counted: int  # of those that could be correlated
    mean: float | None  # over `counted`
    least: float | None
    left_out: dict[str, int]  # why the others could not: "coloured", "flat", "unreadable"


class Picture(Part):
    """One picture of a ranking."""

    rank: int  # from 1, in the whole ranking by disagreement; 0 for a picture that was not compared
    id: str
    filename: str
    analyses: dict[Key, str]  # the analysis of each side that was compared
    disagreement: int
    counts: dict[Verdict, int]  # of A and B (or of the side asked for), at the thresholds of the report
    matching: int | None = None  # how many of what was asked for: in a cell, of a verdict, at a threshold
    heatmap_correlation: float | None = None
    first: dict[Key, str | None] | None = None  # the class that each side puts first


class Pictures(Part):
    total: int  # all compared ones: `GET …/compare/pictures` has them
    with_disagreement: int
    definition: str  # of `disagreement`, one sentence for people
    worst: list[Picture]  # the first 50


class Report(Part):
    shape: int
    key: str  # of everything that went in: parameters, analyses and the version of the sums
    made_at: datetime
    stale: bool  # what went in has changed since: a new one is being made
    seconds: float  # of processor time that it took
    project: Project
    parameters: Parameters
    sides: list[Side]  # two to four
    coverage: Coverage
    classes: list[str]
    peers: Peers | None
    against: list[Against]
    several: Several | None  # null with two sides, and with a reference
    first_class: FirstClass | None
    heatmaps: Heatmaps | None
    pictures: Pictures


def written(part: Any) -> bytes:
    """Any part as JSON; times in UTC as everywhere."""
    return msgspec.json.encode(part)


def plain(part: Any) -> Any:
    """The same as dicts and lists."""
    return msgspec.json.decode(written(part))


def read(raw: bytes) -> Report:
    return msgspec.json.decode(raw, type=Report)
