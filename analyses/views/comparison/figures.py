"""What a comparison says in a few numbers: coverage, agreement, or how right a model is, each with its denominator."""

from dataclasses import dataclass

from analyses.charts import Stretch, stretches
from analyses.reports.document import Against, PeerCounts, Report
from analyses.views.comparison import numbers
from analyses.views.comparison.links import Links
from analyses.views.comparison.numbers import Number, count, counted, share


@dataclass(frozen=True, slots=True)
class Figure:
    """A number under its name. `parts` says what it is made of, `sign` and `tone` of which verdict it tells."""

    name: str
    number: Number
    parts: str = ""
    tone: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Pictures by who has processed them, as a bar and in words."""

    bar: list[Stretch]
    parts: list[Figure]
    empty: list[tuple[str, Number, str]]
    unfinished: list[str]


def coverage(report: Report, links: Links) -> Coverage:
    said, letters = report.coverage, {side.key: side for side in report.sides}
    everybody = "Both" if len(letters) == 2 else f"All {len(letters)}"
    parts = [("all", f"{everybody} have processed it", said.compared)]
    parts += [(f"only-{key}", f"Only {key.upper()}: {letters[key].label}", n) for key, n in said.only.items()]
    if len(letters) > 2:
        parts.append(("some", "Some, not all", said.some))
    parts.append(("neither", "Neither" if len(letters) == 2 else "None", said.neither))
    whole = counted(said.pictures, "picture")
    return Coverage(
        bar=stretches([(tone, n) for tone, _, n in parts]),
        parts=[Figure(name, count(n, behind(tone, links)), f"of {whole}", tone) for tone, name, n in parts],
        empty=[
            (
                f"{side.key.upper()} has processed, and found nothing on,",
                count(side.empty, links.pictures(empty=side.key)),
                f"of {counted(said.compared, 'compared picture')}.",
            )
            for side in report.sides
            if side.empty
        ],
        unfinished=[
            sentence
            for side in report.sides
            for number, what in ((side.running, "still waits or runs"), (side.failed, "failed"))
            if number
            for sentence in [f"{side.key.upper()}: the analysis of {counted(number, 'picture')} {what}."]
        ],
    )


def behind(tone: str, links: Links) -> str:
    """The pictures of a part of the coverage, where a page has them."""
    if tone == "all":
        return links.pictures()
    return links.pictures(only=tone.removeprefix("only-")) if tone.startswith("only-") else ""


def verdicts(counts: PeerCounts, links: Links) -> list[Figure]:
    """The four things that can be said of objects; each leads to its pictures."""
    pairs = counts.agree + counts.class_differs
    both = f"of {counted(pairs, 'pair')}"
    a, b = counts.objects_a, counts.objects_b
    return [
        Figure("agree", count(counts.agree, links.pictures(verdict="agree")), both, "agree", "="),
        Figure(
            "class differs",
            count(counts.class_differs, links.pictures(verdict="class_differs")),
            both,
            "differs",
            "≠",
        ),
        Figure(
            "A only",
            count(counts.a_only, links.pictures(verdict="a_only")),
            f"of {counted(a, 'object')} of A",
            "only-a",
            "A",
        ),
        Figure(
            "B only",
            count(counts.b_only, links.pictures(verdict="b_only")),
            f"of {counted(b, 'object')} of B",
            "only-b",
            "B",
        ),
    ]


def agreement(counts: PeerCounts) -> list[Figure]:
    pairs = counts.agree + counts.class_differs
    paired = f"over {counted(pairs, 'pair')}"
    return [
        Figure(
            "Object agreement",
            share(counts.object_agreement),
            f"2 × {counted(pairs, 'pair')} of {counts.objects_a:,} + {counted(counts.objects_b, 'object')}",
        ),
        Figure("Mean IoU", share(counts.mean_iou, numbers.NO_PAIR), paired),
        Figure("Cohen’s κ of classes", share(counts.class_kappa, numbers.ONE_CLASS), paired),
        Figure(
            "Rank correlation of scores",
            share(counts.score_correlation, numbers.FEW_SCORES),
            f"over {counted(counts.scored_pairs, 'pair')} with two scores",
        ),
    ]


def rightness(one: Against, links: Links) -> list[Figure]:
    """How right a model is, measured against A."""
    all_ = one.overall
    right, letter = f"{all_.true_positives:,}", one.side.upper()
    best = (
        ""
        if all_.best_threshold is None or not all_.best_f1
        else f"; best {all_.best_f1:.3f} from {all_.best_threshold:.2f} on"
    )
    return [
        Figure(
            "Precision",
            share(all_.precision, numbers.NO_DETECTION, links.pictures(one.side, verdict="false_positive")),
            f"{right} right of {counted(all_.detections, 'detection')}",
        ),
        Figure(
            "Recall",
            share(all_.recall, numbers.NOT_IN_REFERENCE, links.pictures(one.side, verdict="false_negative")),
            f"{right} found of {counted(all_.objects, 'object')} of A",
        ),
        Figure("F1", share(all_.f1), f"at this threshold{best}"),
        Figure(
            "AP", share(all_.ap, numbers.NOT_IN_REFERENCE), f"IoU 0.50 to 0.95, all detections of {letter}"
        ),
        Figure("AP50", share(all_.ap50, numbers.NOT_IN_REFERENCE), "at IoU 0.50"),
        Figure("AP75", share(all_.ap75, numbers.NOT_IN_REFERENCE), "at IoU 0.75"),
        Figure("AR", share(all_.ar, numbers.NOT_IN_REFERENCE), "recall of all detections, IoU 0.50 to 0.95"),
        Figure(
            "Calibration error",
            share(all_.calibration_error, numbers.NO_DETECTION),
            "mean distance of score and precision",
        ),
    ]


def outcomes(one: Against, links: Links) -> list[Figure]:
    """Right, wrong and missed; each leads to its pictures."""
    all_ = one.overall

    def figure(name: str, number: int, verdict: str, parts: str, tone: str, sign: str) -> Figure:
        return Figure(name, count(number, links.pictures(one.side, verdict=verdict)), parts, tone, sign)

    detections, objects = counted(all_.detections, "detection"), counted(all_.objects, "object")
    return [
        figure("right", all_.true_positives, "true_positive", f"of {detections}", "agree", "="),
        figure("wrong", all_.false_positives, "false_positive", f"of {detections}", "only-b", "+"),
        figure("missed", all_.false_negatives, "false_negative", f"of {objects} of A", "only-a", "−"),
    ]
