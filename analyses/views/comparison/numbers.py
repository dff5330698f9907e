"""How the numbers of a comparison are written: three digits of a share, a dash with its reason where there is none."""

from dataclasses import dataclass

NO_PAIR = "There is no pair to say it of."
NO_OBJECT = "There is no object to say it of."
NOT_IN_REFERENCE = "The reference has no such object."
NO_DETECTION = "There is no detection to say it of."
ONE_CLASS = "There is no pair, or all pairs are of one class."
FEW_SCORES = "Fewer than two pairs have scores on both sides, or all their scores are equal."


@dataclass(frozen=True, slots=True)
class Number:
    """A value as a cell shows it. `why` is told where there is none; `href` leads to what stands behind it."""

    text: str
    why: str = ""
    href: str = ""
    order: float = -1.0  # what a column is sorted by; where there is none it comes last

    @property
    def is_missing(self) -> bool:
        return bool(self.why)


def share(value: float | None, why: str = NO_OBJECT, href: str = "") -> Number:
    """A number from -1 to 1."""
    if value is None:
        return Number("–", why)
    return Number(f"{value:.3f}".replace("-", "−"), "", href, value)


def count(value: int, href: str = "") -> Number:
    """A number of things; nothing leads nowhere."""
    return Number(f"{value:,}", "", href if value else "", value)


def threshold(value: float) -> str:
    """As short as it can be said: 0.3 and not 0.30."""
    return f"{value:g}"


def counted(value: int, one: str, many: str = "") -> str:
    """1 picture, 2 pictures."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"
