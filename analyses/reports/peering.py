"""Two sides without ground truth, over all pictures: what the report says of them."""

from dataclasses import dataclass

import numpy as np

from analyses.comparison.agreement import kappa, spearman
from analyses.comparison.side import Floats, Integers
from analyses.reports.cells import NOTHING, Cells
from analyses.reports.document import PeerClass, PeerCounts, PeerCurve, PeerGrid, Peers
from analyses.reports.pairing import Paired, Two, objects_at, paired

CURVE: Floats = np.arange(21) / 20
GRID: Floats = np.arange(11) / 10


@dataclass(frozen=True, slots=True)
class Peered:
    """Two sides paired: `peers` for the document, the rest to list the pictures behind it."""

    counts: PeerCounts
    cells: Cells
    peers: Peers | None
    curve_in: Integers  # (thresholds of CURVE, pictures, 4): agree, class differs, A only, B only
    chosen: Integers  # places of the pairs


def peered(two: Two, thresholds: tuple[float, float], names: list[str], *, curves: bool = True) -> Peered:
    """Pair them at the thresholds, and at those of the curve and the grid."""
    grid = [(a, b) for a in GRID.tolist() for b in GRID.tolist()]
    wanted = [thresholds, *([(t, t) for t in CURVE.tolist()] + grid if curves else [])]
    found = paired(two, np.array(wanted, np.float64), detailed=1 + len(CURVE) * curves)
    cells, counts = at_thresholds(two, thresholds, found)
    if not curves:
        return Peered(counts, cells, None, np.empty((0, 0, 4), np.int64), found.chosen)
    curve_in = curve_by_picture(two, found)
    peers = Peers(
        overall=counts,
        classes=by_class(two, found, cells, names),
        confusion=cells.table(names),
        curve=curve_of(curve_in.sum(axis=1)),
        grid=grid_of(two, found),
    )
    return Peered(counts, cells, peers, curve_in, found.chosen)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def at_thresholds(two: Two, thresholds: tuple[float, float], found: Paired) -> tuple[Cells, PeerCounts]:
    rows, columns = two.rows[found.chosen], two.columns[found.chosen]
    class_a, class_b = two.a.class_of[rows], two.b.class_of[columns]
    alone = []
    for column, taken, least in zip((two.a, two.b), (rows, columns), thresholds, strict=True):
        left = column.reach >= least
        left[taken] = False
        alone.append(np.flatnonzero(left))
    only_a, only_b = alone
    cells = Cells.of(
        np.concatenate((two.a.picture[rows], two.a.picture[only_a], two.b.picture[only_b])),
        np.concatenate((class_a, two.a.class_of[only_a], np.full(len(only_b), NOTHING))),
        np.concatenate((class_b, np.full(len(only_a), NOTHING), two.b.class_of[only_b])),
    )
    score_a, score_b = two.a.scores[rows], two.b.scores[columns]
    pairs = len(rows)
    agree = int((class_a == class_b).sum())
    counts = PeerCounts(
        objects_a=pairs + len(only_a),
        objects_b=pairs + len(only_b),
        agree=agree,
        class_differs=pairs - agree,
        a_only=len(only_a),
        b_only=len(only_b),
        object_agreement=share(2 * pairs, 2 * pairs + len(only_a) + len(only_b)),
        class_kappa=kappa(class_a, class_b),
        # Sorted first: the sum must not depend on which side is A.
        mean_iou=float(np.sort(two.ious[found.chosen]).mean()) if pairs else None,
        score_correlation=spearman(score_a, score_b),
        scored_pairs=int((~(np.isnan(score_a) | np.isnan(score_b))).sum()),
    )
    return cells, counts


def by_class(two: Two, found: Paired, cells: Cells, names: list[str]) -> list[PeerClass]:
    rows, columns = two.rows[found.chosen], two.columns[found.chosen]
    same = two.a.class_of[rows] == two.b.class_of[columns]
    ious, of_pair = two.ious[found.chosen][same], two.a.class_of[rows][same]
    lists = []
    for number, name in enumerate(names):
        here, there = cells.row == number, cells.column == number
        agree = int(cells.count[here & there].sum())
        a_only = int(cells.count[here & (cells.column == NOTHING)].sum())
        b_only = int(cells.count[there & (cells.row == NOTHING)].sum())
        objects_a, objects_b = int(cells.count[here].sum()), int(cells.count[there].sum())
        own = np.sort(ious[of_pair == number])
        lists.append(
            PeerClass(
                class_name=name,
                objects_a=objects_a,
                objects_b=objects_b,
                agree=agree,
                a_differs=objects_a - agree - a_only,
                b_differs=objects_b - agree - b_only,
                a_only=a_only,
                b_only=b_only,
                agreement=share(2 * agree, objects_a + objects_b),
                mean_iou=float(own.mean()) if len(own) else None,
                pictures=len(np.unique(cells.picture[here | there])),
            )
        )
    return lists


# --- other thresholds -----------------------------------------------------------------------------------------
def curve_by_picture(two: Two, found: Paired) -> Integers:
    agree, differs = found.agree_in[1:], found.differs_in[1:]
    pairs = agree + differs
    a, b = (objects_at(column, CURVE, len(two.ties)).T for column in (two.a, two.b))
    return np.stack((agree, differs, a - pairs, b - pairs), axis=2)


def curve_of(sums: Integers) -> PeerCurve:
    agree, differs, a_only, b_only = sums.T.tolist()
    rows = zip(agree, differs, a_only, b_only, strict=True)
    return PeerCurve(
        threshold=CURVE.tolist(),
        agree=agree,
        class_differs=differs,
        a_only=a_only,
        b_only=b_only,
        object_agreement=[share(2 * (s + d), 2 * (s + d) + a + b) for s, d, a, b in rows],
    )


def grid_of(two: Two, found: Paired) -> PeerGrid:
    count = len(GRID)
    pairs = (found.agree + found.differs)[-count * count :].reshape(count, count).tolist()
    a, b = (objects_at(column, GRID, len(two.ties)).sum(axis=0).tolist() for column in (two.a, two.b))
    table = [[share(2 * pairs[i][j], a[i] + b[j]) for j in range(count)] for i in range(count)]
    known = [
        (value, -i - j, -max(i, j), i, j)
        for i, row in enumerate(table)
        for j, value in enumerate(row)
        if value is not None
    ]
    best = max(known, default=None)
    return PeerGrid(
        thresholds_a=GRID.tolist(),
        thresholds_b=GRID.tolist(),
        object_agreement=table,
        best_a=float(GRID[best[3]]) if best else None,
        best_b=float(GRID[best[4]]) if best else None,
        best=best[0] if best else None,
    )
