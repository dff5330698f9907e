"""The charts of a comparison, each with the table of its numbers; points lead to the pictures behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.charts import Axis, Chart, Point, Series
from analyses.reports.document import Against, PeerCurve, ScoreCurve, Side
from analyses.views.comparison import numbers
from analyses.views.comparison.links import Links
from analyses.views.comparison.numbers import Number, count, share

MOST_POINTS = 41  # of a curve that lead somewhere and have a row in the table; the file of the report has all
# Name, field, and what keeps it from being 1: precision what is wrong, recall what is missed, F1 both.
MEASURES = (
    ("Precision", "precision", "false_positive"),
    ("Recall", "recall", "false_negative"),
    ("F1", "f1", ""),
)
SCORE = "Threshold on the score"


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart under its title, a sentence on what it is over, and its numbers."""

    id: str
    title: str
    note: str
    chart: Chart
    heads: list[str]
    rows: list[list[Number]]
    left_out: int = 0  # values that the drawing has and the table has not


# --- without a reference --------------------------------------------------------------------------------------
def agreement_over_threshold(curve: PeerCurve, asked: Sequence[float], links: Links, over: str) -> Plot:
    at = marks(curve.threshold, asked)
    points = [
        Point(t, value, said(value, f"both from {t:.2f}"), links.pictures(threshold=f"{t:g}"), number in at)
        for number, (t, value) in enumerate(zip(curve.threshold, curve.object_agreement, strict=True))
    ]
    rows = [[link_to(f"{point.x:.2f}", point.href), share(point.y)] for point in points]
    return Plot(
        "agreement",
        "Object agreement over the threshold",
        f"One threshold for both; {over}.",
        Chart(
            Axis(f"{SCORE}, of A and of B"),
            Axis("Object agreement"),
            [Series("Object agreement", points, 0, "measure")],
            best_of(points, "Object agreement"),
            guides=list(asked) if len(set(asked)) == 1 else [],
        ),
        ["Threshold", "Object agreement"],
        rows,
    )


def verdicts_over_threshold(curve: PeerCurve, links: Links, over: str) -> Plot:
    columns = {
        "agree": ("= agree", curve.agree),
        "class_differs": ("≠ class differs", curve.class_differs),
        "a_only": ("A only", curve.a_only),
        "b_only": ("B only", curve.b_only),
    }

    def point(name: str, verdict: str, at: float, value: int) -> Point:
        title = f"{name}: {value:,} with both from {at:.2f}"
        return Point(at, value, title, links.pictures(threshold=f"{at:g}", verdict=verdict) if value else "")

    series = [
        Series(
            name,
            [point(name, verdict, t, v) for t, v in zip(curve.threshold, values, strict=True)],
            kind,
            "verdict",
        )
        for kind, (verdict, (name, values)) in enumerate(columns.items())
    ]
    most = max((value for _, values in columns.values() for value in values), default=0)
    rows = [
        [Number(f"{t:.2f}")]
        + [count(int(one.points[number].y or 0), one.points[number].href) for one in series]
        for number, t in enumerate(curve.threshold)
    ]
    return Plot(
        "verdicts",
        "Verdicts over the threshold",
        f"Pairs, and objects without a pair; {over}.",
        Chart(
            Axis(f"{SCORE}, of A and of B"),
            Axis.of_counts("Pairs or objects", most),
            series,
            f"At threshold 0: {', '.join(f'{name} {values[0]:,}' for name, values in columns.values() if values)}.",
        ),
        ["Threshold", *(name for name, _ in columns.values())],
        rows,
    )


# --- against a reference --------------------------------------------------------------------------------------
def precision_recall(against: Sequence[Against], sides: dict[str, Side], links: Links, over: str) -> Plot:
    series, rows = [], []
    for one in against:
        curve, label = one.overall.curve, sides[one.side].label
        places = chosen(curve, sides[one.side].threshold)
        points = []
        for number, t in enumerate(curve.threshold):
            precision, recall = curve.precision[number], curve.recall[number]
            if recall is None:
                continue
            href = links.pictures(one.side, threshold=f"{t!r}") if number in places else ""
            title = f"{one.side.upper()} from {t:.2f}: precision {spoken(precision)}, recall {recall:.3f}"
            is_asked = number in marks(curve.threshold, [sides[one.side].threshold])
            points.append(Point(recall, precision, title, href, is_asked))
            if number in places:
                rows.append([link_to(f"{one.side.upper()}, {t:.2f}", href), share(recall), share(precision)])
        series.append(Series(f"{one.side.upper()} {label}", points, ord(one.side) - ord("a")))
    return Plot(
        "precision-recall",
        "Precision and recall",
        f"All classes together; {over}.",
        Chart(
            Axis("Recall"),
            Axis("Precision"),
            series,
            "; ".join(
                f"{one.side.upper()} has precision {spoken(one.overall.precision)} and recall"
                f" {spoken(one.overall.recall)} at its threshold {sides[one.side].threshold:g}"
                for one in against
            )
            + ".",
        ),
        ["Model, threshold", "Recall", "Precision"],
        rows,
        sum(len(one.overall.curve.threshold) for one in against) - len(rows),
    )


