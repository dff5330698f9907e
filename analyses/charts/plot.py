"""Lines over two axes as paths and places of SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyses.charts.axes import Axis

WIDTH, HEIGHT = 400, 268  # of the drawing, in units that are about pixels on a phone
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 10, 42  # of its edges to the axes
KINDS = 4  # of lines: each has a dash and a sign of its own, so that nobody needs their colours
MOST_SIGNS = 10  # on a line
RADIUS = 3.6

# The signs of the four kinds around (0, 0): circle, square, triangle, diamond.
SIGNS = (
    "M-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z",
    "M-{r} -{r}H{r}V{r}H-{r}Z",
    "M0 -{t}L{t} {r}H-{t}Z",
    "M0 -{t}L{t} 0L0 {t}L-{t} 0Z",
)


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a line; y is None where there is nothing to say. `href` leads to what stands behind it."""

    x: float
    y: float | None
    title: str = ""
    href: str = ""
    is_marked: bool = False  # drawn larger: the one that the page is about


@dataclass(frozen=True, slots=True)
class Series:
    """One line. `kind` chooses its dash and sign, from 0 on; together with `tone`, a family of colours, its colour."""

    name: str
    points: list[Point]
    kind: int = 0
    tone: str = "model"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point is drawn."""

    x: str
    y: str
    point: Point


@dataclass(frozen=True, slots=True)
class Line:
    """A series as it is drawn."""

    name: str
    kind: int
    tone: str
    path: str
    signs: list[Place]
    marked: list[Place]
    linked: list[Place]  # all points that lead somewhere
    sign: str

    @property
    def is_empty(self) -> bool:
        return not self.signs and not self.marked


@dataclass(frozen=True, slots=True)
class Tick:
    """A value of an axis: where it is, and how it is written."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over two axes. `described` says in a sentence what can be seen."""

    x: Axis
    y: Axis
    series: list[Series]
    described: str = ""
    diagonal: bool = False  # from corner to corner: where both are equal
    guides: list[float] = field(default_factory=list)  # values of x with a line of their own

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def frame(self) -> dict[str, int]:
        """The edges of the drawing, and where the labels of the axes are."""
        return {
            "left": LEFT,
            "right": WIDTH - RIGHT,
            "top": TOP,
            "bottom": HEIGHT - BOTTOM,
            "middle": (LEFT + WIDTH - RIGHT) // 2,
            "centre": (TOP + HEIGHT - BOTTOM) // 2,
            "below": HEIGHT - BOTTOM + 17,
            "label": HEIGHT - 7,
            "beside": LEFT - 8,
        }

    @property
    def x_ticks(self) -> list[Tick]:
        return [Tick(self._across(value), written(value)) for value in self.x.ticks]

    @property
    def y_ticks(self) -> list[Tick]:
        return [Tick(self._down(value), written(value)) for value in self.y.ticks]

    @property
    def guide_places(self) -> list[str]:
        return [self._across(value) for value in self.guides]

    @property
    def is_empty(self) -> bool:
        return all(point.y is None for one in self.series for point in one.points)

    @property
    def lines(self) -> Iterator[Line]:
        for one in self.series:
            places = [Place(self._across(p.x), self._down(p.y), p) for p in one.points if p.y is not None]
            kind = one.kind % KINDS
            yield Line(
                name=one.name,
                kind=kind,
                tone=one.tone,
                path=self._path(one.points),
                signs=spread([place for place in places if not place.point.is_marked], MOST_SIGNS),
                marked=[place for place in places if place.point.is_marked],
                linked=[place for place in places if place.point.href],
                sign=sign_of(kind),
            )

    def _across(self, value: float) -> str:
        return number(LEFT + self.x.part(value) * (WIDTH - LEFT - RIGHT))

    def _down(self, value: float) -> str:
        return number(HEIGHT - BOTTOM - self.y.part(value) * (HEIGHT - TOP - BOTTOM))

    def _path(self, points: Sequence[Point]) -> str:
        """One part for each run of points that are there."""
        parts, pen = [], "M"
        for point in points:
            if point.y is None:
                pen = "M"
                continue
            parts.append(f"{pen}{self._across(point.x)} {self._down(point.y)}")
            pen = "L"
        return "".join(parts)


def spread(places: list[Place], most: int) -> list[Place]:
    """At most so many of them, evenly, the first and the last among them."""
    if len(places) <= most:
        return places
    last = len(places) - 1
    return [places[round(number * last / (most - 1))] for number in range(most)]


def sign_of(kind: int) -> str:
    """The path of a kind's sign around (0, 0)."""
    return SIGNS[kind % KINDS].format(r=RADIUS, d=2 * RADIUS, t=round(RADIUS * 1.35, 2))


def number(value: float) -> str:
    """In tenths, without a zero that says nothing."""
    return f"{value:.1f}".removesuffix(".0")


def written(value: float) -> str:
    """A tick's value; plain, whatever the language of the page."""
    return f"{value:,.10f}".rstrip("0").removesuffix(".")
