"""A report as its page shows it, part by part; templates/analyses/comparison/ has a file for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from analyses.reports.document import Against, Picture, Report, Side
from analyses.views.comparison import curves, figures, tables
from analyses.views.comparison.figures import Coverage, Figure
from analyses.views.comparison.links import Links
from analyses.views.comparison.matrix import Matrix, matrix, threshold_grid
from analyses.views.comparison.numbers import Number, count, counted, share

WORST_SHOWN = 6
USUAL_SORT = {"peers": "-objects_a", "against": "-objects", "several": "-seen"}
OVERLAPS = {
    "bounds": "IoU of bounds",
    "boxes": "IoU of boxes",
    "masks": "IoU of masks",
    "keypoints": "OKS of keypoints",
}
# What a picture's counts are told by: a sign, a word, a colour.
VERDICTS = {
    "agree": ("=", "agree", "agree"),
    "class_differs": ("≠", "class differs", "differs"),
    "a_only": ("A", "A only", "only-a"),
    "b_only": ("B", "B only", "only-b"),
    "true_positive": ("=", "right", "agree"),
    "false_positive": ("+", "wrong", "only-b"),
    "false_negative": ("−", "missed", "only-a"),
}


@dataclass(frozen=True)
class Tile:
    """A picture of a ranking with its drawings, its counts, and the link to its verdicts."""

    picture: Picture
    href: str
    overlays: list[str]

    @property
    def chips(self) -> list[tuple[str, str, str, int]]:
        """Sign, word, tone and number of each verdict that is there."""
        return [(*VERDICTS[name], n) for name, n in self.picture.counts.items() if n]

    @property
    def heatmaps(self) -> Number | None:
        value = self.picture.heatmap_correlation
        return None if value is None else share(value)

    @property
    def first(self) -> str:
        """The classes put first, where the sides differ."""
        said = self.picture.first or {}
        named = [f"{key.upper()}: {name or '–'}" for key, name in said.items()]
        return ", ".join(named) if len(set(said.values())) > 1 else ""


def tile(picture: Picture, links: Links, shown: str = "ab", classes: Mapping[str, str] | None = None) -> Tile:
    """With the drawings of these sides, of `classes` where a side has one."""
    classes = classes or {}
    overlays = [
        f"{reverse('overlay', args=[picture.analyses[side.key]])}?{urlencode(drawn(side, classes.get(side.key)))}"
        for side in links.sides
        if side.key in shown and side.key in picture.analyses
    ]
    others = [key for key in shown if key != "a"]
    names = sorted(set(classes.values()))
    return Tile(picture, links.picture(picture, others[0] if others else "b", names), overlays)


def drawn(side: Side, class_name: str | None) -> dict[str, str]:
    """What the drawing of a side is asked for."""
    said = {"line": side.key, "threshold": f"{side.threshold:g}"}
    return said | ({"class_name": class_name} if class_name else {})


@dataclass(frozen=True)
class Measured:
    """One model against the reference."""

    side: Side
    outcomes: list[Figure]
    figures: list[Figure]
    table: tables.Table
    plot: curves.Plot
    matrix: Matrix


@dataclass(frozen=True)
class Shown:
    """`sort` is the column that the address names, or empty."""

    report: Report
    links: Links
    sort: str = ""

    @property
    def sides(self) -> dict[str, Side]:
        return {side.key: side for side in self.report.sides}

    @property
    def over(self) -> str:
        """What every number is over."""
        said = self.report.parameters
        return f"{counted(self.report.coverage.compared, 'picture')}, {OVERLAPS[said.overlap]} at least {said.iou:g}"

    @property
    def overlap(self) -> str:
        return OVERLAPS[self.report.parameters.overlap]

    @cached_property
    def coverage(self) -> Coverage:
        return figures.coverage(self.report, self.links)

    @property
    def is_empty(self) -> bool:
        """Nothing was processed by all, so there is nothing to say."""
        return not self.report.coverage.compared

    @property
    def has_objects(self) -> bool:
        return any(side.objects for side in self.report.sides)

    @property
    def worst(self) -> list[Tile]:
        keys = "".join(self.sides)
        return [tile(one, self.links, keys) for one in self.report.pictures.worst[:WORST_SHOWN]]

    @property
    def files(self) -> list[tuple[str, str]]:
        return [(kind.upper(), self.links.file("compare_models", kind)) for kind in ("json", "csv")]

    # --- without a reference ----------------------------------------------------------------------------------
    @cached_property
    def verdicts(self) -> list[Figure]:
        return figures.verdicts(self.report.peers.overall, self.links) if self.report.peers else []

    @cached_property
    def agreement(self) -> list[Figure]:
        return figures.agreement(self.report.peers.overall) if self.report.peers else []

    @cached_property
    def peer_table(self) -> tables.Table | None:
        peers = self.report.peers
        return peers and tables.peer_table(peers.classes, self.links, self.sort or USUAL_SORT["peers"])

    @cached_property
    def peer_matrix(self) -> Matrix | None:
        peers = self.report.peers
        return peers and matrix(peers.confusion, self.links.cell, "A", "B")

    @cached_property
    def threshold_grid(self) -> Matrix | None:
        peers = self.report.peers
        return peers and threshold_grid(
            peers.grid, lambda a, b: self.links.page(threshold_a=f"{a:g}", threshold_b=f"{b:g}")
        )

    @cached_property
    def better_thresholds(self) -> tuple[str, str, Number, str] | None:
        """Thresholds of A and B with the greatest agreement, that, and the address; None where they are chosen."""
        grid = self.report.peers and self.report.peers.grid
        if not grid or not grid.best or grid.best_a is None or grid.best_b is None:
            return None
        a, b = f"{grid.best_a:g}", f"{grid.best_b:g}"
        if [a, b] == [f"{self.sides[key].threshold:g}" for key in ("a", "b")]:
            return None
        return a, b, share(grid.best), self.links.page(threshold_a=a, threshold_b=b)

    # --- against a reference ----------------------------------------------------------------------------------
    @cached_property
    def model_table(self) -> tables.Table | None:
        """Several models side by side; one alone has its figures."""
        against = self.report.against
        return tables.model_table(against, self.sides, self.links, self.sort) if len(against) > 1 else None

    @cached_property
    def measured(self) -> list[Measured]:
        return [self._measured(one) for one in self.report.against]

    def _measured(self, one: Against) -> Measured:
        side = self.sides[one.side]
        return Measured(
            side,
            figures.outcomes(one, self.links),
            figures.rightness(one, self.links),
            tables.score_table(one, side, self.links, self.sort or USUAL_SORT["against"]),
            curves.over_threshold(one, side, self.links, self.over),
            matrix(
                one.confusion,
                lambda row, column: self.links.cell(row, column, one.side),
                "A, the truth",
                one.side.upper(),
            ),
        )

    @cached_property
    def plots(self) -> list[curves.Plot]:
        """The charts, without those that would show nothing."""
        report, sides, links = self.report, self.sides, self.links
        plots = []
        if report.peers:
            asked = [sides[key].threshold for key in ("a", "b")]
            curve = report.peers.curve
            plots.append(curves.agreement_over_threshold(curve, asked, links, self.over))
            plots.append(curves.verdicts_over_threshold(curve, links, self.over))
        if report.against:
            plots.append(curves.precision_recall(report.against, sides, links, self.over))
            plots += [one.plot for one in self.measured]
            plots.append(curves.calibration(report.against, sides, links, self.over))
            plots.append(curves.ap_by_iou(report.against, sides, links, self.over))
        return [plot for plot in plots if not plot.chart.is_empty]

    # --- three or four, whole pictures ------------------------------------------------------------------------
    @cached_property
    def pairs(self) -> tables.Pairs | None:
        several = self.report.several
        return several and tables.pair_matrix(several, self.report.sides, self.links)

    @cached_property
    def seen(self) -> tables.Table | None:
        several = self.report.several
        return several and tables.seen_table(several, self.links, self.sort or USUAL_SORT["several"])

    @cached_property
    def first_class(self) -> list[Figure]:
        found = self.report.first_class
        if not found:
            return []
        over = f"of {counted(found.pictures, 'picture')} that both have classified"
        name = "Top-1 accuracy" if self.report.parameters.reference == "a" else "Same class first"
        return [
            Figure(name, share(found.share), f"{found.agree:,} {over}"),
            Figure("Cohen’s κ", share(found.kappa, "All are of one class."), over),
        ]

    @cached_property
    def first_matrix(self) -> Matrix | None:
        found = self.report.first_class
        return found and matrix(found.cells, self._first_link, "A first", "B first")

    def _first_link(self, row: str | None, column: str | None) -> str:
        return self.links.pictures(first_a=row or "", first_b=column or "")

    @cached_property
    def heatmaps(self) -> list[Figure]:
        found = self.report.heatmaps
        if not found:
            return []
        both = f"of {counted(found.pictures, 'picture')} with two heatmaps"
        left_out = ", ".join(f"{n:,} {why}" for why, n in found.left_out.items())
        why = "No two heatmaps could be correlated."
        return [
            Figure("Mean correlation", share(found.mean, why), f"Pearson’s, over {found.counted:,} {both}"),
            Figure("Least correlation", share(found.least, why), "of one picture"),
            Figure("Left out", count(sum(found.left_out.values())), left_out or "all could be correlated"),
        ]