def over_threshold(one: Against, side: Side, links: Links, over: str) -> Plot:
    curve = one.overall.curve
    places = chosen(curve, side.threshold)

    def href(number: int, verdict: str = "") -> str:
        which = {"verdict": verdict} if verdict else {}
        return links.pictures(one.side, threshold=f"{curve.threshold[number]!r}", **which)

    def point(name: str, verdict: str, number: int, value: float | None) -> Point:
        title = said(value, f"{name} from {curve.threshold[number]:.2f}")
        return Point(curve.threshold[number], value, title, href(number, verdict) if number in places else "")

    series = [
        Series(
            name,
            [point(name, verdict, number, value) for number, value in enumerate(getattr(curve, field))],
            kind,
            "measure",
        )
        for kind, (name, field, verdict) in enumerate(MEASURES)
    ]
    rows = [
        [link_to(f"{curve.threshold[number]:.2f}", href(number))]
        + [share(line.points[number].y, numbers.NO_OBJECT, line.points[number].href) for line in series]
        for number in sorted(places, reverse=True)
    ]
    best = one.overall.best_threshold
    return Plot(
        f"over-threshold-{one.side}",
        f"{one.side.upper()} over the threshold",
        f"{side.label}; {over}.",
        Chart(
            Axis(SCORE),
            Axis("Precision, recall, F1"),
            series,
            f"F1 is highest, {spoken(one.overall.best_f1)}, from {best:.2f} on." if best is not None else "",
            guides=[side.threshold],
        ),
        ["Threshold", *(name for name, _, _ in MEASURES)],
        rows,
        len(curve.threshold) - len(rows),
    )


def calibration(against: Sequence[Against], sides: dict[str, Side], links: Links, over: str) -> Plot:
    series, rows = [], []
    for one in against:
        letter, points = one.side.upper(), []
        for bin_ in one.calibration:
            href = links.pictures(one.side, score_from=f"{bin_.low:g}", score_to=f"{bin_.high:g}")
            rows.append(
                [
                    link_to(f"{letter}, {bin_.low:.1f} to {bin_.high:.1f}", href if bin_.count else ""),
                    count(bin_.count, href),
                    share(bin_.mean_score, numbers.NO_DETECTION),
                    share(bin_.precision, numbers.NO_DETECTION),
                ]
            )
            if bin_.mean_score is not None and bin_.precision is not None:
                scores = f"scores {bin_.low:.1f} to {bin_.high:.1f}"
                title = f"{letter}, {scores}: {bin_.precision:.3f} of {bin_.count:,} right"
                points.append(Point(bin_.mean_score, bin_.precision, title, href))
        series.append(Series(f"{letter} {sides[one.side].label}", points, ord(one.side) - ord("a")))
    return Plot(
        "calibration",
        "Calibration",
        f"How often detections of a score are right, all detections; {over}. On the diagonal a score says how often.",
        Chart(
            Axis("Mean score of the detections"),
            Axis("Precision"),
            series,
            "; ".join(
                f"{one.side.upper()} has a calibration error of {spoken(one.overall.calibration_error)}"
                for one in against
            )
            + ".",
            diagonal=True,
        ),
        ["Model, scores", "Detections", "Mean score", "Precision"],
        rows,
    )


def ap_by_iou(against: Sequence[Against], sides: dict[str, Side], links: Links, over: str) -> Plot:
    ious = [one.iou for one in against[0].ap_by_iou]
    series = [
        Series(
            f"{one.side.upper()} {sides[one.side].label}",
            [
                Point(
                    at.iou,
                    at.ap,
                    said(at.ap, f"AP of {one.side.upper()} at IoU {at.iou:.2f}"),
                    links.page(iou=f"{at.iou:g}"),
                )
                for at in one.ap_by_iou
            ],
            ord(one.side) - ord("a"),
        )
        for one in against
    ]
    rows = [
        [link_to(f"{iou:.2f}", links.page(iou=f"{iou:g}"))]
        + [share(one.ap_by_iou[number].ap, numbers.NOT_IN_REFERENCE) for one in against]
        for number, iou in enumerate(ious)
    ]
    return Plot(
        "ap-by-iou",
        "AP by IoU",
        "All detections, mean over the classes of the reference; a point leads to the comparison at its IoU.",
        Chart(
            Axis("IoU that a pair needs", 0.5, 0.95, [0.5, 0.6, 0.7, 0.8, 0.9]),
            Axis("AP"),
            series,
            "; ".join(f"{one.side.upper()}: AP {spoken(one.overall.ap)}" for one in against) + f"; {over}.",
        ),
        ["IoU", *(f"AP of {one.side.upper()}" for one in against)],
        rows,
    )


# --- what they have in common ---------------------------------------------------------------------------------
def chosen(curve: ScoreCurve, asked: float) -> set[int]:
    """The places of a curve that lead somewhere: evenly spread, the best and the one asked for among them."""
    size = len(curve.threshold)
    if size <= MOST_POINTS:
        return set(range(size))
    places = {round(number * (size - 1) / (MOST_POINTS - 1)) for number in range(MOST_POINTS)}
    best = max(range(size), key=lambda number: curve.f1[number] or 0)
    return places | {best} | marks(curve.threshold, [asked])


def marks(thresholds: Sequence[float], asked: Sequence[float]) -> set[int]:
    """The place that says the same as the threshold asked for: where all are asked for the same, and it has one."""
    if len(set(asked)) != 1:
        return set()
    reaching = [number for number, value in enumerate(thresholds) if value >= asked[0]]
    return {min(reaching, key=lambda number: thresholds[number])} if reaching else set()


def best_of(points: Sequence[Point], name: str) -> str:
    there: list[tuple[float, Point]] = [(point.y, point) for point in points if point.y is not None]
    if not there:
        return ""
    most, point = max(there, key=lambda one: one[0])
    return f"{name} is highest, {most:.3f}, from {point.x:.2f} on."


def said(value: float | None, of: str) -> str:
    return f"{of}: {spoken(value)}"


def spoken(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def link_to(text: str, href: str) -> Number:
    return Number(text, "", href)
