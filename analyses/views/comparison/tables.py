"""Tables of a comparison: a row a class, sorted by the column that the address names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyses.reports.document import ANY_CLASS, Against, ClassScores, PeerClass, Scores, Several, Side
from analyses.views.comparison import numbers
from analyses.views.comparison.links import Links
from analyses.views.comparison.numbers import Number, count, share

FIRST = "class"  # the column of names


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click sorts by it, and how it is sorted now."""

    label: str
    title: str
    href: str
    sorted: str = ""  # as aria-sort says it


@dataclass(frozen=True, slots=True)
class Row:
    name: Number
    cells: list[Number]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    heads: list[Head]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    title: str
    cell: Callable[..., Number]


def table(
    caption: str, columns: Sequence[Column], items: Sequence[object], links: Links, sort: str, anchor: str
) -> Table:
    """Columns by their first: the name. `sort` is a column's key, with - for the greatest first."""
    key, falls = sort.removeprefix("-"), sort.startswith("-")
    rows = [Row(columns[0].cell(item), [column.cell(item) for column in columns[1:]]) for item in items]
    places = [column.key for column in columns]
    if key in places[1:]:
        place = places.index(key) - 1
        rows.sort(
            key=lambda row: (row.cells[place].is_missing, row.cells[place].order * (-1 if falls else 1))
        )
    elif key == FIRST and falls:
        rows.reverse()
    heads = []
    for column in columns:
        is_sorted = column.key == key
        # A name is looked for from a to z, a number from the greatest.
        turned = column.key if (falls if is_sorted else column.key == FIRST) else f"-{column.key}"
        state = ("descending" if falls else "ascending") if is_sorted else ""
        heads.append(Head(column.label, column.title, links.page(anchor, sort=turned), state))
    return Table(caption, heads, rows)


def class_name(name: str, links: Links, side: str = "b") -> Number:
    """The name of a class, which leads to its pictures."""
    if name == ANY_CLASS:
        return Number("all classes as one", "", links.pictures(side))
    return Number(name or "no name", "", links.pictures(side, class_=name))


def peer_table(rows: Sequence[PeerClass], links: Links, sort: str) -> Table:
    def leading(row: PeerClass, value: int, verdict: str) -> Number:
        return count(value, links.pictures(verdict=verdict, **for_class(row.class_name)))

    columns = [
        Column(FIRST, "Class", "", lambda row: class_name(row.class_name, links)),
        Column(
            "objects_a", "Objects A", "Counted objects of A of this class", lambda row: count(row.objects_a)
        ),
        Column(
            "objects_b", "Objects B", "Counted objects of B of this class", lambda row: count(row.objects_b)
        ),
        Column("agree", "= Agree", "Pairs that both call so", lambda row: leading(row, row.agree, "agree")),
        Column(
            "differs",
            "≠ Differs",
            "Pairs that one calls so and the other otherwise",
            lambda row: leading(row, row.a_differs + row.b_differs, "class_differs"),
        ),
        Column(
            "a_only", "A only", "Objects of A without a pair", lambda row: leading(row, row.a_only, "a_only")
        ),
        Column(
            "b_only", "B only", "Objects of B without a pair", lambda row: leading(row, row.b_only, "b_only")
        ),
        Column(
            "agreement",
            "Agreement",
            "2 × agree / (objects of A + objects of B)",
            lambda row: share(row.agreement),
        ),
        Column(
            "mean_iou",
            "Mean IoU",
            "Of the pairs that both call so",
            lambda row: share(row.mean_iou, numbers.NO_PAIR),
        ),
        Column(
            "pictures",
            "Pictures",
            "With such an object on either side",
            lambda row: count(row.pictures, class_name(row.class_name, links).href),
        ),
    ]
    there = [row for row in rows if row.objects_a or row.objects_b]
    return table("Agreement by class", columns, there, links, sort, "classes")


def for_class(name: str) -> dict[str, str]:
    return {} if name == ANY_CLASS else {"class_": name}


def score_table(one: Against, side: Side, links: Links, sort: str) -> Table:
    def leading(row: ClassScores, value: int, verdict: str) -> Number:
        return count(value, links.pictures(one.side, verdict=verdict, **for_class(row.class_name)))

    def of(name: str, why: str) -> Callable[[ClassScores], Number]:
        return lambda row: share(getattr(row, name), why)

    columns = [
        Column(FIRST, "Class", "", lambda row: class_name(row.class_name, links, one.side)),
        Column("objects", "Objects", "In the reference, crowds left out", lambda row: count(row.objects)),
        Column("detections", "Detections", "At the threshold", lambda row: count(row.detections)),
        Column(
            "tp", "= Right", "True positives", lambda row: leading(row, row.true_positives, "true_positive")
        ),
        Column(
            "fp",
            "+ Wrong",
            "False positives",
            lambda row: leading(row, row.false_positives, "false_positive"),
        ),
        Column(
            "fn",
            "− Missed",
            "False negatives",
            lambda row: leading(row, row.false_negatives, "false_negative"),
        ),
        Column("precision", "Precision", "Right / detections", of("precision", numbers.NO_DETECTION)),
        Column("recall", "Recall", "Right / objects", of("recall", numbers.NOT_IN_REFERENCE)),
        Column("f1", "F1", "At the threshold", of("f1", numbers.NO_OBJECT)),
        Column("ap", "AP", "Mean of IoU 0.50, 0.55 … 0.95", of("ap", numbers.NOT_IN_REFERENCE)),
        Column("ap50", "AP50", "At IoU 0.50", of("ap50", numbers.NOT_IN_REFERENCE)),
        Column("ap75", "AP75", "At IoU 0.75", of("ap75", numbers.NOT_IN_REFERENCE)),
        Column("best_f1", "Best F1", "At the threshold where it is highest", best_f1),
        Column(
            "pictures",
            "Pictures",
            "With an object of it in the reference, or a counted detection",
            lambda row: count(row.pictures, class_name(row.class_name, links, one.side).href),
        ),
    ]
    return table(
        f"{one.side.upper()}, {side.label}, by class",
        columns,
        one.classes,
        links,
        sort,
        f"classes-{one.side}",
    )


def model_table(against: Sequence[Against], sides: dict[str, Side], links: Links, sort: str) -> Table:
    """A row a model: how right each is, over all classes."""

    def leading(one: Against, value: int, verdict: str) -> Number:
        return count(value, links.pictures(one.side, verdict=verdict))

    def of(name: str, why: str) -> Callable[[Against], Number]:
        return lambda one: share(getattr(one.overall, name), why)

    columns = [
        Column(FIRST, "Model", "", lambda one: Number(f"{one.side.upper()} {sides[one.side].label}")),
        Column(
            "tp",
            "= Right",
            "True positives",
            lambda one: leading(one, one.overall.true_positives, "true_positive"),
        ),
        Column(
            "fp",
            "+ Wrong",
            "False positives",
            lambda one: leading(one, one.overall.false_positives, "false_positive"),
        ),
        Column(
            "fn",
            "− Missed",
            "False negatives",
            lambda one: leading(one, one.overall.false_negatives, "false_negative"),
        ),
        Column("precision", "Precision", "Right / detections", of("precision", numbers.NO_DETECTION)),
        Column("recall", "Recall", "Right / objects", of("recall", numbers.NOT_IN_REFERENCE)),
        Column("f1", "F1", "At its threshold", of("f1", numbers.NO_OBJECT)),
        Column("ap", "AP", "IoU 0.50 to 0.95, all detections", of("ap", numbers.NOT_IN_REFERENCE)),
        Column("ap50", "AP50", "At IoU 0.50", of("ap50", numbers.NOT_IN_REFERENCE)),
        Column("ap75", "AP75", "At IoU 0.75", of("ap75", numbers.NOT_IN_REFERENCE)),
        Column("ar", "AR", "Recall of all detections, IoU 0.50 to 0.95", of("ar", numbers.NOT_IN_REFERENCE)),
        Column(
            "best_f1", "Best F1", "At the threshold where it is highest", lambda one: best_f1(one.overall)
        ),
        Column(
            "calibration_error",
            "Calibration error",
            "Mean distance of score and precision",
            of("calibration_error", numbers.NO_DETECTION),
        ),
    ]
    return table("The models against the reference", columns, against, links, sort, "models")


def best_f1(row: Scores) -> Number:
    if not row.best_f1 or row.best_threshold is None:
        return Number("–", numbers.NOT_IN_REFERENCE)
    return Number(f"{row.best_f1:.3f} from {row.best_threshold:.2f}", "", "", row.best_f1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Object agreement of every two sides."""

    sides: list[Side]
    rows: list[tuple[Side, list[Number]]]


def pair_matrix(several: Several, sides: Sequence[Side], links: Links) -> Pairs:
    found = {(pair.first, pair.second): pair.counts.object_agreement for pair in several.pairs}
    found |= {(second, first): value for (first, second), value in found.items()}

    def cell(row: Side, column: Side) -> Number:
        if row.key == column.key:
            return Number("", "")
        first, second = sorted((row, column), key=lambda side: side.key)
        href = links.page(
            a=first.value,
            b=second.value,
            c="",
            d="",
            threshold_a=f"{first.threshold:g}",
            threshold_b=f"{second.threshold:g}",
            threshold_c="",
            threshold_d="",
        )
        return share(found.get((row.key, column.key)), numbers.NO_OBJECT, href)

    return Pairs(list(sides), [(row, [cell(row, column) for column in sides]) for row in sides])


def seen_table(several: Several, links: Links, sort: str) -> Table:
    """How many objects were seen by exactly 1, 2 … of the sides."""
    size = len(several.overall.seen_by)

    def by(number: int) -> Callable[..., Number]:
        return lambda row: count(row.seen_by[number])

    columns = [
        Column(
            FIRST,
            "Class",
            "",
            lambda row: (
                Number("all classes") if row.class_name is None else class_name(row.class_name, links)
            ),
        ),
        Column(
            "seen",
            "Objects",
            "Those that are paired, directly or through others, are one",
            lambda row: count(row.objects),
        ),
        *(
            Column(
                f"by{number + 1}",
                f"by {number + 1} of {size}" if number + 1 < size else f"by all {size}",
                f"Seen by exactly {number + 1} of {size}",
                by(number),
            )
            for number in range(size)
        ),
    ]
    return table("Seen by how many", columns, [several.overall, *several.classes], links, sort, "several")
